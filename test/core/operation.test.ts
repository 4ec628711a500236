import { expect } from "chai";
import fc from "fast-check";
import { announcement, label, operation, readAnnouncement } from "../../provider/core/operation.js";

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
    })
    .map(({ id, what, on, kind }) => {
      const args = { id, what };
      if (kind === "certain") return end.certain(args);
      return kind === "due" ? end.due(args, "2026-03-15") : end.conditional(args, on);
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
