import { expect } from "chai";
import { makePfx } from "../../sandbox/index.js";
import { killProvider, killRun } from "../instrument/kill.js";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { activeIds, apply, certificate, current, executed, inWorld } from "./engine.js";

/**
 * Kills in every mutating call, before it is sent, after the service has committed it, and after its answer has come.
 * With checkpoints the provider dies. Without them the whole run dies, and the state knows nothing of it (fact E22): then
 * only what the service has committed makes a difference to the next run, so only that moment is tried.
 * Afterwards nothing is there twice, nothing is lost, or it is told and the next run does as it is told.
 */

interface Call {
  /** Where the call is one of several kinds. */
  readonly by?: string;
  readonly verb: string;
  /** The program before the run that is killed; empty for a first run. */
  readonly before: () => Promise<Spec[]> | Spec[];
  readonly after: () => Promise<Spec[]> | Spec[];
  /** What must have happened between the two. */
  readonly prepare?: (world: World) => Promise<void>;
  /** certKeyIds that must be active on the comm in the end, as many. */
  readonly left: number;
  /** Whether a second call ends what the first one has ended, and is settled by reading. */
  readonly repeatable?: boolean;
}

const PASSWORD = "password of the killed file";
let container: Promise<Awaited<ReturnType<typeof makePfx>>> | undefined;
const file = (): NonNullable<typeof container> =>
  (container ??= makePfx({
    subject: "CN=KILLED",
    password: PASSWORD,
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2028-01-01T00:00:00Z",
  }));

const RETIREMENT: Spec = { kind: "Retirement", name: "old", args: { of: "a", delayDays: 5 } };

const CALLS: readonly Call[] = [
  { verb: "create", before: () => [], after: () => [certificate("a")], left: 1 },
  { verb: "renew", before: () => [certificate("a")], after: () => [certificate("a", { trigger: "1" })], left: 2 },
  { verb: "terminate", before: () => [certificate("a")], after: () => [], left: 0, repeatable: true },
  {
    by: "a retirement",
    verb: "terminate",
    before: () => [certificate("a"), RETIREMENT],
    prepare: async (world) => {
      world.program(certificate("a", { trigger: "1" }), RETIREMENT);
      await apply(world);
      world.days(6);
    },
    after: () => [certificate("a", { trigger: "1" }), RETIREMENT],
    left: 1,
    repeatable: true,
  },
  {
    verb: "add-private",
    before: () => [],
    after: async () => [
      {
        kind: "ecgrid.UploadedCertificate",
        name: "a",
        args: { commId: 5001, cert: (await file()).pfx, password: PASSWORD, allowLastTermination: true },
      },
    ],
    left: 1,
  },
  {
    verb: "add-public",
    before: () => [],
    after: async () => [
      {
        kind: "ecgrid.PartnerCertificate",
        name: "a",
        args: { commId: 5001, cert: (await file()).pem, allowLastTermination: true },
      },
    ],
    left: 1,
  },
];

const MOMENTS = {
  "before it was sent": (call: string, kill: () => void) => ({
    match: "GET /v2/comms/5001",
    mode: "hook" as const,
    before: kill,
    call,
  }),
  "after commit": (call: string, kill: () => void) => ({
    match: `POST /v2/certificates/${call}`,
    mode: "hook" as const,
    after: kill,
  }),
  "after the answer": (call: string, kill: () => void) => ({
    match: "GET /v2/comms/5001",
    mode: "hook" as const,
    afterMatches: 1,
    before: kill,
    call,
  }),
};

/** Runs again, doing as the messages say, until it succeeds. */
async function untilDone(world: World, program: Spec[]): Promise<void> {
  for (let run = 0; run < 4; run++) {
    world.program(...program);
    const position = world.sandbox.log.last();
    expectCode(await world.project.preview(), 0);
    expect(world.sandbox.log.made(position)).to.deep.equal([]);
    const up = await world.project.up();
    if (up.code === 0) return;
    const adopt = /set adopt: (\d+)/.exec(up.text)?.[1];
    const [only] = program;
    if (adopt !== undefined && only !== undefined) only.args = { ...only.args, adopt: Number(adopt) };
  }
  throw new Error("it does not come to an end");
}

/** The tests of all calls and moments; two files run them, so that they run side by side. */
export function killEverywhere(checkpoints: "on" | "off"): void {
  describe(`killed, checkpoints ${checkpoints}`, () => {
    for (const { by, verb, before, prepare, after, left, repeatable } of CALLS) {
      for (const [moment, rule] of Object.entries(MOMENTS)) {
        if (checkpoints === "off" && moment !== "after commit") continue;
        it(
          `${verb}${by === undefined ? "" : ` by ${by}`}, ${moment}: nothing twice, nothing lost`,
          inWorld(async (world) => {
            const { project, sandbox } = world;
            const program = await before();
            world.program(...program);
            if (program.length > 0) await apply(world);
            await prepare?.(world);
            const earlier = executed(world, verb);
            if (checkpoints === "off")
              Object.assign(project.environment, {
                PULUMI_SKIP_CHECKPOINTS: "true",
                PULUMI_EXPERIMENTAL: "true",
              });
            let killed = false;
            const kill = (): void => {
              killed = true;
              if (checkpoints === "on") killProvider(project);
              else killRun(project);
            };
            const wanted = await after();
            world.program(...wanted);
            sandbox.hostile.add(rule(verb, kill));
            expect((await project.up()).code).to.not.equal(0);
            expect(killed).to.equal(true);
            const committed = executed(world, verb) - earlier;
            expect(committed).to.equal(moment === "before it was sent" ? 0 : 1);
            sandbox.hostile.clear();
            // A run that was killed leaves its lock on the backend.
            if (checkpoints === "off") await project.pulumi("cancel", "--yes");

            await untilDone(world, wanted);
            const calls = executed(world, verb) - earlier;
            if (repeatable === true) expect(calls).to.be.within(1, 2);
            else expect(calls).to.equal(1);
            const active = activeIds(world, 5001);
            expect(active).to.have.length(left);
            if (left > 0) expect(active).to.include(current(world, "a").certKeyId);
            expect((await apply(world)).requests, "requests of the run after").to.equal(0);
          }),
        );
      }
    }
  });
}
