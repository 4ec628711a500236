import * as pulumi from "@pulumi/pulumi";
import { INSTANCE, variableOf } from "../provider/dynamic/settings.js";

/** Settings of an explicit provider instance; what is left out has the default of the system. */
export interface ProviderArgs {
  /** Credential. Secret: stored encrypted, never shown. */
  apiKey?: pulumi.Input<string>;
  /** Base URL. */
  url?: pulumi.Input<string>;
  /** PEM file of certificate authorities to trust besides the usual ones. */
  caFile?: pulumi.Input<string>;
  /** Time limit of one request, seconds. */
  timeoutSeconds?: pulumi.Input<number>;
  /** ECGrid: how the service spells hash names in requests, `rest` (`SHA256`, default) or `soap` (`sha2`). */
  hashNames?: pulumi.Input<"rest" | "soap">;
  /** ECGrid: how public certificates are uploaded, Base64 of `der` (default) or of `pem`. */
  publicCertificates?: pulumi.Input<"der" | "pem">;
  /** How long to wait for a new certificate to be listed, seconds. */
  visibilitySeconds?: pulumi.Input<number>;
  /** CertCentral: how long to wait between two looks at an order that waits, seconds. */
  pollSeconds?: pulumi.Input<number>;
  /** CertCentral: how requests spell the validity of an order, `nested` (`order_validity`, default) or `root`. */
  validityFields?: pulumi.Input<"nested" | "root">;
}

/** An explicit instance of the dynamic provider with settings of its own (pulumi-dynamic.md 2.2). */
export abstract class ClmProvider extends pulumi.ProviderResource {
  protected constructor(namespace: string, name: string, args: ProviderArgs, opts: pulumi.ResourceOptions | undefined) {
    refuseSharedVariables(namespace, name);
    const text = (value: pulumi.Input<string | number> | undefined): pulumi.Output<string> | undefined =>
      value === undefined ? undefined : pulumi.output(value).apply(String);
    super(
      "pulumi-nodejs",
      name,
      {
        [`${namespace}:apiKey`]: args.apiKey === undefined ? undefined : pulumi.secret(args.apiKey),
        [`${namespace}:url`]: text(args.url),
        [`${namespace}:timeoutSeconds`]: text(args.timeoutSeconds),
        [`${namespace}:visibilitySeconds`]: text(args.visibilitySeconds),
        [`${namespace}:hashNames`]: text(args.hashNames),
        [`${namespace}:publicCertificates`]: text(args.publicCertificates),
        [`${namespace}:pollSeconds`]: text(args.pollSeconds),
        [`${namespace}:validityFields`]: text(args.validityFields),
        "clm:caFile": text(args.caFile),
        [INSTANCE]: name,
      },
      opts,
    );
  }
}

/** Instance names of this program, by the ending of their environment variables. */
const endings = new Map<string, string>();

/** Two instances must not read one variable: a key would go to the other's account. */
function refuseSharedVariables(namespace: string, name: string): void {
  const variable = variableOf(`${namespace}:apiKey`, name);
  const other = endings.get(variable);
  if (other !== undefined && other !== name) {
    throw new Error(
      `The provider instances "${other}" and "${name}" would both read ${variable}. Give one of them another name.`,
    );
  }
  endings.set(variable, name);
}
