import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import { validity } from "../pki.js";
import type { VariantSettings } from "../variants.js";
import { emptyField, invalid } from "./refusal.js";

/** What certificates and keys are read to. */

const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

export const isX509 = (bytes: Buffer | string): boolean => {
  try {
    return new X509Certificate(bytes).raw.length > 0;
  } catch {
    return false;
  }
};

/** The certificate of a PEM file (section 2.3), DER in base64. @throws Refusal when it has none, or more than is taken. */
export function certificateOf(content: Buffer | undefined, variants: VariantSettings, now: Date): string {
  const text = content?.toString("latin1").trim() ?? "";
  if (text === "") throw emptyField("pemEncodedFile");
  if (text.includes("PRIVATE KEY") && variants.apPrivateKey === "refused")
    throw invalid("The file holds a private key!");
  const blocks = text.match(BLOCK) ?? [];
  if (blocks.length > 1 && variants.apChain === "refused") throw invalid("The file holds more than one certificate!");
  const [first] = blocks;
  if (first === undefined || !isX509(first)) throw invalid("Could not parse certificate!");
  const { raw } = new X509Certificate(first);
  if (validity(raw).notAfter < now && variants.apExpired === "refused") throw invalid("Certificate is expired!");
  return raw.toString("base64");
}

/** The certificate of a file of `import-file` (section 2.7), PEM or DER. */
export const certificateOfFile = (content: Buffer, variants: VariantSettings, now: Date): string =>
  isX509(content) && !content.includes("-----BEGIN")
    ? new X509Certificate(content).raw.toString("base64")
    : certificateOf(content, variants, now);

export type Members = Readonly<Record<string, string>>;

/** Members of a JWK that no one but its owner may know. */
const PRIVATE = new Set(["d", "p", "q", "dp", "dq", "qi", "k"]);

export interface Key {
  readonly members: Members;
  readonly privates: Members;
}

/** The members of a key, public and private apart. */
export function keyOf(key: KeyObject): Key {
  const entries = Object.entries(key.export({ format: "jwk" })) as [string, string][];
  return {
    members: Object.fromEntries(entries.filter(([name]) => !PRIVATE.has(name))),
    privates: Object.fromEntries(entries.filter(([name]) => PRIVATE.has(name))),
  };
}

export const publicKeyOf = (der: string): Members =>
  keyOf(new X509Certificate(Buffer.from(der, "base64")).publicKey).members;

export const kidOf = (members: Members): string =>
  createHash("sha256").update(JSON.stringify(members)).digest("base64url");

/** Name of the type of a JWK, and of the object that holds its members (section 3.2). */
export const typeOf = ({ kty }: Members): string => (kty ?? "oct").toUpperCase();

const ECDH = ["ECDH-ES", "ECDH-1PU"].flatMap((name) => [
  name,
  ...["A128KW", "A192KW", "A256KW"].map((wrap) => `${name}+${wrap}`),
]);
const CURVES: Readonly<Record<string, string>> = {
  ES256: "P-256",
  ES384: "P-384",
  ES512: "P-521",
  ES256K: "secp256k1",
};

/** Algorithms by use and key type (section 3.1). */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  "SIGNATURE RSA": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  "ENCRYPTION RSA": ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
  "SIGNATURE EC": Object.keys(CURVES),
  "ENCRYPTION EC": ECDH,
  "ENCRYPTION OKP": ECDH,
  "SIGNATURE OKP": ["EdDSA"],
};

/** Whether an algorithm fits a key and its use. */
export const fits = (members: Members, useType: string, algorithm: string): boolean =>
  (ALGORITHMS[`${useType} ${typeOf(members)}`] ?? []).includes(algorithm) &&
  (CURVES[algorithm] === undefined || CURVES[algorithm] === members.crv);
