import { readAnnouncement, type Announced } from "../../../provider/core/operation.js";
import { kindOf } from "../../../provider/dynamic/kinds.js";
import { typeOf } from "../../../provider/dynamic/urn.js";
import { spoken, stops, type Entries } from "../../../provider/inventory/inventory.js";
import type { Diagnostic, PreviewDocument, Step } from "./document.js";
import type { PlannedChange } from "./planning.js";

/** What a preview says of this package's resources: the texts that the plain preview prints on their rows. Pure. */

const STOPS = stops("");

export interface Word {
  readonly urn: string;
  readonly text: string;
  /** The operation that it names, if it names one. */
  readonly names?: Announced;
  /** Why `up` will stop, if it says so. */
  readonly refusal?: string;
}

/** What the plain preview says, without its errors. */
export const wordsOf = ({ diagnostics }: PreviewDocument): Word[] =>
  diagnostics.flatMap((one) =>
    one.urn == null || isError(one) || kindOf(typeOf(one.urn)) === undefined ? [] : [word(one.urn, textOf(one))],
  );

/**
 * What `destroy --preview-only --diff` prints of what ends: the list that the inventory has stored (inventory.md, fact E9). It
 * holds the whole stack, of which a destroy with --target leaves something.
 */
export function storedWords(inventory: Step | undefined, changes: readonly PlannedChange[]): Word[] {
  const ends = new Set(changes.flatMap(({ change }) => (change.does === "end" ? [change.urn] : [])));
  return storedList(inventory).filter(({ urn }) => ends.has(urn));
}

/** All that the inventory has stored. */
export function storedList(inventory: Step | undefined): Word[] {
  const entries = inventory?.oldState?.outputs?.entries;
  if (typeof entries !== "object" || entries === null) return [];
  return Object.entries(entries as Entries).flatMap(([urn, { ending }]) => ending.map((end) => word(urn, spoken(end))));
}

/** The errors of a preview, whoever says them. */
export const errorsOf = ({ diagnostics }: PreviewDocument): string[] => diagnostics.filter(isError).map(textOf);

const isError = ({ severity }: Diagnostic): boolean => severity === "error";

/** The engine repeats the severity in front of the text. */
const textOf = ({ message, severity }: Diagnostic): string => {
  const text = (message ?? "").trim();
  const prefix = `${severity ?? ""}: `;
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
};

function word(urn: string, text: string): Word {
  const names = readAnnouncement(text);
  return {
    urn,
    text,
    ...(names === undefined ? {} : { names }),
    ...(text.startsWith(STOPS) ? { refusal: text.slice(STOPS.length) } : {}),
  };
}
