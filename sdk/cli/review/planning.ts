import { withoutBrackets, type Operation } from "../../../provider/core/operation.js";
import type { Plan } from "../../../provider/core/plan.js";
import type { Kind } from "../../../provider/dynamic/kinds.js";
import { NOBODY, orInItsPlace, staying, type Holders } from "../../../provider/dynamic/staying.js";
import type { Properties } from "../../../provider/dynamic/wire.js";
import { endUnderOptions } from "../../../provider/inventory/inventory.js";
import type { Command, ResourceChange } from "./changes.js";
import type { ResourceState } from "./document.js";
import { holdsSecret, secretState, secretsUnknown } from "./secrets.js";

/** What one change does, by the same plans that previews say and steps perform. Pure. */

export interface PlannedChange {
  readonly change: ResourceChange;
  /** Which object it is before the change, in words; undefined for one that is new. */
  readonly what?: string;
  /** End of its validity, `YYYY-MM-DD`. */
  readonly until?: string;
  readonly operations: readonly Operation[];
  readonly remarks: readonly string[];
  /** Why the command will stop at it. */
  readonly refusals: readonly string[];
  /**
   * What decides and is not in the JSON. Where it is a secret, the operations are all that may be; where it is what a
   * refresh has read, they are what there was to do before it.
   */
  readonly hidden?: "secrets" | "what was read";
  /** Why nothing could be planned. */
  readonly unplanned?: string;
  /** It is this program's fault: what the preview says does not make up for it. */
  readonly isFault?: boolean;
  /** The step leaves it as it is, and its plan at this time would not. */
  readonly wouldChange?: Plan;
  /** What a refresh of the same command has said about it. */
  readonly saidByRefresh: readonly Operation[];
}

/** A change with the state from before it, where there is one that can be read. */
interface ReadChange {
  readonly change: ResourceChange;
  readonly state: object | undefined;
}

/** Plans the changes of a command. What cannot be planned is said, never left out. */
export function plannedAll(changes: readonly ResourceChange[], command: Command, now: Date): PlannedChange[] {
  const read = changes.map((change): ReadChange => {
    const outputs = change.before?.outputs ?? undefined;
    return { change, state: outputs === undefined ? undefined : change.kind.stateFrom(outputs) };
  });
  // As the inventory knows it: of what a destroy leaves it has not been told.
  const beside = staying(
    read.map(({ change, state }) => ({
      ...{ urn: change.urn, kind: change.kind, state, instance: change.before?.outputs?.__instance },
      stays: command !== "destroy" && (change.does !== "end" || change.replacement !== undefined),
      retained: change.before?.retainOnDelete === true,
    })),
    now,
  );
  return read.map((one) => {
    const others = beside({ urn: one.change.urn, instance: one.change.before?.outputs?.__instance });
    return planned(one, one.change.leftOver ? orInItsPlace(others, inItsPlace(one, read, now)) : others, command, now);
  });
}

/** What the resource holds, or takes over, that the stack goes on with, or keeps, in the place of one that is left over. */
const inItsPlace = ({ change: left }: ReadChange, read: readonly ReadChange[], now: Date): string[] =>
  read.flatMap(({ change: { urn, kind, does, leftOver, replacement, before, after }, state }) => {
    const instance = (after ?? before?.outputs)?.__instance;
    if (leftOver || urn !== left.urn || instance !== left.before?.outputs?.__instance) return [];
    if (does !== "end") return [...(state === undefined ? [] : kind.holds(state)), ...kind.finds(after ?? {})];
    if (replacement !== undefined || state === undefined) return [];
    const isKept =
      before?.retainOnDelete === true ||
      kind.describe(state, { urn, instance }, now, NOBODY).plan.operations.length === 0;
    return isKept ? kind.holds(state) : [];
  });

function planned({ change, state }: ReadChange, beside: Holders, command: Command, now: Date): PlannedChange {
  const { kind, before, refreshedWith } = change;
  const nothing = { change, operations: [], remarks: [], refusals: [], saidByRefresh: [] };
  if (change.does === "unknown")
    return { ...nothing, unplanned: `its step "${change.op}" is not known to this version of pulumi-clm` };
  if (before !== undefined && state === undefined)
    return {
      ...nothing,
      unplanned: holdsSecret(before.outputs)
        ? "its stored state is secret in parts that decide about it"
        : "its stored state cannot be read by this version of pulumi-clm",
    };
  try {
    const urn = ownUrn(before?.outputs) ?? change.urn;
    const described =
      state === undefined
        ? undefined
        : kind.describe(state, { urn, instance: before?.outputs?.__instance }, now, beside);
    const object = {
      ...nothing,
      ...(described === undefined ? {} : { what: described.what }),
      ...(described?.until === undefined ? {} : { until: described.until }),
      ...hiddenFrom(change),
      saidByRefresh: refreshedWith === undefined ? [] : planOf(change, state, refreshedWith, now).operations,
    };
    if (change.does === "end")
      return before === undefined || described === undefined
        ? object
        : { ...object, ...ended(before, described, change.leftOver && command === "destroy") };
    const plan = planOf(change, state, change.after, now);
    if (change.does === "same" && plan.changes) return { ...object, wouldChange: plan };
    return { ...object, operations: plan.operations, ...besides(plan) };
  } catch (error) {
    return { ...nothing, unplanned: error instanceof Error ? error.message : String(error), isFault: true };
  }
}

function hiddenFrom({ does, kind, before, after }: ResourceChange): Pick<PlannedChange, "hidden"> {
  if (does === "refresh") return { hidden: "what was read" };
  if (does === "end") return {}; // nothing but the state decides
  const secrets = secretState(before?.outputs ?? {}, kind.secretOutputs) || holdsSecret(after ?? null);
  return secrets ? { hidden: "secrets" } : {};
}

function planOf(
  { kind, before, urn }: ResourceChange,
  state: object | undefined,
  after: Properties | undefined,
  now: Date,
): Plan {
  return kind.plan(
    {
      urn: ownUrn(after ?? before?.outputs) ?? urn,
      ...(state === undefined ? {} : { before: state }),
      ...(after === undefined ? {} : { after: secretsUnknown(after) }),
    },
    now,
  );
}

/** The hidden input of the resource's class: the seed of the marks that a creation carries, as the adapter takes it. */
const ownUrn = (properties: Properties | null | undefined): string | undefined =>
  typeof properties?.__urn === "string" ? properties.__urn : undefined;

/** What a plan says besides its operations, in the words of previews: those of a preview are not to be told twice. */
const besides = ({
  remarks,
  refusal,
}: Pick<Plan, "remarks" | "refusal">): Pick<PlannedChange, "remarks" | "refusals"> => ({
  remarks: remarks.map(withoutBrackets),
  refusals: refusal === undefined ? [] : [withoutBrackets(refusal)],
});

/**
 * The options are those of the engine, which transforms of the program can have set.
 *
 * @param isUnseen whether the run knows nothing of what stands in its place.
 */
function ended(
  { retainOnDelete, deletedWith, protect }: ResourceState,
  { what, plan }: ReturnType<Kind["describe"]>,
  isUnseen: boolean,
): Pick<PlannedChange, "operations" | "remarks" | "refusals"> {
  const end = endUnderOptions(plan, what, {
    retained: retainOnDelete === true,
    deletedWith: deletedWith == null || deletedWith === "" ? undefined : deletedWith,
  });
  const { remarks, refusals } = besides(end);
  const protection = protect === true ? ["it is protected: Pulumi refuses to delete it"] : [];
  const unseen =
    isUnseen && end.shared === true
      ? [
          "it is left over from a replacement, and a destroy cannot know what is kept in its place: run pulumi up first, which lets go of it",
        ]
      : [];
  return { operations: end.operations, remarks, refusals: [...refusals, ...protection, ...unseen] };
}
