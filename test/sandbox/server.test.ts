import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox, type SandboxOptions } from "../../sandbox/index.js";
import { Bench, bench, NOW } from "./client.js";

/** Runs a test with a file: `restart` opens a sandbox on it, closing the one before. */
const onFile =
  (test: (restart: () => Promise<Bench>) => Promise<void>, options: SandboxOptions = {}): (() => Promise<void>) =>
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "clm-sandbox-"));
    let open: Bench | undefined;
    try {
      await test(async () => {
        await open?.sandbox.close();
        open = undefined;
        return (open = await Bench.open({ ...options, file: join(folder, "sandbox.sqlite") }));
      });
    } finally {
      await open?.sandbox.close();
      rmSync(folder, { recursive: true });
    }
  };

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

  it(
    "a file keeps comms, certificates, ids, keys and the log over a restart",
    onFile(async (restart) => {
      const before = await restart();
      await before.given();
      before.sandbox.hostile.add({ match: "POST /v2/certificates/create", mode: "drop-after" });
      await before.create().catch(() => undefined);
      before.sandbox.ecgrid.vanish(5001, 101);
      const kept = before.sandbox.ecgrid.certificates(5001);
      const logged = before.sandbox.log.all();
      expect(logged).to.have.length(1);

      const after = await restart();
      expect(after.key).to.equal(before.key);
      expect(after.sandbox.ecgrid.certificates(5001)).to.deep.equal(kept);
      expect(after.sandbox.log.all()).to.deep.equal(logged);
      await after.create();
      expect((await after.listed()).map(({ certKeyId }) => certKeyId)).to.deep.equal([100, 102]);
    }),
  );

  it(
    "no id comes back after the records and the sandbox have gone",
    onFile(async (restart) => {
      const seen: number[][] = [];
      for (let start = 0; start < 3; start++) {
        const at = await restart();
        await at.create();
        if (start === 0) await at.given({ certKeyId: 1000 });
        await at.create();
        seen.push(at.sandbox.ecgrid.certificates(5001).map(({ certKeyId }) => certKeyId));
        for (const certKeyId of seen[start] ?? []) at.sandbox.ecgrid.vanish(5001, certKeyId);
      }
      expect(seen).to.deep.equal([
        [100, 1000, 1001],
        [1002, 1003],
        [1004, 1005],
      ]);
    }),
  );

  it(
    "a file keeps what is not visible yet, who a key belongs to, and what was revoked",
    onFile(
      async (restart) => {
        const before = await restart();
        const { ecgrid } = before.sandbox;
        const [other, revoked] = [ecgrid.issueKey({ tenant: "other" }), ecgrid.issueKey({})];
        ecgrid.revokeKey(revoked);
        await before.create();

        const after = await restart();
        expect(await after.listed()).to.deep.equal([]);
        expect(await after.listed()).to.have.length(1);
        const status = async (key: string): Promise<number> => {
          after.key = key;
          return (await after.read()).status;
        };
        expect([await status(other), await status(revoked)]).to.deep.equal([404, 401]);
      },
      { variants: { visibility: "second-read" } },
    ),
  );

  it(
    "a renewal finds that its certificate has gone while the keys were made",
    bench(async ({ given, sandbox: { ecgrid } }) => {
      const id = await given();
      const renewing = ecgrid.renewOutside(5001, id).catch((error: unknown) => (error as Error).message);
      ecgrid.vanish(5001, id);
      expect(await renewing).to.include("no such certificate");
      expect(ecgrid.certificates(5001)).to.deep.equal([]);
    }),
  );

  it(
    "a certificate is not active past the end of its use, whatever its X.509 says",
    bench(async ({ given, renew, sandbox: { ecgrid } }) => {
      const id = await given();
      await renew(id, { overlapDays: 0 });
      expect(ecgrid.active(5001).map(({ certKeyId }) => certKeyId)).to.deep.equal([id + 1]);
    }),
  );

  it(
    "the clock that is moved dates answers, the log and new certificates",
    bench(async (at) => {
      at.sandbox.clock.set("2027-02-28T23:59:59.999Z");
      at.sandbox.clock.advance({ hours: 24 });
      const answer = await at.create();
      expect(answer.headers.get("date")).to.equal("Mon, 01 Mar 2027 23:59:59 GMT");
      expect(at.sandbox.log.all()[0]?.at).to.equal("2027-03-01T23:59:59.999Z");
      expect((await at.listed())[0]).to.include({
        notBefore: "2027-03-01T23:59:59Z",
        notAfter: "2029-03-01T23:59:59Z",
      });
    }),
  );

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
