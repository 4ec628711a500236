import * as pulumi from "@pulumi/pulumi";
import { INSTANCE } from "../provider/dynamic/settings.js";
import { told } from "../provider/dynamic/told.js";
import type { Properties } from "../provider/dynamic/wire.js";

/** What a guard needs besides the stack's configuration. */
export interface DeletionGuardArgs {
  /** Name of the explicit provider instance of the guarded resources: its environment variables are read. */
  readonly instance?: string;
}

/**
 * Asks the live service, already in a preview, whether a removal would be stopped, and fails the preview with the reason: a
 * deletion hook of Pulumi (`beforeDelete`, also in dry runs). It reads, and changes nothing.
 *
 * Its price: the program must make the guard in every run, also when the guarded resources have left it, and
 * `pulumi destroy` needs `--run-program` from then on.
 *
 * @example
 * const guard = deletionGuard("live");
 * new ecgrid.Certificate("partner-a", { commId: 5001, overlapDays: 30 }, { hooks: guard });
 */
export function deletionGuard(name: string, { instance }: DeletionGuardArgs = {}): pulumi.ResourceHookBinding {
  // As the program has it: the hook runs outside of it, where an inline program's configuration is not known.
  const configuration = pulumi.runtime.allConfig();
  const hook = new pulumi.ResourceHook(
    name,
    ({ type, urn, oldOutputs }) =>
      told(async () => {
        // Loaded when it is needed: most runs remove nothing.
        const { rehearseDeletion } = await import("../provider/dynamic/rehearsal.js");
        const reason = await rehearseDeletion({ type, urn, outputs: (oldOutputs ?? {}) as Properties }, (key) =>
          key === INSTANCE ? instance : instance === undefined ? configuration[key] : undefined,
        );
        if (reason !== undefined) throw new Error(`the removal would be stopped: ${reason}`);
      }),
    { onDryRun: true },
  );
  return { beforeDelete: [hook] };
}
