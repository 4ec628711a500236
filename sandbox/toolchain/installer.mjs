/**
 * Pulumi's own installer: fetch its script and run it, as the npm package "pulumi" and the Automation API do. It brings
 * the official CLI with its official language host. It offers no digest to check; what it brought is asked for its
 * version, and its digests are recorded from then on.
 */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NotThisWay, executableName, isExecutable } from "./context.mjs";
import { versionOf } from "./installed.mjs";
import { copyDynamicProvider } from "./dynamicProvider.mjs";
import { failureOf, run } from "./processes.mjs";

/** CLM_PULUMI_INSTALLER names another place, for tests and for mirrors. */
export function installerAddress({ env, platform }) {
  if (env.CLM_PULUMI_INSTALLER) return env.CLM_PULUMI_INSTALLER;
  return `https://get.pulumi.com/install.${platform === "win32" ? "ps1" : "sh"}`;
}

/** Puts the executables of that version into `bin`. Throws NotThisWay when that cannot be done here. */
export async function install(version, bin, scratch, context) {
  const { platform, env, signal, log, progressMs } = context;
  const windows = platform === "win32";
  const script = join(scratch, windows ? "install.ps1" : "install.sh");
  writeFileSync(script, await download(installerAddress(context), context));
  const target = join(scratch, "pulumi");
  log(`Installing Pulumi ${version} with Pulumi's own installer.`);
  const [command, args] = windows
    ? [
        "powershell.exe",
        ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", script, "-NoEditPath", "-InstallRoot", target],
      ]
    : ["/bin/sh", [script, "--no-edit-path", "--install-root", target]];
  const result = await run(command, [...args, windows ? "-Version" : "--version", version], {
    cwd: scratch,
    env,
    signal,
    log,
    progressMs,
    what: `installing Pulumi ${version}`,
    timeoutMs: 15 * 60_000,
  });
  if (result.code !== 0) throw new NotThisWay(`Pulumi's installer failed (${failureOf(result)})`);

  // Only what this project runs is kept, because every file that is kept is digested at each start.
  for (const name of ["pulumi", "pulumi-language-nodejs"].map((each) => executableName(each, platform))) {
    const installed = join(target, "bin", name);
    if (!isExecutable(installed)) throw new NotThisWay(`Pulumi's installer ended well but brought no ${name}`);
    renameSync(installed, join(bin, name));
  }
  copyDynamicProvider(context, bin);
  const brought = await versionOf(join(bin, executableName("pulumi", platform)), context);
  if (brought !== version) throw new NotThisWay(`Pulumi's installer brought version ${brought} in place of ${version}`);
}

async function download(address, { signal, connectMs }) {
  const limit = AbortSignal.timeout(connectMs);
  try {
    const answer = await fetch(address, { signal: signal ? AbortSignal.any([signal, limit]) : limit });
    if (!answer.ok) throw new NotThisWay(`Pulumi's installer at ${address} answered HTTP ${answer.status}`);
    return await answer.text();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NotThisWay) throw error;
    const why = limit.aborted ? `no answer within ${connectMs / 1000} s` : (error.cause?.code ?? error.message);
    throw new NotThisWay(`Pulumi's installer at ${address} cannot be reached (${why})`);
  }
}
