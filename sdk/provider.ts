import * as pulumi from "@pulumi/pulumi";
import { policyOfStack } from "./policy.js";
import { INSTANCE, SECRET_SETTINGS, variableOf } from "../provider/dynamic/settings.js";

/** Settings of an explicit provider instance that every system has; what is left out has the default of the system. */
export interface CommonProviderArgs {
  /** Base URL. */
  url?: pulumi.Input<string>;
  /** PEM file of certificate authorities to trust besides the usual ones. */
  caFile?: pulumi.Input<string>;
  /** Time limit of one request, seconds. */
  timeoutSeconds?: pulumi.Input<number>;
  /** How long to wait until a read shows what a call has done, seconds. */
  visibilitySeconds?: pulumi.Input<number>;
}

/** The same for a system whose credential is an API key. */
export interface ApiKeyProviderArgs extends CommonProviderArgs {
  /** Credential. Secret: stored encrypted, never shown. */
  apiKey?: pulumi.Input<string>;
}

/** An explicit instance of the dynamic provider with settings of its own (pulumi-dynamic.md 2.2). */
export abstract class ClmProvider extends pulumi.ProviderResource {
  protected constructor(
    namespace: string,
    name: string,
    { caFile, ...settings }: CommonProviderArgs,
    opts: pulumi.ResourceOptions | undefined,
  ) {
    refuseSharedVariables(namespace, name);
    const text = (value: pulumi.Input<string | number> | undefined): pulumi.Output<string> | undefined =>
      value === undefined ? undefined : pulumi.output(value).apply(String);
    const secrets = SECRET_SETTINGS[namespace] ?? [];
    const policy = policyOfStack();
    super(
      "pulumi-nodejs",
      name,
      {
        ...Object.fromEntries(
          Object.entries(settings).map(([key, value]: [string, pulumi.Input<string | number> | undefined]) => [
            `${namespace}:${key}`,
            value !== undefined && secrets.includes(key) ? pulumi.secret(text(value)) : text(value),
          ]),
        ),
        "clm:caFile": text(caFile),
        // The stack's policy reaches what it serves also where a resource ignores changes.
        "clm:approvals": policy?.approvals,
        "clm:maxDestructive": policy === undefined ? undefined : String(policy.maxDestructive),
        [INSTANCE]: name,
      },
      opts,
    );
    names.set(this, name);
  }
}

const names = new WeakMap<pulumi.ProviderResource, string>();

/** Name of an explicit provider instance of ours; undefined for none. */
export const instanceOf = (provider: pulumi.ProviderResource | undefined): string | undefined =>
  provider === undefined ? undefined : names.get(provider);

/** Names of the instances of each stack of this process, by their environment variable; for all copies of this package. */
const taken = ((globalThis as Record<symbol, unknown>)[Symbol.for("pulumi-clm.instances/1")] ??=
  new WeakMap()) as WeakMap<pulumi.Resource, Map<string, string>>;

/** Two instances must not read one variable: a key would go to the other's account, and what they hold would be taken for one. */
function refuseSharedVariables(namespace: string, name: string): void {
  const stack = pulumi.runtime.getStackResource();
  if (stack === undefined) return; // a unit test without one
  const variables = taken.get(stack) ?? new Map<string, string>();
  taken.set(stack, variables);
  const variable = variableOf(`${namespace}:apiKey`, name);
  const other = variables.get(variable);
  if (other !== undefined) {
    throw new Error(
      other === name
        ? `There are two provider instances "${name}", and both would read ${variable}. Give one of them another name.`
        : `The provider instances "${other}" and "${name}" would both read ${variable}. Give one of them another name.`,
    );
  }
  variables.set(variable, name);
}
