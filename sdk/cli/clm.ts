#!/usr/bin/env node

const USAGE = `clm review [...]    every operation of a Pulumi preview, for people and pipelines that decide (clm review --help)
clm drift [...]     what has changed outside, and what the next up does about it (clm drift --help)
clm import [...]    what exists at the services, as files for pulumi import and its program (clm import --help)
clm validate [...]  what is wrong with stack files, offline (clm validate --help)
clm sandbox [...]   serve the certificate APIs on loopback, to try things out (clm sandbox --help)
`;

/** Each command is loaded when it is asked for: a review needs no sandbox. */
async function main([command, ...rest]: readonly string[]): Promise<number> {
  if (command === "review") return (await import("./review/command.js")).runReview(rest);
  if (command === "drift") return (await import("./drift/command.js")).runDrift(rest);
  if (command === "import") return (await import("./import/command.js")).runImport(rest);
  if (command === "validate") return (await import("./validate/command.js")).runValidate(rest);
  if (command === "sandbox") return (await import("../../sandbox/main.js")).runSandbox(rest);
  process.stderr.write(
    command === undefined || command === "--help" ? USAGE : `There is no "clm ${command}". There is:\n${USAGE}`,
  );
  return command === "--help" ? 0 : 2;
}

// Whoever reads the output may have seen enough of it (`clm review | head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`clm: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
