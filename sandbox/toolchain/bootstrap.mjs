/**
 * Starts the commands of package.json from a fresh clone: `node sandbox/toolchain/bootstrap.mjs <command> [args...]`.
 * It needs Node.js 20, npm, and a Pulumi CLI or Go. It installs the packages, compiles the sources, finds or makes a
 * Pulumi tool chain, each only when needed, and hands over to the compiled command under the project's own Node.js.
 *
 * Everything it says goes to standard error: standard output belongs to the command, which may print JSON.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { compile, isCompiled } from "./compile.mjs";
import { Problem, cacheDirectory, makeContext, withPath } from "./context.mjs";
import { dependenciesMatch, installDependencies, linkPackage, projectNode } from "./dependencies.mjs";
import { findToolchain } from "./find.mjs";
import { withLock } from "./lock.mjs";
import { findPebble } from "./pebble.mjs";

const OLDEST_NODE = 20;

/** Measured on the TypeScript sources, through the source maps; files that no test loads count as well. */
const COVERAGE = [
  ...["--all", "--src", ".", "--exclude-after-remap", "--extension", ".ts"],
  ...["--include", "provider/**/*.ts", "--include", "sdk/**/*.ts", "--exclude", "**/*.d.ts"],
  ...["--reporter", "text", "--reporter", "lcov"],
];

/** What each command runs, and whether it needs a Pulumi CLI and uses Pebble. */
export const COMMANDS = {
  demo: { run: ["dist/test/demo/demo.js"], pulumi: true },
  test: { run: ["dist/test/run.js"], pulumi: true, pebble: true },
  fidelity: { run: ["dist/test/fidelity/main.js"], pulumi: true },
  situations: { run: ["dist/test/situations.js"], pulumi: false },
  fields: { run: ["dist/test/fields.js"], pulumi: false },
  schema: { run: ["dist/test/stack/schema.js"], pulumi: false },
  sandbox: { run: ["dist/sdk/cli/clm.js", "sandbox"], pulumi: false },
  bench: { run: ["dist/test/bench/main.js"], pulumi: true },
  coverage: { run: ["node_modules/c8/bin/c8.js", ...COVERAGE, "node", "dist/test/run.js"], pulumi: true, pebble: true },
};

/** Brings the clone to the state that the sources ask for. A second start at the same time waits for the first. */
async function prepare(context) {
  const { root } = context;
  const ready = () => dependenciesMatch(root) && isCompiled(root);
  if (!ready()) {
    // Outside of the clone: `npm ci` removes node_modules, and anything else would show up in git.
    const clone = createHash("sha256").update(realpathSync(root)).digest("hex").slice(0, 16);
    const lock = join(cacheDirectory(context, "locks"), `clone-${clone}`);
    await withLock(lock, "installing the packages and compiling", context, async () => {
      if (!dependenciesMatch(root)) await installDependencies(context);
      linkPackage(context);
      if (!isCompiled(root)) await compile({ ...context, node: projectNode(context) });
    });
  }
  linkPackage(context);
  return projectNode(context);
}

/** The environment of the command: the tools first on PATH, because Pulumi starts plain "node". */
async function commandEnvironment(command, node, context) {
  const ours = [dirname(node), join(context.root, "node_modules", ".bin")];
  if (!command.pulumi) return withPath(context.env, ours);
  const found = await findToolchain(context);
  context.log(`Using Pulumi ${found.version} (${found.source}).`);
  return {
    ...withPath(context.env, [...ours, ...found.bin]),
    CLM_PULUMI_SOURCE: found.source,
    CLM_PULUMI_VERSION: found.version,
    // The language host that is built from source cannot do resource hooks; programs that use them are left out.
    CLM_PULUMI_HOOKS: found.hooks ? "1" : "0",
    ...(command.pebble ? await pebbleEnvironment(context) : {}),
  };
}

/** Only some tests need Pebble, so a machine where there is none still runs the others, and is told what it leaves out. */
async function pebbleEnvironment(context) {
  const found = await findPebble(context);
  if (found.missing !== undefined) {
    context.log(found.missing);
    return { CLM_PEBBLE: "", CLM_PEBBLE_MISSING: found.missing };
  }
  context.log(`Using Pebble ${found.version} (${found.source}).`);
  return { CLM_PEBBLE: found.pebble, CLM_PEBBLE_MISSING: "" };
}

/** Runs the command to its end and resolves to { code, signal }. */
async function handOver(node, args, env, root) {
  const child = spawn(node, args, { cwd: root, env, stdio: "inherit" });
  const pass = (signal) => {
    // A terminal sends Ctrl-C to all its processes, the command among them. A second one would make Pulumi drop
    // its work half way in place of ending well.
    const fromTerminal =
      signal === "SIGINT" && [process.stdin, process.stdout, process.stderr].some((each) => each.isTTY);
    if (!fromTerminal) child.kill(signal);
  };
  for (const signal of STOPPING) process.on(signal, pass);
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
}

const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"];

async function main([name, ...args]) {
  const log = (sentence) => process.stderr.write(`[clm] ${sentence}\n`);
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    throw new Problem(`Node.js ${process.versions.node} is too old; install Node.js ${OLDEST_NODE} or newer.`);
  }
  if (!Object.hasOwn(COMMANDS, name ?? "")) {
    throw new Problem(`"${name ?? ""}" is no command; the commands are ${Object.keys(COMMANDS).join(", ")}.`);
  }
  const command = COMMANDS[name];
  const stopped = new AbortController();
  const stop = (signal) => stopped.abort(signal);
  for (const signal of STOPPING) process.on(signal, stop);
  const context = makeContext({ log, signal: stopped.signal });
  let node, env;
  try {
    node = await prepare(context);
    env = await commandEnvironment(command, node, context);
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    log("Stopped before the command was started.");
    return { signal: stopped.signal.reason };
  }
  for (const signal of STOPPING) process.off(signal, stop);
  const entry = command.run.find((each) => each.startsWith("dist/"));
  if (!existsSync(join(context.root, entry))) {
    throw new Problem(
      `The command "${name}" is the file ${entry}, which compiling did not make; restore its source from git.`,
    );
  }
  return await handOver(node, [...command.run, ...args], env, context.root);
}

try {
  const { code, signal } = await main(process.argv.slice(2));
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
} catch (error) {
  process.stderr.write(`${error instanceof Problem ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
