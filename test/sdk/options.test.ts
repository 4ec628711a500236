import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { madeWith, recordsOptions, type MadeWith } from "../../sdk/options.js";

class Group extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    // First of all, as late ones are to be seen, too; on the engine the stack has it.
    super(
      "test:index:Group",
      name,
      {},
      { ...opts, transformations: [recordsOptions, ...(opts.transformations ?? [])] },
    );
  }
}

class Instance extends pulumi.ProviderResource {
  constructor(name: string) {
    super("pulumi-nodejs", name);
  }
}

const options = (resource: pulumi.Resource): MadeWith => madeWith(resource, "pulumi-nodejs:dynamic/ecgrid:Certificate");

describe("options that a resource has from its parents", () => {
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name }) => ({ id: name, state: {} }),
      call: () => ({}),
    });
  });

  // An engine test cannot hold it: older language hosts lose a `false` on the way, and the parent's counts then.
  it("its own `false` counts before a parent's `true`, and a parent's `false` before that of the one above", () => {
    const outer = new Group("outer", { retainOnDelete: true });
    const not = new Group("not", { parent: outer, retainOnDelete: false });
    expect(options(new Group("inherits", { parent: new Group("between", { parent: outer }) })).retained).to.equal(true);
    expect(options(new Group("own", { parent: outer, retainOnDelete: false })).retained).to.equal(false);
    expect(options(new Group("beneath", { parent: not })).retained).to.equal(false);
  });

  it("the nearest deletedWith counts, and the nearest provider instance", () => {
    const [x, y, one, two] = [new Group("x"), new Group("y"), new Instance("one"), new Instance("two")];
    const outer = new Group("outer", { deletedWith: x, providers: [one] });
    const inner = new Group("inner", { parent: outer, deletedWith: y, provider: two });
    const of = (opts: pulumi.ComponentResourceOptions): unknown[] => {
      const { deletedWith, provider } = options(new Group("of", opts));
      return [deletedWith, provider];
    };
    expect(of({ parent: outer })).to.deep.equal([x, one]);
    expect(of({ parent: inner })).to.deep.equal([y, two]);
    expect(of({ parent: inner, deletedWith: x, provider: one })).to.deep.equal([x, one]);
    expect(of({})).to.deep.equal([undefined, undefined]);
  });

  it("a transformation counts wherever it stands", () => {
    const late: pulumi.ResourceTransformation = ({ props, opts }) => ({
      props,
      opts: { ...opts, retainOnDelete: true },
    });
    const parent = new Group("parent", { transformations: [late] });
    expect(options(parent).retained).to.equal(true);
    expect(options(new Group("child", { parent })).retained).to.equal(true);
  });
});
