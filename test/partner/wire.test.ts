import { expect } from "chai";
import fc from "fast-check";
import { Fault } from "../../provider/core/fault.js";
import type { Answer } from "../../provider/core/perform.js";
import { clientsFor } from "../../provider/partner/clients.js";
import { PartnerClient } from "../../provider/partner/client.js";
import { readIssued, readReply } from "../../provider/partner/wire.js";
import { mutatedAnswer } from "../instrument/mutations.js";

const SEED = 20260303;
const KID = "u4rT-w0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s";
const HMAC = Buffer.alloc(64, 7).toString("base64url");
const URL = "https://acme.digicert.com/v2/acme/directory/";

const answer = (body: unknown, status = 200): Answer => ({
  status,
  contentType: "application/json",
  body: typeof body === "string" ? body : JSON.stringify(body),
  traceId: "t",
});

describe("what the Partner API issues", () => {
  const shapes: readonly (readonly [string, unknown, { credentialId?: number; contractId?: number; url?: boolean }])[] =
    [
      [
        "the names of CertCentral",
        { eab_set: { ext_act_kid: KID, ext_act_hmac: HMAC, acme_directory_url: URL } },
        { url: true },
      ],
      [
        "a credential id beside them",
        { eab_set: { kid: KID, hmac_key: HMAC, credential_id: 4821 } },
        { credentialId: 4821 },
      ],
      [
        "an id within them",
        { eab_set: { id: 4821, key_id: KID, mac_key: HMAC, directory_url: URL } },
        { credentialId: 4821, url: true },
      ],
      ["a list of one", { eab_set: [{ eab_kid: KID, eab_hmac_key: HMAC }] }, {}],
      ["camel case", { eabSet: { keyIdentifier: KID, hmacKey: HMAC, serverUrl: URL } }, { url: true }],
      [
        "flat, with the contract",
        { acme_contract_id: 7, acme_directory_url: URL, eab_kid: KID, eab_hmac: HMAC },
        { contractId: 7, url: true },
      ],
      ["the contract as id", { id: 7, eab_set: { kid: KID, hmac: HMAC, hmac_alg: "HS256" } }, { contractId: 7 }],
      ["a contract of its own", { contract: { id: "7" }, eab_set: { kid: KID, hmac: HMAC } }, { contractId: 7 }],
    ];
  for (const [what, body, { credentialId, contractId, url }] of shapes)
    it(`is recognized: ${what}`, () => {
      const { binding, ...rest } = readIssued(body);
      expect(binding).to.deep.equal({
        keyId: KID,
        hmacKey: HMAC,
        ...(url === true ? { directoryUrl: URL } : {}),
        ...(credentialId === undefined ? {} : { credentialId }),
      });
      expect(rest).to.deep.equal(contractId === undefined ? {} : { contractId });
    });

  for (const [what, body] of [
    ["no HMAC key", { eab_set: { kid: KID } }],
    ["no key id", { eab_set: { hmac_key: HMAC } }],
    ["an HMAC key that is masked", { eab_set: { kid: KID, hmac_key: "************************" } }],
    ["an algorithm in its place", { eab_set: { kid: KID, hmac: "HS256" } }],
    ["empty texts", { eab_set: { kid: "", hmac_key: "" } }],
    ["null", null],
  ] as const)
    it(`is not guessed: ${what}`, () => {
      expect(readIssued(body)).to.deep.equal({});
    });

  it("is as it was issued, or is not recognized, whatever happens to the answer", () => {
    fc.assert(
      fc.property(
        mutatedAnswer({ acme_contract_id: 7, eab_set: { kid: KID, hmac_key: HMAC, credential_id: 9 } }),
        (reply) => {
          const read = readReply(reply);
          if (read.outcome !== "done") {
            expect(read.cameBack.length).to.be.below(1000);
            expect(read.cameBack).to.not.include(HMAC);
            return;
          }
          const { binding, contractId } = readIssued(read.data);
          if (contractId !== undefined) expect(Number.isSafeInteger(contractId) && contractId > 0).to.equal(true);
          if (binding === undefined) return;
          expect(binding.hmacKey).to.match(/^[A-Za-z0-9+/_-]{22,}={0,2}$/);
          expect(binding.keyId).to.match(/^[\x21-\x7e]+$/);
          expect(binding.keyId).to.not.equal(binding.hmacKey);
        },
      ),
      { seed: SEED, numRuns: 3000 },
    );
  });
});

describe("answers of the Partner API that were mutated", () => {
  const client = (reply: Answer): PartnerClient =>
    new PartnerClient(() => Promise.resolve(reply), "https://partner.test", 0);
  const CONTRACT = {
    acme_contract_id: 7,
    account_id: 9,
    product_name_id: "ssl_dv_rapidssl",
    created_at: "2026-01-29T10:30:00Z",
    sans: ["a.example.com"],
    valid_till: "2027-01-29T10:30:00Z",
    organization: null,
    is_organization_validated: false,
    auto_renew: false,
    date_canceled: null,
  };
  const LIST = {
    credentials: [
      { credential_id: 4821, kid_hint: "ab12", status: "active", created_at: "2026-06-01 14:00:00" },
      { credential_id: 4750, kid_hint: "cd34", status: "revoked", created_at: "2026-05-15 10:30:00" },
    ],
  };
  async function read<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      expect(error).to.be.instanceOf(Fault);
      expect((error as Fault).message).to.match(/^Could not .*\. Known: .*\. Next: /s);
      return undefined;
    }
  }

  it("a contract is whole, and the one that was asked for, or there is a fault in words", async () => {
    await fc.assert(
      fc.asyncProperty(mutatedAnswer(CONTRACT), async (reply) => {
        const info = await read(client(reply).contract(7, "a"));
        if (info === undefined) return;
        expect(info.contractId).to.equal(7);
        expect(info.sans.every((name) => typeof name === "string")).to.equal(true);
        for (const at of [info.createdAt, info.validTill])
          if (at !== undefined) expect(Number.isNaN(new Date(at).getTime())).to.equal(false);
      }),
      { seed: SEED, numRuns: 1500 },
    );
  });

  it("a list of credentials is whole, or there is a fault in words: a missing list is never an empty one", async () => {
    await fc.assert(
      fc.asyncProperty(mutatedAnswer(LIST), async (reply) => {
        const list = await read(client(reply).credentials(7, "a"));
        for (const one of list ?? []) {
          expect(Number.isSafeInteger(one.credentialId)).to.equal(true);
          expect(one.status).to.be.a("string");
        }
      }),
      { seed: SEED, numRuns: 1500 },
    );
    for (const body of [{}, { credentials: null }, [], { credentials: [{ credential_id: 1 }] }])
      expect(await read(client(answer(body)).credentials(7, "a")), JSON.stringify(body)).to.equal(undefined);
  });

  it("times without a zone are read, and one that is no time is left out", async () => {
    const [first, second] = await client(
      answer({ credentials: [LIST.credentials[0], { ...LIST.credentials[1], created_at: "yesterday" }] }),
    ).credentials(7, "a");
    expect(first).to.deep.equal({
      credentialId: 4821,
      kidHint: "ab12",
      status: "active",
      createdAt: "2026-06-01T14:00:00Z",
    });
    expect(second).to.deep.equal({ credentialId: 4750, kidHint: "cd34", status: "revoked" });
  });
});

describe("how ACME clients take a credential", () => {
  it("exactly as issued, also when values begin with a hyphen, in each client's own form", () => {
    const account = { directoryUrl: URL, keyId: "-kid_1", hmacKey: `-${HMAC}` };
    const clients = clientsFor(account);
    expect(clients.certbot).to.include(`--eab-kid='-kid_1' --eab-hmac-key='-${HMAC}'`).and.include(`--server='${URL}'`);
    expect(clients.acmeSh).to.include(`--eab-kid '-kid_1' --eab-hmac-key '-${HMAC}'`);
    expect(clients.lego).to.include(`--kid='-kid_1' --hmac='-${HMAC}'`);
    expect(clients.certManager)
      .to.include(`keyID: "-kid_1"`)
      .and.include(`hmac: "-${HMAC}"`)
      .and.include("keySecretRef");
    expect(clients.caddy).to.include("key_id -kid_1").and.include(`mac_key -${HMAC}`);
    expect(clients.traefik).to.include(`kid: "-kid_1"`).and.include(`hmacEncoded: "-${HMAC}"`);
  });

  it("a value with an apostrophe stays one word of the shell", () => {
    expect(clientsFor({ directoryUrl: URL, keyId: "a'b", hmacKey: HMAC }).certbot).to.include(`--eab-kid='a'\\''b'`);
  });
});
