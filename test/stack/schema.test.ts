import Ajv from "ajv";
import { expect } from "chai";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { PROVIDER_TYPES, TYPES } from "../../sdk/stack/types.js";
import { membersOf } from "./documentation.js";
import { exampleText, isModel, modelOf, NAMES, read } from "./files.js";
import { SCHEMA } from "./schema.js";
import { schemaText } from "./schemaOf.js";

const valid = new Ajv().compile(JSON.parse(readFileSync(SCHEMA, "utf8")) as object);
const accepts = (value: unknown): boolean => valid(value) === true;

/** Inputs that nothing is wrong with, one or more values for each. */
const ORDER = {
  productNameId: "ssl_basic",
  commonName: "www.example.com",
  csr: { file: "files/www.csr" },
  organizationId: 9001,
  orderValidity: { years: 1 },
};
const VALID: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  "ecgrid.Certificate": {
    commId: [5001, 7],
    overlapDays: [0, 30],
    years: [1, 3],
    renewalWindow: ["never", { days: 3 }, { share: 0.5 }],
    secureHashAlgorithm: ["SHA512"],
    expires: ["2027-05-07"],
    createAnother: [[], [1, 2]],
    trigger: ["a", { config: "demo:trigger" }],
    allowLastTermination: [true],
  },
  "certcentral.Order": {
    ...Object.fromEntries(Object.entries(ORDER).map(([key, value]) => [key, [value]])),
    dnsNames: [[], ["a.example.com", { config: "name" }]],
    contacts: [[{ contactType: "technical_contact", email: "a@example.com" }]],
    onDelete: ["retain"],
  },
  "partner.AcmeContract": { productNameId: ["ssl_dv_rapidssl"], sans: [["www.example.com"]], autoRenew: [false] },
  "apinizer.Certificate": {
    project: ["p"],
    name: ["n"],
    alias: ["a"],
    environments: [["production"]],
    pem: [{ file: "files/api.pem" }],
  },
  "apinizer.Jwk": { project: ["p"], name: ["n"], generate: [{ type: "RSA", size: 2048 }], description: ["d"] },
};
const REQUIRED =
  /^(commId|overlapDays|productNameId|commonName|csr|organizationId|orderValidity|sans|project|name|alias|environments|generate)$/;

const inputs = (type: string): fc.Arbitrary<Record<string, unknown>> => {
  const all = VALID[type] ?? {};
  return fc.record(Object.fromEntries(Object.entries(all).map(([key, values]) => [key, fc.constantFrom(...values)])), {
    requiredKeys: Object.keys(all).filter((key) => REQUIRED.test(key)),
  });
};

const group = fc.constantFrom(...Object.keys(VALID)).chain((type) =>
  fc.record({
    type: fc.constant(type),
    defaults: inputs(type),
    resources: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), inputs(type), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  }),
);

describe("stack files: the schema for editors", () => {
  it("is what the schemas of the inputs and the doc comments of the SDK give (npm run schema)", async () => {
    expect(readFileSync(SCHEMA, "utf8") === (await schemaText()), 'run "npm run schema"').to.equal(true);
  });

  it("has the inputs that the classes have, no fewer and no more; so have providers their settings", () => {
    for (const { name, values, resources, documented } of TYPES)
      expect([...Object.keys(values), ...Object.keys(resources)], name).to.have.members([
        ...membersOf(...documented).keys(),
      ]);
    for (const { system, settings, documented } of PROVIDER_TYPES)
      expect(Object.keys(settings), system).to.have.members([...membersOf(...documented).keys()]);
  });

  it("takes the examples, and refuses what clm validate refuses at the same place", () => {
    for (const name of [...NAMES, "uploads"]) expect(accepts(parse(exampleText(name))), name).to.equal(true);
    for (const [wrong, right] of [
      ["overlapDay: 30", "overlapDays: 30"],
      ["type: ecgrid.Certficate", "type: ecgrid.Certificate"],
      ["resource:", "resources:"],
      ["delayDays: many", "delayDays: 14"],
      ["", "      - end\n"],
    ] as const) {
      const text = exampleText("ecgrid").replace(right, wrong);
      expect(text).to.not.equal(exampleText("ecgrid"));
      expect([accepts(parse(text)), isModel(read(text))], wrong).to.deep.equal([false, false]);
    }
  });

  it("round trip: what is written as a file is taken by the schema, and becomes the resources that it was written from", () => {
    fc.assert(
      fc.property(fc.uniqueArray(group, { selector: ({ type }) => type, maxLength: 4 }), (groups) => {
        const list = { groups: [...groups, "end"] };
        const text = stringify(list);
        expect(accepts(parse(text))).to.equal(true);
        const wanted = groups.flatMap(({ type, defaults, resources }) =>
          Object.entries(resources).map(([name, own]) => [`${type}/${name}`, { ...defaults, ...own }]),
        );
        const found = modelOf(text).resources.map(({ key, inputs: read }) => [
          key,
          Object.fromEntries([...read].map(([input, { value }]) => [input, value])),
        ]);
        expect(Object.fromEntries(found)).to.deep.equal(Object.fromEntries(wanted));
      }),
      { numRuns: 200 },
    );
  });
});
