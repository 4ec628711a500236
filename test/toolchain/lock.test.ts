import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { REPOSITORY } from "../instrument/project.js";
import { Machine, toolchainModule } from "./machine.js";

interface Lock {
  withLock<Result>(
    path: string,
    purpose: string,
    context: Record<string, unknown>,
    body: () => Promise<Result>,
  ): Promise<Result>;
  isDead(owner: Record<string, unknown>, silentMs: number, context: Record<string, unknown>): boolean;
  processMark(pid: number): string;
}

const NOBODY = 2 ** 22 + 1; // beyond any pid of Linux

describe("the lock between processes", () => {
  let lock: Lock;
  let folder: string;
  let said: string[];
  let context: Record<string, unknown>;

  before(async () => {
    lock = (await toolchainModule("lock")) as Lock;
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "clm-lock-"));
    said = [];
    const log = (text: string): number => said.push(text);
    context = { pid: process.pid, hostname: hostname(), pollMs: 2, progressMs: 60_000, patienceMs: 60_000, log };
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const left = (owner: Record<string, unknown> | string): string => {
    const path = join(folder, "lock");
    mkdirSync(path);
    writeFileSync(join(path, "owner.json"), typeof owner === "string" ? owner : JSON.stringify(owner));
    return path;
  };

  it("lets one in at a time, and leaves nothing behind", async () => {
    let inside = 0;
    let most = 0;
    const visit = (): Promise<void> =>
      lock.withLock(join(folder, "lock"), "counting", context, async () => {
        most = Math.max(most, ++inside);
        await pause(1);
        inside--;
      });
    await Promise.all(Array.from({ length: 20 }, visit));
    expect(most).to.equal(1);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("many who find a dead owner at the same time still enter one at a time", async () => {
    for (let round = 0; round < 10; round++) {
      const path = left({ pid: NOBODY, host: hostname(), token: `dead ${round}`, purpose: "building" });
      let inside = 0;
      const visit = (): Promise<void> =>
        lock.withLock(path, "counting", context, async () => {
          expect(++inside).to.equal(1);
          await pause(1);
          inside--;
        });
      await Promise.all(Array.from({ length: 8 }, visit));
    }
    expect(said.filter((text) => text.includes("taking over"))).to.have.length(10);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("says for whom it waits", async () => {
    const path = join(folder, "lock");
    const inner = await lock.withLock(path, "building", context, async () => {
      const waiting = lock.withLock(path, "waiting", context, () => Promise.resolve("entered"));
      while (said.length === 0) await pause(2);
      return { waiting };
    });
    expect(await inner.waiting).to.equal("entered");
    expect(said).to.deep.equal([`Waiting for process ${process.pid} on ${hostname()}, which is building.`]);
  });

  it("knows a dead owner from a living one", () => {
    const here = { pid: process.pid, host: hostname(), process: lock.processMark(process.pid) };
    expect(lock.isDead(here, 1e9, context), "a living one may take its time").to.equal(false);
    expect(lock.isDead({ ...here, pid: NOBODY }, 0, context)).to.equal(true);
    expect(lock.isDead({ ...here, process: "an earlier process of that number" }, 0, context)).to.equal(true);
    const away = { ...here, host: "elsewhere", pid: NOBODY };
    expect(lock.isDead(away, 59_000, context), "its process cannot be seen from here").to.equal(false);
    expect(lock.isDead(away, 61_000, context)).to.equal(true);
  });

  it("an owner whose name cannot be read counts as dead", async () => {
    const path = left("{ cut sho");
    expect(await lock.withLock(path, "reading", context, () => Promise.resolve(1))).to.equal(1);
  });

  it("stops waiting when it is told to", async () => {
    const stopped = new AbortController();
    const path = left({ pid: process.pid, host: hostname(), process: lock.processMark(process.pid), token: "held" });
    const waiting = lock.withLock(path, "waiting", { ...context, signal: stopped.signal }, () => Promise.resolve());
    stopped.abort(new Error("stopped"));
    const end = await waiting.catch((error: unknown) => error);
    expect(end).to.have.property("message", "stopped");
    expect(readdirSync(folder)).to.deep.equal(["lock"]);
  });
});

describe("a build that is interrupted", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine();
    // A build that does not end by itself, and says which process it is.
    machine.go("1.26.8", `echo $$ > ${join(machine.folder, "building")}; while :; do sleep 0.05; done`);
  });
  afterEach(() => {
    machine.remove();
  });

  const building = async (): Promise<number> => {
    const file = join(machine.folder, "building");
    while (!existsSync(file) || readFileSync(file, "utf8") === "") await pause(5);
    return Number(readFileSync(file, "utf8"));
  };
  const gone = async (pid: number): Promise<void> => {
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await pause(5);
    }
  };
  const unfinished = (): string[] => readdirSync(join(machine.folder, "cache", "toolchains"));

  it("by a signal stops the compiler and leaves nothing", async () => {
    const stopped = new AbortController();
    const search = machine.refusal({ signal: stopped.signal });
    const compiler = await building();
    stopped.abort(new Error("stopped"));
    expect(await search).to.equal("stopped");
    await gone(compiler);
    expect(unfinished()).to.deep.equal([]);
    expect(readdirSync(join(machine.folder, "cache", "locks"))).to.deep.equal([]);
  });

  it("by a kill leaves nothing that counts, and the next search clears it away", async () => {
    const find = pathToFileURL(join(REPOSITORY, "sandbox", "toolchain", "find.mjs")).href;
    const program = `const { findToolchain } = await import(${JSON.stringify(find)}); await findToolchain({ log() {} });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      env: { ...machine.env, HOME: join(machine.folder, "home") },
      stdio: "ignore",
    });
    const compiler = await building();
    child.kill("SIGKILL");
    await once(child, "exit");
    process.kill(compiler, "SIGKILL");
    expect(unfinished()).to.have.length(1);
    expect(machine.entries()).to.deep.equal([]);

    machine.go();
    expect((await machine.find()).source).to.equal("go");
    expect(machine.said.join("\n")).to.include(`Process ${child.pid ?? 0} on ${hostname()} ended while it was making`);
    expect(unfinished()).to.deep.equal(machine.entries());
  });
});
