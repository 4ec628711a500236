import { expect } from "chai";
import { z } from "zod";
import { checkInputs, nearest } from "../../provider/core/inputs.js";
import { UNKNOWN } from "../../provider/core/unknown.js";

const schema = z.object({
  count: z.number({ error: "allowed is a number" }),
  name: z.string().default("nobody"),
  items: z.array(z.number({ error: "allowed is a number" })).optional(),
});

describe("inputs", () => {
  it("are completed by defaults, and unknown ones are left alone", () => {
    expect(checkInputs(schema, { count: UNKNOWN })).to.deep.equal({
      ok: true,
      inputs: { count: UNKNOWN, name: "nobody" },
    });
  });

  it("name every problem at once: field, what was found, what is allowed", () => {
    const checked = checkInputs(schema, { items: [1, "x"], nam: "a" });
    expect(checked.ok ? [] : checked.problems).to.deep.equal([
      { property: "nam", reason: "nam is not an input of this resource; did you mean name?" },
      { property: "count", reason: "count is missing: allowed is a number" },
      { property: "items", reason: 'items.1 is [1,"x"]: allowed is a number' },
    ]);
  });

  for (const [key, found] of [
    ["overlapdays", "overlapDays"],
    ["overlapDay", "overlapDays"],
    ["colour", undefined],
  ] as const) {
    it(`finds the key nearest to ${key}`, () => {
      expect(nearest(key, ["overlapDays", "years", "commId"])).to.equal(found);
    });
  }
});
