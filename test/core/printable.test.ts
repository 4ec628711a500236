import { expect } from "chai";
import fc from "fast-check";
import { operation } from "../../provider/core/operation.js";
import { printable, printableLines } from "../../provider/core/printable.js";

describe("text of others", () => {
  for (const [name, text, shown] of [
    ["a colour tag of the Pulumi CLI", "gw<{%bogus%}>", "gw<\\{%bogus%}>"],
    ["one that appears when a terminal colour is taken away", "<\u001b[1m{%reset%}>", "<\\{%reset%}>"],
    ["two in one", "<<{%<{%", "<<\\{%<\\{%"],
    ["a control sequence", "a\u001b]0;title\u0007\u009b2J", "a\\u{1b}]0;title\\u{7}\\u{9b}2J"],
    ["a new line", "a\nb", "a\\nb"],
    ["a mark of direction", "\u061ca\u200e\u202e\u2066", "\\u{61c}a\\u{200e}\\u{202e}\\u{2066}"],
    [
      "what has no width",
      "a\u200b\u200c\u200d\u2060\ufeff\u00ad",
      "a\\u{200b}\\u{200c}\\u{200d}\\u{2060}\\u{feff}\\u{ad}",
    ],
    ["a tag character", "a\u{e0041}", "a\\u{e0041}"],
    [
      "what looks like nothing",
      "\u3164\u115f\uffa0\u2800\u034f\ufe0f",
      "\\u{3164}\\u{115f}\\u{ffa0}\\u{2800}\\u{34f}\\u{fe0f}",
    ],
    ["half a character", "\ud800", "\\u{d800}"],
    ["any language", "Zürich, Αθήνα, 東京, القاهرة", "Zürich, Αθήνα, 東京, القاهرة"],
  ] as const)
    it(`${name} is written out`, () => {
      expect(printable(text)).to.equal(shown);
    });

  it("is the same when it is shown again, and never a tag", () => {
    const pieces = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("<", "{%", "%}>", "\u001b[", "m")));
    fc.assert(
      fc.property(pieces, (some) => {
        const shown = printable(some.join(""));
        expect(printable(shown)).to.equal(shown);
        expect(shown).to.not.include("<{%");
      }),
    );
    expect(printableLines("a\n\u0007<{%b")).to.equal("a\n\\u{7}<\\{%b");
  });

  it("is shown in an operation's sentence and condition as in a preview, so that both can be compared", () => {
    const end = operation<{ name: string }>({
      ...{ name: "test.things.end", effect: "delete", reversible: false, destructive: true, billed: false },
      repeat: { afterRateLimit: true, afterFault: false, because: "a test" },
      target: ({ name }) => ({ name: encodeURIComponent(name) }),
      call: () => ({ method: "POST", path: "/end" }),
      say: ({ name }) => `END ${name}`,
    });
    const made = end.conditional({ name: "a<{%red%}>" }, "b]<{%red%}>\u0007 is there");
    expect(made.sentence).to.equal("END a<\\{%red%}>");
    expect(made.certainty).to.deep.equal({ kind: "conditional", on: "b)<\\{%red%}>\\u{7} is there" });
  });
});
