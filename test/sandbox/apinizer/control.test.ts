import { expect } from "chai";
import { calling, CERTS, list, pemOf, thumbprintOf, type Caller, type Json } from "./client.js";

async function play({ sandbox }: Caller, command: object): Promise<Json> {
  const answer = await fetch(`${sandbox.url}/__sandbox`, { method: "POST", body: JSON.stringify(command) });
  return (await answer.json()) as Json;
}

const state = async ({ sandbox }: Caller): Promise<Json> =>
  ((await (await fetch(`${sandbox.url}/__sandbox/state`)).json()) as { apinizer: Json }).apinizer;

describe("sandbox: Apinizer, played by hand", () => {
  it(
    "POST /__sandbox changes certificates and JWKs as people do in the console",
    calling(async (at) => {
      const pem = await pemOf("first");
      expect(await play(at, { action: "ap-add-certificate", name: "edge", alias: "a", pem })).to.deep.equal({
        name: "edge",
        environments: ["production", "staging"],
      });
      await play(at, { action: "ap-add-jwk", name: "signer", certificate: "edge" });
      await play(at, { action: "ap-describe", name: "edge", description: "changed" });
      await play(at, { action: "ap-double-entry", name: "edge", environment: "staging" });
      await play(at, { action: "ap-undeploy", name: "edge", environments: "production" });
      expect(at.apinizer.certificate("edge").description).to.equal("changed");
      expect(await state(at)).to.deep.include({
        projects: ["admin", "partners"],
        certificates: [
          {
            ...{ id: 1, objectId: at.apinizer.certificate("edge").objectId },
            ...{ project: "partners", name: "edge", description: "changed" },
            entries: ["production", "staging", "staging"].map((environmentName) => ({
              ...{ environmentName, alias: "a" },
              thumbprint: thumbprintOf(pem),
              endDate: "2026-05-30T10:00:00.000Z",
            })),
          },
        ],
      });
      expect(at.served("production")).to.deep.equal([undefined, undefined]);
      await play(at, { action: "ap-revoked", thumbprint: thumbprintOf(pem) });
      expect(at.apinizer.serving("staging", "edge")[0]?.status).to.equal("revoked");
      await play(at, { action: "ap-delete", name: "edge" });
      expect(at.apinizer.certificates()).to.deep.equal([]);
      expect(at.apinizer.jwk("signer").sourceId).to.equal(null);
      await play(at, { action: "ap-delete-jwk", name: "signer" });
      expect(at.apinizer.jwks()).to.deep.equal([]);
    }),
  );

  it(
    "POST /__sandbox adds projects and environments, and takes workers away and back",
    calling(async (at) => {
      await play(at, { action: "ap-add-project", name: "others" });
      await play(at, { action: "ap-add-environment", name: "lab" });
      expect(at.apinizer.workers("lab")).to.have.length(2);
      await play(at, { action: "ap-publish", environment: "lab", published: false });
      expect(at.apinizer.environments()[2]?.published).to.equal(false);
      const given = { name: "edge", project: "others", environments: "staging", deployed: false };
      await play(at, { action: "ap-add-certificate", ...given });
      expect(list(await at.get(CERTS.replace("partners", "others")))).to.have.length(1);
      expect(at.served("staging")).to.deep.equal([undefined, undefined]);
      const reachable = (): boolean[] => at.apinizer.workers("staging").map((worker) => worker.reachable);
      await play(at, { action: "ap-unreachable", target: "staging-worker-1" });
      expect(reachable()).to.deep.equal([false, true]);
      await play(at, { action: "ap-unreachable", target: "staging" });
      expect(reachable()).to.deep.equal([false, false]);
      await play(at, { action: "ap-reachable", target: "staging" });
      expect(reachable()).to.deep.equal([true, true]);
    }),
  );

  it(
    "POST /__sandbox gives and takes rights and tokens",
    calling(async (at) => {
      const { token } = await play(at, { action: "ap-issue-token", expires: "2026-03-02T00:00:00Z" });
      at.token = String(token);
      expect((await at.get(CERTS)).status).to.equal(200);
      await play(at, { action: "ap-rights", rights: "SECRETS+VIEW", project: "partners" });
      expect((await at.create()).status).to.equal(400);
      await play(at, { action: "ap-rights", rights: "", project: "partners" });
      expect((await at.get(CERTS)).status).to.equal(400);
      await play(at, { action: "ap-revoke-token", token });
      expect((await at.get(CERTS)).status).to.equal(401);
      for (const [command, words] of [
        [{ action: "ap-rights", rights: "KING" }, "rights are of SECRETS+VIEW"],
        [{ action: "ap-delete", name: "none" }, "none"],
        [{ action: "ap-undeploy", name: "none" }, "has no certificate none"],
        [{ action: "ap-delete-jwk", name: "none" }, "has no JWK none"],
        [{ action: "ap-unreachable", target: "none" }, "there is no environment or worker none"],
        [{ action: "ap-publish", environment: "none" }, "there is no environment none"],
        [{ action: "ap-issue-token", expires: "soon" }, "expires must be a time"],
        [{ action: "ap-add-certificate", name: "x", pem: "x" }, "pem is no certificate"],
        [{ action: "ap-other" }, "ap-revoke-token"],
      ] as const)
        expect(String((await play(at, command)).message)).to.include(words);
    }),
  );
});
