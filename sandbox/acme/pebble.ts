import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { selfSigned } from "../pki.js";

/**
 * Pebble, Let's Encrypt's ACME server for tests, on loopback: it shows what a key id and its HMAC key are worth to ACME
 * clients. Pebble reads the keys once, when it starts, so a revocation is a restart without the key; accounts and
 * orders are lost by it. An account key that Pebble knows gets in whatever its binding says, so a revoked key id is tried
 * with a fresh account key.
 */

/** A credential of external account binding (RFC 8555, section 7.3.4). */
export interface EabCredential {
  readonly kid: string;
  /** base64url without padding, as clients get it. */
  readonly hmac: string;
}

export interface PebbleOptions {
  /** All that may register accounts. */
  readonly credentials: readonly EabCredential[];
  /** Pebble's executable; by default the one that `npm test` has found or built. */
  readonly executable?: string;
  /** How long Pebble may take to answer after its start. */
  readonly patienceMs?: number;
}

export interface RunningPebble {
  readonly directoryUrl: string;
  /** The certificate, PEM, by which clients trust the server's TLS; it has nothing to do with what Pebble issues. */
  readonly ca: string;
  readonly pid: number;
  /** Ends Pebble and starts it with these credentials, at the same address. */
  restart(credentials: readonly EabCredential[]): Promise<void>;
  /** Ends Pebble and removes its files; may be called again. */
  close(): Promise<void>;
}

const POLL_MS = 20;
/** Other processes take ports, too. */
const ATTEMPTS = 5;
const IN_USE = /address already in use|Only one usage of each socket address/;
/** Enough for the error at the end of what Pebble says. */
const KEPT = 16 * 1024;

/** Certificates of the TLS server are as valid as can be: no test shall depend on the day. */
const VALIDITY = { notBefore: new Date("2000-01-01T00:00:00Z"), notAfter: new Date("2099-01-01T00:00:00Z") };

export async function startPebble(options: PebbleOptions): Promise<RunningPebble> {
  const executable = options.executable ?? process.env.CLM_PEBBLE ?? "";
  if (executable === "") throw new Error("CLM_PEBBLE does not name Pebble's executable; npm test sets it");
  const patienceMs = options.patienceMs ?? 60_000;
  const tls = await selfSigned({
    subject: "CN=pulumi-clm sandbox ACME",
    ...VALIDITY,
    key: "ec",
    hosts: [
      { type: "dns", value: "localhost" },
      { type: "ip", value: "127.0.0.1" },
    ],
  });
  const ca = pem("CERTIFICATE", tls.certificate);
  const folder = mkdtempSync(join(tmpdir(), "clm-pebble-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const certificate = join(folder, "tls.pem");
  const privateKey = join(folder, "tls.key");
  let port = 0;
  let running: Running | undefined;

  const start = async (credentials: readonly EabCredential[]): Promise<Running> => {
    const config = join(folder, "config.json");
    const pebble = {
      listenAddress: `127.0.0.1:${port}`,
      certificate,
      privateKey,
      // Where Pebble would look for answers to challenges; with PEBBLE_VA_ALWAYS_VALID it does not look.
      httpPort: 5002,
      tlsPort: 5001,
      keyAlgorithm: "ecdsa",
      externalAccountBindingRequired: true,
      externalAccountMACKeys: keysOf(credentials),
    };
    writeFileSync(config, JSON.stringify({ pebble }), { mode: 0o600 });
    const started = new Running(executable, ["-config", config], folder);
    try {
      await started.answers(directoryUrl(port), ca, patienceMs);
      return started;
    } catch (error) {
      await started.end();
      throw error;
    }
  };
  /** `newPort` when nobody knows the port yet, so that another one will do. */
  const startOn = async (credentials: readonly EabCredential[], newPort: boolean): Promise<Running> => {
    for (let attempt = 1; ; attempt++) {
      if (newPort) port = await freePort();
      try {
        return await start(credentials);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof Error && IN_USE.test(error.message))) throw error;
      }
      // A connection of somebody else may have got the port for a moment.
      await pause(attempt * 100);
    }
  };

  try {
    writeFileSync(certificate, ca);
    writeFileSync(privateKey, pem("PRIVATE KEY", tls.privateKey), { mode: 0o600 });
    running = await startOn(options.credentials, true);
  } catch (error) {
    remove();
    throw error;
  }
  const stop = async (): Promise<void> => {
    await running?.end();
    running = undefined;
  };
  let closed = false;
  return {
    ca,
    get directoryUrl() {
      return directoryUrl(port);
    },
    get pid() {
      return running?.pid ?? 0;
    },
    async restart(credentials) {
      if (closed) throw new Error("Pebble is closed");
      // Before the server goes: credentials that cannot be right leave it as it is.
      keysOf(credentials);
      await stop();
      running = await startOn(credentials, false);
    },
    async close() {
      closed = true;
      await stop();
      remove();
    },
  };
}

/** One process of Pebble. */
class Running {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #said = "";
  /** Why it is not running any longer. */
  #end: string | undefined;

  constructor(executable: string, args: readonly string[], folder: string) {
    // Its output is a pipe: when this process dies without a word, Pebble dies of its next line.
    this.#child = spawn(executable, args, { cwd: folder, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
    const hear = (chunk: Buffer): void => {
      this.#said = (this.#said + chunk.toString()).slice(-KEPT);
    };
    this.#child.stdout?.on("data", hear);
    this.#child.stderr?.on("data", hear);
    const kill = (): void => {
      this.#child.kill("SIGKILL");
    };
    process.once("exit", kill);
    this.#ended = new Promise((resolve) => {
      const done = (why: string): void => {
        this.#end ??= why;
        process.off("exit", kill);
        resolve();
      };
      this.#child.on("error", (error) => {
        done(error.message);
      });
      this.#child.on("close", (code, signal) => {
        done(`${signal ?? `exit code ${code ?? "unknown"}`}: ${this.#said.trim().split("\n").at(-1) ?? ""}`);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Returns when the directory answers; only this process has the key to the certificate that is asked for. */
  async answers(url: string, ca: string, patienceMs: number): Promise<void> {
    const until = performance.now() + patienceMs;
    for (;;) {
      if (this.#end !== undefined) throw new Error(`Pebble ended before its directory answered (${this.#end})`);
      const answer = await status(url, ca);
      if (answer === 200) return;
      // Nobody else could have answered, and waiting would not change what it says.
      if (typeof answer === "number") throw new Error(`Pebble's directory ${url} answered HTTP ${answer}`);
      if (performance.now() > until) {
        throw new Error(`Pebble's directory ${url} did not answer within ${patienceMs / 1000} s (last: ${answer})`);
      }
      await pause(POLL_MS);
    }
  }

  /** Nothing of Pebble's is worth an orderly end: it holds everything in memory. */
  async end(): Promise<void> {
    if (this.#end === undefined) this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

/** The status of an answer, or why there is none. */
const status = (url: string, ca: string): Promise<number | string> =>
  new Promise((resolve) => {
    // Pebble turns away clients that do not name themselves.
    const headers = { "user-agent": "pulumi-clm-sandbox" };
    const request = get(url, { ca, headers, agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      response.on("close", () => {
        resolve(response.statusCode ?? 0);
      });
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", (error) => {
      resolve(error.message);
    });
  });

/** Settings of Pebble that are in our environment by chance do not reach it. */
function environment(): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("PEBBLE_"));
  return {
    ...Object.fromEntries(others),
    // No name needs to be reachable, nothing waits, and nothing is left to chance: by default Pebble refuses some
    // nonces and reuses some authorizations at random.
    PEBBLE_VA_ALWAYS_VALID: "1",
    PEBBLE_VA_NOSLEEP: "1",
    PEBBLE_WFE_NONCEREJECT: "0",
    PEBBLE_AUTHZREUSE: "0",
  };
}

function keysOf(credentials: readonly EabCredential[]): Record<string, string> {
  const keys = new Map(credentials.map(({ kid, hmac }) => [kid, hmac]));
  // As members of one object the second would silently win.
  if (keys.size < credentials.length) throw new Error("two credentials have the same kid");
  return Object.fromEntries(keys);
}

const directoryUrl = (port: number): string => `https://127.0.0.1:${port}/dir`;

/** A port that is free at this moment. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
