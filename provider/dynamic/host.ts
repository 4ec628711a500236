import type { Policy } from "../core/policy.js";
import { EngineLog } from "./engineLog.js";
import { Run } from "./run.js";
import { Settings } from "./settings.js";

/**
 * The process that serves dynamic resources: one provider instance of one run. The engine's address is the host's last
 * argument.
 */
class Host {
  readonly #address = process.argv.at(-1) ?? "";
  #run: Run | undefined;
  #log: EngineLog | undefined;
  #configured: Promise<Settings> | undefined;
  #policy: Policy | undefined;

  get run(): Run {
    return (this.#run ??= new Run(this.#address));
  }

  get log(): EngineLog {
    return (this.#log ??= new EngineLog(this.#address));
  }

  /** Called once for each provider text, with the same configuration: the first call counts, for all kinds. */
  configure(config: (key: string) => string | undefined): Promise<void> {
    this.#configured ??= Promise.resolve().then(() => {
      const settings = new Settings(config, process.env);
      this.#policy = settings.policy;
      return settings;
    });
    return this.#configured.then(() => undefined);
  }

  /**
   * The settings, once they are there. The host lets further calls through while the first one configures (fact 9), so
   * every method waits here.
   */
  settings(): Promise<Settings> {
    return (
      this.#configured ??
      Promise.reject(
        new Error(
          "pulumi-clm was called before it was configured: this version of @pulumi/pulumi is not supported. Use 3.268.0 or newer.",
        ),
      )
    );
  }

  /** The policy of the configuration, once it is there; undefined where it is the default one. */
  get policy(): Policy | undefined {
    return this.#policy;
  }

  /** A warning on a resource's own row, each text once a run. */
  async warn(urn: string, text: string): Promise<void> {
    if (this.run.once(`${urn} ${text}`)) await this.log.write("warning", urn, text);
  }

  /** The same about the end of a resource, by its identity: its diff and the inventory may know it by different URNs. */
  async warnOfEnd(identity: string, urn: string, text: string): Promise<void> {
    if (this.run.once(`end of ${identity}: ${text}`)) await this.log.write("warning", urn, text);
  }
}

export const host = new Host();

/**
 * When the engine is killed nobody reads what this process prints, and Pulumi's host prints every error that nobody handles:
 * without an end of it, each failed line would cause the next one, for ever.
 */
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
