import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { failureForMachines, forMachines } from "../../sdk/cli/review/json.js";
import { codeSpan, failureInMarkdown, forMarkdown, LONGEST } from "../../sdk/cli/review/markdown.js";
import { forPeople } from "../../sdk/cli/review/people.js";
import { operationsNow, operationsOf, type Review } from "../../sdk/cli/review/review.js";
import { printable } from "../../provider/core/printable.js";
import { IS } from "../../sdk/cli/review/verdict.js";
import { many, recorded, review } from "./previews.js";

const HOSTILE = "a`b``|<img src=x>@team #1 \u001b[31m\u202e\u061c\ufeff\u{e0041}\u3164<{%red%}>\u0007\n| - **x**";

/** The recorded preview with a name that does its worst, in all that is said of it. */
function hostile(): Review {
  const raw = recorded("preview");
  const text = JSON.stringify(raw).replaceAll("::gone", `::${JSON.stringify(HOSTILE).slice(1, -1)}`);
  const made = review(JSON.parse(text) as ReturnType<typeof recorded>);
  return {
    ...made,
    notes: [HOSTILE],
    errors: [HOSTILE],
    gaps: [{ urn: made.resources[0]?.urn ?? "", because: HOSTILE }],
  };
}

/**
 * Text of a code span, or undefined where a text is not exactly one (CommonMark 6.1): an opening run of backticks is closed
 * by the next run of the same length.
 */
function readSpan(text: string): string | undefined {
  const opening = /^`+/.exec(text)?.[0] ?? "";
  const runs = [...text.slice(opening.length).matchAll(/`+/g)].filter(([run]) => run === opening);
  const [first] = runs;
  if (opening === "" || first === undefined || opening.length + first.index + opening.length !== text.length)
    return undefined;
  return text.slice(opening.length, -opening.length).replace(/^ (.*) $/s, "$1");
}

/** Markdown without its code spans: what a renderer takes for markup. */
const markupOf = (markdown: string): string => markdown.replace(/(`+) .*? \1(?!`)/g, "");

describe("what a review says", () => {
  const made = review(recorded("preview"));

  it("the first line counts, in each format", () => {
    const counts = /^(\d+) operations of this up: (\d+) irreversible/;
    for (const text of [forPeople(made, [], false), forMarkdown(made, []).replace(/^### /, "")])
      expect(text.split("\n")[0]).to.match(counts);
    const [, operations, irreversible] = counts.exec(forPeople(made, [], false)) ?? [];
    const { summary } = forMachines(made, 0);
    expect([String(summary.operations), String(summary.irreversible)]).to.deep.equal([operations, irreversible]);
  });

  it("people read of each operation what, on which target, valid until when, for whom, how grave, why now, and what follows", () => {
    const text = forPeople(made, ["destructive"], false);
    const gone = text.slice(text.indexOf("\ngone  ecgrid.Certificate, delete"), text.indexOf("\nkept "));
    expect(gone)
      .to.match(/ECGrid comm 5004 certificate \d+ \(serial [0-9A-F]+\), valid until 2028-03-01/)
      .and.include("depends on it: with")
      .and.include("TERMINATE current certificate")
      .and.match(/ecgrid\.certificates\.terminate commId=5004 certKeyId=\d+/)
      .and.include("certain; IRREVERSIBLE, DESTRUCTIVE")
      .and.include("takes its place: nothing in this stack");
    expect(text)
      .to.include("--fail-on destructive is met")
      .and.include("BILLED")
      .and.include("due 2026-03-15, not in this run");
    expect(text).to.include("takes its place: what ecgrid.certificates.create commId=5003 makes");
  });

  it("colours are asked for, and nothing else obeys a terminal", () => {
    expect(forPeople(made, [], true)).to.include("\u001b[31m");
    // eslint-disable-next-line no-control-regex -- they are the matter
    expect(forPeople(hostile(), [], false)).to.not.match(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(
      forPeople(hostile(), [], false)
        .split("\n")
        .filter((line) => line.startsWith("| - **x**")),
    ).to.deep.equal([]);
  });

  it("control characters and those that turn the direction of a text are written out", () => {
    for (const text of [forPeople(hostile(), [], true), forMarkdown(hostile(), [])])
      // eslint-disable-next-line no-control-regex -- the colours that it sets itself
      expect(text.replaceAll("\n", "").replace(/\u001b\[\d+m/g, "")).to.not.match(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u3164\u2800]|<\{%/u,
      );
  });

  it("IRREVERSIBLE means the same in every line: as many rows say it as the first line counts", () => {
    const irreversible = operationsOf(made).filter(({ operation }) => IS.irreversible(operation));
    const now = irreversible.filter(({ operation: { certainty } }) => certainty.kind !== "due");
    expect(forMachines(made, 0).summary.irreversible).to.equal(now.length);
    expect(operationsNow(made).some(({ reversible, destructive }) => !reversible && !destructive)).to.equal(true);
    for (const text of [forPeople(made, [], false), forMarkdown(made, [])]) {
      expect(text.match(/IRREVERSIBLE/g)).to.have.length(irreversible.length);
      expect(text).to.include("cannot be undone").and.not.include("**cannot be undone**");
    }
    for (const { operation } of operationsOf(made))
      if (/(?<!OLD CERTIFICATE ENDS AT ONCE, )irreversible/i.test(operation.sentence))
        expect(IS.irreversible(operation), operation.sentence).to.equal(true);
  });

  describe("a comment that would be too long", () => {
    const large = review(many(recorded("preview"), 300));
    const titles = (text: string): string[] => [...text.matchAll(/^#### `+ (\S+) `+/gm)].map(([, name = ""]) => name);
    const leftOut = /LEFT OUT here, because a comment holds (\d+) characters: (\d+) resources with (\d+) operations/;

    it("is as long as it may be, counts what it leaves out, and says where that is", () => {
      const whole = forMarkdown(large, [], 10_000_000);
      expect(whole).to.have.length.above(65_536).and.not.include("LEFT OUT");
      for (const longest of [LONGEST, 20_000, 2_000]) {
        const text = forMarkdown(large, ["any"], longest);
        expect(text)
          .to.have.length.at.most(longest)
          .and.have.length.above(longest * 0.6);
        expect(text.split("\n")[0]).to.equal(whole.split("\n")[0]);
        expect(text).to.include("--fail-on any is met").and.include("Decided at").and.include("`--format json`");
        const [, most, resources] = leftOut.exec(text) ?? [];
        expect(Number(most)).to.equal(longest);
        expect(Number(resources)).to.equal(titles(whole).length - titles(text).length);
        expect(text.indexOf("LEFT OUT")).to.be.lessThan(text.indexOf("#### "));
        for (const line of text.split("\n"))
          expect(line).to.match(/^(?:#{3,4} .*|\s*- .*|\*\*.*\*\*.*|Decided at .*|)$/);
      }
    });

    it("keeps the gravest rows", () => {
      const isGrave = new Map(
        large.resources.map(({ name, operations }) => [name, operations.some((one) => IS.irreversible(one))] as const),
      );
      const kept = titles(forMarkdown(large, [], 20_000));
      expect(kept).to.have.length.below([...isGrave.values()].filter(Boolean).length);
      const first = kept.findIndex((name) => isGrave.get(name) !== true);
      expect(first < 0 ? kept.length : first, "what is less grave fills what they leave").to.be.above(
        kept.length * 0.9,
      );
    });

    it("says so of the lines after the rows, too, and of one row that is too long alone", () => {
      const text = forMarkdown({ ...made, resources: [], notes: ["n".repeat(5_000), "short"] }, [], 2_000);
      expect(text).to.include("0 resources with 0 operations").and.include("and 1 line of what follows them");
      expect(text).to.include("- ` short `");
      const [row] = made.resources;
      if (row === undefined) throw new Error("the preview has no rows");
      const long = forMarkdown({ ...made, resources: [{ ...row, remarks: ["r".repeat(5_000)] }] }, [], 2_000);
      expect(long).to.have.length.below(2_000).and.include("1 resource with");
    });
  });

  it("a code span holds any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[`| \n\\]*$/)), (text) => {
        expect(readSpan(codeSpan(text))).to.equal(text === "" ? "(empty)" : printable(text));
      }),
    );
  });

  it("Markdown survives names that do their worst: nothing of them is markup", () => {
    const markdown = forMarkdown(hostile(), []);
    expect(markdown).to.include("@team");
    expect(markupOf(markdown))
      .to.not.include("@team")
      .and.not.include("<img")
      .and.not.include("|")
      .and.not.include("#1");
    // eslint-disable-next-line no-control-regex -- they are the matter
    expect(markdown).to.not.match(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    for (const line of markdown.split("\n")) expect(line).to.match(/^(?:#{3,4} .*|\s*- .*|\*\*.*\*\*|Decided at .*|)$/);
  });

  it("a review that could not be made does not look like one", () => {
    expect(failureInMarkdown("it is `empty`")).to.equal("### The review could not be made\n\n- `` it is `empty` ``\n");
    expect(failureForMachines("it is empty", 3)).to.deep.equal({ version: 1, exitCode: 3, failure: "it is empty" });
  });

  it("JSON has the documented shape, and no secret", () => {
    const certainty = z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("certain") }),
      z.strictObject({ kind: z.literal("conditional"), on: z.string() }),
      z.strictObject({ kind: z.literal("due"), from: z.iso.date() }),
    ]);
    const operation = z.strictObject({
      label: z.string(),
      name: z.string(),
      target: z.record(z.string(), z.string()),
      effect: z.string().nullable(),
      reversible: z.boolean(),
      destructive: z.boolean(),
      billed: z.boolean(),
      certainty,
      sentence: z.string(),
      call: z.strictObject({ method: z.string(), path: z.string() }).nullable(),
      source: z.enum(["plan", "preview"]),
      unnamed: z.string().nullable(),
      replacedBy: z.string().nullable(),
    });
    const resource = z.strictObject({
      urn: z.string(),
      name: z.string(),
      kind: z.string(),
      steps: z.array(z.string()),
      what: z.string().nullable(),
      until: z.iso.date().nullable(),
      dependents: z.array(z.strictObject({ urn: z.string(), name: z.string() })),
      operations: z.array(operation),
      remarks: z.array(z.string()),
      refusals: z.array(z.string()),
    });
    const shape = z.strictObject({
      version: z.literal(1),
      exitCode: z.number(),
      command: z.enum(["preview", "destroy", "refresh"]),
      now: z.iso.datetime(),
      summary: z.strictObject({
        ...{ operations: z.number(), irreversible: z.number(), destructive: z.number(), billed: z.number() },
        ...{ conditional: z.number(), due: z.number(), unnamed: z.number(), refused: z.number() },
      }),
      resources: z.array(resource),
      differences: z.array(
        z.strictObject({ urn: z.string(), kind: z.string(), operation: z.string(), preview: z.string().nullable() }),
      ),
      gaps: z.array(z.strictObject({ urn: z.string(), because: z.string() })),
      errors: z.array(z.string()),
      notes: z.array(z.string()),
    });
    for (const one of [made, review(recorded("destroy")), review(recorded("leftOver"))]) {
      const text = JSON.stringify(forMachines(one, 0));
      expect(shape.safeParse(JSON.parse(text)).error?.message).to.equal(undefined);
      expect(text).to.not.include("[secret]");
    }
  });
});
