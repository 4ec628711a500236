import { expect } from "chai";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "../instrument/project.js";

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const demo = (...args: string[]): Promise<Output> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(REPOSITORY, "dist", "test", "demo", "demo.js"), ...args],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });

interface Result {
  readonly steps: { name: string; transcript: string; shown: string[]; made: string[]; differences: unknown[] }[];
  readonly totals: { steps: number; shown: number; made: number; differences: number };
}

/** A target may be open (`?`), and a call that ends all of something may name more than there still are. */
function names(shown: string, made: string): boolean {
  const parts = made.split(" ");
  return shown.split(" ").every((part, at) => {
    const [key = ""] = part.split("=");
    return part === parts[at] || part === `${key}=?` || (key === "credentials" && parts[at]?.startsWith(`${key}=`));
  });
}

describe("the demo", () => {
  it("shows what it makes, as one object", async () => {
    const { code, stdout, stderr } = await demo("--json");
    expect(code, stderr).to.equal(0);
    const { steps, totals } = JSON.parse(stdout) as Result;
    expect(totals).to.deep.equal({ steps: 41, shown: 51, made: 43, differences: 0 });
    for (const { shown, made, transcript } of steps) {
      for (const operation of made)
        expect(
          shown.some((one) => names(one, operation)),
          operation,
        ).to.equal(true);
      for (const operation of shown)
        expect(
          [`[${operation}]`, `[${operation}; if `].some((label) => transcript.includes(label)),
          operation,
        ).to.equal(true);
    }
    expect(stderr.trim().split("\n").at(-1)).to.equal("demo: 41 steps, 51 shown, 43 made, 0 differences");
    // Three examples after one another: on a machine that is busy they take longer than any other test.
  }).timeout(900_000);

  for (const fault of ["silent-warning", "extra-call"]) {
    it(`finds the planted fault ${fault}`, async () => {
      const { code, stdout } = await demo("--only", "ecgrid", "--break", fault);
      expect(code).to.equal(1);
      expect(stdout.trim().split("\n").at(-1)).to.match(/^demo: 10 steps, \d+ shown, \d+ made, [1-9]\d* differences$/);
    });
  }
});
