import { expect } from "chai";
import { Fault, type Outcome } from "../../provider/core/fault.js";
import type { Answer } from "../../provider/core/perform.js";
import { EcgridClient } from "../../provider/ecgrid/client.js";
import { terminate } from "../../provider/ecgrid/operations.js";
import { json } from "./scripted.js";
import { kept } from "./states.js";

const COMM = { commId: 5001, mailboxId: 101, commType: "as2" };
const refusal = (status: number, errorCode: string): Answer => ({
  ...json(null, status),
  body: JSON.stringify({ success: false, errorCode, message: "no" }),
});
const lost = (outcome: Outcome): Fault =>
  new Fault({
    action: "call it",
    resource: "r",
    system: "ECGrid",
    cameBack: "no answer (lost)",
    known: "k",
    next: "n",
    outcome,
  });

/** A client whose `GET` and whose `list` answer as given; the calls are counted. */
function client(direct: Answer | Fault, listed: Answer | Fault = json([])): { api: EcgridClient; calls: string[] } {
  const calls: string[] = [];
  const api = new EcgridClient(
    (call) => {
      calls.push(`${call.method} ${call.path}`);
      const reply = call.method === "GET" ? direct : listed;
      return reply instanceof Fault ? Promise.reject(reply) : Promise.resolve(reply);
    },
    "https://ecgrid.test",
    0,
  );
  return { api, calls };
}

describe("reading a comm", () => {
  const GET = "GET /v2/comms/5001";
  const LIST = "POST /v2/comms/list";
  const row = (certificates: unknown): Answer =>
    json([
      { commId: 5002, certificates: [kept(1)] },
      { ...COMM, certificates },
    ]);
  for (const [name, direct, listed, calls, ids] of [
    ["shows its certificates", json({ ...COMM, certificates: [kept(88)] }), json([]), [GET], [88]],
    ["without a list: the other endpoint has it", json(COMM), row([kept(88)]), [GET, LIST], [88]],
    [
      "with an empty list: the other endpoint has more",
      json({ ...COMM, certificates: [] }),
      row([kept(88)]),
      [GET, LIST],
      [88],
    ],
    ["empty on both", json({ ...COMM, certificates: [] }), row([]), [GET, LIST], []],
    ["empty, and filtered out of the list", json({ ...COMM, certificates: [] }), json([]), [GET, LIST], []],
  ] as const) {
    it(name, async () => {
      const { api, calls: made } = client(direct, listed);
      const { comm, certificates } = await api.snapshot(5001, "a");
      expect(comm).to.deep.equal(COMM);
      expect(certificates.map(({ certKeyId }) => certKeyId)).to.deep.equal(ids);
      expect(made).to.deep.equal(calls);
    });
  }

  const EMPTY = json({ ...COMM, certificates: [] });
  const other = { commId: 5002, certificates: [kept(1)] };
  for (const [name, direct, listed] of [
    ["names none", EMPTY, json([])],
    ["names others alone", EMPTY, json([other])],
  ] as const) {
    it(`empty, and the list ${name}: believed of a comm of which no certificate is known, and of no other`, async () => {
      expect((await client(direct, listed).api.snapshot(5001, "a")).certificates).to.deep.equal([]);
      for (const read of ["snapshot", "shared"] as const) {
        const failure = await client(direct, listed)
          .api[read](5001, "a", true)
          .catch((error: unknown) => error);
        expect(failure).to.be.instanceOf(Fault);
        expect(String(failure)).to.include("is not taken for gone because of this");
      }
    });
  }

  it("empty on both is believed, whatever is known", async () => {
    expect((await client(EMPTY, row([])).api.snapshot(5001, "a", true)).certificates).to.deep.equal([]);
  });

  it("an endpoint that has shown the comm's certificates is believed when it shows none any more", async () => {
    let certificates = [kept(88)];
    const api = new EcgridClient(
      (call) => Promise.resolve(call.method === "GET" ? json({ ...COMM, certificates }) : json([])),
      ...(["https://ecgrid.test", 0] as const),
    );
    await api.snapshot(5001, "a", true);
    certificates = [];
    expect((await api.snapshot(5001, "a", true)).certificates).to.deep.equal([]);
  });

  it("of a comm without a type, comms of every type are asked for", async () => {
    const asked: unknown[] = [];
    const api = new EcgridClient(
      (call) => {
        asked.push(call.body);
        return Promise.resolve(call.method === "GET" ? json({ commId: 5001 }) : row([kept(88)]));
      },
      ...(["https://ecgrid.test", 0] as const),
    );
    expect((await api.snapshot(5001, "a")).certificates).to.have.length(1);
    expect(asked[1]).to.not.have.property("commType");
  });

  const unreadable = (more: object): Answer => json([other, { ...COMM, ...more }]);
  for (const [name, direct, listed, said] of [
    [
      "an unreadable row of its own",
      EMPTY,
      unreadable({ certificates: [kept(88), { certKeyId: 89 }] }),
      "certificates.1",
    ],
    ["a row of its own that is cut short", EMPTY, unreadable({ certificates: "none" }), "certificates"],
    ["a row of nobody", EMPTY, json([other, { certificates: [kept(88)] }]), "no readable commId"],
    ["a row that is no comm", EMPTY, json([other, null]), "no readable commId"],
    ["two rows of its own", EMPTY, json([COMM, { ...COMM, certificates: [] }]), "2 rows of the answer"],
    ["one of the comms with certificates, and none is shown", EMPTY, json([COMM]), "shows none"],
    ["empty, without a type, and not on the list", json({ commId: 5001, certificates: [] }), json([]), "no commType"],
    ["no list anywhere", json(COMM), json([]), "shows a list of certificates"],
    ["not found: never taken for gone", refusal(404, "ObjectNotFound"), json([]), "A resource is never taken for gone"],
    ["a wrong key", refusal(401, "InvalidAPIKey"), json([]), "check ecgrid:apiKey (or ECGRID_API_KEY)"],
    ["another comm", json({ ...COMM, commId: 5002 }), json([]), "the answer describes comm 5002"],
    ["nonsense", json("nonsense"), json([]), "not a CommIDInfo"],
    ["a certificate without an end", json({ ...COMM, certificates: [{ certKeyId: 88 }] }), json([]), "certificates.0"],
    ["a list that is none", json(COMM), json({}), "not an array of comms"],
    ["no answer", lost("unknown"), json([]), "no answer (lost)"],
    ["no answer of the list", json(COMM), lost("not executed"), "no answer (lost)"],
  ] as const) {
    it(`refused in words: ${name}`, async () => {
      const failure = await client(direct, listed)
        .api.snapshot(5001, "a")
        .catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Fault);
      expect(String(failure)).to.include(said).and.include("Known: nothing was changed");
    });
  }

  it("is shared until something is changed", async () => {
    const { api, calls } = client(json({ ...COMM, certificates: [kept(88)] }));
    await Promise.all([api.shared(5001, "a"), api.shared(5001, "b")]);
    expect(calls).to.have.length(1);
    const operation = terminate.certain({
      commId: 5001,
      certKeyId: 88,
      serialNumber: undefined,
      validUntil: "2027-03-01",
      role: "current",
    });
    await api.ask(() => Promise.resolve(json(true)), operation);
    await api.shared(5001, "a");
    expect(calls).to.have.length(2);
  });
});

describe("asking for a change", () => {
  const operation = terminate.certain({
    commId: 5001,
    certKeyId: 88,
    serialNumber: undefined,
    validUntil: "2027-03-01",
    role: "current",
  });
  const { api } = client(json(COMM));

  for (const outcome of ["unknown", "not executed", "refused"] as const) {
    it(`a fault of outcome "${outcome}" is an answer`, async () => {
      const reply = await api.ask(() => Promise.reject(lost(outcome)), operation);
      expect(reply).to.include({ outcome, cameBack: "no answer (lost)" });
    });
  }

  it("a fault of our own is none", async () => {
    const failure = await api.ask(() => Promise.reject(new Error("ours")), operation).catch(String);
    expect(failure).to.equal("Error: ours");
  });
});
