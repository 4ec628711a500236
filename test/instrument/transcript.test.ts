import { expect } from "chai";
import { compare, namedOnRows, shownByDestroyPreview, shownByPreview, type Shown } from "./transcript.js";

const shown = (operation: string, certain = true): Shown => ({ operation, certain });

describe("reading transcripts", () => {
  const text = [
    "Previewing update (dev):",
    " ~  x:R a update [diff: ~trigger]; warning: RENEW it [ecgrid.certificates.renew commId=1 certKeyId=2]",
    "Diagnostics:",
    "  pulumi-nodejs:dynamic/x:R (a):",
    "    warning: RENEW it [ecgrid.certificates.renew commId=1 certKeyId=2]",
    "    warning: years changes from 1 to [2]: no remote call for it",
    "  pulumi-nodejs:dynamic/x:R (b):",
    "    warning: CREATE it [ecgrid.certificates.create commId=?; if it is not there]",
    "",
    "Resources:",
    "    ~ 1 to update [ecgrid.certificates.renew commId=9 certKeyId=9]",
  ].join("\n");

  it("counts what the diagnostics name, by resource, with its condition", () => {
    expect(shownByPreview(text)).to.deep.equal([
      { operation: "ecgrid.certificates.renew commId=1 certKeyId=2", certain: true, resource: "a" },
      { operation: "ecgrid.certificates.create commId=?", certain: false, on: "it is not there", resource: "b" },
    ]);
    expect([...namedOnRows(text)]).to.deep.equal(["ecgrid.certificates.renew commId=1 certKeyId=2"]);
  });

  it("takes only the preview of a text that goes on with the update", () => {
    expect(shownByPreview(`Previewing update (dev):\n\nUpdating (dev):\n${text}`)).to.deep.equal([]);
  });

  it("reads the stored list of a destroy preview", () => {
    expect(shownByDestroyPreview('call: "[ecgrid.certificates.terminate commId=1 certKeyId=2]"')).to.have.length(1);
  });

  for (const [name, told, made, succeeded, differences] of [
    ["equal", [shown("a x=1")], ["a x=1"], true, []],
    ["made, not shown", [], ["a x=1"], true, ["made but not shown"]],
    ["made, not shown, in a run that failed", [], ["a x=1"], false, ["made but not shown"]],
    ["shown, not made", [shown("a x=1")], [], true, ["shown as certain but not made"]],
    ["shown, not made, in a run that failed", [shown("a x=1")], [], false, []],
    ["conditional, not made", [shown("a x=1", false)], [], true, []],
    ["another target", [shown("a x=1")], ["a x=2"], true, ["made but not shown", "shown as certain but not made"]],
    ["made twice, shown once", [shown("a x=1")], ["a x=1", "a x=1"], true, ["made but not shown"]],
    ["of an explicit provider instance", [shown("a x=1 instance=b")], ["a x=1"], true, []],
    ["an unknown target fits any", [shown("a x=?")], ["a x=5"], true, []],
    ["an unknown target fits one", [shown("a x=?")], ["a x=5", "a x=6"], true, ["made but not shown"]],
  ] as const) {
    it(name, () => {
      expect(compare(told, made, succeeded).map(({ kind }) => kind)).to.deep.equal(differences);
    });
  }
});
