import Mocha from "mocha";
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { FIELDS_LOG } from "./instrument/fieldsLog.js";
import { runnable, testFiles } from "./testFiles.js";

/** `npm test [-- --grep TEXT]`: all tests, several files at a time; ends with `N passed, N failed`. */
function main(): void {
  const grep = process.argv.indexOf("--grep");
  rmSync(FIELDS_LOG, { force: true });
  const mocha = new Mocha({
    timeout: 300_000,
    slow: 60_000,
    parallel: true,
    // One more than processors: a test also waits, for services that show late what was done.
    jobs: Math.max(2, availableParallelism() + 1),
    reporter: "spec",
    forbidOnly: true,
    forbidPending: true,
    // Each file counts by itself: with a choice of tests, most files hold none of them.
    failZero: grep < 0,
    ...(grep < 0 ? {} : { grep: process.argv[grep + 1] ?? "" }),
  });
  const { run, leftOut } = runnable(testFiles(), process.env);
  for (const file of run) mocha.addFile(file);
  let passed = 0;
  let failed = 0;
  const runner = mocha.run((failures) => {
    failed = failures;
    // Once more where people look: bootstrap.mjs has said it before the tests.
    if (leftOut !== undefined) process.stdout.write(`${leftOut}\n`);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    process.exitCode = failures > 0 || passed === 0 ? 1 : 0;
  });
  runner.on("pass", () => passed++);
}

main();
