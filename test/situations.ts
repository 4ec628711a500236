import Mocha from "mocha";
import * as certcentral from "../provider/certcentral/operations.js";
import * as ecgrid from "../provider/ecgrid/operations.js";
import { testFiles } from "./testFiles.js";

/**
 * `npm run situations`: for every mutating operation and every situation the tests that cover it. A test says what it
 * covers in its title: `[situation: ecgrid.certificates.renew, answer lost]`. An empty cell is an error.
 */

const SITUATIONS = ["ok", "answer lost", "refused", "already done", "killed after commit"] as const;

/** Loads the tests without running them. */
class Listing extends Mocha {
  list(): void {
    this.loadFiles();
  }
}

/** Names of all catalogue entries. */
function operations(): string[] {
  return [ecgrid, certcentral]
    .flatMap((catalogue) => Object.values(catalogue as Record<string, unknown>))
    .flatMap((value) =>
      typeof value === "object" && value !== null && "certain" in value && "name" in value ? [String(value.name)] : [],
    );
}

function main(): number {
  const mocha = new Listing({ ui: "bdd" });
  for (const file of testFiles()) mocha.addFile(file);
  mocha.list();
  const covered = new Map<string, string[]>();
  mocha.suite.eachTest((test) => {
    const found = /\[situation: ([^,\]]+), ([^\]]+)\]/.exec(test.fullTitle());
    if (found === null || test.isPending()) return;
    const key = `${found[1] ?? ""}, ${found[2] ?? ""}`;
    covered.set(key, [...(covered.get(key) ?? []), test.fullTitle().replace(/ \[situation:.*\]/, "")]);
  });
  let empty = 0;
  for (const operation of operations()) {
    process.stdout.write(`${operation}\n`);
    for (const situation of SITUATIONS) {
      const tests = covered.get(`${operation}, ${situation}`) ?? [];
      if (tests.length === 0) empty++;
      process.stdout.write(
        `  ${situation.padEnd(20)} ${tests.length === 0 ? "NOT COVERED" : (tests[0] ?? "")}${tests.length > 1 ? ` (and ${tests.length - 1} more)` : ""}\n`,
      );
    }
  }
  process.stdout.write(
    `situations: ${operations().length} operations, ${operations().length * SITUATIONS.length} cells, ${empty} empty\n`,
  );
  return empty === 0 ? 0 : 1;
}

process.exitCode = main();
