import { expect } from "chai";
import { readPreview, UnreadablePreview } from "../../sdk/cli/review/document.js";
import { recorded, type Raw } from "./previews.js";

const without = (raw: Raw, op: string): Raw => ({ ...raw, steps: raw.steps.filter((step) => step.op !== op) });

describe("reading what Pulumi prints of a preview", () => {
  for (const name of ["preview", "destroy", "refresh", "leftOver"] as const)
    it(`${name}: all steps, and all texts`, () => {
      const raw = recorded(name);
      const read = readPreview(JSON.stringify(raw));
      expect(read.steps).to.have.length(raw.steps.length);
      expect(read.diagnostics).to.have.length(raw.diagnostics?.length ?? 0);
    });

  it("a stack without resources prints a duration alone, and that is nothing to do", () => {
    expect(readPreview('{\n    "duration": 376045\n}\n').steps).to.deep.equal([]);
    expect(readPreview('\uFEFF{"duration":1}').steps).to.deep.equal([]);
  });

  it("cut off anywhere, it is refused", () => {
    const text = JSON.stringify(recorded("leftOver"));
    for (let length = 0; length < text.length; length += 97)
      expect(() => readPreview(text.slice(0, length)), `${length} characters`).to.throw(UnreadablePreview);
  });

  for (const [name, text, says] of [
    ["nothing", "", "it is empty"],
    ["blanks", " \n", "it is empty"],
    ["words", "error: no stack named 'nope' found", "not one JSON object"],
    ["warnings in front", 'warning: x\n{"duration":1}', "not one JSON object"],
    ["a stream of events", '{"sequence":0}\n{"sequence":1}', "not one JSON object"],
    ["an empty object", "{}", "not what Pulumi prints"],
    ["a list", "[]", "not what Pulumi prints"],
    ["a text", '"preview"', "not what Pulumi prints"],
    ["null", "null", "not what Pulumi prints"],
    ["an exported state", '{"version":3,"deployment":{"resources":[]}}', "JSON of something else"],
    ["another report", '{"duration":12,"passed":3}', "JSON of something else"],
    ["one event", '{"sequence":0,"timestamp":1,"cancelEvent":{}}', "JSON of something else"],
    ["steps of something else", '{"steps":[{"name":"build"}],"duration":1}', "not what Pulumi prints"],
    ["steps without the rest", '{"steps":[]}', "not what Pulumi prints"],
  ] as const)
    it(`refuses ${name}`, () => {
      expect(() => readPreview(text)).to.throw(UnreadablePreview, says);
    });

  for (const op of ["create", "update", "replace", "delete"])
    it(`refuses a preview from which the steps to ${op} were taken out`, () => {
      expect(() => readPreview(JSON.stringify(without(recorded("preview"), op)))).to.throw(
        UnreadablePreview,
        `resources to ${op} and has 0 of them`,
      );
    });

  it("refuses a refresh from which steps were taken out", () => {
    const raw = recorded("refresh");
    expect(() => readPreview(JSON.stringify({ ...raw, steps: raw.steps.slice(1) }))).to.throw(UnreadablePreview);
  });

  it("quotes nothing of what it cannot read that a terminal would obey", () => {
    try {
      readPreview('{"a": \u001b[31m\u0007');
      expect.fail("it was read");
    } catch (error) {
      expect((error as Error).message).to.not.match(/[\u0000-\u001f]/); // eslint-disable-line no-control-regex -- they are the matter
    }
  });
});
