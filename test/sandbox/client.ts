import { startSandbox, type Sandbox, type SandboxOptions } from "../../sandbox/index.js";

/** The time of every test: the sandbox's clock stands still there. */
export const NOW = "2026-03-01T10:00:00Z";

export interface Body {
  readonly success?: boolean;
  readonly data?: unknown;
  readonly errorCode?: string | null;
  readonly message?: string | null;
  readonly title?: string;
  readonly detail?: string;
  readonly traceId?: string;
  readonly [other: string]: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/** A certificate as an answer shows it; keys of other casings are read by `Record`. */
export type Shown = Record<string, unknown> & { certKeyId: number; status: string };

/** A sandbox with comm 5001, and a client with its key. */
export class Bench {
  readonly sandbox: Sandbox;
  key: string;

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.key = sandbox.ecgrid.apiKey;
  }

  static async open(options: SandboxOptions = {}): Promise<Bench> {
    const sandbox = await startSandbox({ now: NOW, ...options });
    if (sandbox.ecgrid.store.comm(5001) === undefined)
      sandbox.ecgrid.addComm({ commId: 5001, identifier: "MYCOMPANY-AS2" });
    return new Bench(sandbox);
  }

  /** Sends JSON with the key; `headers` replace those. */
  call = async (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => {
    const answer = await fetch(`${this.sandbox.ecgrid.url}${path}`, {
      method,
      redirect: "manual",
      headers: headers ?? { "X-API-Key": this.key, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) };
  };

  create = (fields: object = {}): Promise<Answer> =>
    this.call("POST", "/v2/certificates/create", { commId: 5001, ...fields });
  renew = (certKeyId: number, fields: object = {}): Promise<Answer> =>
    this.call("POST", "/v2/certificates/renew", { commId: 5001, certKeyId, overlapDays: 30, years: 2, ...fields });
  terminate = (certKeyId: number): Promise<Answer> =>
    this.call("POST", "/v2/certificates/terminate", { commId: 5001, certKeyId });
  read = (): Promise<Answer> => this.call("GET", "/v2/comms/5001");

  /** The certificates that GET shows. */
  listed = async (): Promise<Shown[]> => ((await this.read()).body.data as { certificates: Shown[] }).certificates;

  /** A certificate that is there when the test begins. */
  given = (fields: object = {}): Promise<number> => this.sandbox.ecgrid.addCertificate({ commId: 5001, ...fields });
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {}; // tests of bodies that are not JSON look at the text
  }
}

/** Runs a test with a sandbox of its own. */
export const bench =
  (test: (bench: Bench) => Promise<void>, options: SandboxOptions = {}): (() => Promise<void>) =>
  async () => {
    const opened = await Bench.open(options);
    try {
      await test(opened);
    } finally {
      await opened.sandbox.close();
    }
  };
