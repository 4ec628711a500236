import { expect } from "chai";
import { calling, JWKS, list, message, outcomes, pemOf, type Answer, type Caller, type Json } from "./client.js";

const BOTH = [
  ["production", true],
  ["staging", true],
];
const one = async (at: Caller, name = "signer"): Promise<Json> => list(await at.get(`${JWKS}${name}/`))[0] ?? {};

describe("sandbox: JWKs of Apinizer (apinizer.md 3)", () => {
  it(
    "one from a certificate has its public key, and is deployed to all environments",
    calling(async (at) => {
      await at.given({ environments: ["production"] });
      const answer = await at.jwk();
      expect([answer.status, answer.body.success, outcomes(answer)]).to.deep.equal([200, true, BOTH]);
      const shown = await one(at);
      const { sourceId, kid, projectId, ec, ...others } = shown;
      expect(others).to.deep.equal({
        ...{ name: "signer", description: "for partners", sourceType: "CERTIFICATE", sourceUrl: null, type: "EC" },
      });
      expect(sourceId).to.equal(at.apinizer.certificate("edge").objectId);
      expect([typeof kid, typeof projectId]).to.deep.equal(["string", "string"]);
      expect(Object.keys(ec as Json).sort()).to.deep.equal(["crv", "x", "y"]);
      const { ec: hidden, ...listed } = shown;
      expect((await at.get(JWKS)).body).to.deep.equal({ status: "SUCCESS", resultList: [listed] });
      expect(hidden).to.deep.equal(ec);
    }),
  );

  it(
    "parse-from-certificate is the same without a sourceType",
    calling(async (at) => {
      await at.given();
      const answer = await at.json("POST", `${JWKS}parse-from-certificate`, {
        ...{ name: "signer", certificateName: "edge", environmentName: "staging" },
        ...{ useType: "SIGNATURE", algorithm: "ES256", kid: "mine" },
      });
      expect(answer.status).to.equal(200);
      expect(await one(at)).to.include({ sourceType: "CERTIFICATE", kid: "mine", description: "" });
    }),
  );

  it(
    "a certificate of admin can be its source",
    calling(async (at) => {
      await at.given({ project: "admin" });
      expect((await at.jwk()).status).to.equal(200);
      expect(at.apinizer.jwk("signer").sourceId).to.equal(at.apinizer.certificate("edge", "admin").objectId);
    }),
  );

  for (const [what, more, words] of [
    ["no name", { name: undefined }, "JWK name can not be empty!"],
    ["no source", { sourceType: undefined }, "Source type is required!"],
    ["a source that there is not", { sourceType: "X" }, "sourceType must be one of"],
    ["a source that is not served", { sourceType: "KEYSTORE" }, "from certificates alone"],
    ["no URL", { sourceType: "URL" }, "URL is required for URL source type!"],
    ["no certificate", { certificateName: undefined }, "certificateName value can not be empty!"],
    ["another certificate", { certificateName: "x" }, "Certificate (name: x) is not found!"],
    ["another environment", { environmentName: "x" }, "Environment (x) is not found or"],
    ["no use", { useType: undefined }, "useType value can not be empty!"],
    ["no algorithm", { algorithm: undefined }, "algorithm value can not be empty!"],
    ["another key's algorithm", { algorithm: "RS256" }, "Algorithm (RS256) does not fit the key!"],
    ["another curve's algorithm", { algorithm: "ES384" }, "Algorithm (ES384) does not fit the key!"],
    ["another use's algorithm", { useType: "ENCRYPTION" }, "Algorithm (ES256) does not fit the key!"],
  ] as const)
    it(
      `create with ${what} is refused`,
      calling(async (at) => {
        await at.given();
        const answer = await at.jwk(more);
        expect(answer.status).to.equal(400);
        expect(message(answer)).to.include(words);
        expect(at.apinizer.jwks()).to.deep.equal([]);
      }),
    );

  for (const [key, useType, algorithm] of [
    ["rsa", "SIGNATURE", "PS512"],
    ["rsa", "ENCRYPTION", "RSA-OAEP-256"],
    ["ec", "ENCRYPTION", "ECDH-ES+A128KW"],
    ["ec", "ENCRYPTION", "ECDH-1PU"],
  ] as const)
    it(
      `${algorithm} fits ${key} for ${useType}`,
      calling(async (at) => {
        await at.given({ pem: await pemOf("first", key) });
        expect((await at.jwk({ useType, algorithm })).status).to.equal(200);
        expect((await one(at)).type).to.equal(key.toUpperCase());
      }),
    );

  for (const [type, members] of [
    ["RSA", ["d", "dp", "dq", "e", "n", "p", "q", "qi"]],
    ["EC", ["crv", "d", "x", "y"]],
    ["OKP", ["crv", "d", "x"]],
    ["OCT", ["k"]],
  ] as const)
    it(
      `a generated ${type} key is read with its private members, and listed and exported without`,
      calling(async (at) => {
        const answer = await at.generate({ type, description: "d" });
        expect([answer.status, outcomes(answer)]).to.deep.equal([200, BOTH]);
        const shown = await one(at, "own");
        expect(shown).to.include({ sourceType: "GENERATE", sourceId: null, type, description: "d" });
        expect(Object.keys(shown[type.toLowerCase()] as Json).sort()).to.deep.equal(members);
        const secrets = Object.values(at.apinizer.privateMembers("own"));
        expect(secrets).to.not.deep.equal([]);
        const lists = (await at.get(JWKS)).text;
        const exported = (await at.get(`${JWKS}own/export-file/?publicOnly=true`)).text;
        for (const secret of secrets) expect(lists + exported).to.not.include(secret);
        const whole = (await at.get(`${JWKS}own/export-file/`)).body.keys as Json[];
        expect(Object.values(whole[0] ?? {})).to.include.members(secrets);
      }),
    );

  it(
    "generate refuses a type that there is not, and a name that is taken",
    calling(async (at) => {
      expect(message(await at.generate({ type: "DSA" }))).to.include("type must be one of");
      expect(message(await at.generate({ type: null }))).to.equal("JWK type can not be empty!");
      await at.generate();
      const words = "JWK (name: own) is already exist! Try update operation if want to change its value.";
      for (const answer of [await at.generate(), await at.jwk({ name: "own" })])
        expect([answer.status, message(answer)]).to.deep.equal([400, words]);
      for (const body of [[], "text", 1]) expect((await at.json("POST", JWKS, body)).status).to.equal(400);
      expect(message(await at.send("POST", JWKS, "{"))).to.equal("Request body is not valid!");
    }),
  );

  it(
    "update changes name and description, detaches the JWK, and keeps its key",
    calling(async (at) => {
      await at.givenJwk();
      const before = await one(at);
      const answer = await at.json("PUT", `${JWKS}signer/`, { name: "renamed", description: "d" });
      expect([answer.status, outcomes(answer)]).to.deep.equal([200, BOTH]);
      expect(await one(at, "renamed")).to.deep.equal({
        ...before,
        ...{ name: "renamed", description: "d", sourceId: null },
      });
      expect(message(await at.get(`${JWKS}signer/`))).to.equal("JWK (name: signer) is not found!");
      expect(message(await at.json("PUT", `${JWKS}signer/`, {}))).to.equal(
        "JWK (name: signer) is not found! Try create operation.",
      );
      await at.generate();
      const taken = await at.json("PUT", `${JWKS}renamed/`, { name: "own" });
      expect(message(taken)).to.equal("JWK (name: own) is already exist!");
      expect((await at.json("PUT", `${JWKS}renamed/`, {})).status).to.equal(200);
    }),
  );

  it(
    "delete undeploys from all environments, and is refused when there is none",
    calling(async (at) => {
      await at.givenJwk();
      const remove = (): Promise<Answer> => at.send("DELETE", `${JWKS}signer/`);
      at.apinizer.unreachable("staging");
      expect(outcomes(await remove())).to.deep.equal([
        ["production", true],
        ["staging", false],
      ]);
      expect(at.apinizer.jwks()).to.deep.equal([]);
      expect(message(await remove())).to.equal("JWK (name: signer) is not found!");
    }),
  );
});

describe("sandbox: what becomes of a certificate's JWKs (apinizer.md 3.4)", () => {
  const [OLD, NEW] = [false, true];
  for (const [act, what] of [
    ["PUT ", [true, OLD]],
    ["PUT ?jwkUpdateAction=NULLIFY", [true, OLD]],
    ["PUT ?jwkUpdateAction=UPDATE", [false, NEW]],
    ["PUT ?jwkUpdateAction=UPDATE&updateScope=SAME_PROJECT", [false, NEW]],
    ["PUT ?jwkUpdateAction=UPDATE&updateScope=ALL_PROJECTS", [false, NEW]],
    ["DELETE ", [true, OLD]],
    ["DELETE ?jwkDeleteAction=NULLIFY", [true, OLD]],
    ["DELETE ?jwkDeleteAction=DELETE", undefined],
  ] as const)
    it(
      `${act}: ${what === undefined ? "deleted for good" : what[0] ? "detached, with the old key" : "read again"}`,
      calling(async (at) => {
        await at.givenJwk();
        await at.generate();
        const before = at.apinizer.jwk("signer");
        const [method, query] = act.split(" ");
        expect((method === "PUT" ? await at.update({}, query) : await at.remove(query)).status).to.equal(200);
        const after = at.apinizer.jwks().find(({ name }) => name === "signer");
        const seen = after && [
          after.sourceId === null,
          JSON.stringify(after.members) !== JSON.stringify(before.members),
        ];
        expect(seen).to.deep.equal(what);
        expect(after?.kid).to.equal(what && before.kid);
        expect(at.apinizer.jwk("own").sourceType).to.equal("GENERATE");
      }),
    );

  it(
    "updateReferencedJwks of the older generation reads them again, too",
    calling(
      async (at) => {
        await at.givenJwk();
        const { members } = at.apinizer.jwk("signer");
        await at.update({}, "?updateReferencedJwks=false");
        expect(at.apinizer.jwk("signer")).to.deep.include({ members });
        await at.update({}, "?updateReferencedJwks=true&updateScope=SAME_PROJECT");
        expect(at.apinizer.jwk("signer").members).to.not.deep.equal(members);
        await at.remove("?jwkDeleteAction=DELETE");
        expect(at.apinizer.jwk("signer").sourceId).to.equal(null);
      },
      { apJwkParameters: "flag" },
    ),
  );
});

describe("sandbox: keys that Apinizer generates (the page Generate JWK)", () => {
  const parameters = { keyUseType: "SIGNATURE", keyIdType: "TIMESTAMP" };
  const WRAPS = ["", "_A128KW", "_A192KW", "_A256KW"];
  const ECDH = ["ECDH_ES", "ECDH_1PU"].flatMap((name) => WRAPS.map((wrap) => `${name}${wrap}`));

  for (const [type, own, what] of [
    ["RSA", { keySize: 2048 }, 256],
    ["RSA", { keySize: 3072 }, 384],
    ["EC", { curveType: "P256" }, "P-256"],
    ["EC", { curveType: "P384" }, "P-384"],
    ["EC", { curveType: "P521" }, "P-521"],
    ["EC", { curveType: "SECP256K1" }, "secp256k1"],
    ["OKP", { curveType: "ED25519" }, "Ed25519"],
    ["OKP", { curveType: "X25519" }, "X25519"],
    ["OCT", { keySize: 128 }, 16],
    ["OCT", { keySize: 192 }, 24],
    ["OCT", { keySize: 256 }, 32],
  ] as const)
    it(
      `${type} with ${JSON.stringify(own)} alone is made so, for signatures, valid for a year`,
      calling(async (at) => {
        expect((await at.generate({ type, [type.toLowerCase()]: own })).status).to.equal(200);
        const made = at.apinizer.jwk("own");
        const { k } = at.apinizer.privateMembers("own");
        const bytes = (text = ""): number => Buffer.from(text, "base64url").length;
        expect(made.members.crv ?? bytes(made.members.n ?? k)).to.equal(what);
        expect(made).to.include({ useType: "SIGNATURE", sourceType: "GENERATE", sourceId: null });
        const now = at.sandbox.clock.now().toISOString();
        expect(made.kid).to.equal(String(Date.parse(now)));
        const year = `${Number(now.slice(0, 4)) + 1}${now.slice(4)}`;
        expect([made.notBefore, made.expires]).to.deep.equal([now, year]);
      }),
    );

  it(
    "every algorithm of the page is taken with its type, use and curve",
    calling(async (at) => {
      const curve = (algorithm: string): string =>
        ({ ES384: "P384", ES512: "P521", ES256K: "SECP256K1" })[algorithm] ?? "P256";
      const all = [
        ...["RSA256", "RSA384", "RSA512", "PS256", "PS384", "PS512"].map((one) => ["RSA", "SIGNATURE", one]),
        ...["RSA1_5", "RSA_OAEP", "RSA_OAEP_256", "RSA_OAEP_384", "RSA_OAEP_512"].map((one) => [
          "RSA",
          "ENCRYPTION",
          one,
        ]),
        ...["ES256", "ES384", "ES512", "ES256K"].map((one) => ["EC", "SIGNATURE", one]),
        ...["EC", "OKP"].flatMap((type) => ECDH.map((one) => [type, "ENCRYPTION", one])),
        ["OKP", "SIGNATURE", "EdDSA"],
        ...["HS256", "HS384", "HS512"].map((one) => ["OCT", "SIGNATURE", one]),
        ...["A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW", "DIR"].map((one) => [
          ...["OCT", "ENCRYPTION", one],
        ]),
        ...["HS256_A128KW", "HS384_A192KW", "HS512_A256KW"].map((one) => ["OCT", "ENCRYPTION", `PBES2_${one}`]),
      ];
      for (const [type = "", keyUseType = "", algorithm = ""] of all) {
        const shapes: Json = {
          RSA: { keySize: 2048, expirationTime: "soon" },
          EC: { curveType: curve(algorithm) },
          OKP: { curveType: keyUseType === "SIGNATURE" ? "ED25519" : "X25519" },
          OCT: { keySize: 256 },
        };
        const own = { ...parameters, keyUseType, algorithm, ...(shapes[type] as Json) };
        const answer = await at.generate({ name: `${type}-${algorithm}`, type, [type.toLowerCase()]: own });
        // RSA keys are slow to make: what is looked at after the algorithm is refused.
        if (type === "RSA") expect(message(answer), algorithm).to.equal("expirationTime is not a valid date!");
        else expect([answer.status, message(answer)], algorithm).to.deep.equal([200, undefined]);
      }
    }),
  );

  for (const [what, body, words] of [
    ["no object of its type", { ec: undefined }, "ec value can not be empty!"],
    ["the object of another type", { ec: undefined, rsa: { keySize: 2048 } }, "ec value can not be empty!"],
    ["an object that is none", { ec: "P256" }, "Request body is not valid!"],
    ["no curve", { ec: {} }, "curveType value can not be empty!"],
    ["a curve as RFC 7518 spells it", { ec: { curveType: "P-256" } }, "curveType must be one of P256, P384"],
    ["no size", { type: "RSA", rsa: {} }, "keySize value can not be empty!"],
    ["a size that there is not", { type: "RSA", rsa: { keySize: 1024 } }, "keySize must be one of 2048, 3072, 4096!"],
    ["a size as text", { type: "OCT", oct: { keySize: "128" } }, "keySize must be one of 128, 192, 256!"],
    ["a use that there is not", { ec: { curveType: "P256", keyUseType: "SIGN" } }, "keyUseType must be one of"],
    ["an algorithm as RFC 7518 spells it", { type: "RSA", rsa: { keySize: 2048, algorithm: "RS256" } }, "RSA256"],
    ["another use's algorithm", { ec: { curveType: "P256", algorithm: "ECDH_ES" } }, "algorithm must be one of ES256"],
    ["another curve's algorithm", { ec: { curveType: "P256", algorithm: "ES384" } }, "(ES384) does not fit curveType"],
    [
      "an agreement on a curve that signs",
      { type: "OKP", okp: { curveType: "ED25519", keyUseType: "ENCRYPTION", algorithm: "ECDH_ES" } },
      "(ECDH_ES) does not fit curveType ED25519",
    ],
    ["a key id type that there is not", { ec: { curveType: "P256", keyIdType: "MD5" } }, "keyIdType must be one of"],
    [
      "a time that is none",
      { ec: { curveType: "P256", expirationTime: "soon" } },
      "expirationTime is not a valid date!",
    ],
    ["a salt that is none", { type: "OCT", oct: { keySize: 128, passwordSaltLength: "x" } }, "passwordSaltLength must"],
  ] as const)
    for (const [apError, told] of [
      ["FAILURE", "resultMessage"],
      ["oauth", "error_description"],
    ] as const)
      it(
        `${what} is refused in form ${apError}, and nothing is made`,
        calling(
          async (at) => {
            const answer = await at.generate(body);
            expect([answer.status, String(answer.body[told]).includes(words)], answer.text).to.deep.equal([400, true]);
            expect(at.apinizer.jwks()).to.deep.equal([]);
          },
          { apError },
        ),
      );

  it(
    "a key id is the one that is given, or made as it is asked for",
    calling(async (at) => {
      const kid = async (more: Json, own: Json = {}): Promise<string | null> => {
        const name = `own-${at.apinizer.jwks().length}`;
        expect((await at.generate({ name, ec: { curveType: "P256", ...own }, ...more })).status).to.equal(200);
        return at.apinizer.jwk(name).kid;
      };
      const now = at.sandbox.clock.now();
      expect(await kid({ kid: "mine" }, { keyIdType: "SHA256" })).to.equal("mine");
      expect(await kid({}, { keyIdType: "TIMESTAMP" })).to.equal(String(now.getTime()));
      expect(await kid({}, { keyIdType: "ISO_DATE" })).to.equal(now.toISOString());
      expect(await kid({}, { keyIdType: "SHA256" })).to.match(/^[\w-]{43}$/);
      expect(await kid({}, { keyIdType: "SHA1" })).to.match(/^[\w-]{27}$/);
      expect(await kid({}, { keyIdType: "NONE" })).to.equal(null);
      expect((await one(at, "own-5")).kid).to.equal(null);
    }),
  );

  it(
    "a validity is the one that is given, one year from its beginning where that alone is",
    calling(async (at) => {
      const from = { notBeforeTime: "2027-01-01T00:00:00Z" };
      await at.generate({ ec: { curveType: "P256", ...from } });
      expect(at.apinizer.jwk("own").expires).to.equal("2028-01-01T00:00:00.000Z");
      await at.generate({ name: "short", ec: { curveType: "P256", ...from, expirationTime: "2027-02-01T00:00:00Z" } });
      expect(at.apinizer.jwk("short").expires).to.equal("2027-02-01T00:00:00.000Z");
    }),
  );
});
