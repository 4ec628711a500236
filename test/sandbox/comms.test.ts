import { expect } from "chai";
import { CANARIES } from "../../sandbox/index.js";
import { bench, type Bench } from "./client.js";

type Row = Record<string, unknown> & { commId: number };

async function rows(at: Bench, path: string, body: object): Promise<Row[]> {
  const answer = await at.call("POST", path, body);
  expect(answer.status, answer.text).to.equal(200);
  return answer.body.data as Row[];
}

const ids = async (at: Bench, body: object): Promise<number[]> =>
  (await rows(at, "/v2/comms/list", body)).map(({ commId }) => commId);

describe("sandbox: reading comms (ecgrid.md 2 and 3)", () => {
  it(
    "GET shows the comm with every certificate, and the private material that may come back",
    bench(async (at) => {
      await at.given();
      const { body } = await at.read();
      const data = body.data as Record<string, unknown> & { certificates: Record<string, unknown>[] };
      expect(data).to.include({ commId: 5001, networkId: 10, mailboxId: 101, commType: "as2", withCerts: true });
      expect(data.certificates[0]?.rootInfo).to.deep.equal({
        password: CANARIES.pfxPassword,
        privatePFX: CANARIES.privatePfx,
      });
      expect(data.httpAuthentication).to.include({ user: CANARIES.httpUser, password: CANARIES.httpPassword });
    }),
  );

  it(
    "a comm without certificates has an empty list",
    bench(async (at) => {
      expect(await at.listed()).to.deep.equal([]);
      expect((await at.read()).body.data).to.include({ withCerts: false });
    }),
  );

  it(
    "a comm that does not exist, or was removed, is not found",
    bench(async (at) => {
      expect((await at.call("GET", "/v2/comms/9999")).body.errorCode).to.equal("ObjectNotFound");
      at.sandbox.ecgrid.removeComm(5001);
      expect((await at.read()).status).to.equal(404);
    }),
  );

  it(
    "list fills in certificates only when asked, and hides what is suspended or terminated",
    bench(async (at) => {
      await at.given();
      const { ecgrid } = at.sandbox;
      ecgrid.addComm({ commId: 5002, status: "Suspended" });
      ecgrid.addComm({ commId: 5003, status: "Terminated" });
      expect(await ids(at, {})).to.deep.equal([5001]);
      expect(await ids(at, { showInactive: true })).to.deep.equal([5001, 5002, 5003]);
      expect((await rows(at, "/v2/comms/list", {}))[0]?.certificates).to.deep.equal([]);
      expect((await rows(at, "/v2/comms/list", { withCerts: true }))[0]?.certificates).to.have.length(1);
    }),
  );

  it(
    "list filters by type and use, none meaning all",
    bench(async (at) => {
      const { ecgrid } = at.sandbox;
      ecgrid.addComm({ commId: 5002, commType: "sftp" });
      ecgrid.addComm({ commId: 5003, useType: "Test" });
      ecgrid.addComm({ commId: 5004, useType: "TestAndProduction" });
      expect(await ids(at, { commType: "sftp" })).to.deep.equal([5002]);
      expect(await ids(at, { commType: "none" })).to.have.length(4);
      expect(await ids(at, { useType: "Test" })).to.deep.equal([5003, 5004]);
      expect(await ids(at, { useType: "TestAndProduction" })).to.have.length(4);
    }),
  );

  it(
    "list can be scoped to a network or mailbox",
    bench(async (at) => {
      at.sandbox.ecgrid.addComm({ commId: 5002, mailboxId: 102 });
      at.sandbox.ecgrid.addComm({ commId: 5003, networkId: 77 });
      expect(await ids(at, { networkId: 77 })).to.deep.equal([5003]);
      expect(await ids(at, { mailboxId: 102 })).to.deep.equal([5002]);
      expect(await ids(at, { networkId: 10, mailboxId: 0 })).to.deep.equal([5001, 5002]);
    }),
  );

  it(
    "find goes by identifier and never shows certificates",
    bench(async (at) => {
      await at.given();
      at.sandbox.ecgrid.addComm({ commId: 5002, identifier: "MYCOMPANY-AS2", commType: "as4" });
      const found = await rows(at, "/v2/comms/find", { identifier: "MYCOMPANY-AS2", commType: "as2" });
      expect(found.map(({ commId }) => commId)).to.deep.equal([5001]);
      expect(found[0]).to.not.have.property("certificates");
      expect(await rows(at, "/v2/comms/find", { identifier: "NOBODY" })).to.deep.equal([]);
    }),
  );

  for (const [path, body, named] of [
    ["/v2/comms/list", { commType: "AS2" }, "commType"],
    ["/v2/comms/list", { useType: "Live" }, "useType"],
    ["/v2/comms/list", { withCerts: "yes" }, "withCerts"],
    ["/v2/comms/list", { showInactive: 1 }, "showInactive"],
    ["/v2/comms/find", {}, "identifier"],
  ] as const) {
    it(
      `${path} refuses ${JSON.stringify(body)}`,
      bench(async (at) => {
        const answer = await at.call("POST", path, body);
        expect(answer.status).to.equal(400);
        expect(answer.body.message).to.include(named);
      }),
    );
  }
});
