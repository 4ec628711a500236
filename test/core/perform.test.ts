import { expect } from "chai";
import { Fault } from "../../provider/core/fault.js";
import { announcement, label, operation } from "../../provider/core/operation.js";
import { performer, type Answer } from "../../provider/core/perform.js";
import { receiptBook, type Receipt } from "../../provider/core/receipts.js";

const end = operation<{ id: number | undefined }>({
  name: "test.things.end",
  effect: "terminate",
  reversible: false,
  destructive: () => true,
  billed: false,
  repeat: { afterRateLimit: true, afterFault: false, because: "a test" },
  target: ({ id }) => ({ id }),
  call: ({ id }) => ({ method: "POST", path: "/end", body: { id } }),
  say: ({ id }) => `END thing ${id ?? "(not known yet)"}`,
});

const plan = (...operations: ReturnType<typeof end.certain>[]) => ({
  operations,
  remarks: [],
  changes: true,
  replaces: [],
});
const answer: Answer = { status: 200, contentType: "application/json", body: "{}", traceId: "t" };
const NOW = new Date("2026-03-01T10:00:00Z");

describe("operations", () => {
  for (const [name, made, text] of [
    ["certain", end.certain({ id: 7 }), "END thing 7 [test.things.end id=7]"],
    ["conditional", end.conditional({ id: 7 }, "it is there"), "END thing 7 [test.things.end id=7; if it is there]"],
    ["with an unknown target", end.certain({ id: undefined }), "END thing (not known yet) [test.things.end id=?]"],
  ] as const) {
    it(`announce themselves: ${name}`, () => {
      expect(announcement(made)).to.equal(text);
    });
  }
});

describe("perform", () => {
  const receipts = (): { lines: Receipt[]; book: ReturnType<typeof receiptBook> } => {
    const lines: Receipt[] = [];
    return { lines, book: receiptBook((line) => lines.push(JSON.parse(line) as Receipt)) };
  };

  it("sends what is planned, with a receipt before and after", async () => {
    const { lines, book } = receipts();
    const sent: string[] = [];
    const perform = performer(
      plan(end.certain({ id: 7 })),
      (one) => (sent.push(label(one)), Promise.resolve(answer)),
      book,
      () => NOW,
    );
    await perform(end.certain({ id: 7 }));
    expect(sent).to.deep.equal(["test.things.end id=7"]);
    expect(lines.map(({ time, operation: name, target, status }) => [time, name, target, status])).to.deep.equal([
      [NOW.toISOString(), "test.things.end", "test.things.end id=7", "sending"],
      [NOW.toISOString(), "test.things.end", "test.things.end id=7", "answered 200"],
    ]);
    expect(lines[0]?.traceId)
      .to.match(/^[0-9a-f]{32}$/)
      .and.equal(lines[1]?.traceId);
  });

  for (const [name, planned, performed, times] of [
    ["another target", [end.certain({ id: 7 })], end.certain({ id: 8 }), 1],
    ["nothing planned", [], end.certain({ id: 7 }), 1],
    [
      "another body",
      [end.certain({ id: 7 })],
      { ...end.certain({ id: 7 }), call: { method: "POST", path: "/end", body: { id: 9 } } },
      1,
    ],
    [
      "another path",
      [end.certain({ id: 7 })],
      { ...end.certain({ id: 7 }), call: { method: "POST", path: "/kill", body: { id: 7 } } },
      1,
    ],
    ["a second time", [end.certain({ id: 7 })], end.certain({ id: 7 }), 2],
  ] as const) {
    it(`throws before anything is sent: ${name}`, async () => {
      let sent = 0;
      const { lines, book } = receipts();
      const perform = performer(
        plan(...planned),
        () => (sent++, Promise.resolve(answer)),
        book,
        () => NOW,
      );
      for (let at = 1; at < times; at++) await perform(performed);
      const failure = await perform(performed).then(
        () => "it did not fail",
        (error: unknown) => String(error),
      );
      expect(failure).to.include("not in the plan of this step");
      expect(sent).to.equal(times - 1);
      expect(lines).to.have.length((times - 1) * 2);
    });
  }

  it("does not send what nobody could audit", async () => {
    let sent = 0;
    const book = receiptBook(() => {
      throw new Error("the disk is full");
    });
    const perform = performer(
      plan(end.certain({ id: 7 })),
      () => (sent++, Promise.resolve(answer)),
      book,
      () => NOW,
    );
    const failure = await perform(end.certain({ id: 7 })).catch((error: unknown) => String(error));
    expect(failure).to.include("the disk is full");
    expect(sent).to.equal(0);
  });

  for (const [name, status, outcome] of [
    ["a refusal", 400, "refused 400"],
    ["a server fault", 500, "unknown 500"],
  ] as const) {
    it(`writes ${name} down as what it is`, async () => {
      const { lines, book } = receipts();
      await performer(
        plan(end.certain({ id: 7 })),
        () => Promise.resolve({ ...answer, status }),
        book,
        () => NOW,
      )(end.certain({ id: 7 }));
      expect(lines[1]?.status).to.equal(outcome);
    });
  }

  it("writes down how a call without an answer ended, and passes the fault on", async () => {
    const { lines, book } = receipts();
    const fault = new Fault({
      action: "call it",
      resource: "r",
      system: "Test",
      cameBack: "no answer",
      known: "nothing",
      next: "run again",
      outcome: "not executed",
    });
    const failure = await performer(
      plan(end.certain({ id: 7 })),
      () => Promise.reject(fault),
      book,
      () => NOW,
    )(end.certain({ id: 7 })).catch((error: unknown) => error);
    expect(failure).to.equal(fault);
    expect(lines[1]?.status).to.equal("not executed");
    expect(fault.message).to.equal("Could not call it (r, Test): no answer. Known: nothing. Next: run again.");
  });
});
