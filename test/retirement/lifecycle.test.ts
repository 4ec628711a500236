import { expect } from "chai";
import { Fault, PartialFault } from "../../provider/core/fault.js";
import type { Context } from "../../provider/core/lifecycle.js";
import { performer, type Answer } from "../../provider/core/perform.js";
import type { Plan } from "../../provider/core/plan.js";
import { NO_RECEIPTS } from "../../provider/core/receipts.js";
import type { RetirementInputs, RetirementState } from "../../provider/retirement/inputs.js";
import { retirement, type ApiOf } from "../../provider/retirement/lifecycle.js";
import { inputs, NOW, stored, subject, thingKind, things, TYPE } from "./things.js";

const retiring = retirement([thingKind]);
const answer: Answer = { status: 200, contentType: "application/json", body: "{}", traceId: "t" };
const fault = new Fault({
  action: "end thing 1",
  resource: "old",
  system: "Test",
  cameBack: "no answer",
  known: "nothing",
  next: "run again",
  outcome: "unknown",
});

/** Drives a retirement by its own plans; writes down which things were ended, and sends nothing else. */
class Run {
  readonly sent: string[] = [];
  /** Fails when the thing with this key is ended. */
  failsAt: { readonly key: string; readonly error: Error } | undefined;

  #context(plan: Plan): Context<ApiOf> {
    return {
      resource: "old",
      seed: "",
      plan,
      perform: performer(
        plan,
        ({ target: { key = "" } }) => {
          this.sent.push(key);
          return key === this.failsAt?.key ? Promise.reject(this.failsAt.error) : Promise.resolve(answer);
        },
        NO_RECEIPTS,
        () => NOW,
        (text) => {
          throw new Error(text);
        },
      ),
      api: (type) => type,
      now: NOW,
      exclusive: (_name, work) => work(),
      plannedHeldByOthers: new Set(),
      knowsWhatStays: () => Promise.resolve(true),
      claim: () => undefined,
      heldByOthers: () => new Set(),
      unkept: () => undefined,
      keeps: () => undefined,
      tell: () => undefined,
    };
  }

  create(after: RetirementInputs): ReturnType<typeof retiring.create> {
    return retiring.create(after, this.#context(retiring.plan({ after, seed: "" }, NOW)));
  }

  update(before: RetirementState, after: RetirementInputs): Promise<RetirementState> {
    return retiring.update(before, after, this.#context(retiring.plan({ before, after, seed: "" }, NOW)));
  }

  delete(before: RetirementState): Promise<void> {
    return retiring.delete(before, this.#context(retiring.plan({ before, seed: "" }, NOW)));
  }
}

const FOUR = things({
  older: ["1", "5", "6", "7"].map((key, at) => ({ key, since: `2026-02-0${at + 1}` })),
});
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "it did not fail",
    (error: unknown) => error,
  );

describe("the lifecycle of a retirement", () => {
  let run: Run;
  beforeEach(() => {
    run = new Run();
  });

  it("remembers what was ended while its subject cannot be read", async () => {
    const kept = await run.update(stored(things(), { ended: ["1"] }), { ...inputs(), of: subject({}) });
    expect(kept.ended).to.deep.equal(["1"]);
    await run.update(kept, inputs());
    expect(run.sent).to.deep.equal([]);
  });

  it("ends several, oldest first, and keeps which", async () => {
    const { id, state } = await run.create(inputs(FOUR, { accepted: "BB" }));
    expect(id).to.equal("retirement of a");
    expect(run.sent).to.deep.equal(["1", "5", "6", "7"]);
    expect(state).to.deep.equal(stored(FOUR, { accepted: "BB", ended: ["1", "5", "6", "7"] }));
  });

  it("asks for nothing once all are ended", async () => {
    const state = await run.update(stored(FOUR, { ended: ["1", "5", "6", "7"] }), inputs(FOUR));
    expect(run.sent).to.deep.equal([]);
    expect(state.ended).to.deep.equal(["1", "5", "6", "7"]);
  });

  it("keeps what was ended before a failure, and the next update ends the rest", async () => {
    run.failsAt = { key: "6", error: fault };
    const before = stored(FOUR, { ended: ["1"] });
    const failed = await failure(run.update(before, inputs(FOUR, { accepted: "BB" })));
    expect(failed).to.be.instanceOf(PartialFault);
    const { parts, state } = failed as PartialFault<RetirementState>;
    expect(parts).to.equal(fault.parts);
    expect(state).to.deep.equal(stored(FOUR, { accepted: "BB", ended: ["1", "5"] }));
    expect(run.sent.splice(0)).to.deep.equal(["5", "6"]);

    run.failsAt = undefined;
    expect((await run.update(state, inputs(FOUR))).ended).to.deep.equal(["1", "5", "6", "7"]);
    expect(run.sent).to.deep.equal(["6", "7"]);
  });

  it("passes on what is not a fault as it is", async () => {
    run.failsAt = { key: "1", error: new Error("odd") };
    expect(await failure(run.create(inputs(FOUR)))).to.equal(run.failsAt.error);
  });

  it("leaves what is due later", async () => {
    const later = inputs(FOUR, { delayDays: 27 });
    const { state } = await run.create(later);
    expect(run.sent).to.deep.equal(["1", "5"]);
    expect(state.ended).to.deep.equal(["1", "5"]);
  });

  it("asks nobody when all are due later", async () => {
    const { state } = await retiring.create(inputs(FOUR, { delayDays: 30 }), {
      plan: retiring.plan({ after: inputs(FOUR, { delayDays: 30 }), seed: "" }, NOW),
    } as Context<ApiOf>);
    expect(state).to.deep.equal(stored(FOUR, { delayDays: 30 }));
  });

  it("waits without a call", async () => {
    const { state } = await run.create(inputs(FOUR, { accepted: "CC" }));
    expect(run.sent).to.deep.equal([]);
    expect(state).to.deep.equal(stored(FOUR, { accepted: "CC" }));
  });

  it("forgets what the subject no longer lists, whether it ends something or not", async () => {
    const before = stored(FOUR, { ended: ["1", "5"] });
    const one = things({ older: FOUR.older.slice(1, 2) });
    expect((await run.update(before, inputs(one))).ended).to.deep.equal(["5"]);
    expect(run.sent).to.deep.equal([]);
    const three = things({ older: FOUR.older.slice(1) });
    expect((await run.update(before, inputs(three))).ended).to.deep.equal(["5", "6", "7"]);
    expect(run.sent).to.deep.equal(["6", "7"]);
  });

  it("drops an acceptance that is no longer given", async () => {
    const state = await run.update(stored(FOUR, { accepted: "CC" }), inputs(FOUR));
    expect(state).to.not.have.property("accepted");
    expect(run.sent).to.have.length(4);
  });

  it("does nothing with a subject that cannot be read, or that leaves nothing behind", async () => {
    for (const of of [subject({ current: 2 }), subject(things(), "test:Other")]) {
      const { state } = await run.create({ ...inputs(), of });
      expect(state).to.deep.equal({ of, delayDays: 0, ended: [] });
    }
    expect(run.sent).to.deep.equal([]);
  });

  it("ends nothing when it is removed", async () => {
    await run.delete(stored(FOUR));
    expect(run.sent).to.deep.equal([]);
  });

  it("is read without a call", async () => {
    const before = stored(FOUR, { ended: ["1"] });
    expect(await retiring.read(before, {} as Context<ApiOf>)).to.equal(before);
  });

  it("echoes its inputs, holds nothing, and says whose it is", () => {
    const state = stored(FOUR, { accepted: "BB", ended: ["1"] });
    expect(retiring.inputsOf(state)).to.deep.equal({ of: subject(FOUR), delayDays: 0, accepted: "BB" });
    expect(retiring.inputsOf(stored())).to.not.have.property("accepted");
    expect(retiring.holds(state)).to.deep.equal([]);
    expect(retiring.summary(state)).to.deep.equal({ what: "retirement of a" });
  });

  for (const [name, raw, reason] of [
    ["a part of a day", { delayDays: 0.5 }, "delayDays is 0.5: allowed is a whole number of days from 0 to 3650"],
    ["more than ten years", { delayDays: 3651 }, "delayDays is 3651: allowed is a whole number of days from 0 to 3650"],
    ["less than none", { delayDays: -1 }, "delayDays is -1: allowed is a whole number of days from 0 to 3650"],
    ["no thumbprint", { accepted: 7 }, "accepted is 7: allowed is the thumbprint of the certificate in charge"],
  ] as const) {
    it(`refuses ${name}`, () => {
      const checked = retiring.normalize({ of: subject(FOUR), ...raw });
      expect(checked).to.deep.equal({ ok: false, problems: [{ property: Object.keys(raw)[0], reason }] });
    });
  }

  it("ends at once by default, and takes a thumbprint as people write it", () => {
    const of = subject(things(), TYPE);
    expect(retiring.normalize({ of, accepted: "ab: cd" })).to.deep.equal({
      ok: true,
      inputs: { of, delayDays: 0, accepted: "ABCD" },
    });
  });
});
