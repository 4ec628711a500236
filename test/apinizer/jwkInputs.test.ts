import { expect } from "chai";
import { CURVES, KEY_TYPES, USES, type Curve, type KeyType, type Use } from "../../provider/apinizer/jwk/algorithms.js";
import { jwk } from "../../provider/apinizer/jwk/lifecycle.js";
import { UNKNOWN } from "../../provider/core/unknown.js";

const BASE = { project: "partners", name: "signer" };
const CERTIFICATE = { ...BASE, certificateName: "gw", environment: "production", algorithm: "ES256" };
const GENERATED = { ...BASE, generate: { type: "EC", curve: "P-256" } };

const problems = (raw: object): string[] => {
  const checked = jwk.normalize(raw as Record<string, unknown>);
  return checked.ok ? [] : checked.problems.map(({ property, reason }) => `${property}: ${reason}`);
};

describe("inputs of a JWK", () => {
  for (const [what, raw] of [
    ["from a certificate", CERTIFICATE],
    ["from a certificate, for encryption", { ...CERTIFICATE, use: "ENCRYPTION", algorithm: "RSA-OAEP-256" }],
    ["waiting for its certificate", { ...CERTIFICATE, certificateThumbprint: "", certificateWrites: 0 }],
    [
      "generated, with all there is",
      {
        ...BASE,
        algorithm: "ES256",
        use: "SIGNATURE",
        generate: {
          ...{ type: "EC", curve: "P-256", kid: "k", kidFrom: "NONE" },
          ...{ notBefore: "2026-01-01T00:00:00Z", expires: "2027-01-01T00:00:00Z" },
        },
      },
    ],
    ["generated, the least", GENERATED],
    ["whose source is not known yet", { ...BASE, certificateName: UNKNOWN, environment: UNKNOWN, algorithm: UNKNOWN }],
    ["whose key is not known yet", { ...BASE, generate: UNKNOWN }],
    ["whose use is not known yet", { ...CERTIFICATE, use: UNKNOWN }],
    ["generated, whose algorithm is not known yet", { ...GENERATED, algorithm: UNKNOWN }],
  ] as const)
    it(`are taken: ${what}`, () => {
      expect(problems(raw)).to.deep.equal([]);
    });

  for (const [what, raw, told] of [
    ["no source", BASE, "certificateName: allowed is one source"],
    ["two sources", { ...CERTIFICATE, generate: GENERATED.generate }, "certificateName: allowed is one source"],
    ["two sources, one not known", { ...CERTIFICATE, generate: UNKNOWN }, "certificateName: allowed is one source"],
    ["no environment", { ...CERTIFICATE, environment: undefined }, "environment: environment is missing"],
    ["a list of environments", { ...CERTIFICATE, environment: "a,b" }, "environment: environment is"],
    ["no algorithm", { ...CERTIFICATE, algorithm: undefined }, "algorithm: algorithm is missing"],
    [
      "an algorithm that there is not",
      { ...CERTIFICATE, algorithm: "RSA256" },
      "algorithm: algorithm is RSA256: allowed",
    ],
    [
      "another use's algorithm",
      { ...CERTIFICATE, use: "ENCRYPTION" },
      "algorithm: algorithm is ES256: allowed for ENCR",
    ],
    ["a symmetric algorithm of a certificate", { ...CERTIFICATE, algorithm: "HS256" }, "algorithm is HS256: allowed"],
    ["a use that there is not", { ...CERTIFICATE, use: "SIGN" }, "use: use is"],
    [
      "an environment of a generated one",
      { ...GENERATED, environment: "production" },
      "environment: environment is only",
    ],
    ["writes of a generated one", { ...GENERATED, certificateWrites: 1 }, "certificateWrites is only"],
    ["half a write", { ...CERTIFICATE, certificateWrites: 0.5 }, "allowed is a number of writes"],
    ["a thumbprint of a generated one", { ...GENERATED, certificateThumbprint: "" }, "certificateThumbprint is only"],
    ["a type that there is not", { ...BASE, generate: { type: "DSA" } }, "generate: generate.type is"],
    [
      "no size",
      { ...BASE, generate: { type: "RSA" } },
      "generate.size is missing: allowed for RSA is 2048, 3072, 4096",
    ],
    ["another size", { ...BASE, generate: { type: "RSA", size: 1024 } }, "generate.size is 1024: allowed for RSA"],
    ["another size of OCT", { ...BASE, generate: { type: "OCT", size: 2048 } }, "allowed for OCT is 128, 192, 256"],
    ["half a bit", { ...BASE, generate: { type: "RSA", size: 2048.5 } }, "allowed is a key size in bits"],
    ["a size of EC", { ...BASE, generate: { type: "EC", curve: "P-256", size: 256 } }, "generate.size is not for EC"],
    [
      "a curve of RSA",
      { ...BASE, generate: { type: "RSA", size: 2048, curve: "P-256" } },
      "generate.curve is not for RSA",
    ],
    ["no curve", { ...BASE, generate: { type: "EC" } }, "generate.curve is missing: allowed for EC"],
    [
      "another type's curve",
      { ...BASE, generate: { type: "EC", curve: "Ed25519" } },
      "generate.curve is Ed25519: allowed for EC",
    ],
    ["a curve as generate spells it", { ...BASE, generate: { type: "EC", curve: "P256" } }, "generate.curve"],
    ["X25519 for signatures", { ...BASE, generate: { type: "OKP", curve: "X25519" } }, "does not fit use SIGNATURE"],
    [
      "Ed25519 for encryption",
      { ...BASE, use: "ENCRYPTION", generate: { type: "OKP", curve: "Ed25519" } },
      "does not fit use ENCRYPTION",
    ],
    ["another curve's algorithm", { ...GENERATED, algorithm: "ES384" }, "algorithm ES384 needs curve P-384"],
    [
      "another type's algorithm",
      { ...GENERATED, algorithm: "RS256" },
      "algorithm is RS256: allowed for EC and SIGNATURE",
    ],
    [
      "an algorithm as generate spells it",
      { ...BASE, algorithm: "RSA256", generate: { type: "RSA", size: 2048 } },
      "algorithm is RSA256",
    ],
    ["a time that is none", { ...BASE, generate: { ...GENERATED.generate, expires: "soon" } }, "ISO 8601"],
    ["a field that there is not", { ...BASE, generate: { ...GENERATED.generate, keySize: 1 } }, "generate"],
    [
      "a key id type that there is not",
      { ...BASE, generate: { ...GENERATED.generate, kidFrom: "MD5" } },
      "generate.kidFrom",
    ],
    ["an empty name", { ...CERTIFICATE, name: "" }, "name: name is"],
    ["an input that there is not", { ...CERTIFICATE, certificatename: "x" }, "did you mean certificateName?"],
    ["a trigger that is no text", { ...CERTIFICATE, trigger: 1 }, "trigger"],
  ] as const)
    it(`are told before any call: ${what}`, () => {
      expect(problems(raw).join("\n")).to.include(told);
    });
});

/** The page "Generate JWK": RFC 7518's name, and how `jwks/generate` spells it. */
const WRAPS = ["A128KW", "A192KW", "A256KW"];
type Pair = readonly [string, string];
const same = (...names: string[]): Pair[] => names.map((name) => [name, name]);
const AGREEMENTS = ["ES", "1PU"].flatMap((name): Pair[] => [
  [`ECDH-${name}`, `ECDH_${name}`],
  ...WRAPS.map((wrap): Pair => [`ECDH-${name}+${wrap}`, `ECDH_${name}_${wrap}`]),
]);
const PAGE: Readonly<Record<Use, Readonly<Record<KeyType, readonly Pair[]>>>> = {
  SIGNATURE: {
    RSA: [
      ...["256", "384", "512"].map((bits): Pair => [`RS${bits}`, `RSA${bits}`]),
      ...same("PS256", "PS384", "PS512"),
    ],
    EC: same("ES256", "ES384", "ES512", "ES256K"),
    OKP: same("EdDSA"),
    OCT: same("HS256", "HS384", "HS512"),
  },
  ENCRYPTION: {
    RSA: [
      ...same("RSA1_5"),
      ["RSA-OAEP", "RSA_OAEP"],
      ["RSA-OAEP-256", "RSA_OAEP_256"],
      ["RSA-OAEP-384", "RSA_OAEP_384"],
      ["RSA-OAEP-512", "RSA_OAEP_512"],
    ],
    EC: AGREEMENTS,
    OKP: AGREEMENTS,
    OCT: [
      ...same(...WRAPS, "A128GCMKW", "A192GCMKW", "A256GCMKW"),
      ["dir", "DIR"],
      ["PBES2-HS256+A128KW", "PBES2_HS256_A128KW"],
      ["PBES2-HS384+A192KW", "PBES2_HS384_A192KW"],
      ["PBES2-HS512+A256KW", "PBES2_HS512_A256KW"],
    ],
  },
};
/** The page's curves; sizes are numbers there and here. */
const SPELLED: Readonly<Record<Curve, string>> = {
  ...{ "P-256": "P256", "P-384": "P384", "P-521": "P521", secp256k1: "SECP256K1" },
  ...{ Ed25519: "ED25519", X25519: "X25519" },
};
const SIZES: Partial<Record<KeyType, readonly number[]>> = { RSA: [2048, 3072, 4096], OCT: [128, 192, 256] };
const EC: readonly Curve[] = ["P-256", "P-384", "P-521", "secp256k1"];
const SIGNS: Readonly<Record<string, Curve>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521", ES256K: "secp256k1" };

describe("what jwks/generate is sent", () => {
  const body = (raw: object): Readonly<Record<string, unknown>> | undefined => {
    const checked = jwk.normalize({ ...BASE, ...raw });
    if (!checked.ok) return undefined;
    const [operation] = jwk.plan({ seed: "urn", after: checked.inputs }, new Date(0)).operations;
    expect(operation?.call.path).to.equal("/projects/partners/jwks/generate");
    return operation?.call.body;
  };

  for (const use of USES)
    for (const type of KEY_TYPES)
      for (const [algorithm, spelled] of PAGE[use][type])
        it(`${type}, ${use}, ${algorithm}: with every size or curve that fits, and with no other`, () => {
          const shapes = [...(SIZES[type] ?? []).map((size) => ({ size })), ...CURVES.map((curve) => ({ curve }))];
          const fits = ({ size, curve }: { size?: number; curve?: Curve }): boolean =>
            size !== undefined ||
            (type === "EC" && curve !== undefined && EC.includes(curve) && (SIGNS[algorithm] ?? curve) === curve) ||
            (type === "OKP" && curve === (use === "SIGNATURE" ? "Ed25519" : "X25519"));
          let fitting = 0;
          for (const shape of shapes) {
            const sent = body({ use, algorithm, generate: { type, ...shape } });
            if (!fits(shape)) expect(sent, JSON.stringify(shape)).to.equal(undefined);
            else {
              fitting++;
              expect(sent).to.deep.equal({
                ...{ name: "signer", type },
                [type.toLowerCase()]: {
                  ...("size" in shape ? { keySize: shape.size } : { curveType: SPELLED[shape.curve] }),
                  ...{ keyUseType: use, algorithm: spelled },
                },
              });
            }
          }
          expect(fitting).to.be.at.least(1);
        });

  for (const use of USES)
    for (const type of KEY_TYPES)
      it(`${type}, ${use}: no algorithm that the page has not, and none is needed`, () => {
        const shape =
          type === "OKP"
            ? { curve: use === "SIGNATURE" ? "Ed25519" : "X25519" }
            : type === "EC"
              ? {}
              : { size: SIZES[type]?.[0] };
        const all = Object.values(PAGE).flatMap((types) => Object.values(types).flatMap((pairs) => pairs.flat()));
        const own = new Set(PAGE[use][type].map(([name]) => name));
        for (const algorithm of [...new Set([...all, "none", "RS1", ""])].filter((one) => !own.has(one)))
          for (const curve of type === "EC" ? EC : [undefined])
            expect(
              body({ use, algorithm, generate: { type, ...shape, ...(curve === undefined ? {} : { curve }) } }),
              algorithm,
            ).to.equal(undefined);
        const least = { type, ...shape, ...(type === "EC" ? { curve: "P-256" } : {}) };
        expect(body({ use, generate: least })?.[type.toLowerCase()]).to.have.property("keyUseType", use);
      });

  it("key id and validity go as the page says, and are left out where they are not given", () => {
    const validity = { notBefore: "2026-01-01T00:00:00Z", expires: "2027-01-01T00:00:00Z" };
    expect(
      body({ description: "d", generate: { type: "EC", curve: "P-256", kid: "k", kidFrom: "SHA256", ...validity } }),
    ).to.deep.equal({
      ...{ name: "signer", description: "d", type: "EC", kid: "k" },
      ec: {
        ...{ curveType: "P256", keyUseType: "SIGNATURE", keyIdType: "SHA256" },
        ...{ notBeforeTime: validity.notBefore, expirationTime: validity.expires },
      },
    });
  });

  it("a certificate's algorithms go as RFC 7518 spells them, to the path with a slash", () => {
    for (const use of USES)
      for (const type of ["RSA", "EC", "OKP"] as const)
        for (const [algorithm] of PAGE[use][type]) {
          const checked = jwk.normalize({ ...CERTIFICATE, use, algorithm, description: "d" });
          if (!checked.ok) throw new Error(checked.problems[0]?.reason);
          const [operation] = jwk.plan({ seed: "urn", after: checked.inputs }, new Date(0)).operations;
          expect(operation?.call).to.deep.equal({
            method: "POST",
            path: "/projects/partners/jwks/",
            body: {
              ...{ name: "signer", description: "d", sourceType: "CERTIFICATE", certificateName: "gw" },
              ...{ environmentName: "production", useType: use, algorithm },
            },
          });
        }
  });
});
