import { expect } from "chai";
import { Fields } from "../../../sandbox/partner/refusal.js";
import { calling, code, DV, type Caller, type Json } from "./client.js";

/** Every call below /acme, of contract 20001 and credential 4001. */
const CONTRACT_CALLS = [
  ["POST", "/acme"],
  ["GET", "/acme/20001"],
  ["PUT", "/acme/20001"],
  ["PATCH", "/acme/20001"],
  ["DELETE", "/acme/20001"],
  ["PUT", "/acme/20001/sans"],
  ["DELETE", "/acme/20001/sans"],
  ["GET", "/acme/20001/certificates"],
  ["GET", "/acme/20001/credentials"],
  ["POST", "/acme/20001/credentials/regenerate"],
  ["POST", "/acme/20001/credentials/revoke"],
  ["POST", "/acme/20001/credentials/revoke/4001"],
] as const;

const body = (method: string): object | undefined => (method === "GET" ? undefined : DV);

describe("sandbox: who may what at the Partner Subscriptions API (digicert-acme.md 1, 3)", () => {
  for (const [method, path] of CONTRACT_CALLS) {
    it(
      `${method} ${path} takes the key of a subaccount alone`,
      calling(async (at) => {
        at.given();
        const before = at.partner.contracts();
        const { apiKey, parentKey } = at.partner;
        const revoked = at.partner.issueKey({});
        at.partner.revokeKey(revoked);
        for (const [key, wanted] of [
          ["", 401],
          ["no key of ours", 401],
          [revoked, 401],
          [parentKey, 403],
        ] as const) {
          at.key = key;
          expect((await at.call(method, path, body(method))).status, key).to.equal(wanted);
        }
        // The header of CertCentral is not taken in its place.
        expect((await at.call(method, path, body(method), { "X-DC-DEVKEY": apiKey })).status).to.equal(401);
        expect(at.partner.contracts()).to.deep.equal(before);
        expect(at.partner.credentials(20_001)).to.have.length(1);
        at.key = apiKey;
        expect((await at.call(method, path, body(method))).status).to.be.lessThan(300);
      }),
    );

    if (path !== "/acme")
      it(
        `${method} ${path} finds no contract of another subaccount, and none that is not there`,
        calling(async (at) => {
          at.given();
          const other = at.partner.issueKey({ account: at.partner.addSubaccount() });
          for (const [key, asked] of [
            [other, path],
            [at.key, path.replace("20001", "20002")],
          ] as const) {
            at.key = key;
            const answer = await at.call(method, asked, body(method));
            expect([answer.status, code(answer)]).to.deep.equal([404, "not_found|contract"]);
          }
        }),
      );
  }

  for (const [method, path] of [
    ["GET", "/acme"],
    ["GET", "/acme/abc"],
    ["POST", "/acme/20001"],
    ["GET", "/acme/20001/sans"],
    ["POST", "/acme/20001/sans/x"],
    ["POST", "/acme/20001/certificates"],
    ["GET", "/acme/20001/credentials/4001"],
    ["DELETE", "/acme/20001/credentials/4001"],
    ["POST", "/acme/20001/credentials"],
    ["POST", "/acme/20001/credentials/revoke/abc"],
    ["POST", "/acme/20001/credentials/revoke/4001/again"],
    ["POST", "/api-key"],
    ["GET", "/account/other"],
    ["GET", "/elsewhere"],
  ] as const)
    it(
      `there is no ${method} ${path}`,
      calling(async (at) => {
        at.given();
        const answer = await at.call(method, path, body(method));
        expect([answer.status, code(answer)]).to.deep.equal([404, "not_found|route"]);
      }),
    );

  it(
    "a body that is no JSON object is refused",
    calling(async (at) => {
      for (const sent of ["{", "[]", '"text"', "1"])
        expect(code(await at.call("POST", "/acme", sent))).to.equal("bad_request_format");
    }),
  );
});

describe("sandbox: neighbours of contracts at the Partner Subscriptions API (digicert-acme.md 4)", () => {
  const keysOf = async (at: Caller): Promise<Json[]> => (await at.call("GET", "/api-key")).body.api_keys as Json[];

  it(
    "a key sees its account's keys and no more of them than four characters; a parent's those of subaccounts, too",
    calling(async (at) => {
      const other = at.partner.addSubaccount();
      at.partner.revokeKey(at.partner.issueKey({ account: other }));
      expect(await keysOf(at)).to.deep.equal([
        {
          id: 12_001,
          name: "Sandbox subaccount key",
          account_id: at.partner.accountId,
          status: "active",
          created_at: "2026-03-01T10:00:00Z",
          last_used_date: "2026-03-01T10:00:00Z",
          api_key_last4: at.key.slice(-4),
        },
      ]);
      at.key = at.partner.parentKey;
      const rows = (await keysOf(at)).map(({ account_id: account, status }) => [account, status]);
      expect(rows).to.deep.equal([
        [at.partner.accountId, "active"],
        [50_001, "active"],
        [other, "inactive"],
      ]);
    }),
  );

  it(
    "the report is the parent's, and leaves out subaccounts without contracts",
    calling(async (at) => {
      expect(code(await at.call("GET", "/account/reporting"))).to.equal("access_denied|missing_permission");
      at.partner.addSubaccount();
      const id = at.given();
      at.key = at.partner.parentKey;
      expect((await at.call("GET", "/account/reporting")).body).to.deep.equal({
        accounts: [
          {
            account_id: at.partner.accountId,
            acme: [
              {
                product_name_id: "ssl_dv_rapidssl",
                sans: ["www.example.com"],
                acme_contract_id: id,
                valid_till: "2027-03-01T10:00:00Z",
                created_at: "2026-03-01T10:00:00Z",
                date_canceled: null,
              },
            ],
          },
        ],
      });
      expect((await at.call("GET", "/account/settings")).status).to.equal(200);
    }),
  );

  it(
    "keys are of the kind that their account has",
    calling(async (at) => {
      expect(() => at.partner.issueKey({ account: 1 })).to.throw("there is no account 1");
      expect(() => at.partner.issueKey({ account: at.partner.accountId, kind: "parent" })).to.throw("no parent keys");
      expect(() => {
        at.partner.setAutoRenewSetting(true, 1);
      }).to.throw("there is no account 1");
      await Promise.resolve();
    }),
  );
});

describe("sandbox: fields of the Partner Subscriptions API", () => {
  it("are read by their types; null is as good as nothing", () => {
    const fields = Fields.of({ text: "x", flag: true, part: { a: 1 }, parts: [{}], nothing: null });
    const read = [fields.text("nothing"), fields.flag("nothing"), fields.part("nothing")];
    expect(read).to.deep.equal([undefined, undefined, undefined]);
    expect(fields.parts("nothing")).to.deep.equal([]);
    expect([fields.has("text"), fields.has("nothing")]).to.deep.equal([true, false]);
    expect(() => fields.parts("text")).to.throw("The value of text");
    expect(() => fields.part("part")?.text("a")).to.throw("part.a");
    expect(() => fields.needText("nothing")).to.throw("nothing is required");
  });
});
