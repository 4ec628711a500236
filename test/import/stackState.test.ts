import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { namesOf } from "../../sdk/cli/import/names.js";
import type { Found } from "../../sdk/cli/import/found.js";
import { importing, storedIn, type Ended } from "./importing.js";

/** What the stack has after the import of a run. */
const resourcesOf = (ended: Ended): object[] =>
  storedIn(ended).map(({ type, name, inputs, outputs, id }) => ({
    ...{ urn: `urn:pulumi:dev::shop::${type}::${name}`, type, id, custom: true, inputs, outputs },
  }));

describe("clm import into a stack that has something", () => {
  it(
    "imports nothing twice, whatever holds it, and gives no name twice",
    importing(async (opened) => {
      const { certcentral, ecgrid, partner } = opened.sandbox;
      const contract = partner.addContract();
      partner.regenerateOutside(contract, false);
      ecgrid.addComm({ commId: 5001 });
      await ecgrid.addCertificate({ commId: 5001 });
      await certcentral.addOrder({ commonName: "www.example.com" });
      const scan = ["certcentral", "ecgrid", "partner", "--contract", String(contract)];
      const first = await opened.written(...scan);
      expect(first.code, first.stderr).to.equal(0);
      opened.has(resourcesOf(first));

      const again = await opened.written(...scan);
      expect(again).to.include({ code: 4, files: undefined });
      expect(again.stdout).to.include("0 to import, 5 not");
      expect(again.stdout).to.include("resource www.example.com of the stack holds it");
      expect(again.stdout).to.include("resource comm-5001-EncryptionAndSignature of the stack holds it");

      const more = await certcentral.addOrder({ commonName: "www.example.com" });
      const third = await opened.written(...scan);
      expect(third.code).to.equal(4);
      expect(storedIn(third).map(({ name }) => name)).to.deep.equal([`www.example.com-${more}`]);
    }),
  );

  it(
    "imports nothing when what the stack has cannot be read, and says when nobody has looked",
    importing(async (opened) => {
      await opened.sandbox.certcentral.addOrder();
      const broken = {
        urn: "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/certcentral:Order::www",
        outputs: { order: "of a later version" },
      };
      for (const [text, words] of [
        ["", "is not what"],
        ["{}", "is not what"],
        [JSON.stringify({ deployment: { resources: [broken] } }), "certcentral.Order www cannot be read"],
      ] as const) {
        writeFileSync(join(opened.folder, "state.json"), text);
        const ended = await opened.written("certcentral");
        expect(ended).to.include({ code: 3, files: undefined, stdout: "" });
        expect(ended.stderr).to.include(words);
      }
      opened.env.PATH = opened.folder;
      const unasked = await opened.run("certcentral", "--stack", "dev");
      expect(unasked.code).to.equal(3);
      expect(unasked.stderr).to.include("The state of stack dev cannot be read").and.include("--state FILE");
      expect((await opened.run("certcentral")).stdout).to.match(/what a stack has already was not looked at.*\n$/);
      opened.has();
      expect((await opened.written("certcentral")).stdout).to.not.include("looked at");
    }),
  );

  it(
    "prints what services and people call things without terminal sequences, also when it fails",
    importing(async (opened) => {
      const { code, stderr } = await opened.run("apinizer", "--project", "no\u001b]0;title\u0007such");
      expect(code).to.equal(3);
      expect(stderr).to.include("no\\u{1b}]0;title\\u{7}such").and.not.include("\u001b");
    }),
  );
});

describe("names of what is imported", () => {
  const found = (name: string, key: string, id = key): Found =>
    ({ kind: "certcentral.Order", id, name, key, names: [], status: "" }) as unknown as Found;
  const named = (all: readonly Found[], used: readonly string[] = []): string[] => {
    const names = namesOf(
      all,
      used.map((name) => ({ kind: "certcentral.Order", name })),
    );
    return all.map((one) => names.get(one) ?? "");
  };

  it("are each another one, whatever the names are, and the same in any order", () => {
    for (const all of [
      [found("www", "1"), found("www", "2"), found("www-1", "3"), found("www-1", "4"), found("www-1-3", "5")],
      [found("www", "1"), found("www", "2"), found("www-1", "3")],
      [found("WWW", "1"), found("www", "2"), found("www-2", "3"), found("www-2-3", "4")],
      [found("a", "1", "x"), found("a", "1", "x"), found("a-x", "9")],
      [found("a::b", "1"), found("a:b", "2"), found("a  b", "3"), found("a b", "4")],
    ]) {
      const names = named(all);
      expect(new Set(names.map((name) => name.toLowerCase())).size, names.join(", ")).to.equal(all.length);
      if (new Set(all.map(({ id }) => id)).size === all.length)
        expect(named([...all].reverse())).to.deep.equal([...names].reverse());
    }
    expect(named([found("www", "1"), found("www", "2"), found("www-1", "3")])).to.deep.equal([
      "www-1",
      "www-2",
      "www-1-3",
    ]);
  });

  it("are none that the stack has", () => {
    expect(named([found("www", "1")], ["WWW"])).to.deep.equal(["www-1"]);
    expect(named([found("www", "1"), found("www-1", "2")], ["www", "www-1"])).to.deep.equal(["www-1-2", "www-1-2-2"]);
  });
});
