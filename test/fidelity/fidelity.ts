import type { ApprovalLevel } from "../../provider/core/policy.js";
import {
  compare,
  fits,
  previewPart,
  saidByDestroyPreview,
  saidByPreview,
  type Said,
  type Shown,
} from "../instrument/transcript.js";
import { unnamedRequests } from "../instrument/gatewayWords.js";
import type { Ran } from "../instrument/project.js";
import { differencesFrom, previewedAsJson, reviewed } from "../instrument/reviewed.js";
import { aimsOf } from "./aims.js";
import { change, populate, type SystemName } from "./changes.js";
import { countOperations, type Counts } from "./coverage.js";
import { Permissions, type Permission } from "./permission.js";
import type { Program } from "./program.js";
import { Random } from "./random.js";
import { World } from "../instrument/world.js";
import { endedUnnamed, working } from "./working.js";

/** The figures of a fidelity run. */
export interface Figures {
  runs: number;
  transitions: number;
  /** Transitions whose command ended in an error: what is not named is still counted there. */
  failed: number;
  shown: number;
  made: number;
  /** Shown as conditional. */
  conditional: number;
  missing: string[];
  extra: string[];
  /** Previews whose list `clm review` has made, too, and where it was another one. */
  reviews: number;
  reviewed: string[];
  /** Transitions of stacks that demand approvals, those that lacked one or had a ceiling of 0, and what went against that. */
  approvals: number;
  withheld: number;
  unapproved: string[];
  /** Previews that went well and of which `clm review` approves nothing: it is no difference, but stops the stack. */
  unapprovable: string[];
  byOperation: Counts;
}

export const noFigures = (): Figures => ({
  runs: 0,
  transitions: 0,
  failed: 0,
  shown: 0,
  made: 0,
  conditional: 0,
  missing: [],
  extra: [],
  reviews: 0,
  reviewed: [],
  approvals: 0,
  withheld: 0,
  unapproved: [],
  unapprovable: [],
  byOperation: {},
});

/** How many differences of any kind there are. */
export const differencesIn = ({ missing, extra, reviewed: lists, unapproved }: Figures): number =>
  missing.length + extra.length + lists.length + unapproved.length;

export interface Options {
  readonly seed: string;
  readonly transitions: number;
  readonly plant?: string | undefined;
  /** Which calls need an approval; by the seed unless told. */
  readonly level?: ApprovalLevel;
  /** Changes of this system alone. */
  readonly only?: SystemName | undefined;
  /** Makes the list of each preview by `clm review`, too: one more preview for each transition. */
  readonly review?: boolean;
  /** Leaves out all other transitions; the one after the last is the destroy. */
  readonly onlyTransitions?: readonly number[] | undefined;
  /** Told of each transition. */
  readonly progress?: (line: string) => void;
  /** Ends a run at its first difference: for planted bugs, and to shorten. */
  readonly stopAtDifference?: boolean;
}

/**
 * One random program, changed at random, previewed and applied; ends with a destroy. Each transition draws from its own
 * source, so that one can be left out and the others stay as they are.
 *
 * @returns the first transition with a difference; undefined when there is none.
 */
export async function run(options: Options, figures: Figures): Promise<number | undefined> {
  const { only, seed, transitions } = options;
  const world = await World.open(options.plant === undefined ? {} : { plant: options.plant });
  const permissions = new Permissions(new Random(`${seed} policy`), world, options.level);
  const playing: Playing = { world, permissions, reviewing: options.review === true };
  const program: Program = { resources: [], named: 0, comms: 0 };
  const aims = aimsOf(seed, only);
  figures.runs++;
  let first: number | undefined;
  const played = (step: number, transition: Transition, where: string): boolean => {
    const before = differencesIn(figures);
    count(figures, transition, where, options.progress);
    if (differencesIn(figures) > before) first ??= step;
    return first !== undefined && options.stopAtDifference === true;
  };
  try {
    for (let step = 0; step <= transitions; step++) {
      if (options.onlyTransitions?.includes(step) === false) continue;
      const random = new Random(`${seed} transition ${step}`);
      if (step === transitions) {
        // What was withheld is given then; what nobody can approve stays.
        for (let tries = 0; tries < DESTROYS; tries++) {
          const transition = await destroy(random, playing);
          if (played(step, transition, `${seed} destroy (${transition.how})`)) return first;
          if (transition.succeeded || !transition.withheld || transition.unapprovable !== undefined) break;
        }
        break;
      }
      // Something to change from the start: an empty program has nothing to say.
      const changes =
        step === 0
          ? await populate(random, program, world, only)
          : await change(random, program, world, { only, aims });
      world.program(...program.resources);
      // A rename's alias is needed in the run that renames; later it would only hide a mistake.
      const transition = await apply(random, playing, program.refreshes === true);
      program.refreshes = false;
      if (transition.succeeded)
        for (const one of program.resources) if (one.opts !== undefined) delete one.opts.aliases;
      if (played(step, transition, `${seed} step ${step} (${changes.join(", ")}; ${transition.how})`)) return first;
    }
  } finally {
    await world.close();
  }
  return first;
}

/** Most attempts at the end of a run. */
const DESTROYS = 3;

/** What a run plays on. */
interface Playing {
  readonly world: World;
  readonly permissions: Permissions;
  readonly reviewing: boolean;
}

interface Transition {
  readonly said: readonly Said[];
  readonly made: string[];
  /** Requests that asked for what the words have not named (a destroy's list cuts its words), and objects that have ended unnamed. */
  readonly unnamed?: readonly string[];
  readonly succeeded: boolean;
  readonly how: string;
  readonly text: string;
  /** How the review's list differs from what the preview has shown; undefined where none was made. */
  readonly review: string[] | undefined;
  /** Whether its stack demands approvals, whether something was withheld, and what went against that. */
  readonly demanded: boolean;
  readonly withheld: boolean;
  readonly unapproved: readonly string[];
  /** Why nothing of a preview that went well could be approved. */
  readonly unapprovable: string | undefined;
}

const shownIn = (said: readonly Said[]): Shown[] => said.map(({ shown }) => shown);

/**
 * What a run was told to make: what its preview has named, and what no plain preview can name (an end that waits, or that the
 * inventory has not learned of) and people have approved from a review's list.
 */
const agreed = (said: readonly Said[], { approved }: Permission): Said[] => [
  ...said,
  ...approved
    .filter((label) => !said.some(({ shown: { operation } }) => fits(operation, label)))
    .map((operation) => ({ shown: { operation, certain: false }, sentence: "" })),
];

/** What is the same of every transition. */
function judged(
  { permissions }: Playing,
  permission: Permission,
  said: readonly Said[],
  made: readonly string[],
  applied: Ran,
): Pick<Transition, "demanded" | "withheld" | "unapproved" | "unapprovable" | "succeeded"> {
  return {
    demanded: permissions.demanded,
    withheld: !permission.whole || permission.ceiling,
    unapproved: permissions.judge(permission, said, made, applied),
    unapprovable: permission.unapprovable,
    succeeded: applied.code === 0,
  };
}

/**
 * How the list that `clm review` makes of what has just been previewed differs from the text. A preview that fails must be
 * one that it takes for failed.
 */
function differencesOfReview(json: Ran, now: Date, shown: readonly Shown[], failed = false): string[] {
  const review = reviewed(json, now);
  if (!failed) return [...differencesFrom(review, shown), ...review.errors];
  return review.errors.length > 0 ? [] : ["the preview has failed, and the review does not say so"];
}

const DAY = 86_400_000;

/** The end of all resources. */
async function destroy(random: Random, playing: Playing): Promise<Transition> {
  const { world, permissions, reviewing } = playing;
  permissions.begin(random);
  const said = saidByDestroyPreview((await world.project.destroyPreview()).text);
  const json = reviewing || permissions.demanded ? await previewedAsJson(world, "destroy") : undefined;
  const permission = await permissions.give(random, json, "destroy");
  const position = world.sandbox.log.last();
  const standing = working(world);
  const destroyed = await world.project.destroy();
  const made = world.made(position);
  return {
    ...{ made, how: ["destroy", permission.how].join("; "), text: destroyed.text },
    said: agreed(said, permission),
    unnamed: endedUnnamed(standing, working(world), agreed(said, permission)),
    review: reviewing && json !== undefined ? differencesOfReview(json, world.now, shownIn(said)) : undefined,
    ...judged(playing, permission, said, made, destroyed),
  };
}

/** Preview, perhaps a clock that jumps, and up. */
async function apply(random: Random, playing: Playing, mustRefresh: boolean): Promise<Transition> {
  const { world, permissions, reviewing } = playing;
  const refreshed = random.chance(30) || mustRefresh;
  if (refreshed) await world.project.refresh();
  const jump = random.chance(30) ? random.pick([1, 5, 40]) * DAY : 0;
  // What was approved was reviewed for a day, which the run must be told.
  const pinned = random.chance(50) || permissions.demanded;
  world.at(world.now, pinned);
  permissions.begin(random);
  const position = world.sandbox.log.last();
  const trusting = world.trusting();
  const previewed = await world.project.preview();
  const json = reviewing || permissions.demanded ? await previewedAsJson(world, "preview") : undefined;
  const review =
    reviewing && json !== undefined
      ? differencesOfReview(json, world.now, shownIn(saidByPreview(previewed.text)), previewed.code !== 0)
      : undefined;
  const permission = await permissions.give(random, json, "preview", jump / DAY);
  let applied: Ran;
  let standing: ReturnType<typeof working>;
  let preview = previewed.text;
  if (jump > 0 && !pinned) {
    // Nothing ties this `up` to the earlier preview, as the README says: what counts is the preview that it prints itself.
    world.at(new Date(world.now.getTime() + jump));
    standing = working(world);
    applied = await world.project.pulumi("up", "--yes");
    preview = applied.text;
  } else {
    if (jump > 0) world.moveUnderPin(new Date(world.now.getTime() + jump));
    standing = working(world);
    applied = await world.project.up();
  }
  const left = working(world);
  const made = world.made(position);
  world.at(world.now, true);
  const said = saidByPreview(previewPart(preview));
  return {
    said: agreed(said, permission),
    made,
    unnamed: [
      ...unnamedRequests(preview, world.reached(position), trusting),
      ...endedUnnamed(standing, left, agreed(said, permission)),
    ],
    how: [
      refreshed ? "refreshed" : "not refreshed",
      jump === 0 ? "no jump" : `${jump / DAY} days between, ${pinned ? "CLM_NOW" : "no CLM_NOW"}`,
      ...(permission.how === "" ? [] : [permission.how]),
    ].join(", "),
    text: `${previewed.text}\n${applied.text}`,
    review,
    ...judged(playing, permission, said, made, applied),
  };
}

function count(figures: Figures, transition: Transition, where: string, progress?: (line: string) => void): void {
  const {
    said,
    made,
    unnamed = [],
    succeeded,
    text,
    review,
    demanded,
    withheld,
    unapproved,
    unapprovable,
  } = transition;
  const shown = shownIn(said);
  figures.transitions++;
  if (!succeeded) figures.failed++;
  if (demanded) figures.approvals++;
  if (withheld) figures.withheld++;
  figures.shown += shown.length;
  figures.made += made.length;
  figures.conditional += shown.filter(({ certain }) => !certain).length;
  countOperations(figures.byOperation, said, made);
  const differences = compare(shown, made, succeeded);
  figures.missing.push(...unnamed.map((one) => `${one} at ${where}`));
  for (const { kind, operation } of differences)
    (kind === "made but not shown" ? figures.missing : figures.extra).push(`${operation} at ${where}`);
  if (review !== undefined) figures.reviews++;
  figures.reviewed.push(...(review ?? []).map((one) => `${one} at ${where}`));
  figures.unapproved.push(...unapproved.map((one) => `${one} at ${where}`));
  if (unapprovable !== undefined) figures.unapprovable.push(`${unapprovable} at ${where}`);
  const different = differences.length + unnamed.length + (review?.length ?? 0) + unapproved.length;
  progress?.(
    `${where}: ${shown.length} shown, ${made.length} made, ${different} differences${succeeded ? "" : `, ended in an error: ${/(?<=error: )(?!\d+ errors? occurred).*|(?<=\* ).*/.exec(text)?.[0] ?? ""}`}${different > 0 ? `\n${[...(review ?? []), ...unapproved, text].join("\n")}` : ""}`,
  );
}
