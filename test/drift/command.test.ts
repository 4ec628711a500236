import { expect } from "chai";
import fc from "fast-check";
import { Readable } from "node:stream";
import { DRIFT_KINDS, driftInWords, readDrift, type Drift, type DriftKind } from "../../provider/core/drift.js";
import { withoutBrackets } from "../../provider/core/operation.js";
import { printable } from "../../provider/core/printable.js";
import { runDrift } from "../../sdk/cli/drift/command.js";
import type { DriftJson } from "../../sdk/cli/drift/formats.js";

const NOW = "2026-03-01T10:00:00.000Z";
const urn = (type: string, name: string): string => `urn:pulumi:dev::p::pulumi-nodejs:dynamic/${type}::${name}`;
const A = urn("ecgrid:Certificate", "a");
const OWN = urn("apinizer:Jwk", "own");
const JWK = {
  ...{ project: "partners", name: "own", generate: { type: "EC", curve: "P-256" }, use: "SIGNATURE" },
  ...{ algorithm: "ES256", onDelete: "delete" },
};
const ENDED: Drift = { kind: "ended", what: "certificate 88 of comm 5001", before: "Active", now: "Terminated" };
const GONE: Drift = { kind: "deleted", what: "JWK own of project partners", before: "there", now: "not there" };
const STOPS = "up WILL STOP here: certificate 88 was terminated outside. Change trigger";
const RENEW = "RENEW certificate 88 of comm 5001 [ecgrid.certificates.renew commId=5001 certKeyId=88]";
const LATER =
  "from 2026-04-01 on, not in this run: RENEW [ecgrid.certificates.renew commId=5001 certKeyId=88; due 2026-04-01]";

/** What `pulumi refresh --preview-only --json` prints. */
type Said = readonly [urn: string, text: string, severity?: string];
const document = (...words: readonly Said[]): string =>
  JSON.stringify({
    steps: [A, OWN].map((one) => ({
      op: "refresh",
      urn: one,
      oldState: { urn: one, type: one.split("::")[2], id: "1", inputs: one === OWN ? JWK : {}, outputs: {} },
    })),
    diagnostics: words.map(([at, text, severity = "warning"]) => ({
      ...{ urn: at, message: `${severity}: ${text}\n`, severity },
    })),
    ...{ duration: 1, changeSummary: { same: 2 } },
  });

async function clm(args: readonly string[], input: string) {
  const texts = { stdout: "", stderr: "" };
  const code = await runDrift(args, {
    env: { CLM_NOW: NOW },
    stdin: Readable.from([Buffer.from(input)]),
    stdout: { write: (text) => (texts.stdout += text) },
    stderr: { write: (text) => (texts.stderr += text) },
  });
  return { code, ...texts };
}
const json = async (...words: readonly Said[]): Promise<DriftJson> =>
  JSON.parse((await clm(["-", "--format", "json"], document(...words))).stdout) as DriftJson;

const WAITS = "order 7 waits (needs_approval): it is read again";
/** A character that is shown as an escape, each of another class. */
const ESCAPED = ["\ufe0f", "\u200b", "\u00ad", "\u007f", "\u0085", "\u202e", "\ud800", "\n", "\t", "<{%red%}>"];
const NOTHING: readonly (readonly Said[])[] = [[], [[A, LATER]], [[A, WAITS]]];

describe("drift in words", () => {
  it("is read as it was said, whatever stands in it", () => {
    const odd = 'a "quoted\\" text: was "x", is "y", since "z"';
    for (const kind of Object.keys(DRIFT_KINDS) as DriftKind[])
      for (const drift of [
        { ...ENDED, kind },
        { ...ENDED, kind, since: "2026-02-01" },
        { ...ENDED, kind, before: odd, now: odd },
      ])
        expect(readDrift(driftInWords(drift))).to.deep.equal(drift);
    for (const text of [STOPS, RENEW, 'DRIFT nothing: x: was "a", is "b"', "DRIFT ended: x"])
      expect(readDrift(text)).to.equal(undefined);
  });

  it("is read whatever characters a service's text has, which are escapes then", () => {
    for (const character of ESCAPED) {
      const text = `a${character}"b"\\`;
      const said = driftInWords({ ...ENDED, what: text, before: text, now: text, since: text });
      expect(printable(said), "nothing is left to escape").to.equal(said);
      expect(readDrift(said)).to.deep.equal({
        ...ENDED,
        ...{ what: printable(text), before: printable(text), now: printable(text), since: printable(text) },
      });
    }
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(readDrift(driftInWords({ ...ENDED, now: text }))?.now).to.equal(withoutBrackets(text));
      }),
    );
  });

  it("is drift also where its value is no JSON", () => {
    expect(readDrift('DRIFT ended: x: was "a\\u{fe0f}", is "b\\x"')).to.deep.equal({
      ...{ kind: "ended", what: "x", before: "a\\u{fe0f}", now: "b\\x" },
    });
  });

  it("cannot spell a call", () => {
    expect(driftInWords({ ...ENDED, now: "x [ecgrid.certificates.terminate commId=1 certKeyId=2]" })).to.not.include(
      "[",
    );
  });
});

describe("clm drift", () => {
  it("lists what was found with what the next up does, and ends as Pulumi does", async () => {
    const text = document([A, driftInWords({ ...ENDED, since: "2026-02-03" })], [A, STOPS]);
    const people = await clm(["-"], text);
    expect(people).to.include({ code: 7, stderr: "" });
    expect(people.stdout).to.include("1 drift of 1 resource");
    expect(people.stdout).to.match(/^a +ended +Active +Terminated +2026-02-03$/m);
    expect(people.stdout).to.include("next up: up WILL STOP: certificate 88 was terminated outside. Change trigger");
    const markdown = await clm(["-", "--format", "markdown"], text);
    expect(markdown.stdout).to.include("| ` a ` | ` ecgrid.Certificate ` | ` ended ` |");
    const { drift, exitCode, now, version } = await json([A, driftInWords(ENDED)], [A, STOPS]);
    expect({ exitCode, now, version }).to.deep.equal({ exitCode: 7, now: NOW, version: 1 });
    expect(drift).to.deep.equal([
      {
        ...{ urn: A, name: "a", kind: "ecgrid.Certificate", drift: "ended" },
        ...{ what: ENDED.what, before: "Active", now: "Terminated", since: null },
        answer: {
          refusals: ["certificate 88 was terminated outside. Change trigger"],
          operations: [],
          remarks: [],
        },
      },
    ]);
  });

  it("lists all that was found, whatever characters a text has", async () => {
    for (const character of ESCAPED) {
      const description: Drift = {
        ...{ kind: "settings", what: "description" },
        before: "x",
        now: `heart ${character}`,
      };
      const { drift } = await json([A, driftInWords(ENDED)], [OWN, driftInWords(description)]);
      expect(drift.map(({ drift: kind, now }) => `${kind} ${now}`)).to.deep.equal([
        `settings heart ${printable(character)}`,
        "ended Terminated",
      ]);
    }
  });

  it("plans what is made again for what is gone, from the inputs that it had", async () => {
    const { drift } = await json([OWN, driftInWords(GONE)]);
    expect(drift[0]?.answer.operations.map(({ label }) => label)).to.deep.equal([
      "apinizer.jwks.create project=partners name=own",
    ]);
  });

  it("--fail-on asks for kinds; others are listed and end with 0", async () => {
    const text = document([A, driftInWords(ENDED)]);
    expect(await clm(["-", "--fail-on", "content,settings"], text)).to.include({ code: 0 });
    expect(await clm(["-", "--fail-on", "content", "--fail-on", "ended"], text)).to.include({ code: 7 });
    expect((await clm(["-", "--fail-on", "nonsense"], text)).stderr).to.include("Allowed: ended, revocation");
  });

  it("what the clock asks for is due, what a later run makes is not, and nothing is nothing", async () => {
    expect((await json([A, RENEW])).drift.map(({ drift }) => drift)).to.deep.equal(["due"]);
    for (const words of NOTHING)
      expect(await json(...words)).to.deep.include({
        exitCode: 0,
        drift: [],
      });
  });

  it("errors come first: what could not be read may have drifted", async () => {
    const text = document(
      [A, driftInWords(ENDED)],
      [OWN, "Could not list the JWKs (own, Apinizer): HTTP 500", "error"],
    );
    const ended = await clm(["-"], text);
    expect(ended.code).to.equal(4);
    expect(ended.stdout).to.include("THE REFRESH HAS FAILED").and.include("HTTP 500").and.include("Terminated");
  });

  it("input that is no whole preview, and a wrong command line, have codes of their own and look like no list", async () => {
    for (const input of ["", "{}x", '{"steps":3}', '{"a":1}']) {
      const ended = await clm(["-", "--format", "json"], input);
      expect(ended.code, input).to.equal(3);
      expect(JSON.parse(ended.stdout)).to.have.property("failure");
    }
    expect((await clm(["-", "--format", "xml"], "")).code).to.equal(2);
    expect((await clm(["a", "b"], "")).code).to.equal(2);
    expect((await clm(["-", "--", "--parallel", "1"], "")).code).to.equal(2);
    expect(await clm(["--help"], "")).to.include({ code: 0, stderr: "" });
  });

  it("is not green when nothing was read, or not all: a preview without a refresh, a destroy, one that may not be whole", async () => {
    const whole = JSON.parse(document()) as { steps: { op: string; urn: string; oldState?: unknown }[] };
    const [one, other] = whole.steps;
    if (one === undefined || other === undefined) throw new Error("two steps");
    const as = (op: string) => (step: object) => ({ ...step, op });
    const unread = (more: object) => ({ ...whole, changeSummary: {}, ...more });
    for (const [name, value] of [
      ["a preview without a refresh", unread({ steps: whole.steps.map(as("same")) })],
      ["the same without --show-sames", unread({ steps: [] })],
      ["a destroy", unread({ steps: whole.steps.map(as("delete")) })],
      ["a preview that has read one of two", unread({ steps: [one, ...whole.steps.map(as("same"))] })],
      ["one that may not be whole", { ...whole, maybeCorrupt: true }],
      ["nothing", { duration: 1 }],
    ] as const) {
      const ended = await clm(["-", "--format", "json"], JSON.stringify(value));
      expect(ended.code, name).to.equal(3);
      expect(JSON.parse(ended.stdout), name).to.have.property("failure");
    }
    const previewed = unread({
      steps: [one, other, as("same")(one), as("update")(other), { op: "create", urn: `${A}2` }],
    });
    expect(await clm(["-"], JSON.stringify(previewed))).to.include({ code: 0 });
    const failed = unread({ steps: [one], diagnostics: [{ urn: OWN, message: "HTTP 500", severity: "error" }] });
    expect(await clm(["-"], JSON.stringify(failed)), "what failed has no step").to.include({ code: 4 });
  });

  it("what a refresh drops is deleted, also without a word on its row", async () => {
    const dropped = JSON.stringify({
      ...{
        steps: [
          { op: "refresh", urn: A },
          { op: "delete", urn: OWN, oldState: null },
        ],
      },
      ...{ diagnostics: [], duration: 1, changeSummary: { same: 1, delete: 1 } },
    });
    const { code, stdout } = await clm(["-", "--format", "json"], dropped);
    expect(code).to.equal(7);
    const [row] = (JSON.parse(stdout) as DriftJson).drift;
    expect(row).to.include({ urn: OWN, drift: "deleted", now: "not there" });
  });

  it("texts of others are no markup, no colours, and end no cell", async () => {
    const text = document([A, driftInWords({ ...ENDED, now: "x | y `z` \u001b[31m<b>" })]);
    const [row = ""] = (await clm(["-", "--format", "markdown"], text)).stdout
      .split("\n")
      .filter((one) => one.includes("<b>"));
    expect(row.split(/(?<!\\)\|/)).to.have.length(10);
    expect(row).to.not.include("\u001b");
  });

  describe("of what is due", () => {
    const state = (inputs: object) => ({ urn: A, type: A.split("::")[2], id: "1", inputs, outputs: {} });
    const FORMER = { commId: 5001, trigger: null, __heldByOthers: ["x"] };
    const refresh = { op: "refresh", urn: A, oldState: state(FORMER) };
    const step = (op: string, after: object) => ({ op, urn: A, oldState: state(FORMER), newState: state(after) });
    const previewed = (...steps: readonly { op: string }[]): string =>
      JSON.stringify({
        steps,
        diagnostics: [{ urn: A, message: `warning: ${RENEW}\n`, severity: "warning" }],
        ...{ duration: 1, changeSummary: {} },
      });
    const UPDATE = step("update", { commId: 5001 });
    for (const [name, text, code] of [
      ["a refresh", previewed(refresh), 7],
      ["a preview with one", previewed(refresh, UPDATE), 7],
      [
        "a preview of a program that was changed",
        previewed(refresh, step("update", { commId: 5001, trigger: "x" })),
        0,
      ],
      ["a preview of a removal", previewed(refresh, { op: "delete", urn: A, oldState: state(FORMER) } as never), 0],
    ] as const)
      it(`${name} ends with ${code}, also where it alone is asked for`, async () => {
        for (const args of [[], ["--fail-on", "due"]]) expect((await clm(["-", ...args], text)).code).to.equal(code);
        expect((await clm(["-", "--fail-on", "ended"], text)).code).to.equal(0);
        const { drift } = JSON.parse((await clm(["-", "--format", "json"], text)).stdout) as DriftJson;
        expect(drift.map(({ drift: kind }) => kind)).to.deep.equal(code === 7 ? ["due"] : []);
      });
  });
});
