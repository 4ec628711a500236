import { parseArgs } from "node:util";
import { plantNames } from "../instrument/preload.js";
import { SYSTEMS, type SystemName } from "./changes.js";
import { noFigures, run } from "./fidelity.js";

/**
 * `npm run fidelity -- --seed S --runs N [--transitions N] [--only SYSTEM] [--no-review] [--json] [--plant [NAME...]] [--verbose]`; the
 * names are those of planted bugs, all unless told otherwise.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      review: { type: "boolean", default: true },
      seed: { type: "string", default: "1" },
      runs: { type: "string", default: "3" },
      transitions: { type: "string", default: "6" },
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
  const say = (line: string): void => {
    if (values.verbose) process.stderr.write(`${line}\n`);
  };

  if (values.plant) {
    const results: { plant: string; caught: boolean; by: string }[] = [];
    for (const plant of positionals.length > 0 ? positionals : plantNames()) {
      const figures = noFigures();
      for (let at = 0; at < runs && figures.missing.length + figures.extra.length === 0; at++) {
        await run(
          {
            ...{ seed: `${values.seed}/${at}`, transitions: transitions * 2, plant, only },
            ...{ progress: say, stopAtDifference: true },
          },
          figures,
        );
      }
      const by = figures.missing[0] ?? figures.extra[0] ?? "";
      results.push({ plant, caught: by !== "", by });
      if (!values.json)
        process.stdout.write(
          `${plant}: ${by === "" ? "NOT CAUGHT" : `caught (${figures.missing.length > 0 ? "made but not shown" : "shown but not made"}: ${by})`}\n`,
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
  for (let at = 0; at < runs; at++) {
    await run({ seed: `${values.seed}/${at}`, transitions, only, progress: say, review: values.review }, figures);
    if (!values.json)
      process.stderr.write(
        `run ${at + 1} of ${runs}: ${figures.transitions} transitions, ${figures.shown} shown, ${figures.made} made, ${figures.missing.length + figures.extra.length} differences${values.review ? `, ${figures.reviews} reviewed, ${figures.reviewed.length} differences of theirs` : ""}\n`,
      );
  }
  process.stdout.write(`${JSON.stringify(figures, null, values.json ? 0 : 2)}\n`);
  return figures.missing.length + figures.extra.length + figures.reviewed.length === 0 ? 0 : 1;
}

const isSystem = (name: string): name is SystemName => Object.hasOwn(SYSTEMS, name);

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} is ${text}. Allowed: a whole number from 1.`);
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
