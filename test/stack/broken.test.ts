import { expect } from "chai";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXAMPLES, exampleText, isModel, modelOf, NAMES, read } from "./files.js";

/** All lists of the examples; that of `fifty` stands in a file of its own. */
const TEXTS = new Map(
  NAMES.map(
    (name) =>
      [name, name === "fifty" ? readFileSync(join(EXAMPLES, "partners.yaml"), "utf8") : exampleText(name)] as const,
  ),
);
const texts = fc.constantFrom(...TEXTS.values());

/** Where the line that closes the list ends. */
const closed = (text: string): number => text.indexOf("- end") + "- end".length;
const keys = (text: string): string[] =>
  modelOf(text)
    .resources.map(({ key }) => key)
    .sort();

describe("stack files that are broken", () => {
  it("no cut at the end of a line of any example is taken for a list", () => {
    let cuts = 0;
    for (const text of TEXTS.values()) {
      const lines = text.trimEnd().split("\n");
      for (let kept = 0; kept < lines.length; kept++, cuts++)
        expect(isModel(read(`${lines.slice(0, kept).join("\n")}\n`)), `${kept} lines`).to.equal(false);
    }
    expect(cuts).to.be.greaterThan(150);
  });

  it("nor is a cut anywhere", () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, at) => {
        expect(isModel(read(text.slice(0, at % closed(text))))).to.equal(false);
      }),
      { numRuns: 200 },
    );
  });

  it("lines that are indented otherwise: refused, or still all resources", () => {
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: -6, max: 6 })), { minLength: 1, maxLength: 3 }),
        (text, changes) => {
          const lines = text.split("\n");
          for (const [number, by] of changes) {
            const index = number % lines.length;
            const line = lines[index] ?? "";
            const blanks = /^ */.exec(line)?.[0].length ?? 0;
            lines[index] = " ".repeat(Math.max(0, blanks + by)) + line.trimStart();
          }
          const changed = lines.join("\n");
          const found = read(changed);
          if (isModel(found)) expect(keys(changed)).to.deep.equal(keys(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("whatever becomes of a text, there is a list or there are problems, never a crash", () => {
    const change = fc.oneof(
      fc.record({ at: fc.nat(), remove: fc.nat({ max: 40 }), insert: fc.string({ maxLength: 6 }) }),
      fc.record({
        at: fc.nat(),
        remove: fc.nat({ max: 3 }),
        insert: fc.constantFrom(
          "{",
          "}",
          "[",
          "]",
          ":",
          "- ",
          "&a ",
          "*a",
          "<<: ",
          "!!x ",
          "\t",
          "#",
          '"',
          "'",
          "|",
          ">",
          "---\n",
          "null",
          "~",
          "\u0000",
          "${",
          "__proto__: ",
          "? ",
        ),
      }),
    );
    fc.assert(
      fc.property(texts, fc.array(change, { minLength: 1, maxLength: 4 }), (text, changes) => {
        let changed = text;
        for (const { at, remove, insert } of changes) {
          const from = at % (changed.length + 1);
          changed = changed.slice(0, from) + insert + changed.slice(from + remove);
        }
        read(changed);
      }),
      { numRuns: 600 },
    );
  });

  it("anything at all in place of a part is told, not thrown", () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(
        anything,
        fc.constantFrom("list", "groups", "group", "type", "resources", "resource", "input", "options", "providers"),
        (value, where) => {
          const at = (name: string, otherwise: unknown): unknown => (where === name ? value : otherwise);
          const resource = at("resource", { commId: at("input", 5001), overlapDays: 1, options: at("options", {}) });
          const one = { type: at("type", "ecgrid.Certificate"), resources: at("resources", { a: resource }) };
          read(
            JSON.stringify(
              at("list", { providers: at("providers", {}), groups: at("groups", [at("group", one), "end"]) }),
            ),
          );
        },
      ),
      { numRuns: 800 },
    );
  });

  it("texts that a reader chokes on", () => {
    for (const text of [
      "[".repeat(20_000),
      "a: ".repeat(5000),
      `a: &a [x, x]\nb: &b [*a, *a]\n${"c: [*b, *b]\n".repeat(300)}`,
      "\uFEFF",
      "%YAML 9\n---\n",
      "groups: [end]\n---\ngroups: [end]\n",
      "groups: [end]\n...\nrubbish\n",
      "providers: &p { a: *p }\ngroups: [end]\n",
      "groups: [{ type: ecgrid.Certificate, defaults: &d { renewalWindow: *d }, resources: {} }, end]\n",
      "groups: !!binary x",
    ])
      expect(isModel(read(text)), text.slice(0, 20)).to.equal(false);
  });
});
