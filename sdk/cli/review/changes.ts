import { identityOf } from "../../../provider/core/instances.js";
import { kindOf, type Kind } from "../../../provider/dynamic/kinds.js";
import { typeOf } from "../../../provider/dynamic/urn.js";
import type { Properties } from "../../../provider/dynamic/wire.js";
import { isRefresh, type PreviewDocument, type ResourceState, type Step } from "./document.js";

/** The steps of a preview, as what each does to one resource of this package. Pure. */

/** What the JSON is of. */
export type Command = "preview" | "destroy" | "refresh";

export const INVENTORY = "pulumi-nodejs:dynamic/clm:Inventory";
const STACK = "pulumi:pulumi:Stack";

/** One change of one resource. */
export interface ResourceChange {
  /** The row on which it is shown. */
  readonly urn: string;
  readonly kind: Kind;
  /** The engine's word for its step. */
  readonly op: string;
  readonly does:
    | "create"
    | "update"
    | "end"
    /** Left as it is: what its plan says for later. */
    | "same"
    /** Read by a refresh: what the next `up` does about it. */
    | "refresh"
    /** A step that this package's resources do not have. */
    | "unknown";
  /** The resource before the change. */
  readonly before?: ResourceState;
  /** Inputs of the change. */
  readonly after?: Properties;
  /** Of a replacement: what the old one and the new one have in common. */
  readonly replacement?: string;
  /** A replaced original whose end has failed in an earlier run (inventory.md F10 b). */
  readonly leftOver: boolean;
  /** Inputs of the last `up`: with them a refresh of this command has asked for the difference (fact E15). */
  readonly refreshedWith?: Properties;
}

const typeOfStep = ({ newState, oldState, urn }: Step): string => (newState ?? oldState)?.type ?? typeOf(urn);

/**
 * A refresh has no other steps. A destroy deletes; where it leaves something (--target, --exclude-protected) it still deletes
 * the inventory, which no preview does while resources of ours stay.
 */
export function commandOf(document: PreviewDocument): Command {
  if (isRefresh(document)) return "refresh";
  const others = document.steps.filter(({ op }) => op !== "refresh");
  if (others.length === 0) return "preview";
  if (others.every(({ op }) => op.startsWith("delete"))) return "destroy";
  const stays = others.some((step) => step.op === "same" && kindOf(typeOfStep(step)) !== undefined);
  return stays && inventoryStep(document)?.op === "delete" ? "destroy" : "preview";
}

/** What the engine does with the inventory of the stack; undefined where the JSON does not show it. */
export function inventoryStep({ steps }: PreviewDocument): Step | undefined {
  const its = steps.filter((step) => step.op !== "refresh" && typeOfStep(step) === INVENTORY);
  // `destroy --run-program` shows what the program makes before what is deleted.
  return its.find(({ op }) => op === "delete") ?? its[0];
}

/** Whether the JSON shows that it was made with --show-sames or --show-replacement-steps, or that they make no difference. */
export const showsAll = ({ steps }: PreviewDocument): boolean =>
  steps.every(({ op }) => op === "create") ||
  steps.some(
    (step) =>
      ["refresh", "create-replacement", "delete-replaced"].includes(step.op) ||
      (step.op === "same" && typeOfStep(step) !== STACK),
  );

/** URNs of this package's resources of which this version knows no kind. */
export const unknownKinds = ({ steps }: PreviewDocument): string[] =>
  steps.flatMap((step) => {
    const type = typeOfStep(step);
    const { __provider } = (step.newState ?? step.oldState)?.inputs ?? {};
    const ours = typeof __provider === "string" && __provider.includes(PACKAGE);
    return ours && type !== INVENTORY && kindOf(type) === undefined ? [step.urn] : [];
  });

/** What the provider text of each of them names (architecture section 8). */
const PACKAGE = 'require("pulumi-clm/dynamic")';

/** Changes of this package's resources, in the order of the steps. */
export function changesOf(document: PreviewDocument, command: Command): ResourceChange[] {
  const ours = document.steps.flatMap((step) => {
    const kind = kindOf(typeOfStep(step));
    return kind === undefined ? [] : [{ step, kind }];
  });
  const of = (op: string): Step[] => ours.flatMap(({ step }) => (step.op === op ? [step] : []));
  const old = (op: string): Set<string> =>
    new Set(of(op).flatMap(({ oldState }) => (oldState == null ? [] : identity(oldState))));
  const [replaced, ended] = [old("replace"), old("delete-replaced")];
  const created = new Set(of("create-replacement").map(({ urn }) => urn));
  const refreshed = new Map(of("refresh").map((step) => [step.urn, step]));

  return ours.flatMap(({ step, kind }): ResourceChange[] => {
    const { op, urn } = step;
    const before = step.oldState ?? undefined;
    const after = step.newState?.inputs ?? undefined;
    const refreshedWith = command === "refresh" ? undefined : refreshed.get(urn)?.oldState?.inputs;
    const change = {
      urn,
      kind,
      op,
      leftOver: false,
      ...(refreshedWith == null ? {} : { refreshedWith }),
    };
    const end = (original: ResourceState): ResourceChange => {
      const inThisRun = replaced.has(identity(original));
      return {
        ...change,
        urn: original.urn,
        does: "end",
        before: original,
        ...(inThisRun ? { replacement: identity(original) } : {}),
        leftOver: op === "delete-replaced" && !inThisRun,
      };
    };
    const creation = (): ResourceChange =>
      after === undefined
        ? { ...change, does: "unknown" }
        : { ...change, does: "create", after, ...(before === undefined ? {} : { replacement: identity(before) }) };
    switch (op) {
      case "create":
      case "create-replacement":
        return [creation()];
      case "replace": // the whole of a replacement, unless --show-replacement-steps shows its parts
        if (before === undefined) return [{ ...change, does: "unknown" }];
        return [...(created.has(urn) ? [] : [creation()]), ...(ended.has(identity(before)) ? [] : [end(before)])];
      case "update":
      case "same":
        if (before === undefined || after === undefined) return [{ ...change, does: "unknown" }];
        return command === "destroy" && op === "same" ? [] : [{ ...change, does: op, before, after }];
      case "delete":
        // A refresh has found it gone: nothing is called.
        if (command === "refresh") return [];
        return before === undefined ? [{ ...change, does: "unknown" }] : [end(before)];
      case "delete-replaced":
        return before === undefined ? [{ ...change, does: "unknown" }] : [end(before)];
      case "refresh":
        return command === "refresh" ? [reading(change, step)] : [];
      case "remove-pending-replace":
        return [];
      default:
        return [{ ...change, does: "unknown" }];
    }
  });
}

const identity = ({ type, id, outputs }: ResourceState): string =>
  identityOf({ kind: type, id: id ?? "", instance: outputs?.__instance });

/**
 * The step of a refresh holds the state from before it; what was read shows in the preview's words alone (tried on the
 * engine).
 */
function reading(change: Omit<ResourceChange, "does">, { oldState }: Step): ResourceChange {
  if (oldState == null) return { ...change, does: "unknown" };
  const inputs = oldState.inputs ?? {};
  return oldState.delete === true
    ? { ...change, does: "end", before: oldState, leftOver: true, refreshedWith: inputs }
    : { ...change, does: "refresh", before: oldState, after: inputs };
}
