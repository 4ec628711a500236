"use strict";
// The program of the engine tests: makes the resources that resources.json lists.
const fs = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const clm = require("pulumi-clm");

class Group extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("test:index:Group", name, {}, opts);
  }
}

/** A resource of another kind whose output is not known before it is made or changed. */
class Later extends pulumi.dynamic.Resource {
  constructor(name, value) {
    const provider = {
      create: async (inputs) => ({ id: "later", outs: { value: inputs.value, result: inputs.value } }),
      update: async (_id, _olds, news) => ({ outs: { value: news.value, result: news.value } }),
    };
    super(provider, name, { value, result: undefined });
  }
}

/** A resource of another kind that the engine deletes before it makes it anew. */
class Anew extends pulumi.dynamic.Resource {
  constructor(name, value) {
    const same = (one, other) => JSON.stringify(one.value) === JSON.stringify(other.value);
    const provider = {
      create: async (inputs) => ({
        id: `anew-${JSON.stringify(inputs.value).length}`,
        outs: { ...inputs, result: inputs.value },
      }),
      diff: async (_id, olds, news) => ({
        changes: !same(olds, news),
        replaces: same(olds, news) ? [] : ["value"],
        deleteBeforeReplace: true,
      }),
    };
    super(provider, name, { value, result: undefined });
  }
}

const deeper = (value, key) => (pulumi.Output.isInstance(value) ? value.apply((one) => one?.[key]) : value[key]);

const made = new Map();
for (const { kind, name, args, opts: stated = {}, later, secret = [] } of JSON.parse(
  fs.readFileSync("resources.json", "utf8"),
)) {
  // "transformed": options that a transformation of the program sets.
  const { transformed, ...opts } = stated;
  const references = (some) => ({
    ...some,
    ...(some.replaceWith === undefined ? {} : { replaceWith: some.replaceWith.map((one) => made.get(one)) }),
  });
  const options = {
    ...references(opts),
    ...(transformed === undefined
      ? {}
      : { transformations: [(one) => ({ props: one.props, opts: { ...one.opts, ...references(transformed) } })] }),
    ...(opts.parent === undefined ? {} : { parent: made.get(opts.parent) }),
    ...(opts.provider === undefined ? {} : { provider: made.get(opts.provider) }),
    ...(opts.dependsOn === undefined ? {} : { dependsOn: opts.dependsOn.map((one) => made.get(one)) }),
    ...(opts.deletedWith === undefined ? {} : { deletedWith: made.get(opts.deletedWith) }),
  };
  const inputs = { ...args };
  for (const [field, source] of Object.entries(later ?? {})) {
    const [resource, ...path] = source.split(".");
    // "self" is the resource; nested outputs are followed.
    inputs[field] =
      path[0] === "self"
        ? made.get(resource)
        : (path.length === 0 ? ["result"] : path).reduce(deeper, made.get(resource));
  }
  for (const field of secret) inputs[field] = pulumi.secret(inputs[field]);
  if (kind === "group") made.set(name, new Group(name, options));
  else if (kind === "anew") made.set(name, new Anew(name, args.value));
  else if (kind === "later") made.set(name, new Later(name, args.value));
  else if (kind === "ecgrid.Provider") made.set(name, new clm.ecgrid.Provider(name, inputs, options));
  else if (/^apinizer\.\w+$/.test(kind)) made.set(name, new clm.apinizer[kind.slice(9)](name, inputs, options));
  else if (/^ecgrid\.\w*Certificate$/.test(kind)) made.set(name, new clm.ecgrid[kind.slice(7)](name, inputs, options));
  else if (/^partner\.\w+$/.test(kind)) made.set(name, new clm.partner[kind.slice(8)](name, inputs, options));
  else if (kind === "certcentral.Provider") made.set(name, new clm.certcentral.Provider(name, inputs, options));
  else if (kind === "certcentral.Order") made.set(name, new clm.certcentral.Order(name, inputs, options));
  else if (kind === "Retirement")
    made.set(
      name,
      new clm.Retirement(
        name,
        { ...inputs, of: made.get(args.of), after: (args.after ?? []).map((one) => made.get(one)) },
        options,
      ),
    );
  else throw new Error(`unknown kind ${kind}`);
}
if (fs.existsSync("fail")) throw new Error("the program fails on purpose");
if (fs.existsSync("exit")) process.exit(0);
