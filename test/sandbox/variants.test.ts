import { expect } from "chai";
import { VARIANTS } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { APINIZER_PROBES } from "./apinizer/writeProbes.js";
import { CERTCENTRAL_PROBES } from "./certcentral/probes.js";
import { CHANGE_PROBES } from "./changeProbes.js";
import { bench } from "./client.js";
import { PARTNER_PROBES } from "./partner/probes.js";
import type { Probe, Probes } from "./probes.js";
import { READ_PROBES } from "./readProbes.js";

/** The type, and at run time the table, demand a probe for every value. */
const PROBES: Probes = {
  ...READ_PROBES,
  ...CHANGE_PROBES,
  ...CERTCENTRAL_PROBES,
  ...PARTNER_PROBES,
  ...APINIZER_PROBES,
};

const probe = (name: string, value: string): Probe | undefined =>
  (PROBES as Readonly<Record<string, Readonly<Record<string, Probe>>>>)[name]?.[value];

describe("sandbox: variants", () => {
  for (const { name, values, default: usual } of VARIANTS) {
    for (const value of values) {
      const probing = probe(name, value);
      it(
        `${name} = ${value}`,
        bench(async (at) => {
          if (probing === undefined) throw new Error("nothing is asserted about this value");
          setVariant(at.sandbox.variants, name, value);
          await probing(at);
        }),
      );

      if (value !== usual)
        it(
          `${name} = ${value} is not what ${usual} shows`,
          bench(async (at) => {
            let told = false;
            await probing?.(at).catch(() => (told = true));
            expect(told, "the probe cannot tell the value from the default").to.equal(true);
          }),
        );
    }
  }

  it("are listed with a default, a section and a sentence", () => {
    expect(VARIANTS.map(({ name }) => name)).to.have.members(Object.keys(PROBES));
    for (const { name, section, says, values, default: usual } of VARIANTS) {
      expect(section, name).to.match(/^(ecgrid|digicert-certcentral|digicert-acme|apinizer)\.md \d/);
      expect(says, name).to.not.equal("");
      expect(values).to.include(usual);
      expect(new Set(values).size, name).to.equal(values.length);
    }
  });

  for (const item of Array.from({ length: 10 }, (_, at) => at + 1)) {
    it(`have one for item ${item} of what must stay open (ecgrid.md 10)`, () => {
      const named = VARIANTS.filter(({ section }) => section.split(", ").includes(`10.${item}`));
      expect(named.map(({ name }) => name)).to.not.deep.equal([]);
    });
  }

  it(
    "are given at the start, changed at any time, and held to the table",
    bench(
      async ({ sandbox: { variants } }) => {
        expect(variants.overlap).to.equal("soap");
        variants.overlap = "parallel";
        expect({ ...variants }).to.include({ overlap: "parallel", newId: "none" });
        expect(() => Object.assign(variants, { overlap: "sop" })).to.throw("Allowed: rest, soap, parallel");
        expect(() => Object.assign(variants, { overlaps: "soap" })).to.throw("There is no variant");
        await Promise.resolve();
      },
      { variants: { overlap: "soap" } },
    ),
  );
});
