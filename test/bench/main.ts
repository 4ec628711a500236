import { inventoryFigures } from "./inventory.js";
import { reviewFigures } from "./review.js";
import { stackFileFigures } from "./stackFile.js";

/** `npm run bench [-- review|stackFile|inventory]`: prints figures as JSON; nothing depends on them. */
const BENCHMARKS: Readonly<Record<string, () => object | Promise<object>>> = {
  review: reviewFigures,
  stackFile: async () => ({ stackFile: await stackFileFigures() }),
  inventory: async () => ({ inventory: await inventoryFigures(1000) }),
};

async function main(only: string | undefined): Promise<void> {
  const chosen = Object.entries(BENCHMARKS).filter(([name]) => only === undefined || name === only);
  if (chosen.length === 0) throw new Error(`there is no ${only ?? ""}; allowed: ${Object.keys(BENCHMARKS).join(", ")}`);
  const figures: object[] = [];
  for (const [, measured] of chosen) figures.push(await measured());
  process.stdout.write(`${JSON.stringify(Object.assign({}, ...figures), null, 2)}\n`);
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
