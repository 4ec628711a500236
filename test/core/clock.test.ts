import { expect } from "chai";
import { addYears, daysBetween, parseTime, pinnedNow } from "../../provider/core/clock.js";

describe("the decision clock", () => {
  for (const [text, iso] of [
    ["2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"],
    ["2026-03-01T10:00:00", "2026-03-01T10:00:00.000Z"],
    ["2026-03-01T10:00", "2026-03-01T10:00:00.000Z"],
    ["2026-03-01T10:00:00.1234567Z", "2026-03-01T10:00:00.123Z"],
    ["2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00.000Z"],
    ["2026-02-30", undefined],
    ["2026-13-01", undefined],
    ["tomorrow", undefined],
    ["", undefined],
  ] as const) {
    it(`reads "${text}"`, () => {
      expect(parseTime(text)?.toISOString()).to.equal(iso);
    });
  }

  for (const [from, to, days] of [
    ["2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z", 1],
    ["2026-03-01T00:00:00Z", "2026-03-01T23:59:59Z", 0],
    ["2026-03-02", "2026-03-01", -1],
    ["2026-03-28", "2026-03-30", 2],
  ] as const) {
    it(`counts UTC days from ${from} to ${to}`, () => {
      expect(daysBetween(new Date(from), new Date(to))).to.equal(days);
    });
  }

  it("adds years, 29 February included", () => {
    expect(addYears(new Date("2028-02-29T05:00:00Z"), 1).toISOString()).to.equal("2029-02-28T05:00:00.000Z");
    expect(addYears(new Date("2028-02-29T05:00:00Z"), 4).toISOString()).to.equal("2032-02-29T05:00:00.000Z");
  });

  it("refuses a CLM_NOW that is no date", () => {
    expect(pinnedNow(undefined)).to.equal(undefined);
    expect(() => pinnedNow("soon")).to.throw('CLM_NOW is "soon"');
  });
});
