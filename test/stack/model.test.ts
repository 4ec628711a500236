import { expect } from "chai";
import { z } from "zod";
import { KINDS } from "../../provider/dynamic/kinds.js";
import { FORM_KEYS } from "../../sdk/stack/forms.js";
import { memberOf } from "../../sdk/stack/members.js";
import { TYPES } from "../../sdk/stack/types.js";
import { readModel } from "../../sdk/stack/model.js";
import { makePfx } from "../../sandbox/index.js";
import { configFile, ownFile, readYaml, StackFileError } from "../../sdk/stack/source.js";
import { exampleFile, exampleText, modelOf, NAMES, problemsOf, read, written } from "./files.js";

const group = (resources: string, more = ""): string =>
  `groups:\n  - type: ecgrid.Certificate\n    defaults: { overlapDays: 30 }\n${more}    resources:\n${resources}  - end\n`;

const EXPECTED: readonly string[] = [
  '2:5: groups[0].type: type is "ecgrid.Certficate": allow',
  "5:5: groups[1].default: the key default is not known: allo",
  '6:17: groups[1].defaults.overlapDays: overlapDays is "many": allowed is ',
  "6:36: groups[1].defaults.trigger: ${nome} is not known in a pattern:",
  '7:16: groups[1].options.protect: is "yes please": allowed is true o',
  "9:12: groups[1].resources.a.commId: commId is 0: allowed is a whole nu",
  "9:23: groups[1].resources.a.was: ecgrid.Certificate/b is declared, ",
  "10:7: groups[1].resources.b: commId is missing: allowed is a wh",
  "10:12: groups[1].resources.b.comId: the key comId is not known: allowe",
  "11:7: groups[1].resources.c: is empty: allowed is the inputs of",
  "12:12: groups[1].resources.d.commId: a circle of references: ecgrid.Cer",
  "12:91: groups[1].resources.d.options.dependsOn[0]: there is no ecgrid.Certificate/x i",
  '12:124: groups[1].resources.d.options.provider: is "acme": allowed is the name of ',
  "15:46: groups[2].resources.gw.environments: environments is []: allowed is a l",
  "15:99: groups[2].resources.gw.pem.output: curent is not an output of ecgrid.",
  "18:21: groups[3].resources.k.certificate: is a ecgrid.Certificate: allowed i",
  "18:82: groups[3].resources.k.algorithm: algorithm is none: allowed for SIG",
  "19:7: groups[3].resources.l: project is missing: allowed is the",
  "19:21: groups[3].resources.l.certificateThumbprint: the key certificateThumbprint is n",
  "20:5: groups[4]: is the last item of groups, which ",
  "21:18: groups[4].resources.r: of is missing: allowed is { from: ",
  "21:23: groups[4].resources.r.delayDays: delayDays is -1: allowed is a whol",
  "21:38: groups[4].resources.r.accepted: has the key more beside config: al",
];

describe("stack files: what they say", () => {
  it("the examples have nothing wrong; own.pfx is what the one for uploads wants", () => {
    const resources = Object.fromEntries(NAMES.map((name) => [name, modelOf(exampleText(name)).resources.length]));
    expect(resources).to.deep.equal({ apinizer: 3, certcentral: 2, chain: 4, ecgrid: 4, fifty: 50, partner: 4 });
    expect(problemsOf(exampleText("uploads"))).to.have.length(1);
    expect(problemsOf(exampleText("uploads"))[0]).to.match(/cert\.file: is "own\.pfx".*there is no such file/);
  });

  it("every kind is a type, and no input is spelt like a form or like what a resource has besides inputs", () => {
    expect(TYPES.map(({ kind }) => kind.kind)).to.have.members(Object.values(KINDS).map(({ kind }) => kind));
    const shapes = JSON.stringify(
      TYPES.map(({ kind }) => kind.inputs.toJSONSchema({ io: "input", unrepresentable: "any" })),
    );
    for (const key of FORM_KEYS) expect(shapes).to.not.include(`"${key}":`);
    for (const { values, resources } of TYPES)
      expect([...Object.keys(values), ...Object.keys(resources)])
        .to.not.include.members(["was"])
        .and.not.include("options");
  });

  it("a resource has its own inputs and options before those of its group, and comes after all that it refers to", () => {
    const model = modelOf(`groups:
  - type: Retirement
    defaults: { of: { from: "ecgrid.Certificate/\${name}" } }
    options: { protect: true, retainOnDelete: false }
    resources:
      a: { delayDays: 3, was: [b, c], options: { protect: false } }
  - type: ecgrid.Certificate
    defaults: { overlapDays: 30, trigger: "\${name} costs $\${5}" }
    resources:
      a: { commId: 5001, overlapDays: 1 }
  - end
`);
    const [certificate, retirement] = model.resources;
    expect([...(certificate?.inputs ?? [])].map(([key, { value }]) => [key, value])).to.deep.equal([
      ["commId", 5001],
      ["overlapDays", 1],
      ["trigger", "a costs ${5}"],
    ]);
    expect(retirement).to.deep.include({ key: "Retirement/a", protect: false, retainOnDelete: false, was: ["b", "c"] });
    expect(retirement?.resources.get("of")).to.deep.equal(["ecgrid.Certificate/a"]);
  });

  it("all problems at once, each with its place, what was found, what is allowed and what was meant", () => {
    const text = `groups:
  - type: ecgrid.Certficate
    resources: {}
  - type: ecgrid.Certificate
    default: {}
    defaults: { overlapDays: many, trigger: "\${nome}" }
    options: { protect: yes please }
    resources:
      a: { commId: 0, was: b }
      b: { comId: 5001, beginUsage: "2027-01-01T00:00:00Z", expires: "2026-01-01" }
      c:
      d: { commId: { from: ecgrid.Certificate/d, output: commId }, options: { dependsOn: [{ from: ecgrid.Certificate/x }], provider: acme } }
  - type: apinizer.Certificate
    resources:
      gw: { project: p, name: gw, alias: gw, environments: [], pem: { from: ecgrid.Certificate/a, output: curent.pem } }
  - type: apinizer.Jwk
    resources:
      k: { name: k, certificate: { from: ecgrid.Certificate/a }, environment: e, algorithm: none }
      l: { name: k, certificateThumbprint: x, generate: { type: RSA, size: 1 } }
  - type: Retirement
    resources: { r: { delayDays: -1, accepted: { config: a, more: b } } }
`;
    const problems = problemsOf(text);
    expect(problems.map((one) => /^\d+:\d+: \S+: .{0,34}/.exec(one)?.[0])).to.deep.equal(EXPECTED);
    expect(problems.join("\n"))
      .to.include("the key comId is not known: allowed is commId, onDelete,")
      .and.include("did you mean commId?");
    expect(problems.join("\n")).to.include("allowed is a whole number from 1 to 2147483647 (an existing comm)");
  });

  it("a misspelt type, or a name twice, hides nothing else, and makes no other report", () => {
    const misspelt = `groups:
  - type: ecgrid.Certficate
    defaults: { overlapDay: 3 }
    resources:
      a: { comId: 1, overlapDays: 1 }
  - type: Retirement
    resources: { r: { of: { from: ecgrid.Certificate/a } } }
  - end
`;
    expect(problemsOf(misspelt).map((one) => /^\d+:\d+: \S+ .{0,20}/.exec(one)?.[0])).to.deep.equal([
      '2:5: groups[0].type: type is "ecgrid.Cert',
      "3:17: groups[0].defaults.overlapDay: the key overlapDay i",
      "5:7: groups[0].resources.a: commId is missing: a",
      "5:12: groups[0].resources.a.comId: the key comId is not",
    ]);
    expect(problemsOf(misspelt.replace("ecgrid.Certficate", "something")), "no type is near").to.have.length(1);
    const twice = `groups:
  - type: ecgrid.Certificate
    defaults: { overlapDays: 3 }
    resources:
      a: { commId: 1 }
  - type: ecgrid.Certificate
    resources:
      a: { comId: 1, overlapDays: many, options: { dependsOn: [{ from: ecgrid.Certificate/b }] } }
  - end
`;
    expect(problemsOf(twice).map((one) => /^\d+:\d+: \S+ .{0,20}/.exec(one)?.[0])).to.have.members([
      "8:7: groups[1].resources.a: there is another ecg",
      "8:7: groups[1].resources.a: commId is missing: a",
      "8:12: groups[1].resources.a.comId: the key comId is not",
      '8:22: groups[1].resources.a.overlapDays: overlapDays is "many',
      "8:64: groups[1].resources.a.options.dependsOn[0]: there is no ecgrid.C",
    ]);
  });

  it("what a file of a certificate has is told with its reason; a password that ends with a line break where it stands", async () => {
    const { pfx } = await makePfx({
      subject: "CN=own",
      password: "hunter2",
      notBefore: new Date("2026-01-01"),
      notAfter: "2036-01-01T00:00:00Z",
    });
    written("own.pfx", Buffer.from(pfx, "base64"));
    written("right.txt", "hunter2");
    written("line.txt", "hunter2\n");
    written("other.txt", "hunter3");
    const told = (password: string): string => {
      try {
        readModel(
          ownFile(
            written(
              "password.yaml",
              `groups:\n  - { type: ecgrid.UploadedCertificate, resources: { a: { commId: 1, cert: { file: own.pfx }, password: { file: ${password} } } } }\n  - end\n`,
            ),
          ),
        );
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(told("right.txt")).to.equal("");
    expect(told("line.txt")).to.match(
      /^password\.yaml:2:\d+: groups\[0\]\.resources\.a\.password\.file: ends with a line break[^\n]*$/,
    );
    expect(told("other.txt")).to.match(
      /resources\.a\.cert: cert is a PKCS#12 container that the password does not open$/,
    );
  });

  it("a thousand references that lead nowhere cost no search of all names each", () => {
    const lines = Array.from(
      { length: 1000 },
      (_, index) =>
        `      partner-number-${index}: { commId: 1, trigger: { from: ecgrid.Certificate/prtner-nuber-${index}x, output: id } }\n`,
    );
    const told = problemsOf(group(lines.join("")));
    expect(told).to.have.length(1000);
    expect(told.filter((one) => one.includes("did you mean"))).to.have.length(20);
  });

  it("two hundred resources cost as much as ten times twenty: nothing in a model grows faster than its list", () => {
    const [large, small] = [200, 20].map((count) =>
      group(
        Array.from(
          { length: count },
          (_, index) =>
            `      partner-${index}: { commId: ${index + 1}, was: old-${index}, trigger: { from: ecgrid.Certificate/${index + 1 === count ? "last" : `partner-${index + 1}`}, output: id } }\n`,
        )
          .join("")
          .concat("      last: { commId: 9999 }\n"),
      ),
    );
    /** Processor time of reading a text several times, microseconds. */
    const cost = (text = "", times: number): number => {
      const before = process.cpuUsage();
      for (let time = 0; time < times; time++) modelOf(text);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    cost(small, 10); // what is compiled on the way is paid for
    const ratios = Array.from({ length: 3 }, () => cost(large, 1) / cost(small, 10));
    expect(Math.min(...ratios), `ratios ${ratios.join(", ")}`).to.be.lessThan(3);
  });

  it("a group that is empty on purpose, and a list of nothing", () => {
    expect([...modelOf(group("", "").replace("resources:\n", "resources: {}\n")).types]).to.deep.equal([
      "ecgrid.Certificate",
    ]);
    expect(modelOf("groups: [end]").resources).to.deep.equal([]);
    expect(problemsOf("")).to.have.length(1);
    expect(problemsOf("groups:\n")).to.have.length(1);
    expect(problemsOf(group(""))[0]).to.match(/^4:5: groups\[0\]\.resources: is empty: allowed is a map of resources/);
  });

  it("a name twice, in one group and over several", () => {
    expect(problemsOf(group("      a: { commId: 1 }\n      a: { commId: 2 }\n"))[0]).to.match(
      /^6:7: no valid YAML: .*unique/i,
    );
    const twice = group("      a: { commId: 1 }\n").replace(
      "  - end",
      "  - type: ecgrid.Certificate\n    resources:\n      a: { commId: 2, overlapDays: 1 }\n  - end",
    );
    expect(problemsOf(twice)).to.deep.equal([
      "8:7: groups[1].resources.a: there is another ecgrid.Certificate of this name in line 5: allowed is each name once for a type",
    ]);
  });

  it("secrets: encrypted ones are taken for right, nowhere repeated, and in a file of its own named by their key", () => {
    const own = group("      a: { commId: 1, trigger: { secure: hunter2 } }\n");
    expect(problemsOf(own)[0]).to.include("allowed here is { config: <key> }");
    const config = `config:\n  clm:stack:\n${group("      a: { commId: 1, trigger: { secure: v1:abc } }\n").replace(/^(?=.)/gm, "    ")}`;
    expect(problemsOf(config)).to.deep.equal([]);
    const clear = `providers:\n  acme: { system: ecgrid, apiKey: hunter2 }\n  ACME: { system: apinizer, tokn: x }\ngroups: [end]`;
    expect(problemsOf(clear).join("\n")).to.not.include("hunter2");
    expect(problemsOf(clear)).to.have.length(2);
  });

  it("a secret input in clear is refused, in the list and in another configuration value, and nowhere repeated", () => {
    const list = (password: string, cert = "{ config: cert }", defaults = "{}"): string =>
      `groups:\n  - { type: ecgrid.UploadedCertificate, defaults: ${defaults}, resources: { a: { commId: 1, cert: ${cert}${password === "" ? "" : `, password: ${password}`} } } }\n  - end\n`;
    const told = (text: string, secret: boolean | undefined): string => {
      try {
        const config = `config:\n  clm:stack:\n${text.replace(/^(?=.)/gm, "    ")}`;
        const file = exampleFile("read");
        readModel(configFile(file, readYaml(file, config)), () =>
          secret === undefined ? "unknown" : { value: "hunter2", secret },
        );
        return "";
      } catch (error) {
        if (error instanceof StackFileError) return error.message;
        throw error;
      }
    };
    for (const text of [
      list("hunter2"),
      list("'${name}-hunter2'"),
      list("12345"),
      list("", "aHVudGVyMg=="),
      list("", "{ config: c }", "{ password: hunter2 }"),
    ])
      expect(told(text, undefined), text)
        .to.match(/: groups\[0\]\.(resources\.a|defaults)\.(password|cert): is a secret in clear/)
        .and.not.include("hunter2")
        .and.not.include("12345");
    expect(told(list("{ config: pw }"), false))
      .to.match(/a\.password: password is secret, and .* in clear/)
      .and.not.include("hunter2");
    for (const text of [list("{ config: pw }"), list("{ secure: v1:x }"), list("{ secure: v1:x }", "{ secure: v1:y }")])
      for (const secret of [true, undefined]) expect(told(text, secret), text).to.equal("");
    const partner =
      "groups:\n  - { type: ecgrid.PartnerCertificate, resources: { a: { commId: 1, cert: x } } }\n  - end\n";
    expect(told(partner, true), "public").to.not.include("in clear").and.not.equal("");
    expect(TYPES.filter(({ kind }) => kind.secretInputs.length > 0).map(({ name }) => name)).to.deep.equal([
      "ecgrid.UploadedCertificate",
    ]);
  });

  it("names that every object has are names like others, or unknown ones, wherever they stand", () => {
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect(problemsOf(`providers: { acme: { system: ecgrid, ${name}: x } }\ngroups: [end]`).join(), name).to.include(
        `the key ${name} is not known`,
      );
      for (const text of [
        `providers: { acme: { system: ${name} } }\ngroups: [end]`,
        `providers: { acme: { system: apinizer, fields: ${name} } }\ngroups: [end]`,
        `groups: [{ type: ${name}, resources: {} }, end]`,
        `groups: [{ type: ecgrid.Certificate, ${name}: x, resources: {} }, end]`,
        group(`      a: { commId: 1, ${name}: x }\n`),
        group(`      a: { commId: 1, options: { ${name}: x } }\n`),
        group(`      a: { commId: 1, trigger: { from: ecgrid.Certificate/${name}, output: id } }\n`),
        group(
          `      a: { commId: 1 }\n      b: { commId: 1, trigger: { from: ecgrid.Certificate/a, output: ${name} } }\n`,
        ),
        group(`      a: { commId: 1, options: { provider: ${name} } }\n`),
      ])
        expect(problemsOf(text), text).to.have.length(1);
      expect(modelOf(group(`      ${name}: { commId: 1 }\n`)).resources.map((one) => one.name)).to.deep.equal([name]);
      expect(modelOf(`providers: { ${name}: { system: ecgrid } }\ngroups: [end]`).providers).to.have.length(1);
    }
  });

  it("a date that Pulumi would make another text of is told in Pulumi.<stack>.yaml, and fine in a file of its own", () => {
    const own = group("      a: { commId: 1, expires: 2028-05-07 }\n");
    expect(problemsOf(own)).to.deep.equal([]);
    expect(problemsOf(`config:\n  clm:stack:\n${own.replace(/^(?=.)/gm, "    ")}`)[0]).to.match(
      /^7:\d+: groups\[0\]\.resources\.a\.expires: is a date without quotes/,
    );
  });

  it("an output that is not there, or an input that is not set there, is refused at any depth", () => {
    const chain = (output: string): string[] => problemsOf(exampleText("chain").replace("current.pem", output));
    for (const output of ["current.pem", "current.chainPem", "previous.0.serialNumber", "id", "order.status", "next"])
      expect(chain(output), output).to.deep.equal([]);
    for (const [output, says] of [
      ["current.pemm", "pemm is not an output of certcentral.Order current: allowed is orderId, certificateId"],
      ["curent.pem", "curent is not an output of certcentral.Order: allowed is id, "],
      ["current.constructor", "constructor is not an output"],
      ["current.pem.x", "x is not there, certcentral.Order current.pem has no parts"],
      ["id.x", "x is not there, certcentral.Order id has no parts"],
      ["current.", " is not an output of certcentral.Order current"],
      ["previous.first.serialNumber", "first is not an output of certcentral.Order previous"],
      ["orderValidity.month", "month is not an output of certcentral.Order orderValidity: allowed is years, days"],
    ] as const)
      expect(chain(output).join("\n"), output)
        .to.match(/^2[0-9]:\d+: groups\[1\]\.resources\.api\.pem\.output: /)
        .and.include(says);
    expect(chain("current.pemm")[0]).to.match(/; did you mean pem\?$/);
    const two = (output: string, own = ""): string[] =>
      problemsOf(
        group(
          `      a: { commId: 1${own} }\n      b: { commId: 2, partnerAs2Id: { from: ecgrid.Certificate/a, output: ${output} } }\n`,
        ),
      );
    expect(two("partnerAs2Id", ", partnerAs2Id: x")).to.deep.equal([]);
    expect(two("overlapDays"), "by the defaults of the group").to.deep.equal([]);
    expect(two("partnerAs2Id").join()).to.include(
      "partnerAs2Id is an input of ecgrid.Certificate/a that is not set there: allowed is one that is, or comm, current",
    );
  });

  it("whatever outputs a state has is allowed, and nothing else", () => {
    for (const { kind } of TYPES)
      for (const [field, schema] of Object.entries(kind.state.shape).filter(([name]) => !name.startsWith("__"))) {
        expect(memberOf(kind, field).wrong, `${kind.kind} ${field}`).to.equal(undefined);
        expect(memberOf(kind, field).optional).to.equal(z.safeParse(schema, undefined).success);
        expect(memberOf(kind, `${field}x`).wrong, `${kind.kind} ${field}x`).to.not.equal(undefined);
      }
    expect(memberOf(KINDS.CertcentralOrder, "current.certificateId").optional, "before it is issued").to.equal(true);
    expect(memberOf(KINDS.CertcentralOrder, "order.status").optional).to.equal(false);
    expect(memberOf(KINDS.EcgridCertificate, "current.serialNumber").optional).to.equal(true);
    expect(memberOf(KINDS.EcgridCertificate, "current.certKeyId").optional).to.equal(false);
    expect(memberOf(KINDS.PartnerAcmeCredential, "clients.nothing").wrong?.known).to.include("certbot");
  });

  it("references in a circle, and to a type that does not fit", () => {
    const circle = group(`      a: { commId: { from: ecgrid.Certificate/b, output: commId } }
      b: { commId: { from: ecgrid.Certificate/a, output: commId } }
`);
    expect(problemsOf(circle)).to.have.length(1);
    expect(problemsOf(circle)[0]).to.include(
      "a circle of references: ecgrid.Certificate/a -> ecgrid.Certificate/b -> ecgrid.Certificate/a",
    );
    expect(read(circle)).to.be.an("array");
  });
});
