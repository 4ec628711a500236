import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { expect } from "chai";
import { AsyncResource } from "node:async_hooks";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { shownByPreview } from "../instrument/transcript.js";
import { REPOSITORY } from "../instrument/project.js";
import type * as Clm from "../../sdk/index.js";
import type * as StackFile from "../../sdk/stack/index.js";

// As a user's program finds it: from where it is installed.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const clm = require("pulumi-clm") as typeof Clm;
// eslint-disable-next-line @typescript-eslint/no-require-imports
const stackFile = require("pulumi-clm/stack") as typeof StackFile;

describe("inline programs of the Automation API", () => {
  let sandbox: Sandbox;
  let folder: string;

  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.ecgrid.addComm({ commId: 5001 });
    folder = mkdtempSync(join(tmpdir(), "clm-inline-"));
    for (const name of ["backend", "home"]) mkdirSync(join(folder, name));
  });

  afterEach(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const stackOf = (program: automation.PulumiFn, stackName = "dev"): Promise<automation.Stack> =>
    automation.LocalWorkspace.createOrSelectStack(
      { stackName, projectName: "inline", program },
      {
        pulumiHome: join(folder, "home"),
        projectSettings: {
          name: "inline",
          runtime: "nodejs",
          main: REPOSITORY,
          backend: { url: `file://${join(folder, "backend")}` },
        },
        envVars: {
          PULUMI_CONFIG_PASSPHRASE: "not a secret",
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          ECGRID_URL: sandbox.ecgrid.url,
          ECGRID_API_KEY: sandbox.ecgrid.apiKey,
          CLM_NOW: "2026-03-01T10:00:00Z",
        },
      },
    );

  const withCertificate = (): Promise<void> => {
    clm.inventory();
    new clm.ecgrid.Certificate("a", { commId: 5001, overlapDays: 30, allowLastTermination: true });
    return Promise.resolve();
  };
  const without = (): Promise<void> => {
    clm.inventory();
    return Promise.resolve();
  };

  it("a stack file: made, whether its summary is returned or not; refused after the program has ended, it ends nothing", async () => {
    const file = join(folder, "certificates.yaml");
    const write = (resources: string): void => {
      writeFileSync(file, `groups:\n${resources}  - end\n`);
    };
    const run = async (program: automation.PulumiFn): Promise<automation.Stack> => {
      const made = await stackOf(program);
      await made.setConfig("clm:stack.file", { value: file }, true);
      return made;
    };
    // The engine may be far away: its answer comes when the program has ended.
    const late = (): void => {
      const monitor = pulumi.runtime.getMonitor() as unknown as { invoke: (request: unknown, done: unknown) => void };
      const invoke = monitor.invoke.bind(monitor);
      monitor.invoke = (request, done) =>
        void setTimeout(() => {
          invoke(request, done);
        }, 300);
    };
    const unreturned = (): Promise<void> => {
      late();
      stackFile.stack();
      return Promise.resolve();
    };
    write(
      "  - { type: ecgrid.Certificate, resources: { a: { commId: 5001, overlapDays: 30, allowLastTermination: true } } }\n",
    );
    await (await run(unreturned)).up();
    expect(sandbox.ecgrid.active(5001)).to.have.length(1);
    const since = sandbox.log.last();
    write("");
    for (const program of [
      unreturned,
      () => {
        late();
        return Promise.resolve({ certificates: stackFile.stack() });
      },
    ]) {
      const refused = await (await run(program)).up().catch((error: unknown) => String(error));
      expect(refused).to.be.a("string").and.include("there is no group of type ecgrid.Certificate");
    }
    expect(sandbox.log.made(since)).to.deep.equal([]);
    write("  - { type: ecgrid.Certificate, resources: {} }\n");
    await (await run(unreturned)).up();
    expect(sandbox.ecgrid.active(5001)).to.deep.equal([]);
  });

  it("a removal is named in the preview and made by up", async () => {
    await (await stackOf(withCertificate)).up();
    const [made] = sandbox.ecgrid.active(5001);
    const ended = await stackOf(without);
    const preview = await ended.preview({ color: "never" });
    expect(shownByPreview(preview.stdout).map(({ operation }) => operation)).to.deep.equal([
      `ecgrid.certificates.terminate commId=5001 certKeyId=${made?.certKeyId ?? ""}`,
    ]);
    await ended.up();
    expect(sandbox.ecgrid.active(5001)).to.deep.equal([]);
  });

  it("what a component hands down to a certificate is known: its removal is said to keep it", async () => {
    class Group extends pulumi.ComponentResource {}
    const program = (present: boolean) => (): Promise<void> => {
      clm.inventory();
      const parent = new Group("test:index:Group", "group", {}, { retainOnDelete: true });
      if (present) new clm.ecgrid.Certificate("a", { commId: 5001, overlapDays: 30 }, { parent });
      return Promise.resolve();
    };
    await (await stackOf(program(true))).up();
    const ended = await stackOf(program(false));
    const preview = await ended.preview({ color: "never" });
    expect(preview.stdout).to.include("KEEP ECGrid comm 5001 certificate");
    expect(shownByPreview(preview.stdout)).to.deep.equal([]);
    await ended.up();
    expect(sandbox.ecgrid.active(5001)).to.have.length(1);
  });

  it("a guard asks the live service in the preview, and fails it with the reason; what nothing stops is removed", async () => {
    const guarded = (present: boolean, allowLastTermination: boolean) => (): Promise<void> => {
      clm.inventory();
      const hooks = clm.deletionGuard("live");
      if (present) new clm.ecgrid.Certificate("a", { commId: 5001, overlapDays: 30, allowLastTermination }, { hooks });
      return Promise.resolve();
    };
    // The hook runs in this process: it has the stack's configuration, not the environment of the CLI.
    const configured = async (program: automation.PulumiFn): Promise<automation.Stack> => {
      const stack = await stackOf(program);
      await stack.setAllConfig({
        "ecgrid:url": { value: sandbox.ecgrid.url },
        "ecgrid:apiKey": { value: sandbox.ecgrid.apiKey, secret: true },
      });
      return stack;
    };
    await (await configured(guarded(true, false))).up();
    const position = sandbox.log.last();
    const stopped = await (await configured(guarded(false, false))).preview({ color: "never" }).then(
      () => "it did not fail",
      (error: unknown) => String(error),
    );
    expect(stopped).to.include("the removal would be stopped").and.include("allowLastTermination");
    expect(sandbox.log.made(position)).to.deep.equal([]);
    expect(sandbox.log.since(position), "it has asked").to.not.deep.equal([]);
    await (await configured(guarded(true, true))).up();
    await (await configured(guarded(false, true))).preview();
    await (await configured(guarded(false, true))).up();
    expect(sandbox.ecgrid.active(5001)).to.deep.equal([]);
  });

  it("two stacks at once in one process: each names its own, has its own instances, and takes nothing after its end", async () => {
    sandbox.ecgrid.addComm({ commId: 5002 });
    let late: (() => void) | undefined;
    const program = (commId: number, present: boolean) => (): Promise<void> => {
      clm.inventory();
      const provider = new clm.ecgrid.Provider("acme", { url: sandbox.ecgrid.url, apiKey: sandbox.ecgrid.apiKey });
      const make = (name: string): void => {
        new clm.ecgrid.Certificate(name, { commId, overlapDays: 30, allowLastTermination: true }, { provider });
      };
      if (present) make("a");
      late = AsyncResource.bind(() => {
        make("late");
      });
      return Promise.resolve();
    };
    const both = (present: boolean): Promise<automation.Stack[]> =>
      Promise.all([stackOf(program(5001, true), "one"), stackOf(program(5002, present), "two")]);
    await Promise.all((await both(true)).map((stack) => stack.up()));
    expect(late).to.throw("after the program had ended");
    const previews = await Promise.all((await both(false)).map((stack) => stack.preview({ color: "never" })));
    const [{ certKeyId } = { certKeyId: 0 }] = sandbox.ecgrid.active(5002);
    expect(previews.map(({ stdout }) => shownByPreview(stdout).map(({ operation }) => operation))).to.deep.equal([
      [],
      [`ecgrid.certificates.terminate commId=5002 certKeyId=${certKeyId} instance=acme`],
    ]);
  });

  it("what throws in .apply deletes nothing, although the program itself has ended well (F9)", async () => {
    sandbox.ecgrid.addComm({ commId: 5002 });
    const make = (commId: number): Clm.ecgrid.Certificate =>
      new clm.ecgrid.Certificate(`on-${commId}`, { commId, overlapDays: 30, allowLastTermination: true });
    const first = await stackOf(() => {
      clm.inventory();
      make(5001);
      make(5002);
      return Promise.resolve();
    });
    await first.up();
    const throwing = await stackOf(() => {
      clm.inventory();
      make(5001).id.apply(() => {
        throw new Error("it fails on purpose");
      });
      return Promise.resolve();
    });
    const position = sandbox.log.last();
    const failure = await throwing.up({ color: "never" }).then(
      () => "it did not fail",
      (error: unknown) => String(error),
    );
    expect(failure).to.include("the program failed, so nothing is deleted");
    expect(sandbox.log.made(position)).to.deep.equal([]);
    expect(sandbox.ecgrid.active(5002)).to.have.length(1);
  });

  it("without inventory() a program that makes nothing any more has none: its removals have no text in the preview", async () => {
    await (await stackOf(withCertificate)).up();
    const [made] = sandbox.ecgrid.active(5001);
    const silent = await stackOf(() => Promise.resolve());
    const { stdout } = await silent.preview({ color: "never" });
    expect(shownByPreview(stdout)).to.deep.equal([]);
    expect(stdout).to.match(/ecgrid:Certificate +a +delete/);
    const spoken = await silent.preview({ color: "never", diff: true });
    expect(spoken.stdout).to.include(`ecgrid.certificates.terminate commId=5001 certKeyId=${made?.certKeyId ?? ""}`);
  });

  it("a program that fails after it was started deletes nothing", async () => {
    await (await stackOf(withCertificate)).up();
    const failing = await stackOf(async () => {
      clm.inventory();
      await Promise.resolve();
      throw new Error("the program fails on purpose");
    });
    const failure = await failing.up().then(
      () => "it did not fail",
      (error: unknown) => String(error),
    );
    expect(failure).to.include("on purpose");
    expect(sandbox.ecgrid.active(5001)).to.have.length(1);
  });
});
