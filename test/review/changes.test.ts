import { expect } from "chai";
import { changesOf } from "../../sdk/cli/review/changes.js";
import type { Step } from "../../sdk/cli/review/document.js";

describe("the changes of a preview", () => {
  const TYPE = "pulumi-nodejs:dynamic/apinizer:Certificate";
  const step = (op: string, name: string, instance: string | undefined): Step => {
    const urn = `urn:pulumi:dev::engine::${TYPE}::${name}`;
    const outputs = instance === undefined ? {} : { __instance: instance };
    const state = { urn, type: TYPE, id: "partners/gw", inputs: {}, outputs };
    return { op, urn, oldState: state, newState: state };
  };

  it("replaced originals of one id at two provider instances are two", () => {
    const changes = changesOf(
      {
        steps: [
          step("create-replacement", "gw", undefined),
          step("replace", "gw", undefined),
          step("delete-replaced", "gw", undefined),
          step("create-replacement", "gw2", "second"),
          step("replace", "gw2", "second"),
          step("delete-replaced", "gw3", "third"),
        ],
        ...{ diagnostics: [], changeSummary: {}, maybeCorrupt: false },
      },
      "preview",
    );
    const ends = changes.filter(({ does }) => does === "end");
    expect(ends.map(({ urn, leftOver }) => [urn.split("::").at(-1), leftOver])).to.deep.equal([
      ["gw", false],
      ["gw2", false],
      ["gw3", true],
    ]);
    expect(new Set(ends.flatMap(({ replacement }) => replacement ?? [])).size).to.equal(2);
  });
});
