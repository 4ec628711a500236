import { expect } from "chai";
import type { Review, ReviewedOperation } from "../../sdk/cli/review/review.js";
import { EXIT, exitCodeOf, metBy, OBJECTIONS, summaryOf, type Objection } from "../../sdk/cli/review/verdict.js";
import { NOW } from "./previews.js";

const operation = (more: Partial<ReviewedOperation> = {}): ReviewedOperation => ({
  label: "test.things.end id=1",
  name: "test.things.end",
  target: { id: "1" },
  effect: "update",
  reversible: true,
  destructive: false,
  billed: false,
  certainty: { kind: "certain" },
  sentence: "END 1",
  planned: undefined,
  open: false,
  source: "plan",
  unnamed: undefined,
  replacedBy: undefined,
  ...more,
});
const review = (operations: ReviewedOperation[], more: Partial<Review> = {}): Review => ({
  command: "preview",
  now: NOW,
  resources: [
    {
      urn: "urn:pulumi:dev::p::t::a",
      name: "a",
      kind: "test.Thing",
      steps: ["update"],
      what: undefined,
      until: undefined,
      dependents: [],
      operations,
      remarks: [],
      refusals: [],
    },
  ],
  differences: [],
  gaps: [],
  errors: [],
  notes: [],
  ...more,
});
const due = { certainty: { kind: "due", from: "2026-04-01" } } as const;

describe("the verdict on a review", () => {
  for (const [name, one, met] of [
    ["reversible", {}, ["any"]],
    ["not reversible and ends nothing", { reversible: false }, ["any"]],
    ["irreversible", { reversible: false, destructive: true }, ["irreversible", "destructive", "any"]],
    ["destructive", { destructive: true }, ["destructive", "any"]],
    ["billed", { billed: true }, ["billed", "any"]],
    ["conditional", { certainty: { kind: "conditional", on: "x" }, billed: true }, ["billed", "any"]],
    ["due later", { ...due, reversible: false, destructive: true, billed: true }, []],
  ] as [string, Partial<ReviewedOperation>, Objection[]][])
    it(`an operation that is ${name} meets ${met.length === 0 ? "nothing" : met.join(" and ")}`, () => {
      expect(metBy(review([operation(one)]), OBJECTIONS)).to.deep.equal(met);
      for (const objection of OBJECTIONS)
        expect(exitCodeOf(review([operation(one)]), [objection])).to.equal(
          met.includes(objection) ? EXIT.failOn : EXIT.ok,
        );
    });

  it("without operations nothing is met", () => {
    expect(exitCodeOf(review([]), OBJECTIONS)).to.equal(EXIT.ok);
  });

  it("a list that is not whole, or not the preview's, comes before what is in it", () => {
    const all = [operation({ reversible: false, destructive: true, billed: true })];
    const differences = [{ urn: "u", kind: "the preview does not name it", operation: "[x]" }] as const;
    const gaps = [{ urn: "u", because: "x" }];
    expect(exitCodeOf(review(all, { differences }), ["any"])).to.equal(EXIT.differs);
    expect(exitCodeOf(review([], { gaps }), [])).to.equal(EXIT.differs);
    expect(exitCodeOf(review(all, { differences, errors: ["x"] }), ["any"])).to.equal(EXIT.previewFailed);
  });

  it("exit codes are distinct", () => {
    expect(new Set(Object.values(EXIT)).size).to.equal(Object.values(EXIT).length);
  });

  it("counts what this run makes, and apart from it what is due", () => {
    const some = [
      operation(),
      operation({ reversible: false, destructive: true, unnamed: "why" }),
      operation({ billed: true, certainty: { kind: "conditional", on: "x" } }),
      operation({ ...due, reversible: false }),
    ];
    expect(summaryOf(review(some))).to.deep.equal({
      operations: 3,
      irreversible: 1,
      destructive: 1,
      billed: 1,
      conditional: 1,
      due: 1,
      unnamed: 1,
      refused: 0,
    });
  });
});
