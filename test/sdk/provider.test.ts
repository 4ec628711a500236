import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as clm from "../../sdk/index.js";

/** Makes what a program makes, on a stack of its own. */
const inStack = (program: () => void): Promise<unknown> =>
  pulumi.runtime.runInPulumiStack(() => {
    program();
    return Promise.resolve();
  });

class Group extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:index:Group", name);
  }
}

describe("explicit provider instances", () => {
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as Record<string, unknown> }),
      call: () => ({}),
    });
  });

  it("two of a name under different parents would read one key: refused", async () => {
    await inStack(() => {
      new clm.ecgrid.Provider("acme", {}, { parent: new Group("one") });
      const parent = new Group("two");
      expect(() => new clm.ecgrid.Provider("acme", {}, { parent })).to.throw(
        'two provider instances "acme", and both would read ECGRID_API_KEY_ACME',
      );
    });
  });

  it("two whose names end in one variable, too; those of different systems have different ones", async () => {
    await inStack(() => {
      new clm.ecgrid.Provider("acme-1", {});
      expect(() => new clm.ecgrid.Provider("acme_1", {})).to.throw('"acme-1" and "acme_1" would both read');
      new clm.certcentral.Provider("acme-1", {});
    });
  });

  it("another stack of the same process has names of its own", async () => {
    for (let stack = 0; stack < 2; stack++)
      await inStack(() => {
        new clm.ecgrid.Provider("acme", {});
      });
  });
});
