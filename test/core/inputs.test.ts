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

  it("leave unknown ones alone even where everything else is wrong", () => {
    const checked = checkInputs(schema, { count: UNKNOWN, name: 7, items: UNKNOWN });
    expect(checked.ok ? [] : checked.problems.map(({ property }) => property)).to.deep.equal(["name"]);
  });

  for (const key of ["colour", "constructor", "toString", "hasOwnProperty"]) {
    it(`name an input that does not exist: ${key}`, () => {
      const checked = checkInputs(schema, { count: 1, [key]: 1 });
      expect(checked.ok ? [] : checked.problems.map(({ property }) => property)).to.deep.equal([key]);
    });
  }

  it("shorten a long value in a message, and ignore an input that is set to undefined", () => {
    const checked = checkInputs(schema, { count: "x".repeat(500), colour: undefined });
    expect(checked.ok ? [] : checked.problems.map(({ property }) => property)).to.deep.equal(["count"]);
    expect(checked.ok ? "" : (checked.problems[0]?.reason ?? "").length).to.be.lessThan(150);
  });

  it("name the element of a list that is wrong", () => {
    const checked = checkInputs(schema, { count: 1, items: [1, 2, null] });
    expect(checked.ok ? "" : checked.problems[0]?.reason).to.equal("items.2 is [1,2,null]: allowed is a number");
  });

  for (const [key, found] of [
    ["overlapdays", "overlapDays"],
    ["overlapDay", "overlapDays"],
    ["commID", "commId"],
    ["yaers", "years"],
    ["colour", undefined],
  ] as const) {
    it(`finds the key nearest to ${key}`, () => {
      expect(nearest(key, ["overlapDays", "years", "commId"])).to.equal(found);
    });
  }
});
