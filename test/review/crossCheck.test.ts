import { expect } from "chai";
import { operationsOf } from "../../sdk/cli/review/review.js";
import { listed, recorded, review, stepOf, type Raw } from "./previews.js";

const INVENTORY = "inventory";
const change = (raw: Raw, from: string | RegExp, to: string): Raw => ({
  ...raw,
  diagnostics: (raw.diagnostics ?? []).map((one) => ({ ...one, message: one.message.replace(from, to) })),
});
const silent = (raw: Raw, name: string): Raw => ({
  ...raw,
  diagnostics: (raw.diagnostics ?? []).filter(({ urn }) => urn?.endsWith(`::${name}`) !== true),
});
const unnamed = (raw: Raw): string[] => operationsOf(review(raw)).flatMap(({ operation }) => operation.unnamed ?? []);

describe("the list against the preview's words", () => {
  it("a call that the preview leaves out is a difference", () => {
    const { differences, resources } = review(silent(recorded("preview"), "made"));
    expect(differences).to.deep.equal([
      {
        urn: stepOf(recorded("preview"), "made").urn,
        kind: "the preview does not name it",
        operation: "[ecgrid.certificates.create commId=5007]",
      },
    ]);
    expect(resources.find(({ name }) => name === "made")?.operations[0]?.unnamed).to.include("should");
  });

  it("so is the end of a removed resource, where the inventory has spoken", () => {
    expect(review(silent(recorded("preview"), "gone")).differences).to.have.length(1);
  });

  it("a call that the preview alone names is a difference, and in the list, taken for the worst", () => {
    const raw = change(recorded("preview"), /commId=5007\]/, "commId=5017]");
    const { differences, resources } = review(raw);
    expect(differences.map(({ kind, operation }) => [kind, operation])).to.deep.equal([
      ["the preview does not name it", "[ecgrid.certificates.create commId=5007]"],
      ["the preview alone names it", "[ecgrid.certificates.create commId=5017]"],
    ]);
    const made = resources.find(({ name }) => name === "made");
    expect(made?.operations.map(({ source }) => source)).to.deep.equal(["plan", "preview"]);
    const unheard = change(recorded("preview"), "ecgrid.certificates.create", "ecgrid.certificates.explode");
    const worst = operationsOf(review(unheard)).find(({ operation }) => operation.name.endsWith("explode"));
    expect(worst?.operation).to.include({ reversible: false, destructive: true, billed: true, effect: undefined });
  });

  it("another condition is a difference", () => {
    const raw = change(recorded("preview"), /commId=5007\]/, "commId=5007; if the moon is full]");
    expect(review(raw).differences).to.deep.equal([
      {
        urn: stepOf(raw, "made").urn,
        kind: "the preview names it otherwise",
        operation: "[ecgrid.certificates.create commId=5007]",
        preview: "[ecgrid.certificates.create commId=5007; if the moon is full]",
      },
    ]);
  });

  it("another clock is a difference where a plan decides by it", () => {
    const late = review(recorded("preview"), new Date("2026-03-20T10:00:00Z"));
    expect(late.differences.map(({ kind }) => kind)).to.deep.equal(["the preview alone names it"]);
    expect(late.notes.join()).to.include("set CLM_NOW for both").and.include("later");
  });

  it("the same on a row of an older name is none: the resource was renamed", () => {
    const raw = recorded("preview");
    raw.diagnostics = (raw.diagnostics ?? []).map((one) =>
      one.urn?.endsWith("::gone") === true ? { ...one, urn: one.urn.replace("::gone", "::before") } : one,
    );
    expect(review(raw).differences).to.deep.equal([]);
    raw.diagnostics.push(...(recorded("preview").diagnostics ?? []).filter(({ urn }) => urn?.endsWith("::gone")));
    expect(review(raw).differences, "said twice").to.deep.equal([]);
    expect(listed(review(raw))).to.deep.equal(listed(review(recorded("preview"))));
  });

  it("what a refresh of the same command has said of the old inputs is none", () => {
    const raw = recorded("preview");
    const step = stepOf(raw, "renewed");
    const word = {
      urn: step.urn,
      severity: "warning",
      message: `warning: RENEW it [ecgrid.certificates.renew commId=5001 certKeyId=${(step.oldState?.outputs as { current: { certKeyId: number } }).current.certKeyId}]`,
    };
    raw.diagnostics?.push(word);
    expect(review(raw).differences).to.have.length(1);
    const old = { ...step.oldState, inputs: { ...(step.oldState?.inputs as object), trigger: "of the last up" } };
    raw.steps.unshift({ ...step, op: "refresh", oldState: old, newState: old });
    expect(review(raw).differences).to.deep.equal([]);
  });

  describe("what a plain preview cannot name (inventory.md F10)", () => {
    it("a: the program no longer imports the package", () => {
      const raw = recorded("destroy");
      raw.steps.unshift({
        op: "same",
        urn: "urn:pulumi:dev::engine::pulumi:pulumi:Stack::engine-dev",
        oldState: { urn: "urn:pulumi:dev::engine::pulumi:pulumi:Stack::engine-dev", type: "pulumi:pulumi:Stack" },
      });
      const made = review(raw);
      expect(made).to.deep.include({ command: "preview", differences: [] });
      expect(listed(made)).to.deep.equal(listed(review(recorded("destroy"))));
      expect(new Set(unnamed(raw))).to.deep.equal(
        new Set(["the program no longer imports pulumi-clm, so its inventory is not asked"]),
      );
      expect(made.resources.flatMap(({ refusals }) => refusals)).to.deep.equal([]);
    });

    it("b: a replaced original is left over", () => {
      const raw = recorded("leftOver");
      expect(review(raw).differences).to.deep.equal([]);
      expect(listed(review(raw))).to.have.length(1);
      expect(unnamed(raw).join()).to.include("left over from a replacement");
    });

    it("b: the inventory names what it cannot see as a condition", () => {
      const raw = recorded("leftOver");
      const [operation = ""] = listed(review(raw)).map((line) => line.replace(/^.*\[|\]$/g, ""));
      const message = `warning: TERMINATE it [${operation}; if the replaced original still waits in the state]`;
      const word = { urn: stepOf(raw, "replaced").urn, severity: "warning", message };
      raw.diagnostics = [word];
      expect(review(raw).differences).to.deep.equal([]);
      expect(unnamed(raw)).to.deep.equal([]);
      raw.steps = raw.steps.filter(({ op }) => op !== "delete-replaced");
      expect(review(raw).differences, "said in vain").to.deep.equal([]);
      expect(listed(review(raw)), "no step is for it").to.deep.equal([]);
      raw.steps = raw.steps.filter(({ urn }) => urn.endsWith("::engine-dev"));
      expect(review(raw).differences).to.deep.equal([]);
      expect(listed(review(raw)), "it may be among the steps that are not shown").to.have.length(1);
    });

    for (const [name, op] of [
      ["the inventory is left as it is", "same"],
      ["the JSON does not show the inventory", undefined],
    ] as const)
      it(`c: --target, ${name}`, () => {
        const raw = silent(recorded("preview"), "gone");
        const step = stepOf(raw, INVENTORY);
        raw.changeSummary = {};
        if (op === undefined) raw.steps = raw.steps.filter((one) => one !== step);
        else step.op = op;
        expect(review(raw).differences).to.deep.equal([]);
        expect(unnamed(raw)).to.deep.equal([
          "the inventory is not asked in a run with --target, so up refuses it, unless this list is approved",
        ]);
      });
  });
});
