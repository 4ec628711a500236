import { expect } from "chai";
import { AIMS, aimsOf, BLOCK, FOLLOWED } from "./aims.js";
import { demanded, shortOf, WHOLE, type Counts } from "./coverage.js";
import { Random } from "./random.js";

/** What the first program of each run has, and its destroy ends. */
const IN_EVERY_RUN = [
  "apinizer.certificates.delete",
  "apinizer.jwks.delete",
  "certcentral.orders.place",
  "ecgrid.certificates.terminate",
  "partner.contracts.create",
  "partner.credentials.revoke",
];
const RUNS = Array.from({ length: WHOLE }, (_, run) => run);
const STEPS = [1, 2, 3, 4, 5, 6, 7];

describe("what 25 runs of any seed reach", () => {
  it("each operation that destroys or is billed is in every run or aimed at", () => {
    expect([...IN_EVERY_RUN, ...AIMS.map(({ operation }) => operation)].sort()).to.deep.equal(demanded());
  });

  it("every block of runs has all aims, whatever the seed", () => {
    for (let seed = 0; seed < 200; seed++) {
      const dealt = RUNS.slice(0, BLOCK).flatMap((run) => aimsOf(`${seed}/${run}`));
      for (const aim of AIMS) expect(dealt.filter((one) => one === aim)).to.have.length(aim.runs);
    }
  });

  it("each aim is followed so often that a third of it would do", () => {
    for (let seed = 0; seed < 200; seed++) {
      const occasions = new Map<string, number>();
      for (const run of RUNS)
        for (const { operation, runs } of aimsOf(`${seed}/${run}`)) {
          const random = new Random(`${seed}/${run} ${operation}`);
          const followed = STEPS.filter(() => random.chance(FOLLOWED)).length;
          // What takes two transitions is prepared by the first of two.
          occasions.set(operation, (occasions.get(operation) ?? 0) + Math.floor(followed / runs));
        }
      expect(Math.min(...occasions.values())).to.be.at.least(9);
    }
  });

  it("says what is short", () => {
    const enough: Counts = Object.fromEntries(demanded().map((name) => [name, { shown: 3, made: 3 }]));
    expect(shortOf(enough, WHOLE, 200)).to.deep.equal([]);
    expect(shortOf({ ...enough, "partner.sans.add": { shown: 3, made: 2 } }, WHOLE, 199)).to.deep.equal([
      "199 transitions in 25 runs; demanded are 200",
      "partner.sans.add was shown 3 and made 2 time(s); demanded are 3",
    ]);
    expect(shortOf({}, WHOLE, 200, "partner").every((one) => one.startsWith("partner."))).to.equal(true);
  });
});
