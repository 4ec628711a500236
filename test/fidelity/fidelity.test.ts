import { expect } from "chai";
import { noFigures, run } from "./fidelity.js";

const REVIEWED = "short/1";

describe("fidelity over random programs, a short fixed seed", () => {
  for (const seed of [REVIEWED, "short/2"]) {
    it(`shows what it makes (seed ${seed})`, async () => {
      const figures = noFigures();
      // One seed is reviewed, too: that is one more preview for each of its transitions.
      await run({ seed, transitions: 5, review: seed === REVIEWED }, figures);
      const { missing, extra, reviewed, unapproved } = figures;
      expect({ missing, extra, reviewed, unapproved }).to.deep.equal({
        ...{ missing: [], extra: [], reviewed: [], unapproved: [] },
      });
      expect(figures.made).to.be.greaterThan(3);
    });
  }

  for (const plant of ["silent-create", "double-create"]) {
    it(`finds the planted bug ${plant}`, async () => {
      const figures = noFigures();
      await run({ seed: "short/1", transitions: 1, plant, stopAtDifference: true }, figures);
      expect(figures.missing).to.not.deep.equal([]);
    });
  }
});
