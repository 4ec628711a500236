import { isDeepStrictEqual } from "node:util";
import { readDrift, type Drift, type DriftKind } from "../../../provider/core/drift.js";
import { label, type Announced, type Operation } from "../../../provider/core/operation.js";
import { kindOf, type Kind } from "../../../provider/dynamic/kinds.js";
import { nameOf, typeOf } from "../../../provider/dynamic/urn.js";
import type { Properties } from "../../../provider/dynamic/wire.js";
import { commandOf } from "../review/changes.js";
import { UnreadablePreview, type PreviewDocument, type Step } from "../review/document.js";
import { grouped } from "../review/grouped.js";
import { secretsUnknown } from "../review/secrets.js";
import { errorsOf, wordsOf, type Word } from "../review/words.js";

/** What the next `up` does about what was found. */
export interface Answer {
  /** Why it stops. */
  readonly refusals: readonly string[];
  readonly operations: readonly Announced[];
  /** What happens without a call, and what people should know. */
  readonly remarks: readonly string[];
}

/** One drift, or something to do that nothing outside has caused: by the clock, or found by an earlier refresh. */
export type Found = { readonly [Key in keyof Drift]: Key extends "kind" ? DriftKind | "due" : Drift[Key] };

export interface DriftRow {
  readonly urn: string;
  /** The resource's name in the program. */
  readonly name: string;
  /** For instance `ecgrid.Certificate`. */
  readonly resourceKind: string;
  readonly found: Found;
  readonly answer: Answer;
}

export interface DriftReport {
  readonly now: Date;
  /** By URN. */
  readonly rows: readonly DriftRow[];
  /** Errors of the refresh: what could not be read may have drifted, too. */
  readonly errors: readonly string[];
}

/**
 * What a refresh has found, by its words: the JSON of Pulumi holds the states from before it (tried on the engine), and
 * each provider says what it has read, and plans about it, on the resource's row. Pure.
 */
export function driftOf(document: PreviewDocument, now: Date): DriftReport {
  const refresh = commandOf(document) === "refresh";
  const inputs = new Map(document.steps.map(({ urn, oldState }) => [urn, oldState?.inputs ?? undefined]));
  // Of a preview, what the program itself has changed, makes or ends is no news.
  const unchanged = new Set(document.steps.flatMap((step) => (isAsBefore(step) ? [step.urn] : [])));
  const said = grouped(wordsOf(document), ({ urn }) => urn);
  // What a refresh drops from the state is gone, whether its row says so or not.
  const dropped = new Set(refresh ? document.steps.flatMap(({ op, urn }) => (op === "delete" ? [urn] : [])) : []);
  const rows = [...new Set([...said.keys(), ...dropped])].flatMap((urn): DriftRow[] => {
    const kind = kindOf(typeOf(urn));
    if (kind === undefined) return [];
    const words = said.get(urn) ?? [];
    const drifts = words.flatMap(({ text }) => readDrift(text) ?? []);
    if (drifts.length === 0 && dropped.has(urn))
      drifts.push({ kind: "deleted", what: nameOf(urn), before: "there", now: "not there" });
    const planned = answerOf(words);
    const answer = drifts.some((one) => one.kind === "deleted")
      ? madeAnew(kind, urn, inputs.get(urn), planned, now)
      : planned;
    const row = (found: Found): DriftRow => ({ urn, name: nameOf(urn), resourceKind: kind.kind, found, answer });
    if (drifts.length > 0) return drifts.map(row);
    const isDue = answer.refusals.length + answer.operations.length > 0;
    return isDue && (refresh || unchanged.has(urn))
      ? [row({ kind: "due", what: "by the clock, or found by an earlier refresh", before: "", now: "" })]
      : [];
  });
  return { now, rows: rows.sort((a, b) => (a.urn < b.urn ? -1 : a.urn > b.urn ? 1 : 0)), errors: errorsOf(document) };
}

/** Whether a step of a preview leaves a resource to its plan: the program gives what it has given before. */
const isAsBefore = ({ op, oldState, newState }: Step): boolean =>
  (op === "update" || op === "same") && isDeepStrictEqual(given(oldState?.inputs ?? {}), given(newState?.inputs ?? {}));

/** What people write: what the package adds changes with its versions, and with what others hold. */
const given = (inputs: Properties): Properties =>
  Object.fromEntries(Object.entries(inputs).filter(([key, value]) => !key.startsWith("__") && value !== null));

/**
 * @throws UnreadablePreview unless all that the JSON shows of this package was read: each resource has a step of a refresh, or, in
 * a refresh, was dropped by it (tried on the engine). Without one nothing was read, and no drift would mean nothing.
 */
export function demandRead(document: PreviewDocument): void {
  const { steps, maybeCorrupt } = document;
  if (maybeCorrupt) throw new UnreadablePreview(`Pulumi says of it that it may not be whole (maybeCorrupt). ${HOW}`);
  // What could not be read has no step, and is said as an error.
  if (errorsOf(document).length > 0) return;
  const read = new Set(steps.flatMap(({ op, urn }) => (op === "refresh" ? [urn] : [])));
  if (read.size === 0) throw new UnreadablePreview(`nothing was read for it: it has no step of a refresh. ${HOW}`);
  if (commandOf(document) === "refresh") return;
  const unread = steps.flatMap(({ urn, oldState }) =>
    oldState == null || read.has(urn) || kindOf(typeOf(urn)) === undefined ? [] : [nameOf(urn)],
  );
  if (unread.length > 0)
    throw new UnreadablePreview(
      `${[...new Set(unread)].join(", ")} ${unread.length === 1 ? "was" : "were"} not read for it. ${HOW}`,
    );
}

const HOW = 'Make it by "pulumi refresh --preview-only --json" or "pulumi preview --refresh --json".';

const answerOf = (words: readonly Word[]): Answer => ({
  refusals: words.flatMap(({ refusal }) => refusal ?? []),
  operations: words.flatMap(({ names }) => (names === undefined || names.certainty.kind === "due" ? [] : [names])),
  remarks: words.flatMap(({ names, refusal, text }) =>
    names === undefined && refusal === undefined && readDrift(text) === undefined ? [text] : [],
  ),
});

/** A resource that is gone is asked nothing: its creation is planned from the inputs that it had. */
function madeAnew(kind: Kind, urn: string, inputs: Properties | undefined, said: Answer, now: Date): Answer {
  if (inputs === undefined || said.operations.length > 0) return said;
  const { operations, remarks, refusal } = kind.plan({ after: secretsUnknown(inputs), urn }, now);
  return {
    refusals: [...said.refusals, ...(refusal === undefined ? [] : [refusal])],
    operations: operations.map(announced),
    remarks: [...said.remarks, ...remarks],
  };
}

const announced = (operation: Operation): Announced => ({
  ...{ label: label(operation), name: operation.name, target: operation.target },
  ...{ certainty: operation.certainty, sentence: operation.sentence },
});
