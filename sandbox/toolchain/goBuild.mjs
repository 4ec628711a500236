/** The last way to a tool: build it from the Go modules pinned in go/. */
import { join } from "node:path";
import { NotThisWay, executableName } from "./context.mjs";
import { copyDynamicProvider } from "./dynamicProvider.mjs";
import { pebbleVersionOf, versionOf } from "./installed.mjs";
import { failureOf, run, seconds } from "./processes.mjs";
import { isAtLeast, moduleDirectory, parseVersion } from "./versions.mjs";

/** With the flags of Pulumi's own releases. Without the -X the CLI would not know its version. */
const pulumiBuilds = ({ cli }) => [
  {
    module: "cli",
    executable: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    flags: ["-tags", "osusergo,grpcnotrace"],
    linker: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${cli}`,
    what: "building the Pulumi CLI with Go, which takes about 4 minutes",
  },
  {
    module: "nodejs-host",
    executable: "pulumi-language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    flags: [],
    linker: "-s -w",
    what: "building Pulumi's language host with Go",
  },
];

const pebbleBuilds = ({ version }) => [
  {
    module: "pebble",
    executable: "pebble",
    package: "github.com/letsencrypt/pebble/v2/cmd/pebble",
    flags: [],
    linker: `-s -w -X main.version=${version}`,
    what: "building Pebble, the ACME server of the tests, with Go",
  },
];

/**
 * The modules are ours alone: a workspace around the clone must not join in, and without cgo the result does not
 * depend on a C compiler.
 */
export const goEnvironment = (env) => ({ ...env, GOWORK: "off", CGO_ENABLED: "0" });

/** Throws NotThisWay unless a Go that is new enough for `module` answers. */
export async function checkGo(minimum, module, context) {
  const needed = minimum.split(".").slice(0, 2).join(".");
  // Asked inside of the module, where a Go that may fetch newer versions of itself does so.
  const cwd = moduleDirectory(context.root, module);
  const result = await run("go", ["version"], { cwd, env: goEnvironment(context.env), signal: context.signal });
  if (result.error?.code === "ENOENT") throw new NotThisWay("no Go is on PATH to build one");
  const version = parseVersion(result.stdout)?.join(".");
  if (result.code !== 0 && /requires go|toolchain/.test(result.output)) {
    throw new NotThisWay(`the Go on PATH is older than ${needed} (${failureOf(result)})`);
  }
  if (result.code !== 0 || version === undefined) throw new NotThisWay(`"go version" failed (${failureOf(result)})`);
  if (!isAtLeast(version, minimum)) throw new NotThisWay(`the Go on PATH is ${version}, older than ${needed}`);
}

/** Puts the Pulumi CLI and its language host into `bin`. Throws NotThisWay when that cannot be done here. */
export async function buildPulumi(pins, bin, context) {
  await buildWithGo(pulumiBuilds(pins), pins.go, bin, context, async () => {
    copyDynamicProvider(context, bin);
    const version = await versionOf(join(bin, executableName("pulumi", context.platform)), context);
    if (version !== pins.cli) throw new NotThisWay(`Go built a pulumi of version ${version} in place of ${pins.cli}`);
  });
}

/** The same for Pebble. */
export async function buildPebble(pins, bin, context) {
  await buildWithGo(pebbleBuilds(pins), pins.go, bin, context, async () => {
    const version = await pebbleVersionOf(join(bin, executableName("pebble", context.platform)), context);
    if (version !== pins.version) {
      throw new NotThisWay(`Go built a pebble of version ${version} in place of ${pins.version}`);
    }
  });
}

/** `check` looks at the result before it is called built. */
async function buildWithGo(builds, minimum, bin, context, check) {
  await checkGo(minimum, builds[0].module, context);
  const started = Date.now();
  for (const build of builds) {
    context.log(`${build.what[0].toUpperCase()}${build.what.slice(1)}.`);
    const output = join(bin, executableName(build.executable, context.platform));
    const result = await run(
      "go",
      ["build", "-trimpath", "-mod=readonly", ...build.flags, "-ldflags", build.linker, "-o", output, build.package],
      {
        cwd: moduleDirectory(context.root, build.module),
        env: goEnvironment(context.env),
        signal: context.signal,
        log: context.log,
        progressMs: context.progressMs,
        what: build.what,
      },
    );
    if (result.code !== 0) throw new NotThisWay(whyItFailed(result));
  }
  await check();
  context.log(`Built in ${seconds(Date.now() - started)}.`);
}

/** Exported for tests: a missing network is by far the likeliest reason, and Go says it in many ways. */
export function whyItFailed(result) {
  const line = result.output
    .split("\n")
    .find((each) =>
      /dial tcp|no such host|i\/o timeout|connection refused|proxyconnect|module lookup disabled/.test(each),
    );
  if (line === undefined) return `the build with Go failed (${failureOf(result)})`;
  return `Go could not download the modules, which needs the network or a GOPROXY ("${line.trim()}")`;
}
