import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY } from "../instrument/project.js";
import { many, NOW, recorded } from "../review/previews.js";

/**
 * What a review of a thousand resources costs, as a ratio to starting Node.js and parsing the same JSON, so that figures of
 * different machines can be compared.
 */

const RESOURCES = 1000;
const ROUNDS = 5;

/** The fastest of several runs, milliseconds: what the machine does besides is left out. */
function fastest(args: readonly string[]): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    execFileSync(process.execPath, args, {
      env: { ...process.env, CLM_NOW: NOW.toISOString() },
      maxBuffer: 256 * 1024 * 1024,
    });
    return performance.now() - start;
  });
  return Math.round(Math.min(...times));
}

/** Figures of `npm run bench`. */
export function reviewFigures(): object {
  const folder = mkdtempSync(join(tmpdir(), "clm-bench-"));
  try {
    const file = join(folder, "preview.json");
    const text = JSON.stringify(many(recorded("preview"), RESOURCES), null, 4);
    writeFileSync(file, text);
    const parsing = fastest(["-e", `JSON.parse(require("node:fs").readFileSync(${JSON.stringify(file)}, "utf8"))`]);
    const clm = join(REPOSITORY, "dist", "sdk", "cli", "clm.js");
    const review = Object.fromEntries(
      ["people", "markdown", "json"].map((format) => {
        const milliseconds = fastest([clm, "review", file, "--format", format]);
        return [format, { milliseconds, ratio: Number((milliseconds / parsing).toFixed(1)) }];
      }),
    );
    return { resources: RESOURCES, megabytes: Number((text.length / 1e6).toFixed(1)), parsing, review };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
