import * as pulumi from "@pulumi/pulumi";
import { KINDS } from "../provider/dynamic/kinds.js";
import { ClmProvider, type CommonProviderArgs } from "./provider.js";
import { ClmResource, originOf } from "./resource.js";

/** Inputs of `apinizer.Certificate`. None is secret. */
export interface CertificateArgs {
  /** Project of the manager. Identity: another one is another certificate. */
  project: pulumi.Input<string>;
  /** Identity: the manager cannot rename a certificate. */
  name: pulumi.Input<string>;
  /** Unique in each environment; the identifier in the keystores of its workers. */
  alias: pulumi.Input<string>;
  /** Default: "Managed by Pulumi". */
  description?: pulumi.Input<string>;
  /** EVERY environment that is to have it: one that is left out is dropped by the next replacement. */
  environments: pulumi.Input<pulumi.Input<string>[]>;
  /** Public certificates, PEM; one with a private key is refused. While it is not issued yet, what is deployed stays. */
  pem?: pulumi.Input<string | undefined>;
  /**
   * What becomes of JWKs made from it when it is replaced: `UPDATE` (default; they get the new key) or `NULLIFY` (the
   * service's own default: they lose their reference and KEEP THE OLD KEY).
   */
  jwkUpdateAction?: pulumi.Input<"UPDATE" | "NULLIFY">;
  /** Whose JWKs `UPDATE` changes: of the same project (default) or of all projects. */
  jwkUpdateScope?: pulumi.Input<"SAME_PROJECT" | "ALL_PROJECTS">;
  /** What becomes of them when it is deleted: `NULLIFY` (default) or `DELETE`, for good; the latter needs `allowJwkDeletion`. */
  jwkDeleteAction?: pulumi.Input<"NULLIFY" | "DELETE">;
  /** Consent to the deletion of every JWK made from it, also of those that others made. */
  allowJwkDeletion?: pulumi.Input<boolean>;
  /** What removing the resource does: `delete` (default; undeployed from ALL environments) or `retain`. */
  onDelete?: pulumi.Input<"delete" | "retain">;
  /** When nobody can tell whether an environment still trusts a deleted certificate: `fail` (default) or `letGo`. */
  whenUndeployUnknown?: pulumi.Input<"fail" | "letGo">;
  /** Any new text replaces and redeploys it, or deploys it again when it was deleted outside. */
  trigger?: pulumi.Input<string>;
  /** When it was deleted outside and environments may still have it: `fail` (default; `up` stops in words) or `replace` (it is deployed again). */
  whenEndedOutside?: pulumi.Input<"fail" | "replace">;
  /** Takes over a certificate of this name that the project has already. Its deletion ends it like any other. */
  adopt?: pulumi.Input<boolean>;
}

/** What is known of one environment. */
export interface EnvironmentOutcome {
  readonly environment: string;
  /**
   * `deployed`: said so, or seen in its truststore; `failed`: said no, or seen to be without it; `unknown`: nobody has said;
   * `left`: a certificate was dropped from it, and its workers still have it.
   */
  readonly outcome: "deployed" | "failed" | "unknown" | "left";
  readonly message?: string;
  /** Of a certificate: what its workers may have, SHA-1, hex, upper case. */
  readonly thumbprints?: readonly string[];
}

/** A certificate as it was deployed. */
export interface DeployedCertificate {
  readonly pem?: string;
  /** SHA-1, hex, upper case. */
  readonly thumbprint: string;
  readonly subject: string;
  readonly serialNumber: string;
  /** ISO 8601, UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/**
 * A public certificate on the gateways of an Apinizer project. Create deploys it to its environments, update replaces it
 * there, delete undeploys it from all environments. Each environment's outcome is an output; a partial result fails the
 * step and keeps the resource.
 *
 * @example
 * const gateway = new apinizer.Certificate("api", {
 *   project: "partners", name: "api", alias: "api", environments: ["staging", "production"],
 *   pem: order.current.apply((current) => current?.chainPem),
 * });
 */
export class Certificate extends ClmResource {
  /** Base URL of the manager that has it. */
  declare readonly manager: pulumi.Output<string | undefined>;
  declare readonly project: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  /** The certificate that was deployed last; missing while the first one is not issued. */
  declare readonly deployed: pulumi.Output<DeployedCertificate | undefined>;
  /** What the manager holds for each environment, or held when it was seen last. */
  declare readonly entries: pulumi.Output<
    readonly { readonly environment: string; readonly alias?: string; readonly thumbprint?: string }[]
  >;
  declare readonly outcomes: pulumi.Output<readonly EnvironmentOutcome[]>;
  /** Whether the environments' truststores could be read with this token when they were read last. */
  declare readonly truststores: pulumi.Output<"readable" | "refused" | "unread">;
  /** Whether the manager no longer has it although this stack has not deleted it. */
  declare readonly missing: pulumi.Output<boolean>;
  /** How many calls of this resource may have touched JWKs that are made from it: what follows it looks at them again. */
  declare readonly writes: pulumi.Output<number>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.CustomResourceOptions) {
    super(KINDS.ApinizerCertificate, name, args, opts);
  }
}

/** A key that the gateway generates (Apinizer's page "Generate JWK"). */
export interface GenerateArgs {
  type: "RSA" | "EC" | "OKP" | "OCT";
  /** Bits: RSA 2048, 3072, 4096; OCT 128, 192, 256. */
  size?: number;
  /** EC: P-256, P-384, P-521, secp256k1; OKP: Ed25519 (signs), X25519 (agrees on keys). */
  curve?: "P-256" | "P-384" | "P-521" | "secp256k1" | "Ed25519" | "X25519";
  /** Key id; the service makes one when it is left out. */
  kid?: string;
  /** How the service makes one. */
  kidFrom?: "TIMESTAMP" | "SHA256" | "SHA1" | "ISO_DATE" | "NONE";
  /** ISO 8601. */
  notBefore?: string;
  /** ISO 8601. THE SERVICE'S DEFAULT IS ONE YEAR after `notBefore`, and no call shows it later. */
  expires?: string;
}

/** Inputs of `apinizer.Jwk`. None is secret. Exactly one source: `certificate`, `certificateName` or `generate`. */
export interface JwkArgs {
  /** Project of the manager; that of `certificate` when it is given. Identity. */
  project?: pulumi.Input<string>;
  /** Identity: another name is another JWK. */
  name: pulumi.Input<string>;
  /** CHANGING IT DETACHES the JWK from its certificate: Apinizer's update does so, whatever it changes. */
  description?: pulumi.Input<string>;
  /**
   * A certificate of this stack: the JWK waits for it, follows its replacement in the same run, and takes the explicit
   * provider of its options, unless its own say otherwise.
   */
  certificate?: Certificate;
  /** A certificate of the project that this stack does not have. */
  certificateName?: pulumi.Input<string>;
  /** Whose material of the certificate is read. The JWK is deployed to ALL environments. */
  environment?: pulumi.Input<string>;
  use?: pulumi.Input<"SIGNATURE" | "ENCRYPTION">;
  /** RFC 7518, for instance `RS256`, `ES256`, `RSA-OAEP-256`, `ECDH-ES+A256KW`. Needed with a certificate. */
  algorithm?: pulumi.Input<string>;
  generate?: pulumi.Input<GenerateArgs>;
  /** What removing the resource does: `delete` (default; undeployed from ALL environments) or `retain`. */
  onDelete?: pulumi.Input<"delete" | "retain">;
  /** Any new text deletes it and makes it anew from its source; policies are without it in between. */
  trigger?: pulumi.Input<string>;
  /** Takes over a JWK of this name that the project has already. */
  adopt?: pulumi.Input<boolean>;
}

/**
 * A JWK on the gateways of an Apinizer project, made from a certificate or generated. Only public members are outputs: the
 * private ones, which the service answers, are dropped when the answer is read.
 *
 * @example
 * const signing = new apinizer.Jwk("api-signing", {
 *   name: "api-signing", certificate: gateway, environment: "production", algorithm: "RS256",
 * });
 */
export class Jwk extends ClmResource {
  /** Base URL of the manager that has it. */
  declare readonly manager: pulumi.Output<string | undefined>;
  /** RSA, EC, OCT, OKP. */
  declare readonly keyType: pulumi.Output<string | undefined>;
  declare readonly kid: pulumi.Output<string | undefined>;
  /** RFC 7517: public members with `kid`, and with `use` and `alg` unless it was adopted; missing for a symmetric key. */
  declare readonly publicJwk: pulumi.Output<Readonly<Record<string, string>> | undefined>;
  /** RFC 7638, SHA-256, base64url. */
  declare readonly thumbprint: pulumi.Output<string | undefined>;
  /** Whether it refers to the certificate that it was made from, and follows its replacements; missing where nobody can say. */
  declare readonly attached: pulumi.Output<boolean | undefined>;
  /** Whether it is known to have another key than its certificate: a new `trigger` makes it anew. */
  declare readonly outdated: pulumi.Output<boolean>;
  /** Whether the project has it: not while its certificate is not deployed yet. */
  declare readonly made: pulumi.Output<boolean>;
  /** Whether it was deleted outside: the next `up` makes it anew. */
  declare readonly missing: pulumi.Output<boolean>;
  declare readonly outcomes: pulumi.Output<readonly EnvironmentOutcome[]>;

  constructor(name: string, { certificate, ...args }: JwkArgs, opts?: pulumi.CustomResourceOptions) {
    const provider = certificate === undefined ? undefined : originOf(certificate).provider;
    super(
      KINDS.ApinizerJwk,
      name,
      { ...(certificate === undefined ? {} : sourceOf(certificate, args.environment)), ...args },
      { ...(provider === undefined ? {} : { provider }), ...opts },
    );
  }
}

/**
 * What a JWK needs of a certificate of this stack; an empty thumbprint while nothing is deployed. One that was adopted without
 * its PEM is known by what the manager has in the environment.
 */
const sourceOf = ({ project, name, deployed, entries, writes }: Certificate, environment: JwkArgs["environment"]) => ({
  project,
  certificateName: name,
  certificateThumbprint: pulumi
    .all([deployed, entries, environment])
    .apply(
      ([own, all, wanted]) =>
        (own ?? all.find((entry) => entry.environment === wanted && entry.thumbprint !== undefined))?.thumbprint ?? "",
    ),
  certificateWrites: writes,
});

/** Settings of another manager, or another user of it. */
export interface ProviderArgs extends CommonProviderArgs {
  /** Personal token. Secret: stored encrypted, never shown. */
  token?: pulumi.Input<string>;
  /** A console user's name, in place of a token: tokens are then got by client credentials. */
  clientId?: pulumi.Input<string>;
  /** The user's password. Secret: stored encrypted, never shown. */
  clientSecret?: pulumi.Input<string>;
  /** Where requests put the fields of a certificate: `form` (default), or `query` as the OpenAPI file says. */
  fields?: pulumi.Input<"form" | "query">;
  /** How the token's header is written: `bearer` (default), or `bare` as the oldest pages show. */
  authorization?: pulumi.Input<"bearer" | "bare">;
}

/**
 * Another manager than the stack's configuration: pass it as `provider` to resources. Its secrets are stored encrypted; the
 * environment variables `APINIZER_TOKEN_<NAME>` and `APINIZER_CLIENT_SECRET_<NAME>` win over them.
 */
export class Provider extends ClmProvider {
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    super("apinizer", name, args, opts);
  }
}
