import { DRIFT_KINDS } from "../../../provider/core/drift.js";
import type { DriftReport, DriftRow, Found } from "./drift.js";

/** What `clm drift` ends with: the same words as `clm review`, and Pulumi's own code for a change that was not expected. */
export const EXIT = { ok: 0, fault: 1, usage: 2, unreadable: 3, previewFailed: 4, drift: 7 } as const;

export type FoundKind = Found["kind"];

/** Kinds that `--fail-on` takes. */
export const KINDS = [...Object.keys(DRIFT_KINDS), "due"] as readonly FoundKind[];

/** Rows of the kinds that `--fail-on` names; all without it. */
export const metBy = ({ rows }: DriftReport, failOn: readonly FoundKind[]): readonly DriftRow[] =>
  failOn.length === 0 ? rows : rows.filter(({ found }) => failOn.includes(found.kind));

/** What could not be read may have drifted, so errors come first. */
export const exitCodeOf = (report: DriftReport, failOn: readonly FoundKind[]): number =>
  report.errors.length > 0 ? EXIT.previewFailed : metBy(report, failOn).length > 0 ? EXIT.drift : EXIT.ok;
