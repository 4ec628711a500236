import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { KINDS, RETIRABLE, type Kind } from "../../provider/dynamic/kinds.js";
import * as apinizer from "../apinizer.js";
import * as certcentral from "../certcentral.js";
import * as ecgrid from "../ecgrid.js";
import * as partner from "../partner.js";
import type { ClmProvider } from "../provider.js";
import type { ClmResource } from "../resource.js";
import { Retirement } from "../retirement.js";

/** An input that takes resources in place of values. */
export interface ResourceInput {
  readonly many: boolean;
  readonly required: boolean;
  /** Types that it takes; undefined for all. */
  readonly of: readonly string[] | undefined;
  /** What the SDK makes of it: inputs that are not known before the run. */
  readonly makes: readonly string[];
}

/** What a stack file calls a `type`. */
export interface StackType {
  readonly name: string;
  readonly kind: Kind;
  /** Inputs that are values. */
  readonly values: Readonly<Record<string, z.core.$ZodType>>;
  readonly resources: Readonly<Record<string, ResourceInput>>;
  /** Inputs in Base64: of a file they get its bytes. */
  readonly base64: readonly string[];
  /** Interface in the SDK that documents its inputs: file of `sdk` and name. */
  readonly documented: readonly [file: string, name: string];
  make(name: string, args: object, options: pulumi.CustomResourceOptions): ClmResource;
}

type Class = new (name: string, args: never, options: pulumi.CustomResourceOptions) => ClmResource;

function type(
  kind: Kind,
  constructor: Class,
  {
    resources = {},
    base64 = [],
    name = kind.kind,
  }: { resources?: Record<string, ResourceInput>; base64?: readonly string[]; name?: string } = {},
): StackType {
  const made = ["certificateThumbprint", "certificateWrites"]; // of a certificate of the stack, by the SDK
  const values = Object.entries(kind.inputs.shape).filter(
    ([key]) => !key.startsWith("__") && !made.includes(key) && !Object.hasOwn(resources, key),
  );
  const [file = "", own = file] = name.split(".");
  return {
    ...{ name, kind, resources, base64 },
    values: Object.fromEntries(values),
    documented: [file.toLowerCase(), `${own}Args`],
    make: (resource, args, options) => new constructor(resource, args as never, options),
  };
}

/** All types: one line each. */
export const TYPES: readonly StackType[] = [
  type(KINDS.EcgridCertificate, ecgrid.Certificate),
  type(KINDS.EcgridUploadedCertificate, ecgrid.UploadedCertificate, { base64: ["cert"] }),
  type(KINDS.EcgridPartnerCertificate, ecgrid.PartnerCertificate, { base64: ["cert"] }),
  type(KINDS.CertcentralOrder, certcentral.Order),
  type(KINDS.PartnerAcmeContract, partner.AcmeContract),
  type(KINDS.PartnerAcmeCredential, partner.AcmeCredential),
  type(KINDS.ApinizerCertificate, apinizer.Certificate),
  type(KINDS.ApinizerJwk, apinizer.Jwk, {
    resources: {
      certificate: {
        ...{ many: false, required: false, of: ["apinizer.Certificate"] },
        makes: ["project", "certificateName", "certificateThumbprint", "certificateWrites"],
      },
    },
  }),
  type(KINDS.Retirement, Retirement, {
    name: "Retirement",
    resources: {
      of: { many: false, required: true, of: RETIRABLE.map(({ kind }) => kind), makes: ["of"] },
      after: { many: true, required: false, of: undefined, makes: [] },
    },
  }),
];

export const typeNamed = (name: string): StackType | undefined => TYPES.find((one) => one.name === name);

/** The inputs that the SDK makes of a resource input, as a preview has them. */
export const unknownOf = ({ makes }: ResourceInput): Record<string, typeof UNKNOWN> =>
  Object.fromEntries(makes.map((key) => [key, UNKNOWN]));

/** A system of which a stack file can have provider instances. */
export interface ProviderType {
  readonly system: string;
  readonly settings: Readonly<Record<string, z.core.$ZodType>>;
  readonly documented: readonly [file: string, name: string];
  make(name: string, settings: object): ClmProvider;
}

const seconds = z.number({ error: "allowed is a number of seconds from 0 to 3600" }).min(0).max(3600);
const text = z.string({ error: "allowed is a text" }).min(1, { error: "allowed is a text that is not empty" });
const common = { url: text, caFile: text, timeoutSeconds: seconds, visibilitySeconds: seconds };
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `allowed is ${words.join(", ")}` });

function provider(
  system: string,
  constructor: new (name: string, args: never) => ClmProvider,
  own: Record<string, z.core.$ZodType>,
): ProviderType {
  return {
    system,
    settings: { ...common, ...own },
    documented: [system, "ProviderArgs"],
    make: (name, settings) => new constructor(name, settings as never),
  };
}

/** Settings are those of the classes `Provider`: a test holds the two together. */
export const PROVIDER_TYPES: readonly ProviderType[] = [
  provider("ecgrid", ecgrid.Provider, {
    apiKey: text,
    hashNames: oneOf(["rest", "soap"]),
    publicCertificates: oneOf(["der", "pem"]),
  }),
  provider("certcentral", certcentral.Provider, {
    apiKey: text,
    pollSeconds: seconds,
    validityFields: oneOf(["nested", "root"]),
  }),
  provider("partner", partner.Provider, { apiKey: text }),
  provider("apinizer", apinizer.Provider, {
    token: text,
    clientId: text,
    clientSecret: text,
    fields: oneOf(["form", "query"]),
    authorization: oneOf(["bearer", "bare"]),
  }),
];
