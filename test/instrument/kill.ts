import { readdirSync, readFileSync } from "node:fs";
import type { Project } from "./project.js";

/**
 * Kills the provider's host process of the command that runs: only a process that this test's own command has started,
 * found by following parents. Linux.
 */
export function killProvider(project: Project): void {
  const hosts = descendants(project).filter((pid) =>
    /^[^\0]*node\0(?:[^\0]*\0)*?[^\0]*dynamic-provider/.test(read(`/proc/${pid}/cmdline`) ?? ""),
  );
  if (hosts.length === 0) throw new Error("the command has no provider process");
  for (const pid of hosts) process.kill(pid, "SIGKILL");
}

/** Kills the command that runs and everything that it has started, as a machine that loses power would. */
export function killRun(project: Project): void {
  // The command first: it must not see its children go.
  for (const pid of descendants(project)) process.kill(pid, "SIGKILL");
}

/** The command that runs and the processes under it. */
function descendants(project: Project): number[] {
  const root = project.running?.pid;
  if (root === undefined) throw new Error("no command is running");
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = read(`/proc/${pid}/stat`);
    if (stat !== undefined) parents.set(pid, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const isOurs = (pid: number): boolean => {
    for (
      let at: number | undefined = pid, depth = 0;
      at !== undefined && at > 1 && depth < 20;
      at = parents.get(at), depth++
    )
      if (at === root) return true;
    return false;
  };
  return [root, ...[...parents.keys()].filter((pid) => pid !== root && isOurs(pid))];
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // the process has ended meanwhile
  }
}
