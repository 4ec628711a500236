import { expect } from "chai";
import { Fault } from "../../provider/core/fault.js";
import { announcement, label, operation, type OperationSpec } from "../../provider/core/operation.js";
import { performer, type Answer } from "../../provider/core/perform.js";
import { receiptBook, type Receipt } from "../../provider/core/receipts.js";

const SPEC = {
  name: "test.things.end",
  effect: "terminate",
  reversible: false,
  destructive: () => true,
  billed: false,
  repeat: { afterRateLimit: true, afterFault: false, because: "a test" },
} as const;
const CALL: Pick<OperationSpec<{ id: number | undefined }>, "target" | "call" | "say"> = {
  target: ({ id }) => ({ id }),
  call: ({ id }) => ({ method: "POST", path: "/end", body: { id } }),
  say: ({ id }) => `END thing ${id ?? "(not known yet)"}`,
};
const end = operation<{ id: number | undefined }>({ ...SPEC, ...CALL });

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

  it("print their targets in the order of the catalogue", () => {
    const pair = operation<{ comm: number; id: string }>({
      ...SPEC,
      target: ({ comm, id }) => ({ comm, id }),
      call: () => ({ method: "POST", path: "/end" }),
      say: () => "END",
    });
    expect(label(pair.certain({ comm: 2, id: "a" }))).to.equal("test.things.end comm=2 id=a");
  });

  it("carry whether they are destructive, billed and reversible, by their arguments", () => {
    const some = operation<{ id: number | undefined }>({ ...SPEC, ...CALL, destructive: ({ id }) => id === 7 });
    expect(some.certain({ id: 7 })).to.include({ destructive: true, billed: false, reversible: false });
    expect(some.conditional({ id: 8 }, "x")).to.include({ destructive: false });
    expect(some.conditional({ id: 8 }, "x").certainty).to.deep.equal({ kind: "conditional", on: "x" });
  });
});

describe("perform", () => {
  const told: string[] = [];
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
      (text) => told.push(text),
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

  it("writes `sending` before it sends, and nothing but the five fields", async () => {
    const order: string[] = [];
    const book = receiptBook((line) => {
      const written = JSON.parse(line) as Receipt;
      expect(Object.keys(written)).to.deep.equal(["time", "operation", "target", "status", "traceId"]);
      expect(line.endsWith("\n")).to.equal(true);
      order.push(written.status);
    });
    await performer(
      plan(end.certain({ id: 7 })),
      () => (order.push("sent"), Promise.resolve(answer)),
      book,
      () => NOW,
      (text) => told.push(text),
    )(end.certain({ id: 7 }));
    expect(order.slice(0, 2)).to.deep.equal(["sending", "sent"]);
    expect(order).to.have.length(3);
  });

  it("sends a call as often as the plan holds it, each under a trace id of its own", async () => {
    const traces: string[] = [];
    const perform = performer(
      plan(end.certain({ id: 7 }), end.certain({ id: 7 })),
      (_one, traceId) => (traces.push(traceId), Promise.resolve(answer)),
      receipts().book,
      () => NOW,
      (text) => told.push(text),
    );
    await perform(end.certain({ id: 7 }));
    await perform(end.certain({ id: 7 }));
    const third = await perform(end.certain({ id: 7 })).catch((error: unknown) => String(error));
    expect(third).to.include("not in the plan of this step");
    expect(new Set(traces).size).to.equal(2);
  });

  it("performs what was planned as conditional", async () => {
    const perform = performer(
      plan(end.conditional({ id: 7 }, "it is there")),
      () => Promise.resolve(answer),
      receipts().book,
      () => NOW,
      (text) => told.push(text),
    );
    expect((await perform(end.conditional({ id: 7 }, "it is there"))).status).to.equal(200);
  });

  const deploy = operation<{ to: readonly string[]; content?: string }>({
    ...SPEC,
    target: () => ({ id: 7 }),
    call: ({ to, content = "a" }) => ({
      method: "POST",
      path: "/deploy",
      form: { multipart: { to: to.join(","), file: { filename: "f", contentType: "text/plain", content } } },
    }),
    narrowable: ({ to }) => ({ field: "to", values: to }),
    say: () => "DEPLOY",
  });
  for (const [name, performed, sent] of [
    ["all that it names", deploy.certain({ to: ["a", "b"] }), true],
    ["fewer than it names", deploy.certain({ to: ["b"] }), true],
    ["others than it names", deploy.certain({ to: ["b", "c"] }), false],
    ["none", deploy.certain({ to: [] }), false],
    ["another file", deploy.certain({ to: ["a"], content: "b" }), false],
  ] as const)
    it(`a call that may be narrowed is performed for ${name}: ${sent ? "sent" : "refused"}`, async () => {
      let count = 0;
      const outcome = await performer(
        plan(deploy.certain({ to: ["a", "b"] })),
        () => (count++, Promise.resolve(answer)),
        receipts().book,
        () => NOW,
        (text) => told.push(text),
      )(performed).catch((error: unknown) => String(error));
      expect(count).to.equal(sent ? 1 : 0);
      if (!sent) expect(outcome).to.include("not in the plan of this step");
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
        (text) => told.push(text),
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
      (text) => told.push(text),
    );
    const failure = await perform(end.certain({ id: 7 })).catch((error: unknown) => String(error));
    expect(failure).to.include("the disk is full");
    expect(sent).to.equal(0);
  });

  for (const [name, status, outcome] of [
    ["a refusal", 400, "refused 400"],
    // "The service said that it did not look at it" (Outcome).
    ["a rate limit", 429, "not executed 429"],
    ["a server fault", 500, "unknown 500"],
  ] as const) {
    it(`writes ${name} down as what it is`, async () => {
      const { lines, book } = receipts();
      await performer(
        plan(end.certain({ id: 7 })),
        () => Promise.resolve({ ...answer, status }),
        book,
        () => NOW,
        (text) => told.push(text),
      )(end.certain({ id: 7 }));
      expect(lines[1]?.status).to.equal(outcome);
    });
  }

  it("hands on the answer although its receipt cannot be written any more, and says so", async () => {
    const written: string[] = [];
    const book = receiptBook((line) => {
      if (written.length > 0) throw new Error("disk full");
      written.push(line);
    });
    const said: string[] = [];
    const perform = performer(
      plan(end.certain({ id: 7 })),
      () => Promise.resolve(answer),
      book,
      () => NOW,
      (text) => said.push(text),
    );
    expect(await perform(end.certain({ id: 7 }))).to.equal(answer);
    expect(said.join()).to.include("test.things.end id=7").and.include('"answered 200"').and.include("disk full");
  });

  it("writes an unexpected error down as of unknown end", async () => {
    const { lines, book } = receipts();
    const perform = performer(
      plan(end.certain({ id: 7 })),
      () => Promise.reject(new Error("odd")),
      book,
      () => NOW,
      (text) => told.push(text),
    );
    expect(await perform(end.certain({ id: 7 })).catch((error: unknown) => String(error))).to.equal("Error: odd");
    expect(lines.map(({ status }) => status)).to.deep.equal(["sending", "unknown"]);
  });

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
      (text) => told.push(text),
    )(end.certain({ id: 7 })).catch((error: unknown) => error);
    expect(failure).to.equal(fault);
    expect(lines[1]?.status).to.equal("not executed");
    expect(fault.message).to.equal("Could not call it (r, Test): no answer. Known: nothing. Next: run again.");
  });
});
