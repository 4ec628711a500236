import { expect } from "chai";
import fc from "fast-check";
import { addYears, daysBetween, isoDay, parseTime, pinnedNow, utcDay } from "../../provider/core/clock.js";

describe("the decision clock", () => {
  for (const [text, iso] of [
    ["2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"],
    ["2026-03-01T10:00:00", "2026-03-01T10:00:00.000Z"],
    ["2026-03-01T10:00", "2026-03-01T10:00:00.000Z"],
    ["2026-03-01T10:00:00.1234567Z", "2026-03-01T10:00:00.123Z"],
    ["2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00.000Z"],
    ["2026-03-01T10:00:00+0200", "2026-03-01T08:00:00.000Z"],
    ["2026-03-01T23:30:00-02:00", "2026-03-02T01:30:00.000Z"],
    ["2026-03-01T10:00:00.1", "2026-03-01T10:00:00.100Z"],
    ["9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59.999Z"],
    ["0001-01-01T00:00:00", "0001-01-01T00:00:00.000Z"],
    [" 2028-02-29 ", "2028-02-29T00:00:00.000Z"],
    ["2026-02-30", undefined],
    ["2026-02-30T10:00:00+02:00", undefined],
    ["2027-02-29", undefined],
    ["2026-03-32", undefined],
    ["2026-03-01T25:00:00Z", undefined],
    ["2026-03-01T10:60:00Z", undefined],
    ["2026-03-01T10:00:00.12345678901Z", undefined],
    ["2026-03-01 10:00:00", undefined],
    ["2026-3-1", undefined],
    ["01.03.2026", undefined],
    ["1767225600", undefined],
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
    ["2028-02-28", "2028-03-01", 2],
    ["2026-03-01", "2028-03-01", 731],
    ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", 1],
  ] as const) {
    it(`counts UTC days from ${from} to ${to}`, () => {
      expect(daysBetween(new Date(from), new Date(to))).to.equal(days);
    });
  }

  it("adds years, 29 February included", () => {
    expect(addYears(new Date("2028-02-29T05:00:00Z"), 1).toISOString()).to.equal("2029-02-28T05:00:00.000Z");
    expect(addYears(new Date("2028-02-29T05:00:00Z"), 4).toISOString()).to.equal("2032-02-29T05:00:00.000Z");
  });

  it("reads back every time that it can be given, and takes no text for a time by an exception", () => {
    const times = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(times, fc.string(), (at, tail) => {
        expect(parseTime(at.toISOString())?.getTime()).to.equal(at.getTime());
        expect(utcDay(at).toISOString()).to.equal(`${isoDay(at)}T00:00:00.000Z`);
        expect(() => parseTime(at.toISOString().slice(0, 19) + tail)).to.not.throw();
      }),
      { seed: 20260301 },
    );
  });

  it("moves by years to a day of the same month, whatever the day", () => {
    const times = fc.date({ min: new Date("1990-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 50 }), (at, years) => {
        const moved = addYears(at, years);
        expect(moved.getUTCFullYear()).to.equal(at.getUTCFullYear() + years);
        expect(moved.getUTCMonth()).to.equal(at.getUTCMonth());
        expect(moved.toISOString().slice(10)).to.equal(at.toISOString().slice(10));
      }),
      { seed: 20260301 },
    );
  });

  it("refuses a CLM_NOW that is no date", () => {
    expect(pinnedNow(undefined)).to.equal(undefined);
    expect(pinnedNow("")).to.equal(undefined);
    expect(pinnedNow("2026-11-23")?.toISOString()).to.equal("2026-11-23T00:00:00.000Z");
    expect(() => pinnedNow("soon")).to.throw('CLM_NOW is "soon"');
  });
});
