import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import type { VariantSettings } from "../variants.js";
import type { Fields } from "./fields.js";
import { keyOf, type Key, type Members } from "./material.js";
import { emptyField, invalid } from "./refusal.js";

/**
 * `POST jwks/generate` (apinizer.md 3 and the vendor's page "Generate JWK"): what belongs to a type stands in an object of
 * its name, and `generate` spells curves and algorithms in its own way.
 */

const ID_TYPES = ["TIMESTAMP", "SHA256", "SHA1", "ISO_DATE", "NONE"] as const;
const USES = ["SIGNATURE", "ENCRYPTION"] as const;
type Use = (typeof USES)[number];

const AGREEMENTS = ["ECDH_ES", "ECDH_1PU"].flatMap((name) =>
  ["", "_A128KW", "_A192KW", "_A256KW"].map((wrap) => `${name}${wrap}`),
);

interface Type {
  /** What says which key is made: its size in bits, or its curve, with what there is. */
  readonly shape: "keySize" | "curveType";
  readonly shapes: readonly (number | string)[];
  readonly algorithms: Readonly<Record<Use, readonly string[]>>;
  readonly make: (shape: number | string) => Key;
}

const CURVES: Readonly<Record<string, string>> = { P256: "P-256", P384: "P-384", P521: "P-521" };

const TYPES: Readonly<Record<string, Type>> = {
  RSA: {
    shape: "keySize",
    shapes: [2048, 3072, 4096],
    algorithms: {
      SIGNATURE: ["RSA256", "RSA384", "RSA512", "PS256", "PS384", "PS512"],
      ENCRYPTION: ["RSA1_5", "RSA_OAEP", "RSA_OAEP_256", "RSA_OAEP_384", "RSA_OAEP_512"],
    },
    make: (size) => keyOf(generateKeyPairSync("rsa", { modulusLength: Number(size) }).privateKey),
  },
  EC: {
    shape: "curveType",
    shapes: [...Object.keys(CURVES), "SECP256K1"],
    algorithms: { SIGNATURE: ["ES256", "ES384", "ES512", "ES256K"], ENCRYPTION: AGREEMENTS },
    make: (curve) => keyOf(generateKeyPairSync("ec", { namedCurve: CURVES[curve] ?? "secp256k1" }).privateKey),
  },
  OKP: {
    shape: "curveType",
    shapes: ["ED25519", "X25519"],
    algorithms: { SIGNATURE: ["EdDSA"], ENCRYPTION: AGREEMENTS },
    make: (curve) =>
      keyOf((curve === "ED25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519")).privateKey),
  },
  OCT: {
    shape: "keySize",
    shapes: [128, 192, 256],
    algorithms: {
      SIGNATURE: ["HS256", "HS384", "HS512"],
      ENCRYPTION: [
        ...["A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW", "DIR"],
        ...["PBES2_HS256_A128KW", "PBES2_HS384_A192KW", "PBES2_HS512_A256KW"],
      ],
    },
    make: (size) => ({
      members: { kty: "oct" },
      privates: { k: randomBytes(Number(size) / 8).toString("base64url") },
    }),
  },
};

/** The curve that an algorithm of a key pair needs; others take any of their type. */
const curveFor = (type: string, algorithm: string): string | undefined =>
  type === "OKP"
    ? algorithm === "EdDSA"
      ? "ED25519"
      : "X25519"
    : { ES256: "P256", ES384: "P384", ES512: "P521", ES256K: "SECP256K1" }[algorithm];

export interface Generated {
  readonly key: Key;
  readonly kid: string | null;
  readonly useType: Use;
  readonly algorithm: string | undefined;
  /** ISO 8601: no answer shows them. */
  readonly notBefore: string;
  readonly expires: string;
}

/** What a request asks for, made. @throws Refusal before any key is made. */
export function generated(fields: Fields, variants: VariantSettings, now: Date): Generated {
  const name = fields.text("type");
  if (name === undefined) throw invalid("JWK type can not be empty!");
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (type === undefined) throw invalid(`type must be one of ${Object.keys(TYPES).join(", ")}!`);
  const own = fields.object(name.toLowerCase());
  const { values } = own;
  const shape = values[type.shape];
  if (shape === undefined || shape === null) throw emptyField(type.shape);
  const found = type.shapes.find((one) => one === shape);
  if (found === undefined) throw invalid(`${type.shape} must be one of ${type.shapes.join(", ")}!`);
  const useType = own.oneOf("keyUseType", USES) ?? "SIGNATURE";
  const algorithm = own.oneOf("algorithm", type.algorithms[useType]);
  if (algorithm !== undefined && (curveFor(name, algorithm) ?? found) !== found)
    throw invalid(`Algorithm (${algorithm}) does not fit ${type.shape} ${found}!`);
  const idType = own.oneOf("keyIdType", ID_TYPES) ?? "TIMESTAMP";
  for (const count of ["passwordSaltLength", "passwordIterationCount"])
    if (values[count] !== undefined && !(Number.isSafeInteger(values[count]) && Number(values[count]) > 0))
      throw invalid(`${count} must be a whole number!`);
  const notBefore = own.time("notBeforeTime") ?? now;
  const expires = own.time("expirationTime") ?? yearAfter(notBefore);
  const key = type.make(found);
  const kid = fields.text("kid") ?? keyId(idType, key, variants, now);
  return {
    ...{ key, kid, useType, algorithm },
    ...{ notBefore: notBefore.toISOString(), expires: expires.toISOString() },
  };
}

const yearAfter = (at: Date): Date => {
  const year = new Date(at);
  year.setUTCFullYear(at.getUTCFullYear() + 1);
  return year;
};

/** A key id as the service makes it; over a symmetric key's members it would tell nothing, so over its own key. */
function keyId(
  type: (typeof ID_TYPES)[number],
  { members, privates }: Key,
  { apNoKeyId }: VariantSettings,
  now: Date,
): string | null {
  const hashed = (algorithm: "sha256" | "sha1", of: Members): string =>
    createHash(algorithm).update(JSON.stringify(of)).digest("base64url");
  const over = members.kty === "oct" ? privates : members;
  switch (type) {
    case "TIMESTAMP":
      return String(now.getTime());
    case "ISO_DATE":
      return now.toISOString();
    case "SHA256":
      return hashed("sha256", over);
    case "SHA1":
      return hashed("sha1", over);
    case "NONE":
      return apNoKeyId === "missing" ? null : String(now.getTime());
  }
}
