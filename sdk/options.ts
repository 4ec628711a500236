import type * as pulumi from "@pulumi/pulumi";

/**
 * The options of a resource as the engine has them. It hands some down from parent to child (`inheritFromParent` of its
 * source_eval.go), and a resource keeps none of its own: they are recorded where a resource is made.
 */

/** What decides whether an end makes a call, and which provider instance makes it. */
export interface MadeWith {
  readonly retained: boolean;
  readonly deletedWith: pulumi.Resource | undefined;
  readonly provider: pulumi.ProviderResource | undefined;
}

/** Options as transformations have left them, own ones alone; for all copies of this package. */
const made = ((globalThis as Record<symbol, unknown>)[Symbol.for("pulumi-clm.options/1")] ??= new WeakMap()) as WeakMap<
  pulumi.Resource,
  pulumi.ResourceOptions
>;

/**
 * Records the options of a resource. It asks to be the last of its transformations, as each can change them; all copies of this
 * package are one, or each would go after the other for ever.
 */
export const recordsOptions = ((globalThis as Record<symbol, unknown>)[Symbol.for("pulumi-clm.recordsOptions/1")] ??=
  record) as pulumi.ResourceTransformation;

function record({ resource, opts }: pulumi.ResourceTransformationArgs): undefined {
  const all = (resource as unknown as Transformed).__transformations;
  if (all !== undefined && all.at(-1) !== recordsOptions) all.push(recordsOptions);
  made.set(resource, opts);
  return undefined;
}

/** What the SDK's type files leave out of `Resource`: the list that it goes through, also what is added meanwhile; held by an engine test. */
interface Transformed {
  readonly __transformations?: pulumi.ResourceTransformation[];
}

/** Of a resource that was made; a parent that was made before this package was loaded hands nothing down that is known. */
export const madeWith = (resource: pulumi.Resource, type: string): MadeWith => {
  const { retainOnDelete, deletedWith } = inheriting(made.get(resource) ?? {});
  return { retained: retainOnDelete === true, deletedWith, provider: resource.getProvider(type) };
};

/** As the engine does it: what a resource leaves out is its parent's; `false` is not left out. */
function inheriting({ parent, retainOnDelete, deletedWith }: pulumi.ResourceOptions): {
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: pulumi.Resource | undefined;
} {
  const above = parent === undefined ? undefined : made.get(parent);
  const from = above === undefined ? undefined : inheriting(above);
  return {
    retainOnDelete: retainOnDelete ?? from?.retainOnDelete,
    deletedWith: deletedWith ?? from?.deletedWith,
  };
}
