import { describe } from "../pki.js";
import { invalid } from "./refusal.js";
import type { ApinizerStore, Entry, HeldRecord, WorkerRecord } from "./store.js";

/** What came of a deployment or undeployment on one worker. */
export interface WorkerResult {
  readonly environment: string;
  readonly worker: string;
  readonly ip: string;
  readonly success: boolean;
  /** Why not. */
  readonly failure: string;
}

/** What a gateway's worker serves under a certificate's name. */
export interface Served {
  readonly environment: string;
  readonly worker: string;
  /** SHA-1, hex, upper case; undefined where there is none. */
  readonly thumbprint: string | undefined;
  readonly serialNumber: string | undefined;
  readonly status: "served" | "missing" | "revoked";
}

export interface Deployable {
  readonly kind: HeldRecord["kind"];
  readonly project: string;
  readonly name: string;
}

const CONNECTION = "Connection refused";

/** The gateways: environments, their workers and what those hold. */
export class Gateways {
  constructor(readonly store: ApinizerStore) {}

  /** Puts on every worker of the environments what the entries say, in place of what it holds under the name. */
  deploy(what: Deployable, environments: readonly string[], entries: readonly Entry[] = []): WorkerResult[] {
    return this.#onWorkers(environments, (worker) => {
      this.#take(what, worker);
      const own = entries.filter(({ environmentName }) => environmentName === worker.environment);
      const held = what.kind === "jwk" ? [{ alias: "", der: "" }] : own;
      for (const { alias, der } of held) this.store.add("held", { ...what, worker: worker.id, alias, der });
    });
  }

  undeploy(what: Deployable, environments: readonly string[]): WorkerResult[] {
    return this.#onWorkers(environments, (worker) => {
      this.#take(what, worker);
    });
  }

  #onWorkers(environments: readonly string[], act: (worker: WorkerRecord) => void): WorkerResult[] {
    return [...new Set(environments)].flatMap((name) => {
      const environment = this.store.environment(name);
      if (environment?.published === false) {
        const success = this.store.variants.apUnpublished === "skipped";
        return [{ environment: name, worker: "", ip: "", success, failure: "Environment is not published" }];
      }
      return this.store.workers(name).map((worker) => {
        if (worker.reachable) act(worker);
        return {
          environment: name,
          worker: worker.name,
          ip: worker.ip,
          success: worker.reachable,
          failure: CONNECTION,
        };
      });
    });
  }

  #take({ kind, project, name }: Deployable, worker: WorkerRecord): void {
    for (const held of this.held(worker, kind))
      if (held.project === project && held.name === name) this.store.remove("held", held.id);
  }

  held(worker: WorkerRecord, kind: HeldRecord["kind"] = "certificate"): HeldRecord[] {
    return this.store.all("held").filter((held) => held.worker === worker.id && held.kind === kind);
  }

  /**
   * What the workers of an environment hold, as far as they can be reached (section 2.8): each certificate once.
   *
   * @throws Refusal, where that is switched on, when none can be.
   */
  truststore(environment: string): HeldRecord[] {
    const reachable = this.store.workers(environment).filter((worker) => worker.reachable);
    if (reachable.length === 0 && this.store.variants.apTruststoreUnreachable === "400")
      throw invalid(
        `Environment (${environment}) reported no truststore certificate! ` +
          "The workers may be unreachable, or nothing is deployed to them.",
      );
    const seen = new Set<string>();
    return reachable
      .flatMap((worker) => this.held(worker))
      .filter(({ project, name, alias, der }) => {
        const key = JSON.stringify([project, name, alias, der]);
        return !seen.has(key) && seen.add(key);
      });
  }

  /** What each worker of an environment serves under a name now, reachable for the manager or not. */
  serving(environment: string, name: string, project?: string): Served[] {
    if (this.store.environment(environment) === undefined) throw new Error(`there is no environment ${environment}`);
    return this.store.workers(environment).map((worker) => {
      const found = this.held(worker)
        .filter((held) => held.name === name && (project === undefined || held.project === project))
        .at(-1);
      const read = found === undefined ? undefined : describe(Buffer.from(found.der, "base64"));
      return {
        environment,
        worker: worker.name,
        thumbprint: read?.thumbprint,
        serialNumber: read?.serialNumber,
        status: read === undefined ? "missing" : this.store.isRevoked(read.thumbprint) ? "revoked" : "served",
      };
    });
  }
}
