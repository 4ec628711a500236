import { expect } from "chai";
import fc from "fast-check";
import {
  announcement,
  label,
  objectsEnded,
  operation,
  operationIn,
  readAnnouncement,
} from "../../provider/core/operation.js";

const end = operation<{ id: string; what: string }>({
  name: "test.some-things.end",
  effect: "terminate",
  reversible: false,
  destructive: () => true,
  billed: false,
  repeat: { afterRateLimit: true, afterFault: false, because: "a test" },
  target: ({ id }) => ({ id, other: undefined }),
  call: ({ id }) => ({ method: "POST", path: `/end/${id}` }),
  say: ({ what }) => `END ${what}`,
});

describe("what a preview says of an operation", () => {
  const words = fc.string().map((text) => text.replace(/[[\]]/g, ""));
  const planned = fc
    .record({
      id: fc.stringMatching(/^[^\s;\]]+$/),
      what: fc.string().filter((text) => text === text.trim()),
      on: words,
      kind: fc.constantFrom("certain", "conditional", "due"),
      instance: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    })
    .map(({ id, what, on, kind, instance }) => {
      const args = { id, what };
      if (kind === "certain") return operationIn(end.certain(args), instance);
      return operationIn(kind === "due" ? end.due(args, "2026-03-15") : end.conditional(args, on), instance);
    });

  it("is read back as it was written, whatever the names in it", () => {
    fc.assert(
      fc.property(planned, (one) => {
        const read = readAnnouncement(announcement(one));
        expect(read).to.deep.equal({
          label: label(one),
          name: one.name,
          target: one.target,
          certainty: one.certainty,
          sentence: one.sentence,
        });
      }),
    );
  });

  it("says of which explicit provider instance it is, also of the objects that it ends, and once", () => {
    const one = end.certain({ id: "1", what: "it" });
    const [second, other] = ["second", "a b; if ?]"].map((instance) =>
      operationIn(operationIn(one, instance), instance),
    );
    expect(operationIn(one, undefined)).to.equal(one);
    expect(label(one)).to.equal("test.some-things.end id=1 other=?");
    expect(second === undefined ? "" : label(second)).to.equal("test.some-things.end id=1 other=? instance=second");
    expect(other === undefined ? "" : label(other)).to.match(/ instance=a%20b%3B%20if%20%3F%5D$/);
    const named = { ...one, ends: ["test id=1"] };
    expect([one, named].map(objectsEnded)).to.deep.equal([["test id=1 other=?"], ["test id=1"]]);
    expect([one, named].map((each) => objectsEnded(operationIn(each, "second")))).to.deep.equal([
      ["test id=1 other=? instance=second"],
      ["test id=1 instance=second"],
    ]);
  });

  for (const text of [
    "nothing of the kind",
    "years changes from 1 to [2]: no remote call for it",
    'up WILL STOP here: consent with allowRemovedNames: ["a.example.com"]',
    "TERMINATE it [ecgrid.certificates.terminate commId=1] and more",
    "[ecgrid.certificates.terminate]",
    "",
  ])
    it(`is not read into "${text}"`, () => {
      expect(readAnnouncement(text)).to.equal(undefined);
    });
});
