import * as pulumi from "@pulumi/pulumi";
import type { Kind } from "../provider/dynamic/kinds.js";
import { SECRET_SETTINGS } from "../provider/dynamic/settings.js";
import { IN_STATE, UNKNOWN_ON_THE_WIRE } from "../provider/dynamic/wire.js";
import { keepSecretsOutOfDebugLog } from "./debugLog.js";
import { inventoryOf, type Inventory } from "./inventory.js";
import { madeWith, recordsOptions, type MadeWith } from "./options.js";
import { policyBefore, policyOfStack } from "./policy.js";
import { instanceOf } from "./provider.js";
import { knownWith, plainPromise, settledValue } from "./outputs.js";

/**
 * A resource of ours as the program makes it. Talks to the dynamic host by its wire contract, with a constant provider
 * text (pulumi-dynamic.md 1.5, pattern A): no closure is serialized.
 */
export abstract class ClmResource extends pulumi.CustomResource {
  protected constructor(kind: Kind, name: string, args: object, opts: pulumi.CustomResourceOptions | undefined) {
    refuseClearCredential(kind);
    refuseOptions(name, opts);
    keepSecretsOutOfDebugLog();
    const inventory = inventoryOf();
    inventory?.refuseLate();
    let isMade: (options: MadeWith) => void = () => undefined;
    const made = new Promise<MadeWith>((resolve) => (isMade = resolve)); // what transformations leave of the options
    const instance = made.then(({ provider }) => instanceOf(provider));
    super(
      kind.type,
      name,
      {
        ...Object.fromEntries(kind.outputsOnly.map((field) => [field, undefined])), // `undefined` declares an output
        // Its default depends on the resource, so the inventory has to see the one that was written out.
        ...(kind.fields.includes("onDelete") ? { onDelete: undefined } : {}),
        ...args,
        __provider: kind.providerText,
        __urn: urnOf(kind.type, name, opts?.parent),
        __instance: instance,
        __policy: policyOfStack(),
        __policyBefore: policyBefore(inventory?.before),
        __retainOnDelete: made.then(({ retained }) => (retained ? true : undefined)),
        __deletedWith: made.then(({ deletedWith }) =>
          deletedWith === undefined ? undefined : urnOfResource(deletedWith),
        ),
        [IN_STATE]: isInState(inventory, urnOf(kind.type, name, opts?.parent)),
        __heldByOthers:
          inventory === undefined
            ? undefined
            : neighbours(kind, args, inventory, urnOf(kind.type, name, opts?.parent), instance),
      },
      pulumi.mergeOptions(
        { additionalSecretOutputs: [...kind.secretOutputs], transformations: [recordsOptions] },
        opts,
      ),
    );
    knowWhatIsMissing(this, kind);
    const options = madeWith(this, kind.type);
    isMade(options);
    const { provider, retained, deletedWith } = options;
    origins.set(this, { kind, provider });
    inventory?.add({ resource: this, kind, instance: instanceOf(provider), retained, deletedWith });
  }
}

/**
 * At preview the SDK takes an output that a state does not have for one that is not known, and whatever is wired to it would
 * change in every preview. One that every state has says whether the state is known.
 */
function knowWhatIsMissing(resource: pulumi.Resource, { outputsOnly, always }: Kind): void {
  const outputs = resource as unknown as Record<string, pulumi.Output<unknown> | undefined>;
  const [witness] = outputsOnly.filter((field) => always.includes(field)).map((field) => outputs[field]);
  if (witness === undefined) return;
  for (const field of outputsOnly.filter((one) => !always.includes(one))) {
    const output = outputs[field];
    if (output !== undefined) outputs[field] = knownWith(witness, output);
  }
}

/**
 * Refuses options by which the engine replaces a resource in its own way. A transformation of the program can set them unseen: then
 * `check` refuses the replacement (replaced.ts). @throws Error in words.
 */
function refuseOptions(name: string, opts: pulumi.CustomResourceOptions | undefined): void {
  if (opts?.deleteBeforeReplace === true)
    throw new Error(
      `${name}: deleteBeforeReplace would end a certificate before its replacement is there, and before this run has named what ends. Leave the option out.`,
    );
  const byEngine = [
    ...((opts?.replaceOnChanges ?? []).length > 0 ? ["replaceOnChanges"] : []),
    ...((opts?.replaceWith ?? []).length > 0 ? ["replaceWith"] : []),
    ...(opts?.replacementTrigger === undefined ? [] : ["replacementTrigger"]),
  ];
  if (byEngine.length > 0)
    throw new Error(
      `${name}: ${byEngine.join(" and ")} would have Pulumi replace it without asking what a replacement does. Leave the option out: a preview names what a new trigger or another input does.`,
    );
}

/** Whether the last state has a resource under a URN, as far as the engine tells. */
const isInState = async (inventory: Inventory | undefined, urn: Promise<string>): Promise<true | undefined> =>
  (await inventory?.before)?.has(await urn) === true ? true : undefined;

/** How a resource of ours was made. */
interface Origin {
  readonly kind: Kind;
  /** Its explicit provider instance, whoever gives it. */
  readonly provider: pulumi.ProviderResource | undefined;
}

const origins = new WeakMap<pulumi.Resource, Origin>();

/** The kind of a resource; undefined when it is not of this package. */
export const kindOfResource = (resource: pulumi.Resource): Kind | undefined => origins.get(resource)?.kind;

/** @throws Error for a resource that is not of this package. */
export function originOf(resource: pulumi.Resource): Origin {
  const origin = origins.get(resource);
  if (origin === undefined)
    throw new Error("This resource is not one of pulumi-clm: its older certificates are not known.");
  return origin;
}

/**
 * The engine copies the stack's configuration into the state: a credential that is not a secret there would be stored
 * in clear.
 */
export function refuseClearCredential({ system }: Kind): void {
  for (const setting of SECRET_SETTINGS[system] ?? []) {
    const key = `${system}:${setting}`;
    if (pulumi.runtime.allConfig()[key] === undefined || runtime.isConfigSecret(key)) continue;
    throw new Error(
      `${key} stands in clear in the stack's configuration and would be stored in clear in its state. Run "pulumi config set --secret ${key}", and have it renewed: it has been in a file.`,
    );
  }
}

/** Exported by the SDK's runtime, and missing from its type files; held by an engine test. */
const runtime = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

const STACK = "pulumi:pulumi:Stack";

/**
 * The URN that the engine will give, so that the provider can speak on the resource's row (fact E6). A plain promise:
 * an output of the parent would make the resource depend on it, and a component depends on its children.
 */
export async function urnOf(type: string, name: string, parent: pulumi.Resource | undefined): Promise<string> {
  const parentUrn = parent === undefined ? undefined : await plainPromise(parent.urn);
  const parentType = parentUrn?.split("::")[2];
  const qualified = parentType === undefined || parentType === STACK ? type : `${parentType}$${type}`;
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${qualified}::${name}`;
}

const urnOfResource = (resource: pulumi.Input<pulumi.Resource>): Promise<string | undefined> =>
  settledValue(pulumi.output(resource).apply((one) => one.urn));

/**
 * What other resources of the stack held at its last state, where it could be mistaken for this one's: an own lost
 * creation or renewal is never looked for among them.
 */
async function neighbours(
  kind: Kind,
  args: object,
  inventory: Inventory,
  urn: Promise<string>,
  instance: Promise<string | undefined>,
): Promise<string[] | undefined> {
  const before = await inventory.before;
  if (before === undefined) return undefined;
  const own = await urn;
  const known = Object.fromEntries(
    await Promise.all(
      Object.entries(args).map(
        async ([key, value]) =>
          [
            key,
            (await settledValue(pulumi.output(value as unknown))) ??
              (value === undefined ? undefined : UNKNOWN_ON_THE_WIRE),
          ] as const,
      ),
    ),
  );
  const scope = kind.scope(known);
  if (scope === undefined) return undefined;
  const mine = before.get(own)?.state;
  const held = before
    .holdings(kind.system, await instance, kind.wordsAsked(known, mine))
    .filter(({ urn: other, holding }) => other !== own && holding.startsWith(`${scope} `))
    .map(({ holding }) => holding)
    .sort();
  return held.length > 0 ? held : undefined;
}
