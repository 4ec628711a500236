/** Which algorithms fit which key, and how `jwks/generate` spells them (apinizer.md 3.1 and the page "Generate JWK"). */

export const USES = ["SIGNATURE", "ENCRYPTION"] as const;
export type Use = (typeof USES)[number];
export const KEY_TYPES = ["RSA", "EC", "OKP", "OCT"] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/** Curves, as RFC 7518 and RFC 8037 spell them, by key type. */
export const CURVES = ["P-256", "P-384", "P-521", "secp256k1", "Ed25519", "X25519"] as const;
export type Curve = (typeof CURVES)[number];
const CURVES_OF: Partial<Record<KeyType, readonly Curve[]>> = {
  EC: ["P-256", "P-384", "P-521", "secp256k1"],
  OKP: ["Ed25519", "X25519"],
};
/** Sizes in bits, by key type. */
const SIZES_OF: Partial<Record<KeyType, readonly number[]>> = { RSA: [2048, 3072, 4096], OCT: [128, 192, 256] };

const WRAPS = ["A128KW", "A192KW", "A256KW"];
const ECDH = ["ECDH-ES", "ECDH-1PU"].flatMap((name) => [name, ...WRAPS.map((wrap) => `${name}+${wrap}`)]);

/** Names of RFC 7518 section 3.1 and 4.1, by use and key type. */
const ALGORITHMS: Readonly<Record<Use, Readonly<Record<KeyType, readonly string[]>>>> = {
  SIGNATURE: {
    RSA: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    EC: ["ES256", "ES384", "ES512", "ES256K"],
    OKP: ["EdDSA"],
    OCT: ["HS256", "HS384", "HS512"],
  },
  ENCRYPTION: {
    RSA: ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
    EC: ECDH,
    OKP: ECDH,
    OCT: [
      ...WRAPS,
      ...["A128GCMKW", "A192GCMKW", "A256GCMKW", "dir"],
      ...["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"],
    ],
  },
};

/** Algorithms of a use, for one key type or for all that a certificate can hold. */
export const algorithmsFor = (use: Use, type?: KeyType): readonly string[] =>
  type === undefined
    ? [...new Set((["RSA", "EC", "OKP"] as const).flatMap((one) => ALGORITHMS[use][one]))]
    : ALGORITHMS[use][type];

/** The curve that a signature algorithm is bound to (RFC 7518 section 3.4, RFC 8812). */
const CURVE_OF: Readonly<Record<string, Curve>> = {
  ES256: "P-256",
  ES384: "P-384",
  ES512: "P-521",
  ES256K: "secp256k1",
  EdDSA: "Ed25519",
};

/** What is to be generated. */
export interface KeyParameters {
  readonly type: KeyType;
  readonly size?: number | undefined;
  readonly curve?: Curve | undefined;
}

const either = (values: readonly (string | number)[]): string => values.join(", ");

/** Why a key cannot be generated so; undefined when it can. */
export function misfit(
  { type, size, curve }: KeyParameters,
  use: Use,
  algorithm: string | undefined,
): string | undefined {
  const [sizes, curves] = [SIZES_OF[type], CURVES_OF[type]];
  if (sizes !== undefined && (size === undefined || !sizes.includes(size)))
    return `generate.size is ${size ?? "missing"}: allowed for ${type} is ${either(sizes)}`;
  if (sizes === undefined && size !== undefined) return `generate.size is not for ${type}: give its curve`;
  if (curves !== undefined && (curve === undefined || !curves.includes(curve)))
    return `generate.curve is ${curve ?? "missing"}: allowed for ${type} is ${either(curves)}`;
  if (curves === undefined && curve !== undefined) return `generate.curve is not for ${type}: give its size`;
  if (type === "OKP" && (curve === "Ed25519") !== (use === "SIGNATURE"))
    return `generate.curve ${curve ?? ""} does not fit use ${use}: Ed25519 signs, X25519 agrees on keys`;
  if (algorithm === undefined) return undefined;
  if (!algorithmsFor(use, type).includes(algorithm))
    return `algorithm is ${algorithm}: allowed for ${type} and ${use} is ${either(algorithmsFor(use, type))}`;
  const bound = CURVE_OF[algorithm];
  return bound === undefined || bound === curve
    ? undefined
    : `algorithm ${algorithm} needs curve ${bound}, and generate.curve is ${curve ?? "missing"}`;
}

/** As `jwks/generate` spells an algorithm: RS256 is `RSA256`, ECDH-ES+A128KW is `ECDH_ES_A128KW`. */
export const generatedAlgorithm = (algorithm: string): string =>
  algorithm === "dir" ? "DIR" : algorithm.replace(/^RS(?=\d)/, "RSA").replace(/[-+]/g, "_");

/** As `jwks/generate` spells a curve: P-256 is `P256`. */
export const generatedCurve = (curve: Curve): string => curve.replace("-", "").toUpperCase();
