import type { Certainty } from "../../../provider/core/operation.js";
import { nameOf } from "../../../provider/dynamic/urn.js";
import type { Review } from "./review.js";
import { summaryOf, type Summary } from "./verdict.js";

/**
 * The JSON of `clm review --format json`. Fields may be added within a version; none is taken away, renamed or given another
 * meaning. There is no secret in it.
 */
export interface ReviewJson {
  readonly version: 1;
  /** What the command ends with. */
  readonly exitCode: number;
  /** What was reviewed. `refresh`: the operations are those of the next `up`. */
  readonly command: "preview" | "destroy" | "refresh";
  /** The decision clock, ISO 8601. */
  readonly now: string;
  readonly summary: Summary;
  readonly resources: readonly ResourceJson[];
  /** Where list and preview differ. */
  readonly differences: readonly {
    readonly urn: string;
    readonly kind: "the preview does not name it" | "the preview alone names it" | "the preview names it otherwise";
    /** Label and condition in brackets. */
    readonly operation: string;
    /** As the preview has it, where both name it. */
    readonly preview: string | null;
  }[];
  /** Resources of which it is not known what becomes of them. */
  readonly gaps: readonly { readonly urn: string; readonly because: string }[];
  /** Errors of the preview. */
  readonly errors: readonly string[];
  readonly notes: readonly string[];
}

export interface ResourceJson {
  readonly urn: string;
  readonly name: string;
  /** For instance `ecgrid.Certificate`. */
  readonly kind: string;
  /** The engine's words for its steps. */
  readonly steps: readonly string[];
  /** Which object it is now; null for one that is new. */
  readonly what: string | null;
  /** End of its validity, `YYYY-MM-DD`. */
  readonly until: string | null;
  readonly dependents: readonly { readonly urn: string; readonly name: string }[];
  readonly operations: readonly OperationJson[];
  readonly remarks: readonly string[];
  readonly refusals: readonly string[];
}

export interface OperationJson {
  /** Name and target on one line. */
  readonly label: string;
  readonly name: string;
  readonly target: Readonly<Record<string, string>>;
  /** For instance `terminate`; null for a name that this version does not know. */
  readonly effect: string | null;
  readonly reversible: boolean;
  readonly destructive: boolean;
  readonly billed: boolean;
  /** `certain`, `conditional` (with `on`), or `due` (with `from`, not made by this run). */
  readonly certainty: Certainty;
  readonly sentence: string;
  /** Without what is sent in it; null where it is not known. */
  readonly call: { readonly method: string; readonly path: string } | null;
  /** `plan`: computed. `preview`: as the preview's words have it. */
  readonly source: "plan" | "preview";
  /** Why the plain preview does not name it; null where it does. */
  readonly unnamed: string | null;
  /** What takes the place of what ends; null where nothing ends, or nothing does. */
  readonly replacedBy: string | null;
}

export function forMachines(review: Review, exitCode: number): ReviewJson {
  const { command, now, resources, differences, gaps, errors, notes } = review;
  return {
    version: 1,
    exitCode,
    command,
    now: now.toISOString(),
    summary: summaryOf(review),
    resources: resources.map(({ what, until, dependents, operations, ...others }) => ({
      ...others,
      what: what ?? null,
      until: until ?? null,
      dependents: dependents.map((urn) => ({ urn, name: nameOf(urn) })),
      operations: operations.map(({ planned, open: _open, effect, unnamed, replacedBy, ...operation }) => ({
        ...operation,
        effect: effect ?? null,
        call: planned === undefined ? null : { method: planned.call.method, path: planned.call.path },
        unnamed: unnamed ?? null,
        replacedBy: replacedBy ?? null,
      })),
    })),
    differences: differences.map(({ preview, ...difference }) => ({ ...difference, preview: preview ?? null })),
    gaps,
    errors,
    notes,
  };
}

/** In place of a review that could not be made. */
export interface FailureJson {
  readonly version: 1;
  readonly exitCode: number;
  /** Why there is no list. */
  readonly failure: string;
}

export const failureForMachines = (failure: string, exitCode: number): FailureJson => ({
  version: 1,
  exitCode,
  failure,
});
