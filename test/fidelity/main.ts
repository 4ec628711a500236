import { parseArgs } from "node:util";
import { plantNames } from "../instrument/preload.js";
import { SYSTEMS, type SystemName } from "./changes.js";
import { shortOf, table, WHOLE } from "./coverage.js";
import { differencesIn, noFigures, run, type Figures, type Options } from "./fidelity.js";
import { shortened } from "./shortening.js";

/**
 * `npm run fidelity -- --seed S --runs N [--transitions N] [--only SYSTEM] [--no-review] [--json] [--plant [NAME...]] [--verbose]`; the
 * names are those of planted bugs, all unless told otherwise.
 *
 * A run with a difference is shortened (`--no-shorten` leaves that out; with `--plant`, `--shorten` asks for it) and printed with
 * the command that plays what is left of it: `--run` chooses one run of a seed, `--only-transitions` some of its transitions.
 * From 25 runs on, or with `--demand-coverage`, each operation that destroys or is billed has to be shown and made often enough.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      review: { type: "boolean", default: true },
      seed: { type: "string", default: "1" },
      runs: { type: "string", default: "3" },
      run: { type: "string" },
      transitions: { type: "string", default: "8" },
      "only-transitions": { type: "string" },
      shorten: { type: "boolean" },
      "demand-coverage": { type: "boolean" },
      only: { type: "string" },
      json: { type: "boolean", default: false },
      plant: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    },
  });
  const runs = whole("--runs", values.runs);
  const transitions = whole("--transitions", values.transitions);
  const { only } = values;
  if (only !== undefined && !isSystem(only))
    throw new Error(`--only is ${only}. Allowed: ${Object.keys(SYSTEMS).join(", ")}.`);
  const unknown = positionals.filter((one) => !values.plant || !plantNames().includes(one));
  if (unknown.length > 0)
    throw new Error(`${unknown.join(", ")}: allowed after --plant is ${plantNames().join(", ")}, and nothing else.`);
  const numbers =
    values.run === undefined ? Array.from({ length: runs }, (_, number) => number) : [whole("--run", values.run, 0)];
  const onlyTransitions = values["only-transitions"]
    ?.split(",")
    .map((step) => whole("--only-transitions", step.trim(), 0));
  const say = (line: string): void => {
    if (values.verbose) process.stderr.write(`${line}\n`);
  };

  /** Plays one run; one with a difference is shortened and printed. */
  const play = async (options: Options, number: number, figures: Figures, command: string): Promise<void> => {
    const failed = await run(options, figures);
    if (failed === undefined || values.shorten === false || (values.plant && values.shorten !== true)) return;
    process.stderr.write(
      `seed ${values.seed}, run ${number}: differences from transition ${failed} on; shortening it\n`,
    );
    const found = await shortened(options, failed, say);
    process.stderr.write(
      found === undefined
        ? "it does not fail again; all that it needs is not in the seed\n"
        : `shortest sequence that still fails: transitions ${found.transitions.join(",")}\n${found.differences.map((one) => `  ${one}\n`).join("")}` +
            `  npm run fidelity -- ${command} --run ${number} --only-transitions ${found.transitions.join(",")} --no-shorten --verbose\n`,
    );
  };
  const common = [
    ...["--seed", values.seed, "--transitions", String(transitions)],
    ...(only === undefined ? [] : ["--only", only]),
  ];

  if (values.plant) {
    const results: { plant: string; caught: boolean; by: string }[] = [];
    for (const plant of positionals.length > 0 ? positionals : plantNames()) {
      const figures = noFigures();
      for (const number of numbers) {
        if (differencesIn(figures) > 0) break;
        await play(
          {
            ...{ seed: `${values.seed}/${number}`, transitions: transitions * 2, plant, only, onlyTransitions },
            ...{ progress: say, stopAtDifference: true, level: BREAKS_POLICY.test(plant) ? "destructive" : "off" },
          },
          number,
          figures,
          [...common, "--plant", plant].join(" "),
        );
      }
      const by = figures.missing[0] ?? figures.extra[0] ?? figures.unapproved[0] ?? "";
      results.push({ plant, caught: by !== "", by });
      if (!values.json)
        process.stdout.write(
          `${plant}: ${by === "" ? "NOT CAUGHT" : `caught (${figures.missing.length > 0 ? "made but not shown" : figures.extra.length > 0 ? "shown but not made" : "against the policy"}: ${by})`}\n`,
        );
    }
    const caught = results.filter((one) => one.caught).length;
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ plants: results.length, caught, results })}\n`
        : `fidelity: ${caught} of ${results.length} planted bugs caught\n`,
    );
    return caught === results.length ? 0 : 1;
  }

  const figures = noFigures();
  for (const number of numbers) {
    const { review } = values;
    await play(
      { seed: `${values.seed}/${number}`, transitions, only, onlyTransitions, progress: say, review },
      number,
      figures,
      [...common, ...(review ? [] : ["--no-review"])].join(" "),
    );
    if (!values.json)
      process.stderr.write(
        `run ${number}, ${figures.runs} of ${numbers.length}: ${figures.transitions} transitions, ${figures.shown} shown, ${figures.made} made, ${figures.missing.length + figures.extra.length} differences, ${figures.withheld} of ${figures.approvals} with less than all allowed, ${figures.unapproved.length} against that${values.review ? `, ${figures.reviews} reviewed, ${figures.reviewed.length} differences of theirs` : ""}\n`,
      );
  }
  const short = shortOf(figures.byOperation, figures.runs, figures.transitions, only);
  const isDemanded = values["demand-coverage"] ?? figures.runs >= WHOLE;
  process.stdout.write(`${JSON.stringify({ ...figures, short }, null, values.json ? 0 : 2)}\n`);
  process.stderr.write(table(figures.byOperation, only));
  if (isDemanded) for (const one of short) process.stderr.write(`SHORT: ${one}\n`);
  return differencesIn(figures) === 0 && !(isDemanded && short.length > 0) ? 0 : 1;
}

/** A stack that demands approvals stops most of the other bugs before they can show. */
const BREAKS_POLICY = /^approvals|^ceiling/;

const isSystem = (name: string): name is SystemName => Object.hasOwn(SYSTEMS, name);

function whole(name: string, text: string, least = 1): number {
  const value = Number(text);
  if (text === "" || !Number.isInteger(value) || value < least)
    throw new Error(`${name} is "${text}". Allowed: a whole number from ${least}.`);
  return value;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
