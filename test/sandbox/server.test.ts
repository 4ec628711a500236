import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../sandbox/index.js";
import { runSandbox } from "../../sandbox/main.js";
import { Bench, bench, NOW } from "./client.js";

describe("sandbox: clock, log and store", () => {
  it(
    "the clock decides what is active",
    bench(async ({ given, sandbox: { clock, ecgrid } }) => {
      await given({ notAfter: "2026-03-11T10:00:00Z" });
      expect(clock.now()).to.deep.equal(new Date(NOW));
      clock.advance({ days: 9, hours: 23, seconds: 3599 });
      expect(ecgrid.active(5001)).to.have.length(1);
      clock.advance({ seconds: 1 });
      expect(ecgrid.active(5001)).to.have.length(0);
      clock.set("2026-03-02T00:00:00Z");
      expect(ecgrid.active(5001)).to.have.length(1);
      expect(() => {
        clock.set("some day");
      }).to.throw("is not a time");
    }),
  );

  it(
    "the log has every request with its fields, and no credential",
    bench(async ({ create, terminate, read, key, sandbox: { log } }) => {
      expect(log.last()).to.equal(0);
      await create({ usage: "Signature" });
      await read();
      const position = log.last();
      await terminate(100);
      expect(log.all().map(({ seq, outcome }) => [seq, outcome])).to.deep.equal([
        [1, "executed"],
        [2, "read"],
        [3, "executed"],
      ]);
      expect(log.all()[0]).to.deep.include({
        at: "2026-03-01T10:00:00.000Z",
        system: "ecgrid",
        method: "POST",
        path: "/v2/certificates/create",
        body: { commId: 5001, usage: "Signature" },
        status: 200,
        operation: "ecgrid.certificates.create commId=5001",
      });
      expect(log.all()[0]?.headers).to.include({ "x-api-key": "present" });
      expect(log.all()[1]?.answerFields).to.include("data.certificates[].thumbprint");
      expect(log.since(position).map(({ operation }) => operation)).to.deep.equal([
        "ecgrid.certificates.terminate commId=5001 certKeyId=100",
      ]);
      expect(log.made().map(({ seq }) => seq)).to.deep.equal([1, 3]);
      expect(log.made(position)).to.have.length(1);
      expect(JSON.stringify(log.all())).to.not.include(key);
    }),
  );

  it(
    "what happens outside is not in the log, and names what it does not find",
    bench(async ({ given, sandbox: { ecgrid, log } }) => {
      const id = await given();
      const successor = await ecgrid.renewOutside(5001, id);
      ecgrid.terminateOutside(5001, id);
      ecgrid.vanish(5001, successor);
      expect(ecgrid.certificates(5001).map(({ status }) => status)).to.deep.equal(["Terminated"]);
      expect(log.all()).to.deep.equal([]);
      expect(() => {
        ecgrid.terminateOutside(5002, id);
      }).to.throw("comm 5002 has no certificate");
    }),
  );

  it("a file keeps comms, certificates, ids, keys and the log over a restart", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clm-sandbox-"));
    try {
      const file = join(folder, "sandbox.sqlite");
      const before = await Bench.open({ file });
      await before.given();
      before.sandbox.hostile.add({ match: "POST /v2/certificates/create", mode: "drop-after" });
      await before.create().catch(() => undefined);
      before.sandbox.ecgrid.vanish(5001, 101);
      const kept = before.sandbox.ecgrid.certificates(5001);
      const logged = before.sandbox.log.all();
      expect(logged).to.have.length(1);
      await before.sandbox.close();

      const after = await Bench.open({ file });
      expect(after.key).to.equal(before.key);
      expect(after.sandbox.ecgrid.certificates(5001)).to.deep.equal(kept);
      expect(after.sandbox.log.all()).to.deep.equal(logged);
      await after.create();
      expect((await after.listed()).map(({ certKeyId }) => certKeyId)).to.deep.equal([100, 102]);
      await after.sandbox.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it(
    "listens on loopback, at the port that was asked for",
    bench(async ({ sandbox }) => {
      expect(sandbox.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
      const port = Number(new URL(sandbox.url).port);
      const refused = await startSandbox({ port }).catch((error: unknown) => (error as NodeJS.ErrnoException).code);
      expect(refused).to.equal("EADDRINUSE");
    }),
  );
});

describe("sandbox: played by hand", () => {
  const play = async ({ sandbox }: Bench, command: object | string): Promise<{ status: number; body: unknown }> => {
    const answer = await fetch(`${sandbox.url}/__sandbox`, {
      method: "POST",
      body: typeof command === "string" ? command : JSON.stringify(command),
    });
    return { status: answer.status, body: await answer.json() };
  };

  it(
    "POST /__sandbox moves the clock, switches variants, and does what others do",
    bench(async (at) => {
      const { ecgrid, clock, hostile, variants } = at.sandbox;
      await play(at, { action: "set-clock", now: "2026-04-01T00:00:00Z" });
      await play(at, { action: "advance", days: 1, hours: 2, seconds: 3 });
      expect(clock.now()).to.deep.equal(new Date("2026-04-02T02:00:03Z"));
      await play(at, { action: "variant", name: "overlap", value: "soap" });
      expect(variants.overlap).to.equal("soap");
      await play(at, { action: "add-comm", commId: 5002, identifier: "OTHER" });
      const added = await play(at, { action: "add-certificate", commId: 5002 });
      expect(added.body).to.deep.equal({ certKeyId: 100 });
      await play(at, { action: "renew-outside", commId: 5002, certKeyId: 100 });
      await play(at, { action: "terminate-outside", commId: 5002, certKeyId: 100 });
      expect(ecgrid.certificates(5002).map(({ status }) => status)).to.deep.equal(["Terminated", "Active"]);
      await play(at, { action: "vanish", commId: 5002, certKeyId: 100 });
      expect(ecgrid.certificates(5002)).to.have.length(1);
      await play(at, { action: "remove-comm", commId: 5002 });
      expect((await at.call("GET", "/v2/comms/5002")).status).to.equal(404);
      const { apiKey } = (await play(at, { action: "issue-key", tenant: "other" })).body as { apiKey: string };
      await play(at, { action: "revoke-key", apiKey });
      expect((await at.call("GET", "/v2/users/me", undefined, { "X-API-Key": apiKey })).status).to.equal(401);
      await play(at, { action: "hostile", match: "*", mode: "503", times: 2 });
      expect((await at.read()).status).to.equal(503);
      await play(at, { action: "clear-hostile" });
      expect(hostile.pending()).to.equal(0);
    }),
  );

  it(
    "GET /__sandbox/state and /__sandbox/log show what there is",
    bench(async (at) => {
      await at.create();
      const get = async (path: string): Promise<unknown> => (await fetch(`${at.sandbox.url}${path}`)).json();
      expect(await get("/__sandbox/log")).to.deep.equal(at.sandbox.log.all());
      const state = (await get("/__sandbox/state")) as { now: string; comms: { certificates: unknown[] }[] };
      expect(state.now).to.equal("2026-03-01T10:00:00.000Z");
      expect(state.comms[0]?.certificates).to.deep.equal(at.sandbox.ecgrid.certificates(5001));
    }),
  );

  it(
    "refuses what it does not know, in words",
    bench(async (at) => {
      for (const [command, words] of [
        [{ action: "destroy" }, "action is one of set-clock"],
        ["not json", "JSON object"],
        [{ action: "set-clock" }, "now must be a text"],
        [{ action: "advance", days: "many" }, "days must be a number"],
        [{ action: "variant", name: "overlap", value: "other" }, "Allowed: rest, soap, parallel"],
        [{ action: "terminate-outside", commId: 5001, certKeyId: 1 }, "has no certificate 1"],
        [{ action: "hostile", match: "*", mode: "rude" }, "mode is one of"],
      ] as const) {
        const { status, body } = await play(at, command);
        expect(status).to.equal(400);
        expect((body as { message: string }).message).to.include(words);
      }
      expect((await fetch(`${at.sandbox.url}/elsewhere`)).status).to.equal(404);
    }),
  );
});

describe("sandbox: clm sandbox", () => {
  it("refuses ports and variants that cannot be", async () => {
    const failing = async (...argv: string[]): Promise<string> =>
      runSandbox(argv).then(
        () => "started",
        (error: unknown) => (error as Error).message,
      );
    expect(await failing("--port", "many")).to.include("--port");
    expect(await failing("--variant", "overlap=other")).to.include("Allowed: rest, soap, parallel");
    expect(await failing("--variant", "other=rest")).to.include("There is no variant");
    expect(await failing("--now", "some day")).to.include("is not a time");
  });
});
