import { join } from "node:path";
import { startSandbox, type LoggedRequest, type Sandbox } from "../../sandbox/index.js";
import { recordRequests } from "./fieldsLog.js";
import { COMPILE_CACHE, Project, REPOSITORY, type Ran } from "./project.js";

/** A resource of the test program (`test/engine/project/index.js`). */
export interface Spec {
  kind: string;
  name: string;
  args: Record<string, unknown>;
  opts?: Record<string, unknown>;
  /** Inputs that are outputs of another resource of the program: field to resource name, or `name.output.field`; `name.self` is the resource. */
  later?: Record<string, string>;
  /** Inputs that the program marks as secret. */
  secret?: string[];
}

let rootPem: Promise<string> | undefined;
const root = ({ apinizer }: Sandbox): Promise<string> => (rootPem ??= apinizer.newPem("root", "ec"));

/** A sandbox, a project on the real engine, and one clock for both. */
export class World {
  readonly sandbox: Sandbox;
  readonly project: Project;
  #now: Date;
  /** Whether commands get `CLM_NOW`; otherwise the clock of their processes is moved. */
  #pinned = true;

  private constructor(sandbox: Sandbox, project: Project, now: Date) {
    this.sandbox = sandbox;
    this.project = project;
    this.#now = now;
    this.at(now, true);
  }

  static async open(
    options: { now?: string; from?: string; plant?: string; initialize?: boolean } = {},
  ): Promise<World> {
    const now = options.now ?? "2026-03-01T10:00:00Z";
    const sandbox = await startSandbox({ now });
    const project = new Project({
      from: options.from ?? "test/engine/project",
      environment: {
        ECGRID_URL: sandbox.ecgrid.url,
        ECGRID_API_KEY: sandbox.ecgrid.apiKey,
        ECGRID_VISIBILITY_SECONDS: "0.5",
        CERTCENTRAL_URL: sandbox.certcentral.url,
        CERTCENTRAL_API_KEY: sandbox.certcentral.apiKey,
        CERTCENTRAL_VISIBILITY_SECONDS: "0.5",
        CERTCENTRAL_POLL_SECONDS: "0.05",
        PARTNER_URL: sandbox.partner.url,
        PARTNER_API_KEY: sandbox.partner.apiKey,
        PARTNER_VISIBILITY_SECONDS: "0.5",
        APINIZER_URL: sandbox.apinizer.managerUrl,
        APINIZER_TOKEN: sandbox.apinizer.token,
        APINIZER_VISIBILITY_SECONDS: "0.5",
        CLM_BACKOFF_SECONDS: "0.01",
        NODE_OPTIONS: `--require ${join(REPOSITORY, "dist", "test", "instrument", "preload.js")}`,
        NODE_COMPILE_CACHE: undefined,
        CLM_TEST_COMPILE_CACHE: COMPILE_CACHE,
        ...(options.plant === undefined ? {} : { CLM_TEST_PLANT: options.plant }),
      },
    });
    // Gateways trust other certificates, too: an empty truststore says nothing (apinizer.md 2.8).
    sandbox.apinizer.trustEverywhere("root", await root(sandbox));
    const world = new World(sandbox, project, new Date(now));
    if (options.initialize !== false) await project.init();
    return world;
  }

  get now(): Date {
    return this.#now;
  }

  /** Sets the clock of the sandbox and of all commands; `pinned` by `CLM_NOW`. */
  at(now: Date, pinned = this.#pinned): void {
    this.#now = now;
    this.#pinned = pinned;
    this.sandbox.clock.set(now.toISOString());
    this.project.environment.CLM_NOW = pinned ? now.toISOString() : undefined;
    this.project.environment.CLM_TEST_CLOCK = now.toISOString();
  }

  /** Moves the sandbox's and the machine's clock, while `CLM_NOW` stays as it was reviewed. */
  moveUnderPin(now: Date): void {
    const pin = this.project.environment.CLM_NOW;
    this.at(now, true);
    this.project.environment.CLM_NOW = pin;
  }

  days(days: number): void {
    this.at(new Date(this.#now.getTime() + days * 86_400_000));
  }

  program(...resources: Spec[]): void {
    this.project.write("resources.json", JSON.stringify(resources, null, 2));
  }

  /** Mutating requests that reached the service's code, since a log position. */
  reached(since: number): LoggedRequest[] {
    return this.sandbox.log.made(since).filter(({ outcome }) => outcome !== "not executed");
  }

  /** The same, as operations. */
  made(since: number): string[] {
    return this.reached(since).map(({ operation = "unnamed mutating request" }) => operation);
  }

  /** Environments of which a worker holds a certificate now; by name and project, one text each. */
  trusting(): ReadonlyMap<string, readonly string[]> {
    const { apinizer } = this.sandbox;
    const held = new Map<string, string[]>();
    for (const { name: environment } of apinizer.environments())
      for (const { project, name } of apinizer.held(environment)) {
        const key = `project=${project} name=${name}`;
        held.set(key, [...(held.get(key) ?? []), environment]);
      }
    return held;
  }

  async close(): Promise<void> {
    recordRequests(this.sandbox.log.all());
    await this.sandbox.close();
    this.project.remove();
  }
}

/** Fails with the whole text when a command ended otherwise than it should. */
export function expectCode(ran: Ran, code: number): Ran {
  if (ran.code !== code) throw new Error(`${ran.command} ended with ${ran.code}, not ${code}:\n${ran.text}`);
  return ran;
}
