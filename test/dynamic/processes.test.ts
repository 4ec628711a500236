import { expect } from "chai";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const RUN = join(__dirname, "..", "..", "provider", "dynamic", "run.js");

/** What every process of a test begins with; `note` appends a line to the file that the test reads. */
const PRELUDE = (log: string, address: string): string => `
  const { Run } = require(${JSON.stringify(RUN)});
  const { appendFileSync } = require("node:fs");
  const note = (text) => appendFileSync(${JSON.stringify(log)}, text + "\\n");
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const run = new Run(${JSON.stringify(address)}, {});
`;

/**
 * Runs programs as processes of one command: a run is known by the parent of the parent, as Pulumi's host has it, so
 * they are children of one shell. `between` is `&` (side by side) or `;` (one after the other).
 */
async function processes(between: "&" | ";", address: string, ...programs: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "clm-processes-"));
  const log = join(folder, "log");
  try {
    const script = [...programs.keys()].map((at) => `"$NODE" -e "$PROGRAM_${at}"`).join(` ${between} `);
    const environment = Object.fromEntries(
      programs.map((program, at) => [`PROGRAM_${at}`, PRELUDE(log, address) + program]),
    );
    await new Promise<void>((resolve) => {
      execFile(
        "sh",
        ["-c", `${script}${between === "&" ? " & wait" : "; true"}`],
        { env: { ...process.env, NODE: process.execPath, ...environment } },
        () => {
          resolve();
        },
      );
    });
    return readFileSync(log, "utf8").split("\n").slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const address = (): string => `127.0.0.1:${randomUUID()}`;

describe("a run of several processes", () => {
  it("lets one writer at a time through", async () => {
    const program = `(async () => {
      for (let at = 0; at < 5; at++) await run.exclusive("comm 1", async () => {
        note("in " + process.pid); await turn(); await turn(); note("out " + process.pid);
      });
    })();`;
    const log = await processes("&", address(), program, program, program);
    expect(log).to.have.length(30);
    for (let at = 0; at < log.length; at += 2) expect(log[at]?.slice(3)).to.equal(log[at + 1]?.slice(4));
  });

  it("goes on after a writer that was killed", async () => {
    const log = await processes(
      ";",
      address(),
      `void run.exclusive("comm 1", async () => { note("killed"); process.kill(process.pid, "SIGKILL"); await turn(); });`,
      `void run.exclusive("comm 1", async () => note("next"));`,
    );
    expect(log).to.deep.equal(["killed", "next"]);
  });

  it("says a text once, decides by one time, and knows what its other processes said", async () => {
    const first = `note("time " + run.now().toISOString()); note("once " + run.once("a"));
      run.claim("urn:a", ["x"]); run.name("test.things.end id=1", "id"); run.inventorySpoke();`;
    const second = `note("time " + run.now().toISOString()); note("once " + run.once("a"));
      note("held " + [...run.heldByOthers("urn:b")]); note("named " + [...run.named("id").ending]);
      run.hasInventory().then((spoke) => note("inventory " + spoke));`;
    const [time, ...log] = await processes(";", address(), first, second);
    expect(log).to.deep.equal([
      "once true",
      time,
      "once false",
      "held x",
      "named test.things.end id=1",
      "inventory true",
    ]);
  });

  it("shares nothing with another engine of the same command but its decision time", async () => {
    const one = address();
    const other = address();
    const [time, ...log] = await processes(
      ";",
      one,
      `note("time " + run.now().toISOString()); note("once " + run.once("a")); run.claim("urn:a", ["x"]);`,
      `const preview = new Run(${JSON.stringify(other)}, {});
       note("time " + preview.now().toISOString()); note("once " + preview.once("a"));
       note("held " + [...preview.heldByOthers("urn:b")]);`,
    );
    expect(log).to.deep.equal(["once true", time, "once true", "held "]);
  });
});
