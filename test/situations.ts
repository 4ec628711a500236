import Mocha from "mocha";
import * as apinizer from "../provider/apinizer/operations.js";
import * as certcentral from "../provider/certcentral/operations.js";
import * as ecgrid from "../provider/ecgrid/operations.js";
import * as partner from "../provider/partner/operations.js";
import { testFiles } from "./testFiles.js";

/**
 * `npm run situations`: for every mutating operation and every situation the tests that cover it. A test says what it
 * covers in its title: `[situation: ecgrid.certificates.renew, answer lost]`; it may cover several. An empty cell is an error.
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
  return [ecgrid, certcentral, partner, apinizer]
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
    if (test.isPending()) return;
    for (const [, operation = "", situation = ""] of test.fullTitle().matchAll(/\[situation: ([^,\]]+), ([^\]]+)\]/g)) {
      const key = `${operation}, ${situation}`;
      covered.set(key, [...(covered.get(key) ?? []), test.fullTitle().replace(/ \[situation:.*\]/, "")]);
    }
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
