import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MODES } from "../../../sandbox/hostility.js";
import { startSandbox } from "../../../sandbox/index.js";
import { DOCUMENTED_CONTRACTS } from "../../../sandbox/partner/documentation.js";
import { fieldPaths } from "../../../sandbox/requestLog.js";
import { NOW } from "../client.js";
import { calling, Caller, DV, EV, OV, states, type Json } from "./client.js";

/** The log and the state as people see them. */
const everything = async ({ sandbox }: Caller): Promise<string> =>
  (
    await Promise.all(["log", "state"].map(async (page) => (await fetch(`${sandbox.url}/__sandbox/${page}`)).text()))
  ).join("\n");

const hmacs = ({ partner }: Caller): string[] =>
  partner.contracts().flatMap(({ id }) => partner.credentials(id).map(({ hmac }) => hmac ?? "missing"));

async function play({ sandbox }: Caller, command: object): Promise<Json> {
  const answer = await fetch(`${sandbox.url}/__sandbox`, { method: "POST", body: JSON.stringify(command) });
  return (await answer.json()) as Json;
}

describe("sandbox: secrets of the Partner Subscriptions API", () => {
  for (const variants of [
    {},
    { paCreateShape: "flat", paRegenerateShape: "list", paEabNames: "key_id" },
    { paCreateShape: "whole", paRegenerateShape: "flat", paEabNames: "eab", paHmacEncoding: "ascii" },
  ] as const)
    it(
      `HMAC keys are in the answers to create and regenerate, once, and nowhere else: ${JSON.stringify(variants)}`,
      calling(
        async (at) => {
          const made = [(await at.create()).text, (await at.regenerate(20_001, { revoke_existing: false })).text];
          const [first = "", second = ""] = hmacs(at);
          expect(made[0]?.split(first)).to.have.length(2);
          expect(made[1]?.split(second)).to.have.length(2);
          expect(made[1]).to.not.include(first);
          const texts = await Promise.all(
            ["/acme/20001", "/acme/20001/credentials", "/acme/20001/certificates", "/api-key", "/account/settings"].map(
              async (path) => (await at.call("GET", path)).text,
            ),
          );
          const { database } = at.sandbox.log;
          const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
          for (const { name } of tables)
            texts.push(JSON.stringify(database.prepare(`SELECT * FROM ${String(name)}`).all()));
          texts.push(await everything(at));
          for (const hmac of [first, second]) expect(texts.join("\n")).to.not.include(hmac);
          expect(texts[1]).to.not.include(at.partner.credentials(20_001)[0]?.kid);
          expect(at.sandbox.log.all()[0]?.headers["x-partner-apikey"]).to.equal("present");
          expect(await everything(at)).to.not.include(at.key);
        },
        { variants },
      ),
    );

  for (const name of ["hmac", "HMAC_Key", "ext_act_hmac", "mac_key", "eab_set", "api_key", "client_secret"])
    it(
      `the log keeps no ${name} that is sent by mistake`,
      calling(async (at) => {
        for (const body of [
          { ...DV, [name]: "s3cret" },
          { organization: { [name]: "s3cret" } },
          { [name]: ["s3cret"] },
        ])
          await at.call("POST", "/acme", body);
        expect(at.sandbox.log.all()).to.have.length(3);
        expect(await everything(at)).to.not.include("s3cret");
      }),
    );

  for (const mode of MODES)
    it(
      `${mode} leaves neither key in the log, and says in its outcome whether a credential was made`,
      calling(async (at) => {
        const id = at.given();
        const path = `/partner-subscription/api/v1/acme/${id}/credentials/regenerate`;
        at.sandbox.hostile.add({ match: `POST ${path}`, mode });
        await at.regenerate(id).catch(() => undefined);
        const made = at.partner.credentials(id).length === 2;
        expect(at.sandbox.log.made()[0]?.outcome === "executed").to.equal(made);
        const text = await everything(at);
        for (const secret of [at.key, ...hmacs(at)]) expect(text).to.not.include(secret);
      }),
    );

  it("a file keeps accounts, keys and contracts, but no HMAC keys", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clm-partner-"));
    const options = { file: join(folder, "sandbox.db"), now: NOW };
    try {
      const first = await startSandbox(options);
      const before = new Caller(first);
      const id = before.given();
      const { apiKey, parentKey, accountId } = first.partner;
      const [secret = ""] = hmacs(before);
      await first.close();
      expect(readFileSync(options.file).includes(secret)).to.equal(false);
      const second = await startSandbox(options);
      expect(second.partner).to.include({ apiKey, parentKey, accountId });
      expect(states(new Caller(second), id)).to.deep.equal([[4001, "active", true]]);
      expect(second.partner.credentials(id)[0]?.hmac).to.equal(undefined);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("sandbox: the Partner Subscriptions API, played by hand", () => {
  it(
    "POST /__sandbox does what others do, and shows no HMAC key",
    calling(async (at) => {
      expect(await play(at, { action: "pa-add-contract", sans: ["a.example.com"] })).to.deep.equal({
        contractId: 20_001,
      });
      const contractId = 20_001;
      expect(await play(at, { action: "pa-add-contract" })).to.deep.equal({ contractId: 20_002 });
      expect(await play(at, { action: "pa-regenerate", contractId, revokeExisting: false })).to.deep.equal({
        credentialId: 4003,
      });
      await play(at, { action: "pa-revoke-credential", contractId, credentialId: 4001 });
      expect(states(at, contractId).map(([, status]) => status)).to.deep.equal(["revoked", "active"]);
      await play(at, { action: "pa-regenerate", contractId });
      expect(states(at, contractId).map(([, status]) => status)).to.deep.equal(["revoked", "revoked", "active"]);
      expect(await play(at, { action: "pa-add-san", contractId, san: "b.example.com" })).to.deep.equal({
        sans: ["a.example.com", "b.example.com"],
      });
      expect(await play(at, { action: "pa-remove-san", contractId, san: "a.example.com" })).to.deep.equal({
        sans: ["b.example.com"],
      });
      await play(at, { action: "pa-expire", contractId: 20_002 });
      expect(states(at, 20_002)[0]?.[2]).to.equal(false);
      await play(at, { action: "pa-cancel", contractId });
      expect((await at.get(contractId)).date_canceled).to.equal("2026-03-01T10:00:00Z");
      const text = await everything(at);
      for (const hmac of hmacs(at)) expect(text).to.not.include(hmac);
      const state = JSON.parse(text.split("\n")[1] ?? "") as { contracts: { credentials: Json[] }[] };
      expect(state.contracts.map(({ credentials }) => credentials.length)).to.deep.equal([3, 1]);
    }),
  );

  it(
    "POST /__sandbox validates and voids organizations, and issues and revokes keys",
    calling(async (at) => {
      const contractId = at.given(OV);
      await play(at, { action: "pa-validate-organization", contractId });
      expect((await at.get(contractId)).is_organization_validated).to.equal(true);
      await play(at, { action: "pa-void-organization", contractId });
      expect((await at.get(contractId)).is_organization_validated).to.equal(false);
      const parent = String((await play(at, { action: "pa-issue-key", kind: "parent" })).apiKey);
      const account = at.partner.addSubaccount();
      at.key = String((await play(at, { action: "pa-issue-key", account })).apiKey);
      expect((await at.create()).status).to.equal(201);
      await play(at, { action: "pa-revoke-key", apiKey: at.key });
      expect((await at.create()).status).to.equal(401);
      at.key = parent;
      expect((await at.call("GET", "/account/reporting")).status).to.equal(200);
      for (const [command, words] of [
        [{ action: "pa-issue-key", kind: "king" }, "kind is one of"],
        [{ action: "pa-cancel", contractId: 1 }, "there is no contract 1"],
        [{ action: "pa-cancel" }, "contractId must be a number"],
        [{ action: "pa-other" }, "pa-issue-key"],
      ] as const)
        expect(String((await play(at, command)).message)).to.include(words);
    }),
  );
});

describe("sandbox: operations and documented fields of the Partner Subscriptions API", () => {
  it(
    "every mutating call is logged by its operation and target",
    calling(async (at) => {
      await at.create();
      await at.create({ product_name_id: 1, sans: "x" });
      await at.put(20_001, {});
      await at.patch(20_001, {});
      await at.addSans(20_001, "a.example.com");
      await at.removeSans(20_001, "a.example.com");
      await at.regenerate(20_001);
      await at.revoke(20_001, 4002);
      await at.revokeAll(20_001);
      await at.cancel(20_001);
      for (const path of ["", "/certificates", "/credentials"]) await at.call("GET", `/acme/20001${path}`);
      expect(at.sandbox.log.made().map(({ operation, outcome }) => `${operation ?? ""} ${outcome}`)).to.deep.equal([
        "partner.contracts.create product=ssl_dv_rapidssl san=example.com executed",
        "partner.contracts.create product=1 san=undefined refused",
        "partner.contracts.update contractId=20001 executed",
        "partner.contracts.update contractId=20001 executed",
        "partner.sans.add contractId=20001 sans=a.example.com executed",
        "partner.sans.remove contractId=20001 sans=a.example.com executed",
        "partner.credentials.regenerate contractId=20001 executed",
        "partner.credentials.revoke contractId=20001 credentialId=4002 executed",
        "partner.credentials.revoke-all contractId=20001 credentials=none executed",
        "partner.contracts.cancel contractId=20001 executed",
      ]);
      expect(at.sandbox.log.all().every(({ system }) => system === "partner")).to.equal(true);
    }),
  );

  for (const { endpoint, section, answer, request } of DOCUMENTED_CONTRACTS)
    it(
      `${endpoint} answers every documented field (${section})`,
      calling(async (at) => {
        at.given();
        at.partner.addCertificate(20_001);
        const [method = "", path = ""] = endpoint.replace("{id}", "20001").replace("{id}", "4001").split(" ");
        const wanted = request.includes("sans") ? { ...EV, sans: ["www.example.com"] } : {};
        const { status, body, text } = await at.call(
          method,
          path.replace("/partner-subscription/api/v1", ""),
          method === "GET" ? undefined : wanted,
        );
        expect(status, text).to.be.lessThan(300);
        if (status === 204) expect([text, answer]).to.deep.equal(["", []]);
        const paths = fieldPaths(body).map((one) => (answer.includes("eab_set") ? one.split(".")[0] : one));
        expect(paths).to.include.members([...answer]);
      }),
    );
});
