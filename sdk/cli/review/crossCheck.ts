import { bracketed, label, type Announced, type Certainty, type Operation } from "../../../provider/core/operation.js";
import { STILL_WAITS } from "../../../provider/inventory/inventory.js";
import { grouped } from "./grouped.js";
import type { PlannedChange } from "./planning.js";
import type { Word } from "./words.js";

/**
 * Holds what was planned against what the preview says. Both are made by the same plans, in two processes at two times:
 * where they differ, one was made from something else (another clock, another version, a fault), and neither is to be
 * trusted. Pure.
 */

/** A text of the preview that names an operation. */
export type Naming = Word & { readonly names: Announced };

/** An operation as it was planned, as the preview has it, or both. */
export type CheckedOperation = {
  readonly urn: string;
  /** Undefined for a resource of which the preview shows no step. */
  readonly change: PlannedChange | undefined;
  /** Why the plain preview does not name it; undefined where it does. */
  readonly unnamed?: string;
} & ({ readonly planned: Operation; readonly word?: Naming } | { readonly planned?: undefined; readonly word: Naming });

export interface Difference {
  readonly urn: string;
  readonly kind: "the preview does not name it" | "the preview alone names it" | "the preview names it otherwise";
  /** Label and condition in brackets, as computed here; as the preview has it where it alone names it. */
  readonly operation: string;
  /** Label and condition of the preview, where both name it. */
  readonly preview?: string;
}

/** Why a preview cannot name the operations of a change; undefined where it must. */
export type Unnameable = (change: PlannedChange) => string | undefined;

/**
 * @param whole whether the document shows every step, also those for what an earlier run has left over.
 * @param lags whether the words can be older than the state: those of a destroy.
 */
export function crossCheck(
  changes: readonly PlannedChange[],
  words: readonly Word[],
  unnameable: Unnameable,
  { whole, lags }: { readonly whole: boolean; readonly lags: boolean },
): { readonly operations: readonly CheckedOperation[]; readonly differences: readonly Difference[] } {
  const texts = new Texts(words);
  const differences: Difference[] = [];
  const open = changes.flatMap((change) => change.operations.map((planned) => ({ change, planned })));
  // First what is the same on its own row: it must not be taken for something else's.
  const exact = open.map(({ change, planned }) => texts.exact(change.change.urn, planned));

  const operations = open.flatMap(({ change, planned }, at): CheckedOperation[] => {
    const { urn, leftOver } = change.change;
    const checked = { urn, change, planned };
    const word = exact[at] ?? texts.elsewhere(planned) ?? (leftOver ? texts.ifItWaits(planned) : undefined);
    if (word !== undefined) return [{ ...checked, word }];
    if (change.hidden !== undefined) {
      const fitting = texts.fitting(urn, planned);
      if (fitting !== undefined) return [{ ...checked, word: fitting }];
      // The preview knows what is hidden here, and does not name it.
      if (change.hidden === "what was read" || planned.certainty.kind === "conditional") return [];
    }
    const otherwise = texts.otherwise(urn, planned);
    // The list of a destroy is the last up's, and a condition may have come to another since: both are conditions of the same call.
    if (otherwise !== undefined && lags && areConditions(otherwise.names.certainty, planned.certainty))
      return [{ ...checked, word: otherwise }];
    if (otherwise !== undefined) {
      const preview = inBrackets(otherwise);
      differences.push({ urn, kind: "the preview names it otherwise", operation: bracketed(planned), preview });
      return [{ ...checked, word: otherwise }];
    }
    const unnamed = unnameable(change);
    if (unnamed === undefined)
      differences.push({ urn, kind: "the preview does not name it", operation: bracketed(planned) });
    return [{ ...checked, unnamed: unnamed ?? "the preview should name it, and does not" }];
  });

  const steps = new Set(changes.map(({ change }) => change.urn));
  /** Those that only words can tell of. */
  const wordy = new Map(
    changes.flatMap((one) =>
      one.unplanned === undefined && one.hidden !== "what was read" ? [] : [[one.change.urn, one] as const],
    ),
  );
  const byRefresh = new Set(
    changes.flatMap(({ change: { urn }, saidByRefresh }) => saidByRefresh.map((one) => `${urn} ${bracketed(one)}`)),
  );
  for (const word of texts.left()) {
    const { urn, names } = word;
    if (byRefresh.has(`${urn} ${inBrackets(word)}`)) continue;
    // The inventory cannot see whether it is left over; where no step is for it, it is not.
    if (whole && isVain(names.certainty)) continue;
    operations.push({ urn, change: wordy.get(urn), word });
    // What a preview without --show-sames says of a resource that stays as it is cannot be held against a step.
    const checkable = steps.has(urn) ? !wordy.has(urn) : names.certainty.kind === "certain";
    if (checkable && !isVain(names.certainty))
      differences.push({ urn, kind: "the preview alone names it", operation: inBrackets(word) });
  }
  return { operations, differences };
}

/** The preview's texts, each found once. */
class Texts {
  readonly #all: readonly Naming[];
  readonly #byLabel: ReadonlyMap<string, readonly Naming[]>;
  readonly #byUrn: ReadonlyMap<string, readonly Naming[]>;
  readonly #found = new Set<Naming>();

  constructor(words: readonly Word[]) {
    this.#all = words.filter((word): word is Naming => word.names !== undefined);
    this.#byLabel = grouped(this.#all, ({ names }) => names.label);
    this.#byUrn = grouped(this.#all, ({ urn }) => urn);
  }

  /** The same on its own row. A text is said once for each row, whatever the number of those who say it. */
  exact(urn: string, planned: Operation): Naming | undefined {
    return this.#find(
      this.#byLabel.get(label(planned)),
      (word) => word.urn === urn && isSame(word.names.certainty, planned.certainty),
      true,
    );
  }

  /** The same on another row: of a resource that was renamed. */
  elsewhere = (planned: Operation): Naming | undefined =>
    this.#find(this.#byLabel.get(label(planned)), ({ names }) => isSame(names.certainty, planned.certainty));

  /** What the inventory says of what it cannot see (inventory.md F22). */
  ifItWaits = (planned: Operation): Naming | undefined =>
    this.#find(this.#byLabel.get(label(planned)), ({ names }) => isVain(names.certainty));

  /** One whose target has what was not known while planning, under whatever condition. */
  fitting = (urn: string, planned: Operation): Naming | undefined =>
    this.#find(this.#byUrn.get(urn), ({ names }) => fits(label(planned), names.label));

  /** The same call under another condition. */
  otherwise = (urn: string, planned: Operation): Naming | undefined =>
    this.#find(this.#byUrn.get(urn), ({ names }) => names.label === label(planned));

  /** Those that were not found, and that do not repeat on another row what was. */
  left(): Naming[] {
    return this.#all.filter(
      (word) =>
        !this.#found.has(word) &&
        !(this.#byLabel.get(word.names.label) ?? []).some(
          (other) => this.#found.has(other) && isSame(other.names.certainty, word.names.certainty),
        ),
    );
  }

  #find(candidates: readonly Naming[] | undefined, is: (word: Naming) => boolean, again = false): Naming | undefined {
    const found = candidates?.find((word) => (again || !this.#found.has(word)) && is(word));
    if (found !== undefined) this.#found.add(found);
    return found;
  }
}

const isSame = (a: Certainty, b: Certainty): boolean => a.kind === b.kind && conditionOf(a) === conditionOf(b);

const conditionOf = (certainty: Certainty): string =>
  certainty.kind === "conditional" ? certainty.on : certainty.kind === "due" ? certainty.from : "";

const areConditions = (...all: readonly Certainty[]): boolean => all.every(({ kind }) => kind === "conditional");

const isVain = (certainty: Certainty): boolean => conditionOf(certainty) === STILL_WAITS;

/** What is not known while planning is printed as `?`. */
function fits(planned: string, said: string): boolean {
  const [wanted, parts] = [planned.split(" "), said.split(" ")];
  return (
    wanted.length === parts.length &&
    wanted.every(
      (part, at) => part === parts[at] || (part.endsWith("=?") && parts[at]?.startsWith(part.slice(0, -1)) === true),
    )
  );
}

/** The end of a text that names an operation: label and condition. */
const inBrackets = ({ text, names }: Naming): string => text.slice(text.lastIndexOf(`[${names.label}`));
