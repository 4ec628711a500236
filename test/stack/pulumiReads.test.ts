import { expect } from "chai";
import { join } from "node:path";
import { readModel } from "../../sdk/stack/model.js";
import { configSource, ownFile, readYaml, StackFileError } from "../../sdk/stack/source.js";
import { Secret } from "../../sdk/stack/yaml.js";
import { EXAMPLES, problemsOf, written } from "./files.js";

describe("stack files: what Pulumi has read, and what stands on disk", () => {
  const file = join(EXAMPLES, "Pulumi.dev.yaml");
  const list = (inputs: string, name = "a"): string =>
    `config:\n  clm:stack:\n    groups:\n      - type: ecgrid.Certificate\n        resources:\n          ${name}: ${inputs}\n      - end\n`;
  const value = (inputs: object, name = "a"): unknown => ({
    groups: [{ type: "ecgrid.Certificate", resources: { [name]: inputs } }, "end"],
  });
  const problems = (text: string, told: unknown): string => {
    try {
      readModel(configSource(file, readYaml(file, text), told));
      return "";
    } catch (error) {
      if (error instanceof StackFileError) return error.message;
      throw error;
    }
  };

  it("a secret is known where it stands, by merges, too, and is never printed", () => {
    const text =
      "config:\n  clm:stack:\n    groups:\n      - type: ecgrid.Certificate\n        defaults: &d { overlapDays: 30, trigger: { secure: v1:x } }\n" +
      "        resources: { a: { <<: *d, commId: { secure: v1:y } } }\n      - end\n";
    const told = {
      groups: [
        {
          type: "ecgrid.Certificate",
          defaults: { overlapDays: 30, trigger: "hunter2" },
          resources: { a: { overlapDays: 30, trigger: "hunter2", commId: "hunter3" } },
        },
        "end",
      ],
    };
    const { resources } = readModel(configSource(file, readYaml(file, text), told));
    expect(resources[0]?.inputs.get("trigger")?.value).to.be.instanceOf(Secret);
    expect(resources[0]?.inputs.get("commId")?.value).to.be.instanceOf(Secret);
    const elsewhere = problems(list("{ overlapDays: 30, commId: 1, trigger: x }"), told);
    expect(elsewhere).to.include("Pulumi has something else here").and.not.include("hunter");
  });

  it("what both readers do not take for the same is refused: names, octal numbers, dates, a list that is a text", () => {
    expect(problems(list("{ commId: 5001, overlapDays: 30 }"), value({ commId: 5001, overlapDays: 30 }))).to.equal("");
    const cases: [string, unknown, string][] = [
      [list("{ commId: 05001, overlapDays: 30 }"), value({ commId: 2561, overlapDays: 30 }), "05001 without quotes"],
      [list("{ commId: 1, overlapDays: 30 }", "010"), value({ commId: 1, overlapDays: 30 }, "8"), "010 without quotes"],
      [list("{ commId: 1, overlapDays: 1_0 }"), value({ commId: 1, overlapDays: 10 }), "1_0 without quotes"],
      [
        list("{ commId: 1, overlapDays: 30, trigger: 2028-05-07 }"),
        value({ commId: 1, overlapDays: 30, trigger: "2028-05-07 00:00:00 +0000 UTC" }),
        "Pulumi has something else here",
      ],
      [`config:\n  clm:stack: '{"groups":["end"]}'\n`, { groups: ["end"] }, "Pulumi has something else here"],
    ];
    for (const [text, told, words] of cases) expect(problems(text, told)).to.include(words);
    for (const name of ["010", "1.10", "null", "~", "0x10", "2028-05-07"])
      expect(problemsOf(list("{ commId: 1, overlapDays: 30 }", name)).join(), name).to.include("without quotes");
    for (const name of ["yes", "v1.10", '"010"', "a-1"])
      expect(problemsOf(list("{ commId: 1, overlapDays: 30 }", name)), name).to.deep.equal([]);
  });

  it("numbers, line ends and dates that Pulumi reads otherwise are told offline, too; what all read alike is fine", () => {
    const others = ["-0x10", "+0x10", "0X1F", "0x1_F", "1.5_0", "1e1_0", "0O17", "-0o17", "0b11", "007", "1_000"];
    for (const number of others) {
      const told = problemsOf(list(`{ commId: 1, overlapDays: 1, trigger: ${number} }`)).join("\n");
      expect(told, number).to.include(`${number} without quotes is something else to Pulumi's reader`);
      expect(problemsOf(list(`{ commId: 1, overlapDays: 1, trigger: "${number}" }`)), number).to.deep.equal([]);
    }
    for (const number of ["30", "3e1", "0x1e", "+30", "0o36", "30."])
      expect(problemsOf(list(`{ commId: 1, overlapDays: ${number} }`)), number).to.deep.equal([]);
    for (const text of ["_1", "1:30", "v1", "1-2", "1.2.3", "0x", "e1"])
      expect(problemsOf(list(`{ commId: 1, overlapDays: 30, trigger: ${text} }`)), text).to.deep.equal([]);
    for (const name of [".5", "1e1_0", "0X1F", "-0o17"])
      expect(problemsOf(list("{ commId: 1, overlapDays: 30 }", name)).join(), name).to.include("without quotes");
    expect(problemsOf(list("{ commId: 1, overlapDays: 30, was: 2028-05-07 }")).join()).to.match(
      /^6:\d+: groups\[0\]\.resources\.a\.was: is a date without quotes/,
    );
    expect(problemsOf(list("{ commId: 1, overlapDays: 30 } # x\u0085")).join()).to.match(
      /^6:48: holds a character that ends a line/,
    );
    expect(problemsOf(list('{ commId: 1, overlapDays: 30, trigger: "\\u0085\\N" }'))).to.deep.equal([]);
  });

  it("in a file of its own, which Pulumi does not read, dates are texts, and numbers are what all readers take for the same", () => {
    const own = (inputs: string): string =>
      `groups:\n  - type: ecgrid.Certificate\n    resources:\n      a: ${inputs}\n  - end\n`;
    expect(problemsOf(own("{ commId: 1, overlapDays: 30, was: 2028-05-07 } # \u0085"))).to.deep.equal([]);
    expect(problemsOf(own("{ commId: 1, overlapDays: 010 }")).join())
      .to.include("010 without quotes is something else to other readers of YAML")
      .and.not.include("Pulumi");
  });

  it("provider instances have names like resources; a name is the same however it is composed, in references, too", () => {
    const told = problemsOf(
      'providers:\n  "a::b": { system: ecgrid }\n  "": { system: partner }\n  "x\\ny": { system: partner }\n  " z ": { system: apinizer }\n  "\\u00e9": { system: ecgrid }\n  "e\\u0301": { system: partner }\ngroups: [end]\n',
    );
    expect(told.filter((one) => one.includes(": the name is "))).to.have.length(4);
    expect(told.at(-1)).to.match(/^7:3: .*there is another provider instance of this name/);
    const refer = (name: string, reference: string): string[] =>
      problemsOf(`groups:
  - { type: ecgrid.Certificate, defaults: { commId: 1, overlapDays: 3 }, resources: { "${name}": {} } }
  - { type: Retirement, resources: { r: { of: { from: "ecgrid.Certificate/${reference}" } } } }
  - end
`);
    for (const name of ["e\u0301", "\u00e9"])
      for (const reference of ["e\u0301", "\u00e9"]) expect(refer(name, reference)).to.deep.equal([]);
  });

  it("names that people or editors take for the same are refused; the content of a file is not repeated", () => {
    const names = (...all: string[]): string =>
      `groups:\n  - type: ecgrid.Certificate\n    defaults: { commId: 1, overlapDays: 30 }\n    resources:\n${all.map((one) => `      ${one}: {}\n`).join("")}  - end\n`;
    expect(problemsOf(names('"a "')).join()).to.include("blanks at its ends");
    expect(problemsOf(names('"a\\nb"')).join()).to.include("control characters");
    expect(problemsOf(names('"\\u00e9"', '"e\\u0301"')).join()).to.include(
      "there is another ecgrid.Certificate of this name",
    );
    written("secret.txt", "hunter2");
    const told = readModelOf(written("own.yaml", names("a").replace("commId: 1", "commId: { file: secret.txt }")));
    expect(told).to.include("commId is not allowed as it is in the file: allowed").and.not.include("hunter2");
  });

  const readModelOf = (own: string): string => {
    try {
      readModel(ownFile(own));
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
});
