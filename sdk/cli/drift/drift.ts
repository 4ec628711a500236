import { readDrift, type Drift, type DriftKind } from "../../../provider/core/drift.js";
import { label, type Announced, type Operation } from "../../../provider/core/operation.js";
import { kindOf, type Kind } from "../../../provider/dynamic/kinds.js";
import { nameOf, typeOf } from "../../../provider/dynamic/urn.js";
import type { Properties } from "../../../provider/dynamic/wire.js";
import { commandOf } from "../review/changes.js";
import type { PreviewDocument } from "../review/document.js";
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
  const rows = [...grouped(wordsOf(document), ({ urn }) => urn)].flatMap(([urn, words]): DriftRow[] => {
    const kind = kindOf(typeOf(urn));
    if (kind === undefined) return [];
    const drifts = words.flatMap(({ text }) => readDrift(text) ?? []);
    const said = answerOf(words);
    const answer = drifts.some((one) => one.kind === "deleted")
      ? madeAnew(kind, urn, inputs.get(urn), said, now)
      : said;
    const row = (found: Found): DriftRow => ({ urn, name: nameOf(urn), resourceKind: kind.kind, found, answer });
    if (drifts.length > 0) return drifts.map(row);
    const isDue = refresh && answer.refusals.length + answer.operations.length > 0;
    return isDue
      ? [row({ kind: "due", what: "by the clock, or found by an earlier refresh", before: "", now: "" })]
      : [];
  });
  return { now, rows: rows.sort((a, b) => (a.urn < b.urn ? -1 : a.urn > b.urn ? 1 : 0)), errors: errorsOf(document) };
}

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
