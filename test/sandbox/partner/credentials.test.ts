import { expect } from "chai";
import { calling, code, states, type Json } from "./client.js";

describe("sandbox: EAB credentials (digicert-acme.md 2)", () => {
  it(
    "are listed newest first, by a hint, with a time that names no zone, and without a key",
    calling(async (at) => {
      const id = at.given();
      at.sandbox.clock.advance({ days: 1 });
      await at.regenerate(id, { revoke_existing: true });
      const [first, second] = at.partner.credentials(id);
      expect(await at.listed(id)).to.deep.equal([
        {
          credential_id: 4002,
          kid_hint: second?.kid.slice(0, 4),
          status: "active",
          created_at: "2026-03-02 10:00:00",
        },
        {
          credential_id: 4001,
          kid_hint: first?.kid.slice(0, 4),
          status: "revoked",
          created_at: "2026-03-01 10:00:00",
        },
      ]);
    }),
  );

  it(
    "are made anew, in place of all that were active unless told otherwise",
    calling(async (at) => {
      const id = at.given();
      const other = at.given();
      const { status, body } = await at.regenerate(id, { revoke_existing: false });
      expect(status).to.equal(201);
      const made = at.partner.credentials(id)[1];
      expect(body.eab_set).to.deep.equal({
        ext_act_kid: made?.kid,
        ext_act_hmac: made?.hmac,
        acme_directory_url: at.partner.directoryUrl,
      });
      expect(states(at, id)).to.deep.equal([
        [4001, "active", true],
        [4003, "active", true],
      ]);
      await at.regenerate(id, {});
      expect(states(at, id).map(([, status]) => status)).to.deep.equal(["revoked", "revoked", "active"]);
      await at.regenerate(id);
      expect(states(at, id).map(([, status]) => status)).to.deep.equal(["revoked", "revoked", "revoked", "active"]);
      expect(states(at, other)).to.deep.equal([[4002, "active", true]]);
    }),
  );

  it(
    "are not made by a flag that is none, nor by broken JSON",
    calling(async (at) => {
      const id = at.given();
      for (const [body, wanted] of [
        [{ revoke_existing: "false" }, "invalid_value:revoke_existing"],
        [{ revoke_existing: 0 }, "invalid_value:revoke_existing"],
        [[], "bad_request_format"],
        ["{", "bad_request_format"],
      ] as const)
        expect(code(await at.regenerate(id, body))).to.equal(wanted);
      expect(states(at, id)).to.deep.equal([[4001, "active", true]]);
    }),
  );

  it(
    "are revoked one by one, or all; the contract goes on",
    calling(async (at) => {
      const id = at.given();
      for (let count = 0; count < 3; count++) at.partner.regenerateOutside(id, false);
      expect(await at.revoke(id, 4002)).to.include({ status: 204, text: "" });
      expect(states(at, id).map(([, status]) => status)).to.deep.equal(["active", "revoked", "active", "active"]);
      expect(await at.revokeAll(id)).to.include({ status: 204, text: "" });
      expect(states(at, id).every(([, status, usable]) => status === "revoked" && !usable)).to.equal(true);
      expect(await at.get(id)).to.include({ date_canceled: null });
      expect((await at.regenerate(id)).status).to.equal(201);
    }),
  );

  it(
    "of another contract are not found",
    calling(async (at) => {
      const [id, other] = [at.given(), at.given()];
      const answer = await at.revoke(id, 4002);
      expect([answer.status, code(answer)]).to.deep.equal([404, "not_found|credential"]);
      expect(states(at, other)).to.deep.equal([[4002, "active", true]]);
    }),
  );

  it(
    "are minted by whoever asks, without a limit, and an id is not given twice",
    calling(async (at) => {
      const id = at.given();
      at.partner.vanishCredential(id, 4001);
      expect(await at.listed(id)).to.deep.equal([]);
      const kids = new Set<unknown>();
      for (let count = 0; count < 5; count++)
        kids.add(((await at.regenerate(id, { revoke_existing: false })).body.eab_set as Json).ext_act_kid);
      expect(kids.size).to.equal(5);
      expect((await at.listed(id)).map(({ credential_id: one }) => one)).to.deep.equal([4006, 4005, 4004, 4003, 4002]);
    }),
  );

  it(
    "name the directory of the ACME server that stands in for DigiCert's",
    calling(async (at) => {
      at.partner.directoryUrl = "https://127.0.0.1:14000/dir";
      expect(((await at.create()).body.eab_set as Json).acme_directory_url).to.equal("https://127.0.0.1:14000/dir");
    }),
  );

  it(
    "change outside: revoked, regenerated, and gone with the contract",
    calling(async (at) => {
      const id = at.given();
      expect(at.partner.regenerateOutside(id, false)).to.equal(4002);
      at.partner.revokeCredentialOutside(id, 4001);
      expect((await at.listed(id)).map(({ status }) => status)).to.deep.equal(["active", "revoked"]);
      at.sandbox.clock.advance({ days: 100 });
      at.partner.cancelOutside(id);
      expect((await at.get(id)).date_canceled).to.equal("2026-06-09T10:00:00Z");
      expect(states(at, id).map(([, , usable]) => usable)).to.deep.equal([false, false]);
      expect(() => {
        at.partner.revokeCredentialOutside(id, 1);
      }).to.throw("has no credential 1");
      expect(() => at.partner.contract(1)).to.throw("there is no contract 1");
    }),
  );
});
