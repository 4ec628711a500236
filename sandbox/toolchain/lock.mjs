/**
 * A lock between processes: a directory that holds its owner's name. It is made elsewhere and renamed into place, so
 * it never exists without its owner in it, not even for a moment. The system does not release it when its owner is
 * killed, so whoever waits looks whether the owner still lives.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { seconds } from "./processes.mjs";

const OWNER = "owner.json";
const HEARTBEAT_MS = 10_000;

/** Runs `body` while no other process holds the lock at `path`. `purpose` completes "is ..." in the waiter's message. */
export async function withLock(path, purpose, context, body) {
  const token = await acquire(path, purpose, context);
  const owner = join(path, OWNER);
  // A sign of life for waiters on other machines, who cannot look at our process.
  const heartbeat = setInterval(() => {
    try {
      utimesSync(owner, new Date(), new Date());
    } catch {
      // Taken over: release() sees to that.
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await body();
  } finally {
    clearInterval(heartbeat);
    if (readOwner(path)?.token === token) remove(path);
  }
}

async function acquire(path, purpose, context) {
  const { pid, hostname, signal, pollMs, progressMs, log } = context;
  const token = randomUUID();
  const mine = `${path}.${token}`;
  mkdirSync(mine);
  const owner = { pid, host: hostname, process: processMark(pid), token, purpose };
  writeFileSync(join(mine, OWNER), JSON.stringify(owner));
  try {
    const waiting = { for: undefined, since: 0, told: 0, sign: undefined, signSince: 0 };
    for (;;) {
      signal?.throwIfAborted();
      if (rename(mine, path)) return token;
      const holder = readOwner(path);
      if (holder === undefined) {
        // Released between the two lines above.
        await pause(1);
        continue;
      }
      const now = Date.now();
      if (waiting.for !== holder.token)
        Object.assign(waiting, { for: holder.token, since: now, told: 0, signSince: now });
      const sign = signOfLife(path);
      if (sign !== waiting.sign) Object.assign(waiting, { sign, signSince: now });
      if (isDead(holder, now - waiting.signSince, context)) {
        await takeOver(path, holder, context);
        continue;
      }
      if (waiting.told === 0 || now - waiting.told >= progressMs) {
        const elapsed = waiting.told === 0 ? "" : ` (${seconds(now - waiting.since)})`;
        log(`Waiting for process ${holder.pid} on ${holder.host}, which is ${holder.purpose}${elapsed}.`);
        waiting.told = now;
      }
      await pause(pollMs);
    }
  } finally {
    rmSync(mine, { recursive: true, force: true });
  }
}

/**
 * Removes a dead owner's lock. Two waiters may see the same dead owner: without the inner lock the slower one could
 * remove what the faster one has just made its own.
 */
async function takeOver(path, holder, context) {
  // Held for a moment only: that somebody waits for it is nothing to talk about.
  const quiet = { ...context, log: () => {} };
  await withLock(`${path}.takeover`, "taking over a lock that its owner left behind", quiet, () => {
    const now = readOwner(path);
    if (now === undefined || now.token !== holder.token) return;
    const who = holder.pid === undefined ? "A process" : `Process ${holder.pid} on ${holder.host}`;
    context.log(`${who} ended while it was ${holder.purpose ?? "holding a lock"}; taking over.`);
    remove(path);
  });
}

/** Exported for tests. `silentMs` is how long the owner has given no sign of life. */
export function isDead(owner, silentMs, { hostname, patienceMs }) {
  if (owner.pid === undefined) return true; // Unreadable: the machine lost power while it was written.
  if (owner.host !== hostname) return silentMs > patienceMs;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error.code === "ESRCH";
  }
  // After a restart of the machine another program may have got the owner's number.
  return owner.process !== processMark(owner.pid);
}

/** What tells a process from a later one with the same number, where the system says it; otherwise an empty text. */
export function processMark(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${started}`;
  } catch {
    return "";
  }
}

/** True when `from` now is `to`; false when `to` is taken. */
function rename(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    // Windows answers EPERM where others say that the directory is not empty.
    if (["ENOTEMPTY", "EEXIST"].includes(error.code) || (error.code === "EPERM" && existsSync(to))) return false;
    throw error;
  }
}

/** The owner, or undefined when the lock is free; an owner without a pid is one whose name cannot be read. */
function readOwner(path) {
  let text;
  try {
    text = readFileSync(join(path, OWNER), "utf8");
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Changes while an owner on another machine lives. */
function signOfLife(path) {
  try {
    return statSync(join(path, OWNER)).mtimeMs;
  } catch {
    return undefined;
  }
}

/** Out of the way in one step, so that nobody meets a lock without an owner. */
function remove(path) {
  const gone = `${path}.${randomUUID()}`;
  renameSync(path, gone);
  rmSync(gone, { recursive: true, force: true });
}
