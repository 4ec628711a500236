import { expect } from "chai";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readModel } from "../../sdk/stack/model.js";
import { ownFile } from "../../sdk/stack/source.js";
import { normalize } from "../../provider/certcentral/order/inputs.js";
import { EXAMPLES, exampleText, isModel, modelOf, NAMES, problemsOf, read, written } from "./files.js";

const indented = (by: number, text: string): string => text.trimEnd().replace(/^(?=.)/gm, " ".repeat(by));
const pem = (name: string): string => readFileSync(join(EXAMPLES, "files", name), "utf8");

/** Two orders and two gateway certificates whose PEM stands in the list; the second ones `more` blanks too deep. */
const blocks = (more = 0): string => `groups:
  - type: certcentral.Order
    defaults: { productNameId: ssl_basic, organizationId: 9001, orderValidity: { years: 1 } }
    resources:
      www:
        commonName: www.example.com
        csr: |
${indented(10, pem("www.csr"))}
${indented(6 + more, `shop:\n  commonName: shop.example.com\n  csr: |\n${indented(4, pem("shop.csr"))}`)}
  - type: apinizer.Certificate
    defaults: { project: p, environments: [e] }
    resources:
      a:
        name: a
        alias: a
        pem: |
${indented(10, pem("api.pem"))}
${indented(6 + more, `b:\n  name: b\n  alias: b\n  pem: |-\n${indented(4, pem("api.pem"))}`)}
  - end
`;

/** All lists of the examples; that of `fifty` stands in a file of its own. And one with texts over several lines. */
const TEXTS = new Map([
  ...NAMES.map(
    (name) =>
      [name, name === "fifty" ? readFileSync(join(EXAMPLES, "partners.yaml"), "utf8") : exampleText(name)] as const,
  ),
  ["blocks", blocks()] as const,
]);
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

  it("several lines that are indented otherwise together: the same", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TEXTS.values(), blocks(), blocks()),
        fc.nat(),
        fc.integer({ min: 1, max: 14 }),
        fc.integer({ min: -6, max: 8 }),
        (text, at, count, by) => {
          const lines = text.split("\n");
          const from = at % lines.length;
          const changed = lines
            .map((line, index) =>
              index < from || index >= from + count
                ? line
                : " ".repeat(Math.max(0, line.length - line.trimStart().length + by)) + line.trimStart(),
            )
            .join("\n");
          const found = read(changed);
          if (isModel(found)) expect(keys(changed)).to.deep.equal(keys(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("a resource that is indented into the text before it is no part of that text", () => {
    expect(keys(blocks())).to.have.length(4);
    for (const more of [2, 4, 6]) {
      const told = problemsOf(blocks(more));
      expect(told, `${more} too deep`).to.not.deep.equal([]);
      if (more < 4) continue;
      expect(told.join("\n")).to.match(
        /^7:14: groups\[0\]\.resources\.www\.csr: is a text over several lines, which has a part/m,
      );
      expect(told.join("\n")).to.match(/groups\[1\]\.resources\.a\.pem: is a text over several lines/);
    }
    const trigger = (text: string): string =>
      `groups:\n  - type: ecgrid.Certificate\n    defaults: { commId: 1, overlapDays: 30 }\n    resources:\n      a:\n        trigger: ${text}\n  - end\n`;
    for (const text of [
      "|\n          v1\n          b: { commId: 2 }",
      ">\n          v1\n          b: { commId: 2 }",
      '"v1\n          b: { commId: 2 }"',
      "v1\n          b",
    ])
      expect(problemsOf(trigger(text)).join(), text).to.match(
        /^6:18: groups\[0\]\.resources\.a\.trigger: is a text over several lines/,
      );
    expect(problemsOf(trigger('"v1\\nv2"'))).to.deep.equal([]);
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

  it("what is written with a tag, or as another YAML, is no empty list: it is refused where it stands", () => {
    const list = (resources: string, more = ""): string =>
      `groups:\n  - type: ecgrid.Certificate\n    defaults: { commId: 1, overlapDays: 30 }\n${more}    resources: ${resources}\n  - end\n`;
    for (const [resources, more] of [
      ["!!omap [a: {}, b: {}]"],
      ["!!set { a, b }"],
      ["!!map { a: {} }"],
      ["! { a: {} }"],
      ["{ a: !!omap [trigger: x] }"],
      ["{ !!str a: {} }"],
      ["{ a: {} }", "    options: !!omap [protect: true]\n"],
      ["{ a: { trigger: !!binary aGVsbG8= } }"],
    ] as const)
      expect(problemsOf(list(resources, more)).join("\n"), resources).to.match(/^\d+:\d+: groups\[0\]\S*: has a tag/m);
    expect(problemsOf(`%YAML 1.1\n---\n${list("{ a: {} }")}`)).to.deep.equal([
      "1:1: no YAML that can be read: it is YAML 1.1: allowed is 1.2, or no %YAML",
    ]);
    expect(problemsOf(`%YAML 1.2\n---\n${list("{ a: {} }")}`)).to.deep.equal([]);
    const config = `config:\n  other: !!set { x }\n  clm:stack:\n${list("{ a: {} }").replace(/^(?=.)/gm, "    ")}`;
    expect(problemsOf(config), "of others").to.deep.equal([]);
  });

  it("aliases and merges that lead nowhere are told where they stand", () => {
    const list = (resources: string): string =>
      `groups:\n  - type: ecgrid.Certificate\n    defaults: { commId: 1, overlapDays: 30 }\n    resources:\n      ${resources}\n  - end\n`;
    expect(problemsOf(list("a: *nope"))).to.deep.equal([
      "5:10: no YAML that can be read: *nope stands for nothing: allowed is the name of an anchor before it",
    ]);
    expect(problemsOf(list("a: &z { commId: 1, renewalWindow: *z }"))).to.deep.equal([
      "5:41: no YAML that can be read: *z stands in what it stands for",
    ]);
    for (const [text, place] of [
      ["a: { commId: 1, <<: x }", "5:23"],
      ["a: { <<: null }", "5:12"],
      ["a: { <<: [{ commId: 2 }, 3] }", "5:12"],
    ] as const)
      expect(problemsOf(list(text)).join(), text).to.equal(
        `${place}: no YAML that can be read: << takes in what is no map: allowed is a map, or an alias of one`,
      );
    expect(
      problemsOf(list("a: &z { commId: 1 }\n      b: { <<: *z }\n      c: { <<: [*z, { trigger: x }] }")),
    ).to.deep.equal([]);
  });

  it("a file that is not UTF-8 is refused at its first bad byte; a byte order mark and other line ends change nothing", () => {
    const text =
      "groups:\n  - type: ecgrid.Certificate\n    defaults: { commId: 1, overlapDays: 3 }\n    resources:\n      b\u00fcro: {}\n  - end\n";
    const told = (name: string, bytes: Uint8Array): string[] => {
      try {
        return readModel(ownFile(written(name, bytes))).resources.map(({ key }) => key);
      } catch (error) {
        return [(error as Error).message];
      }
    };
    const all = ["ecgrid.Certificate/b\u00fcro"];
    expect(told("utf8.yaml", Buffer.from(text))).to.deep.equal(all);
    expect(told("bom.yaml", Buffer.from(`\uFEFF${text}`))).to.deep.equal(all);
    expect(told("crlf.yaml", Buffer.from(text.replaceAll("\n", "\r\n")))).to.deep.equal(all);
    const place = "5:8: holds a byte that is no UTF-8: allowed is a text saved as UTF-8";
    expect(told("latin1.yaml", Buffer.from(text, "latin1"))).to.deep.equal([`latin1.yaml:${place}`]);
    const [head = "", tail = ""] = Buffer.from(text).toString("latin1").split("\u00bc");
    expect(told("half.yaml", Buffer.from(head + tail, "latin1")), "half a character").to.have.length(1);
    expect(told("utf16.yaml", Buffer.from(`\uFEFF${text}`, "utf16le")).join()).to.match(
      /^utf16\.yaml:1:1: holds a byte/,
    );
    written("trigger.txt", Buffer.from("\u00e9t\u00e9", "latin1"));
    expect(told("file.yaml", Buffer.from(text.replace("{}", "{ trigger: { file: trigger.txt } }"))).join()).to.match(
      /trigger\.file: is "trigger\.txt", which cannot be read \(line 1, column 1 is no UTF-8\)/,
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

describe("a request in PEM", () => {
  it("stands alone: what is beside it, in a file or a program, may have been meant for something else", () => {
    const order = (csr: string): string[] =>
      normalize({ productNameId: "ssl_basic", commonName: "a.example.com", orderValidity: { years: 1 }, csr }).ok
        ? []
        : ["refused"];
    expect(order(`\n${pem("www.csr")}\n\n`)).to.deep.equal([]);
    for (const csr of [`${pem("www.csr")}shop:\n`, `Certificate Request:\n${pem("www.csr")}`, pem("www.csr").repeat(2)])
      expect(order(csr)).to.deep.equal(["refused"]);
  });
});
