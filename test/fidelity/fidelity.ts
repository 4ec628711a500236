import { compare, previewPart, shownByDestroyPreview, shownByPreview, type Shown } from "../instrument/transcript.js";
import { unnamedRequests } from "../instrument/gatewayWords.js";
import type { Ran } from "../instrument/project.js";
import { differencesFrom, previewedAsJson, reviewed } from "../instrument/reviewed.js";
import { change, populate, type SystemName } from "./changes.js";
import type { Program } from "./program.js";
import { Random } from "./random.js";
import { World } from "../instrument/world.js";

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
  byOperation: Record<string, { shown: number; made: number }>;
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
  byOperation: {},
});

export interface Options {
  readonly seed: string;
  readonly transitions: number;
  readonly plant?: string;
  /** Changes of this system alone. */
  readonly only?: SystemName | undefined;
  /** Makes the list of each preview by `clm review`, too: one more preview for each transition. */
  readonly review?: boolean;
  /** Told of each transition. */
  readonly progress?: (line: string) => void;
  /** Ends a run at its first difference: for planted bugs. */
  readonly stopAtDifference?: boolean;
}

const catalogueName = (operation: string): string => operation.split(" ")[0] ?? operation;

/** One random program, changed at random, previewed and applied; ends with a destroy. */
export async function run(options: Options, figures: Figures): Promise<void> {
  const { only } = options;
  const random = new Random(options.seed);
  const world = await World.open(options.plant === undefined ? {} : { plant: options.plant });
  const program: Program = { resources: [], named: 0, comms: 0 };
  figures.runs++;
  try {
    for (let step = 0; step < options.transitions; step++) {
      // Something to change from the start: an empty program has nothing to say.
      const changes =
        step === 0 ? await populate(random, program, world, only) : await change(random, program, world, only);
      world.program(...program.resources);
      // A rename's alias is needed in the run that renames; later it would only hide a mistake.
      const transition = await apply(random, world, options.review === true);
      const where = `${options.seed} step ${step} (${changes.join(", ")}; ${transition.how})`;
      count(figures, transition, where, options.progress);
      if (transition.succeeded)
        for (const one of program.resources) if (one.opts !== undefined) delete one.opts.aliases;
      if (options.stopAtDifference === true && figures.missing.length + figures.extra.length > 0) return;
    }
    const shown = shownByDestroyPreview((await world.project.destroyPreview()).text);
    const review = options.review === true ? await reviewOf(world, "destroy", shown) : undefined;
    const position = world.sandbox.log.last();
    const destroyed = await world.project.destroy();
    count(
      figures,
      {
        shown,
        made: world.made(position),
        succeeded: destroyed.code === 0,
        how: "destroy",
        text: destroyed.text,
        review,
      },
      `${options.seed} destroy`,
      options.progress,
    );
  } finally {
    await world.close();
  }
}

interface Transition {
  readonly shown: Shown[];
  readonly made: string[];
  /** Requests that asked for what the words have not named; a destroy's list cuts its words. */
  readonly unnamed?: readonly string[];
  readonly succeeded: boolean;
  readonly how: string;
  readonly text: string;
  /** How the review's list differs from what the preview has shown; undefined where none was made. */
  readonly review: string[] | undefined;
}

/** Makes the list of what has just been previewed by `clm review`. A preview that fails must be one that it takes for failed. */
async function reviewOf(
  world: World,
  command: "preview" | "destroy",
  shown: Shown[],
  failed = false,
): Promise<string[]> {
  const review = reviewed(await previewedAsJson(world, command), world.now);
  if (!failed) return [...differencesFrom(review, shown), ...review.errors];
  return review.errors.length > 0 ? [] : ["the preview has failed, and the review does not say so"];
}

const DAY = 86_400_000;

/** Preview, perhaps a clock that jumps, and up. */
async function apply(random: Random, world: World, reviewing: boolean): Promise<Transition> {
  const refreshed = random.chance(30);
  if (refreshed) await world.project.refresh();
  const jump = random.chance(30) ? random.pick([1, 5, 40]) * DAY : 0;
  const pinned = random.chance(50);
  world.at(world.now, pinned);
  const position = world.sandbox.log.last();
  const trusting = world.trusting();
  const previewed = await world.project.preview();
  const review = reviewing
    ? await reviewOf(world, "preview", shownByPreview(previewed.text), previewed.code !== 0)
    : undefined;
  let applied: Ran;
  let preview = previewed.text;
  if (jump > 0 && !pinned) {
    // Nothing ties this `up` to the earlier preview, as the README says: what counts is the preview that it prints itself.
    world.at(new Date(world.now.getTime() + jump));
    applied = await world.project.pulumi("up", "--yes");
    preview = applied.text;
  } else {
    if (jump > 0) world.moveUnderPin(new Date(world.now.getTime() + jump));
    applied = await world.project.up();
  }
  const made = world.made(position);
  world.at(world.now, true);
  return {
    shown: shownByPreview(previewPart(preview)),
    made,
    unnamed: unnamedRequests(preview, world.reached(position), trusting),
    succeeded: applied.code === 0,
    how: [
      refreshed ? "refreshed" : "not refreshed",
      jump === 0 ? "no jump" : `${jump / DAY} days between, ${pinned ? "CLM_NOW" : "no CLM_NOW"}`,
    ].join(", "),
    text: `${previewed.text}\n${applied.text}`,
    review,
  };
}

function count(
  figures: Figures,
  { shown, made, unnamed = [], succeeded, text, review }: Transition,
  where: string,
  progress?: (line: string) => void,
): void {
  figures.transitions++;
  if (!succeeded) figures.failed++;
  figures.shown += shown.length;
  figures.made += made.length;
  figures.conditional += shown.filter(({ certain }) => !certain).length;
  for (const { operation } of shown) (figures.byOperation[catalogueName(operation)] ??= { shown: 0, made: 0 }).shown++;
  for (const operation of made) (figures.byOperation[catalogueName(operation)] ??= { shown: 0, made: 0 }).made++;
  const differences = compare(shown, made, succeeded);
  figures.missing.push(...unnamed.map((one) => `${one} at ${where}`));
  for (const { kind, operation } of differences)
    (kind === "made but not shown" ? figures.missing : figures.extra).push(`${operation} at ${where}`);
  if (review !== undefined) figures.reviews++;
  figures.reviewed.push(...(review ?? []).map((one) => `${one} at ${where}`));
  const different = differences.length + unnamed.length + (review?.length ?? 0);
  progress?.(
    `${where}: ${shown.length} shown, ${made.length} made, ${different} differences${succeeded ? "" : `, ended in an error: ${/(?<=error: )(?!\d+ errors? occurred).*|(?<=\* ).*/.exec(text)?.[0] ?? ""}`}${different > 0 ? `\n${[...(review ?? []), text].join("\n")}` : ""}`,
  );
}
