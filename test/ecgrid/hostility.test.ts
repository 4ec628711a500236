import { expect } from "chai";
import { Fault, PartialFault } from "../../provider/core/fault.js";
import type { Held } from "../../provider/ecgrid/held.js";
import { startSandbox, type Mode, type Rule, type Sandbox } from "../../sandbox/index.js";
import { MODES } from "../../sandbox/hostility.js";
import { KINDS, PASSWORD, type Kind } from "./kinds.js";
import { Steps } from "./steps.js";

/** Where in a step the service misbehaves: the read before the call, the call, and every read after it. */
const PLACES = ["the read before", "the call", "the reads after"] as const;

/**
 * A rule for each way in which the service can fail, and for those that may come after the change was made: both. 429 is
 * not among these: it says that the request was turned away (RFC 6585 section 4), so it is repeated.
 */
const WAYS: readonly Pick<Rule, "mode" | "executed">[] = MODES.filter((mode) => mode !== "hook").flatMap(
  (mode: Mode) => (["503", "500", "html", "empty"].includes(mode) ? [{ mode }, { mode, executed: true }] : [{ mode }]),
);

interface Call {
  readonly name: string;
  readonly kind: Kind;
  /** Runs the step on what `lead` has prepared, or on what an earlier try has kept. */
  readonly run: (steps: Steps<object, Held>, kept: Held | undefined, adopt?: number) => Promise<Held | undefined>;
  readonly lead: (steps: Steps<object, Held>) => Promise<Held | undefined>;
}

const making = (kind: Kind): Call => ({
  name: kind.makes,
  kind,
  lead: () => Promise.resolve(undefined),
  run: async (steps, _kept, adopt) =>
    steps.create(steps.inputs({ ...(await kind.first()), ...(adopt === undefined ? {} : { adopt }) })),
});
const next = (kind: Kind): Call => ({
  name: `${kind.makesNext} in place of an older one`,
  kind,
  lead: async (steps) => steps.create(steps.inputs(await kind.first())),
  run: async (steps, kept, adopt) => {
    if (kept === undefined) throw new Error("nothing to update");
    const inputs = steps.inputs({ ...(await kind.next()), ...(adopt === undefined ? {} : { adopt }) });
    return steps.update(kept, inputs);
  },
});
const ending = (kind: Kind): Call => ({
  name: `terminate of ${kind.name}`,
  kind,
  lead: async (steps) => steps.create(steps.inputs(await kind.first())),
  run: async (steps, kept) => {
    if (kept !== undefined) await steps.delete(kept);
    return undefined;
  },
});

const CALLS = KINDS.flatMap((kind) => [making(kind), next(kind), ending(kind)]);

/** The `adopt` that a message asks for. */
const asked = (failure: Fault): number | undefined => {
  const found = /set adopt: (\d+)/.exec(failure.message);
  return found === null ? undefined : Number(found[1]);
};

describe("ECGrid's calls when the service misbehaves", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.ecgrid.addComm({ commId: 5001 });
  });
  afterEach(() => sandbox.close());

  const executed = (since: number): number =>
    sandbox.log.made(since).filter(({ outcome }) => outcome === "executed").length;
  const ids = (): number[] => sandbox.ecgrid.active(5001).map(({ certKeyId }) => certKeyId);

  const rule = (call: Call, place: (typeof PLACES)[number], way: Pick<Rule, "mode" | "executed">): Rule => {
    const verb = call.name.startsWith("terminate") ? "terminate" : (call.name.split(" ")[0] ?? "");
    const delay = way.mode === "delay" ? { milliseconds: 20 } : {};
    if (place === "the call") return { ...way, ...delay, match: `POST /v2/certificates/${verb}`, times: 9 };
    return {
      ...way,
      ...delay,
      match: "GET /v2/comms/5001",
      times: 99,
      ...(place === "the read before" ? {} : { afterMatches: 1 }),
    };
  };

  for (const call of CALLS) {
    for (const place of PLACES) {
      for (const way of WAYS) {
        it(`${call.name}, ${place}: ${way.mode}${way.executed === true ? " after it was executed" : ""}`, async () => {
          const steps = new Steps(sandbox, call.kind.lifecycle, { visibility: 0 });
          let kept = await call.lead(steps);
          const since = sandbox.log.last();
          sandbox.hostile.add(rule(call, place, way));
          let failure: unknown;
          try {
            kept = await call.run(steps, kept);
          } catch (error) {
            failure = error;
          }
          const sent = sandbox.log.made(since).length;
          expect(executed(since), "executed in the first run").to.be.at.most(1);
          if (failure === undefined) expect(executed(since)).to.equal(1);
          else {
            expect(failure).to.be.instanceOf(Fault);
            const { message, parts } = failure as Fault;
            expect(message).to.not.include(sandbox.ecgrid.apiKey).and.not.include(PASSWORD);
            expect(parts.known).to.not.equal("");
            if (place === "the read before") expect(sent, "sent without a look before").to.equal(0);
            if (failure instanceof PartialFault) kept = (failure as PartialFault<Held>).state;
          }

          sandbox.hostile.clear();
          if (failure !== undefined) {
            if (kept !== undefined) kept = await steps.read(kept);
            try {
              kept = await call.run(steps, kept);
            } catch (error) {
              const adopt = error instanceof Fault ? asked(error) : undefined;
              if (adopt === undefined) throw error;
              kept = await call.run(steps, kept, adopt);
            }
          }
          expect(executed(since), "executed in both runs").to.equal(1);
          expect(ids()).to.deep.equal(
            kept === undefined
              ? []
              : [...kept.previous, kept.current].map(({ certKeyId }) => certKeyId).sort((a, b) => a - b),
          );
        });
      }
    }
  }
});
