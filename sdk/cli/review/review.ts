import {
  label,
  type Announced,
  type Certainty,
  type Effect,
  type Operation,
} from "../../../provider/core/operation.js";
import { catalogued } from "../../../provider/dynamic/catalogue.js";
import { kindOf } from "../../../provider/dynamic/kinds.js";
import { nameOf, typeOf } from "../../../provider/dynamic/urn.js";
import { hasUnknown } from "../../../provider/dynamic/wire.js";
import { changesOf, commandOf, inventoryStep, showsAll, unknownKinds, type Command } from "./changes.js";
import { crossCheck, type CheckedOperation, type Difference } from "./crossCheck.js";
import { Dependents } from "./dependents.js";
import type { PreviewDocument } from "./document.js";
import { grouped } from "./grouped.js";
import { plannedAll, type PlannedChange } from "./planning.js";
import { holdsSecret } from "./secrets.js";
import { successors, type SuccessorOf } from "./successors.js";
import { demandedInVain, refusedEnds, whyUnnamed } from "./unnamed.js";
import { errorsOf, storedWords, wordsOf, type Word } from "./words.js";

/** One operation of a review. */
export interface ReviewedOperation {
  /** Name and target on one line, as previews, receipts and logs have it. */
  readonly label: string;
  readonly name: string;
  readonly target: Readonly<Record<string, string>>;
  /** Undefined for a name that this version does not know. */
  readonly effect: Effect | undefined;
  readonly reversible: boolean;
  readonly destructive: boolean;
  readonly billed: boolean;
  readonly certainty: Certainty;
  /** What it does, to what, and why now. */
  readonly sentence: string;
  /** The whole operation, with its call; undefined where the JSON does not hold what it takes to plan it. */
  readonly planned: Operation | undefined;
  /** Whether inputs of its resource are not known yet, or are secrets: what is sent may turn out to be more than is known. */
  readonly open: boolean;
  /** `plan`: computed here. `preview`: as the preview's words have it. */
  readonly source: "plan" | "preview";
  /** Why the plain preview does not name it; undefined where it does. */
  readonly unnamed: string | undefined;
  /** What takes the place of what ends; undefined where nothing ends, or nothing does. */
  readonly replacedBy: string | undefined;
}

/** What a command does about one resource. */
export interface ReviewedResource {
  readonly urn: string;
  /** Its name in the program. */
  readonly name: string;
  /** For instance `ecgrid.Certificate`. */
  readonly kind: string;
  /** The engine's words for its steps, for instance `update`. */
  readonly steps: readonly string[];
  /** Which object it is now; undefined for one that is new. */
  readonly what: string | undefined;
  /** End of its validity, `YYYY-MM-DD`. */
  readonly until: string | undefined;
  /** URNs of the resources that depend on it, directly or through others. */
  readonly dependents: readonly string[];
  readonly operations: readonly ReviewedOperation[];
  /** What people should know besides: no call of its own. */
  readonly remarks: readonly string[];
  /** Why the command will stop at it. */
  readonly refusals: readonly string[];
}

/** All that a command is about to do with this package's resources. */
export interface Review {
  readonly command: Command;
  /** The decision clock. */
  readonly now: Date;
  /** Those about which there is something to say, by URN. */
  readonly resources: readonly ReviewedResource[];
  /** Where the list and the preview's words differ. */
  readonly differences: readonly Difference[];
  /** Resources of which it is not known what becomes of them, and why. */
  readonly gaps: readonly { readonly urn: string; readonly because: string }[];
  /** Errors of the preview: its list is not whole. */
  readonly errors: readonly string[];
  /** What the list as a whole cannot know. */
  readonly notes: readonly string[];
}

/**
 * The complete list of operations, computed by the same plans that the preview says and `up` performs. Pure: no request,
 * no credential.
 * @param known what is known better than the document shows by itself: the command that has printed it, and whether it
 * did so with --show-sames and --show-replacement-steps.
 */
export function reviewOf(
  document: PreviewDocument,
  now: Date,
  known: { readonly command?: Command; readonly whole?: boolean } = {},
): Review {
  const command = known.command ?? commandOf(document);
  const errors = [
    ...errorsOf(document),
    ...(document.maybeCorrupt ? ["Pulumi says that its output may be corrupt"] : []),
  ];
  const failed = errors.length > 0;
  const inventory = inventoryStep(document);
  const changes = plannedAll(changesOf(document, command), command, now);
  const words = command === "destroy" ? storedWords(inventory, changes) : wordsOf(document);
  const whole = known.whole === true || showsAll(document);
  const checked = crossCheck(changes, words, whyUnnamed(command, inventory, failed), {
    whole,
    lags: command === "destroy",
  });

  const rows = new Rows(new Dependents(document));
  const texts = grouped(words, ({ urn }) => urn);
  for (const change of changes) {
    const { urn } = change.change;
    rows.add(urn, { ...about(change), ...besides(change, texts.get(urn) ?? []) });
  }
  const successor = successors(changes, now);
  for (const one of checked.operations) rows.add(one.urn, { operations: [reviewed(one, successor)] });
  for (const [urn, refusal] of refusedEnds(command, inventory, changes)) rows.add(urn, { refusals: [refusal] });
  return {
    command,
    now,
    resources: rows.worthSaying(),
    // A preview that broke off says less than there is to do.
    differences: failed ? [] : checked.differences,
    gaps: [
      ...unknownKinds(document).map((urn) => ({ urn, because: "its kind is not known to this version of pulumi-clm" })),
      ...changes.flatMap((change) => gapOf(change, words)),
    ],
    errors,
    notes: [...notesOf(changes, whole), ...demandedInVain(command, inventory, changes)],
  };
}

/** Every operation of a review, with its resource. */
export const operationsOf = ({
  resources,
}: Review): { readonly resource: ReviewedResource; readonly operation: ReviewedOperation }[] =>
  resources.flatMap((resource) => resource.operations.map((operation) => ({ resource, operation })));

/** Those that this command makes, or the `up` after a refresh: all but what is due later. */
export const operationsNow = (review: Review): ReviewedOperation[] =>
  operationsOf(review).flatMap(({ operation }) => (operation.certainty.kind === "due" ? [] : [operation]));

type RowPart = Partial<Omit<ReviewedResource, "urn" | "name" | "kind" | "dependents">>;

/** Resources as they are put together: a replacement is two changes on one row. */
class Rows {
  readonly #rows = new Map<string, ReviewedResource>();
  readonly #dependents: Dependents;

  constructor(dependents: Dependents) {
    this.#dependents = dependents;
  }

  add(urn: string, part: RowPart): void {
    const row = this.#rows.get(urn);
    const both = <T>(a: readonly T[] | undefined, b: readonly T[] | undefined): T[] => [...(a ?? []), ...(b ?? [])];
    this.#rows.set(urn, {
      urn,
      name: nameOf(urn),
      kind: kindOf(typeOf(urn))?.kind ?? typeOf(urn),
      dependents: row?.dependents ?? this.#dependents.of(urn),
      steps: [...new Set(both(row?.steps, part.steps))],
      what: row?.what ?? part.what,
      until: row?.until ?? part.until,
      operations: both(row?.operations, part.operations),
      remarks: [...new Set(both(row?.remarks, part.remarks))],
      refusals: [...new Set(both(row?.refusals, part.refusals))],
    });
  }

  worthSaying(): ReviewedResource[] {
    return [...this.#rows.values()]
      .filter(({ operations, remarks, refusals }) => operations.length + remarks.length + refusals.length > 0)
      .sort((a, b) => (a.urn < b.urn ? -1 : 1));
  }
}

const about = ({ change, what, until }: PlannedChange): RowPart => ({
  steps: [change.op],
  what,
  until,
});

/** Remarks and refusals: those of the plan, or the preview's own where the plan hangs on what the JSON does not hold. */
function besides({ remarks, refusals, hidden, unplanned }: PlannedChange, words: readonly Word[]): RowPart {
  const said = words.filter(({ names }) => names === undefined);
  // A refusal counts, whoever knows of it: what stays, and forbids an end, may not be in the JSON.
  const stopping = [...refusals, ...said.flatMap(({ refusal }) => refusal ?? [])];
  if (hidden === undefined && unplanned === undefined) return { remarks, refusals: stopping };
  return { remarks: said.flatMap(({ refusal, text }) => (refusal === undefined ? [text] : [])), refusals: stopping };
}

function reviewed(
  { change, planned: operation, word, unnamed }: CheckedOperation,
  successor: SuccessorOf,
): ReviewedOperation {
  if (operation === undefined) return fromWords(word.names);
  const said = change?.hidden === undefined ? undefined : word?.names;
  const { name, target, effect, reversible, destructive, billed, certainty, sentence } = operation;
  return {
    label: label(operation),
    name,
    target,
    effect,
    reversible,
    destructive,
    billed,
    certainty,
    sentence,
    ...(said ?? {}),
    planned: operation,
    open: change?.change.after !== undefined && (hasUnknown(change.change.after) || holdsSecret(change.change.after)),
    source: said === undefined ? "plan" : "preview",
    unnamed,
    replacedBy: change === undefined ? undefined : successor(change, operation),
  };
}

/** Effects that end nothing, whatever the arguments. */
const HARMLESS: readonly (Effect | undefined)[] = ["create", "upload", "order", "mint"];

/** An operation of which only the words are known: what they do not say is taken for the worst. */
function fromWords(names: Announced): ReviewedOperation {
  const known = catalogued(names.name);
  return {
    ...names,
    effect: known?.effect,
    reversible: known?.reversible ?? false,
    destructive: !HARMLESS.includes(known?.effect),
    billed: known?.billed ?? true,
    planned: undefined,
    open: true,
    source: "preview",
    unnamed: undefined,
    replacedBy: undefined,
  };
}

/**
 * What is not known: providers speak for themselves of what is made and changed, with all that they know; of an end only
 * the inventory does.
 */
function gapOf({ change, unplanned, isFault }: PlannedChange, words: readonly Word[]): Review["gaps"] {
  if (unplanned === undefined) return [];
  const said = words.some(({ urn, names }) => urn === change.urn && names !== undefined);
  const covered = isFault !== true && (change.does === "end" ? said : change.does !== "unknown");
  return covered ? [] : [{ urn: change.urn, because: unplanned }];
}

function notesOf(changes: readonly PlannedChange[], whole: boolean): string[] {
  const named = (of: readonly PlannedChange[]): string =>
    [...new Set(of.map(({ change }) => nameOf(change.urn)))].join(", ");
  const bySecrets = changes.filter(({ hidden, unplanned }) => hidden === "secrets" && unplanned === undefined);
  const byWords = changes.filter(({ unplanned, change }) => unplanned !== undefined && change.does !== "end");
  const later = changes.filter(({ wouldChange, hidden }) => wouldChange !== undefined && hidden === undefined);
  return [
    ...(whole
      ? []
      : [
          "nothing in the JSON shows that it was made with --show-sames and --show-replacement-steps: without them it leaves out what a failed replacement of an earlier run has left to be ended, and what depends on a resource and stays as it is",
        ]),
    ...(changes.some(({ hidden }) => hidden === "what was read")
      ? [
          "the JSON of a refresh holds the states from before it: what it has read is known by the preview's words alone",
        ]
      : []),
    ...(bySecrets.length === 0
      ? []
      : [`what secrets decide is not in the JSON, and was taken from the preview's words: ${named(bySecrets)}`]),
    ...(byWords.length === 0
      ? []
      : [`could not be planned, and was taken from the preview's words: ${named(byWords)}`]),
    ...(later.length === 0
      ? []
      : [
          `the preview leaves as they are, although by this clock there is something to do: ${named(later)}. It was made for other targets, or at another time (set CLM_NOW for both)`,
        ]),
  ];
}
