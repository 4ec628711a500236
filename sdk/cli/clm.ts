#!/usr/bin/env node
import { runSandbox } from "../../sandbox/main.js";

const USAGE = `clm sandbox [...]   serve the certificate APIs on loopback, to try things out (clm sandbox --help)
`;

async function main([command, ...rest]: readonly string[]): Promise<number> {
  if (command === "sandbox") return runSandbox(rest);
  process.stderr.write(
    command === undefined || command === "--help" ? USAGE : `There is no "clm ${command}". There is:\n${USAGE}`,
  );
  return command === "--help" ? 0 : 2;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`clm: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
