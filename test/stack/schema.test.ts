import Ajv from "ajv";
import { expect } from "chai";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { PROVIDER_TYPES, TYPES } from "../../sdk/stack/types.js";
import { REPOSITORY } from "../instrument/project.js";
import { membersOf } from "./documentation.js";
import { exampleText, isModel, modelOf, NAMES, read } from "./files.js";
import { SCHEMA } from "./schema.js";
import { schemaText } from "./schemaOf.js";

const valid = new Ajv().compile(JSON.parse(readFileSync(SCHEMA, "utf8")) as object);
const accepts = (value: unknown): boolean => valid(value) === true;

/** What others refer to. */
const BASE = "ecgrid.Certificate/base-of-all";
const PROVIDERS = Object.fromEntries(
  PROVIDER_TYPES.map(({ system }) => [`other-${system}`, { system, url: "https://example.com", timeoutSeconds: 5 }]),
);

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
  "ecgrid.UploadedCertificate": {
    commId: [5001],
    cert: [{ config: "pfx" }],
    password: [{ config: "password" }],
    usage: ["Encryption"],
  },
  "ecgrid.PartnerCertificate": {
    commId: [5002],
    cert: [{ file: "files/partner-b.pem" }],
    trigger: [{ from: BASE, output: "current.serialNumber" }],
  },
  "partner.AcmeCredential": { contractId: [5, { from: BASE, output: "id" }], rotateAfterDays: [90], trigger: ["2026"] },
  Retirement: { of: [{ from: BASE }], after: [[], [{ from: BASE }]], delayDays: [0, 14] },
  "partner.AcmeContract": { productNameId: ["ssl_dv_rapidssl"], sans: [["www.example.com"]], autoRenew: [false] },
  "apinizer.Certificate": {
    project: ["p"],
    name: ["n"],
    alias: ["a"],
    environments: [["production"]],
    pem: [{ file: "files/api.pem" }, { from: BASE, output: "current.pem" }],
  },
  "apinizer.Jwk": { project: ["p"], name: ["n"], generate: [{ type: "RSA", size: 2048 }], description: ["d"] },
};
const REQUIRED =
  /^(commId|overlapDays|productNameId|commonName|csr|organizationId|orderValidity|sans|project|name|alias|environments|generate|cert|contractId|of)$/;

const inputs = (type: string): fc.Arbitrary<Record<string, unknown>> => {
  const all = VALID[type] ?? {};
  return fc.record(Object.fromEntries(Object.entries(all).map(([key, values]) => [key, fc.constantFrom(...values)])), {
    requiredKeys: Object.keys(all).filter((key) => REQUIRED.test(key)),
  });
};

const options = (type: string): fc.Arbitrary<Record<string, unknown>> => {
  const system = TYPES.find(({ name }) => name === type)?.kind.system ?? "";
  return fc.record(
    {
      ...{ protect: fc.boolean(), retainOnDelete: fc.boolean(), dependsOn: fc.constantFrom([], [{ from: BASE }]) },
      ...(type === "Retirement" ? {} : { provider: fc.constant(`other-${system}`) }),
    },
    { requiredKeys: [] },
  );
};

const resource = (type: string): fc.Arbitrary<Record<string, unknown>> =>
  fc.tuple(inputs(type), fc.option(options(type)), fc.nat({ max: 2 }), fc.nat()).map(([own, opts, names, number]) => ({
    ...own,
    ...(opts === null ? {} : { options: opts }),
    ...(names === 0 ? {} : { was: names === 1 ? `Was ${number}` : [`Was ${number}`, `Earlier ${number}`] }),
  }));

const group = fc.constantFrom(...Object.keys(VALID)).chain((type) =>
  fc.record({
    type: fc.constant(type),
    defaults: inputs(type),
    options: options(type),
    resources: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), resource(type), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  }),
);

/** A resource in one way of writing it: what it takes of its group written out, references as their keys. */
const plainly = (one: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const { was = [], options: own = {}, of, after, ...values } = one;
  const { dependsOn = [], ...flags } = own as Record<string, unknown>;
  const keys = (list: unknown): string[] => [list ?? []].flat().map((form) => (form as { from: string }).from);
  return { values, flags, was: [was].flat(), of: keys(of), after: keys(after), dependsOn: keys(dependsOn) };
};
const defined = (record: object): object =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

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

  it("takes the examples and the template", () => {
    for (const name of [...NAMES, "uploads"]) expect(accepts(parse(exampleText(name))), name).to.equal(true);
    const template = readFileSync(join(REPOSITORY, "examples", "stack", "Pulumi.yaml"), "utf8");
    expect(accepts(parse(template.replace(/\$\{.*\}/g, "x")))).to.equal(true);
  });

  it("takes what clm validate takes, and refuses what it refuses, as far as a schema can say it", () => {
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
    const certificates = (resources: string, more = ""): string =>
      `groups: [{ type: ecgrid.Certificate, defaults: { commId: 1, overlapDays: 3 }, ${more}resources: ${resources} }, end]`;
    const uploads = (inputs: string): string =>
      `groups: [{ type: ecgrid.UploadedCertificate, resources: { a: { commId: 1, ${inputs} } } }, end]`;
    const provider = (settings: string, name = "p"): string =>
      `providers: { "${name}": { system: ecgrid, ${settings} } }\ngroups: [end]`;
    const cases: readonly (readonly [boolean, string])[] = [
      [true, certificates("{ Encryption: { usage: '${name}' } }")],
      [true, certificates("{ a: { trigger: '${name}', was: [x, y] } }")],
      [true, certificates("{ a: { renewalWindow: { days: { config: x } } } }")],
      [true, certificates("{ a: { allowLastTermination: { config: x }, commId: { config: y } } }")],
      [false, certificates("{ a: { was: [x, x] } }")],
      [false, certificates("{ a: { was: 'x::y' } }")],
      [false, certificates("{ a: { was: '' } }")],
      [false, certificates("{ 'a::b': {} }")],
      [false, certificates("{ '': {} }")],
      [false, certificates("{ ' a': {} }")],
      [false, certificates('{ "a\\u200b": {} }')],
      [false, certificates('{ "a\\nb": {} }')],
      [true, certificates("{ 'a:b c': {}, 'é': {} }")],
      [false, certificates("{ a: { years: 0 } }")],
      [false, certificates("{ a: { options: { dependsOn: [{ from: ecgrid.Certificate/b, output: id }] } }, b: {} }")],
      [false, certificates("{ a: {} }", "options: { provider: 5 }, ")],
      [true, uploads("cert: { config: x }, password: { config: y }")],
      [false, uploads("cert: { config: x }, password: hunter2")],
      [false, uploads("cert: aGk=, password: { config: y }")],
      [true, provider("apiKey: { config: x }, url: { config: y }")],
      [false, provider("apiKey: abc")],
      [false, provider("url: { from: a/b, output: id }")],
      [false, provider("timeoutSeconds: 3601")],
      [false, provider("url: 'https://example.com'", "a::b")],
      [false, "groups: [end, { type: ecgrid.Certificate, resources: {} }]"],
      [false, "groups: [end, end]"],
      [false, "groups: []"],
      [true, "groups: [end]"],
      [
        false,
        "providers: { p: { system: ecgrid } }\ngroups: [{ type: ecgrid.Certificate, resources: { a: { commId: 1, overlapDays: 1 } } }, { type: Retirement, resources: { r: { of: { from: ecgrid.Certificate/a }, options: { provider: p } } } }, end]",
      ],
    ];
    for (const [taken, text] of cases)
      expect([accepts(parse(text)), isModel(read(text))], text).to.deep.equal([taken, taken]);
  });

  it("round trip: what is written as a file is taken by the schema, and becomes the resources that it was written from", () => {
    expect(Object.keys(VALID)).to.have.members(TYPES.map(({ name }) => name));
    fc.assert(
      fc.property(fc.uniqueArray(group, { selector: ({ type }) => type, maxLength: 5 }), (groups) => {
        const former = new Set<string>();
        // A former name stands once in a file.
        for (const { type, resources } of groups)
          for (const one of Object.values(resources)) {
            const names = [(one.was ?? []) as string | string[]].flat().map((name) => `${type} ${name}`);
            if (names.some((name) => former.has(name))) delete one.was;
            else names.forEach((name) => former.add(name));
          }
        const base = { type: "ecgrid.Certificate", resources: { "base-of-all": { commId: 1, overlapDays: 1 } } };
        const text = stringify(
          { providers: PROVIDERS, groups: [...groups, base, "end"] },
          { aliasDuplicateObjects: false },
        );
        expect(accepts(parse(text)), text).to.equal(true);
        const wanted = [...groups, { defaults: {}, options: {}, ...base }].flatMap(
          ({ type, defaults, options: shared, resources }) =>
            Object.entries(resources).map(([name, own]: [string, Record<string, unknown>]) => [
              `${type}/${name}`,
              plainly({ ...defaults, ...own, options: { ...shared, ...(own.options as object | undefined) } }),
            ]),
        );
        const model = modelOf(text);
        const found = model.resources.map((one) => [
          one.key,
          {
            values: Object.fromEntries([...one.inputs].map(([input, { value }]) => [input, value])),
            flags: defined({ protect: one.protect, retainOnDelete: one.retainOnDelete, provider: one.provider }),
            ...{ was: one.was, dependsOn: one.dependsOn },
            ...{ of: one.resources.get("of") ?? [], after: one.resources.get("after") ?? [] },
          },
        ]);
        expect(Object.fromEntries(found)).to.deep.equal(Object.fromEntries(wanted));
        expect(
          Object.fromEntries(
            model.providers.map(({ name, type, settings }) => [
              name,
              { system: type.system, ...Object.fromEntries([...settings].map(([key, { value }]) => [key, value])) },
            ]),
          ),
        ).to.deep.equal(PROVIDERS);
      }),
      { numRuns: 150 },
    );
  });
});
