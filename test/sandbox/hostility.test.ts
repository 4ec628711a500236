import { expect } from "chai";
import type { Mode, Rule } from "../../sandbox/index.js";
import { bench, type Bench } from "./client.js";

const MATCH = "POST /v2/certificates/create";

/** The error of a request that gets no whole answer. */
async function broken(asking: Promise<unknown>): Promise<Error> {
  try {
    await asking;
  } catch (error) {
    return error as Error;
  }
  throw new Error("the request was answered");
}

const made = (at: Bench): number => at.sandbox.ecgrid.certificates(5001).length;

describe("sandbox: hostile modes", () => {
  for (const [mode, status, fields, text] of [
    ["403", 403, {}, "AccessDenied"],
    ["429", 429, {}, "RateLimitExceeded"],
    ["503", 503, {}, "Service unavailable"],
    ["500", 500, {}, "InternalError"],
    ["html", 200, {}, "<html>"],
    ["empty", 200, {}, ""],
    ["redirect", 307, { location: "http://127.0.0.1:1/elsewhere" }, ""],
  ] as const satisfies readonly (readonly [Mode, number, Partial<Rule>, string])[]) {
    it(
      `${mode} comes instead of the work, once`,
      bench(async (at) => {
        at.sandbox.hostile.add({ match: MATCH, mode, ...fields });
        expect(at.sandbox.hostile.pending()).to.equal(1);
        const answer = await at.create();
        expect(answer.status).to.equal(status);
        expect(answer.text).to.include(text);
        expect(answer.headers.get("location")).to.equal("location" in fields ? fields.location : null);
        expect(made(at)).to.equal(0);
        expect(at.sandbox.log.made()[0]).to.include({
          status,
          outcome: mode === "403" ? "refused" : "not executed",
          operation: "ecgrid.certificates.create commId=5001",
        });
        expect(at.sandbox.hostile.pending()).to.equal(0);
        expect((await at.create()).status).to.equal(200);
      }),
    );
  }

  for (const mode of ["429", "500", "503", "html", "empty"] as const) {
    it(
      `${mode} may come after the work was done`,
      bench(async (at) => {
        at.sandbox.hostile.add({ match: MATCH, mode, executed: true });
        const answer = await at.create();
        expect(answer.body.success).to.not.equal(true);
        expect(made(at)).to.equal(1);
        expect(at.sandbox.log.made()[0]?.outcome).to.equal("executed");
      }),
    );
  }

  it(
    "retryAfter is sent as it is",
    bench(async (at) => {
      at.sandbox.hostile.add({ match: MATCH, mode: "503", retryAfter: "17" });
      expect((await at.create()).headers.get("retry-after")).to.equal("17");
    }),
  );

  it(
    "drop-before cuts the connection with nothing done",
    bench(async (at) => {
      at.sandbox.hostile.add({ match: MATCH, mode: "drop-before" });
      expect(await broken(at.create())).to.be.instanceOf(Error);
      expect(made(at)).to.equal(0);
      expect(at.sandbox.log.made()[0]).to.include({ status: 0, outcome: "not executed" });
    }),
  );

  it(
    "drop-after cuts it with everything done and logged",
    bench(async (at) => {
      at.sandbox.hostile.add({ match: MATCH, mode: "drop-after" });
      expect(await broken(at.create())).to.be.instanceOf(Error);
      expect(made(at)).to.equal(1);
      expect(at.sandbox.log.made()[0]).to.include({ status: 0, outcome: "executed" });
      expect(at.sandbox.log.made()[0]?.answerFields).to.deep.equal([]);
    }),
  );

  it(
    "truncate promises the whole body and sends half of it",
    bench(async (at) => {
      at.sandbox.hostile.add({ match: MATCH, mode: "truncate" });
      expect(await broken(at.create())).to.be.instanceOf(Error);
      expect(made(at)).to.equal(1);
      expect(at.sandbox.log.made()[0]?.outcome).to.equal("executed");
    }),
  );

  it(
    "delay answers late, and others do not wait",
    bench(async (at) => {
      at.sandbox.hostile.add({ match: MATCH, mode: "delay", milliseconds: 250 });
      const order: string[] = [];
      await Promise.all([
        at.create().then((answer) => order.push(`create ${answer.status}`)),
        at.read().then(() => order.push("read")),
      ]);
      expect(order).to.deep.equal(["read", "create 200"]);
    }),
  );

  it(
    "hook runs callbacks before the work and after the commit, and the answer comes",
    bench(async (at) => {
      const seen: number[] = [];
      const look = (): void => {
        seen.push(made(at), at.sandbox.log.made().length);
      };
      at.sandbox.hostile.add({ match: MATCH, mode: "hook", before: look, after: look });
      expect((await at.create()).status).to.equal(200);
      expect(seen).to.deep.equal([0, 0, 1, 1]);
    }),
  );

  it(
    "match takes one path, a beginning, or everything; times and afterMatches count",
    bench(async (at) => {
      const { hostile } = at.sandbox;
      const statuses = async (): Promise<number[]> => [
        (await at.create()).status,
        (await at.terminate(999)).status,
        (await at.read()).status,
      ];
      hostile.add({ match: "POST /v2/certificates/*", mode: "503", times: 2 });
      expect(await statuses()).to.deep.equal([503, 503, 200]);
      expect(await statuses()).to.deep.equal([200, 404, 200]);
      hostile.add({ match: "*", mode: "500", afterMatches: 2 });
      expect(await statuses()).to.deep.equal([200, 404, 500]);
      hostile.add({ match: "GET /v2/comms/5001", mode: "500", times: 99 });
      hostile.clear();
      expect(hostile.pending()).to.equal(0);
      expect(await statuses()).to.deep.equal([200, 404, 200]);
    }),
  );
});
