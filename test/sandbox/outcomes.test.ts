import { expect } from "chai";
import type { Mode, Rule } from "../../sandbox/index.js";
import { MODES } from "../../sandbox/hostility.js";
import type { Outcome } from "../../sandbox/requestLog.js";
import { bench, type Answer, type Bench } from "./client.js";
import { pfx } from "./files.js";

/** What the log says of a request that would succeed: of a change, and of a read; with and without `executed`. */
const OUTCOMES: Readonly<
  Record<Mode, { change: Outcome; changeExecuted: Outcome; read: Outcome; readExecuted: Outcome; status: number }>
> = {
  delay: { change: "executed", changeExecuted: "executed", read: "read", readExecuted: "read", status: 200 },
  hook: { change: "executed", changeExecuted: "executed", read: "read", readExecuted: "read", status: 200 },
  "403": { change: "refused", changeExecuted: "refused", read: "refused", readExecuted: "refused", status: 403 },
  "429": instead(429),
  "503": instead(503),
  "500": instead(500),
  html: instead(200),
  empty: instead(200),
  "drop-before": never(0),
  redirect: never(307),
  "drop-after": { change: "executed", changeExecuted: "executed", read: "read", readExecuted: "read", status: 0 },
  truncate: { change: "executed", changeExecuted: "executed", read: "read", readExecuted: "read", status: 200 },
};

type Row = (typeof OUTCOMES)[Mode];

function instead(status: number): Row {
  return { ...never(status), changeExecuted: "executed", readExecuted: "read" };
}

function never(status: number): Row {
  const none = "not executed";
  return { change: none, changeExecuted: none, read: none, readExecuted: none, status };
}

/** Every mutating call on certificate 88, and how to see that it was done. */
const CHANGES: readonly (readonly [name: string, act: (at: Bench) => Promise<Answer>, done: (at: Bench) => boolean])[] =
  [
    ["create", (at) => at.create(), added],
    ["renew", (at) => at.renew(88), added],
    ["terminate", (at) => at.terminate(88), (at) => at.sandbox.ecgrid.certificate(5001, 88)?.status === "Terminated"],
    ["add-private", (at) => add(at, "add-private"), added],
    ["add-public", (at) => add(at, "add-public"), added],
  ];

function added(at: Bench): boolean {
  return at.sandbox.ecgrid.certificates(5001).length === 2;
}

async function add(at: Bench, name: string): Promise<Answer> {
  const cert = name === "add-private" ? (await pfx()).pfx : at.sandbox.ecgrid.certificate(5001, 88)?.der;
  return at.call("POST", `/v2/certificates/${name}`, { commId: 5001, certType: "X509", cert });
}

/** Sends under a rule; the answer may be cut off. @returns what was logged of it. */
async function under(at: Bench, rule: Omit<Rule, "match">, act: (at: Bench) => Promise<unknown>) {
  at.sandbox.hostile.add({ match: "*", ...rule });
  await act(at).catch(() => undefined);
  return at.sandbox.log.all().at(-1);
}

describe("sandbox: what the log says of hostile answers", () => {
  for (const mode of MODES) {
    const row = OUTCOMES[mode];
    for (const executed of [false, true]) {
      for (const [name, act, done] of CHANGES) {
        it(
          `${mode}, executed: ${executed}: ${name}`,
          bench(async (at) => {
            await at.given({ certKeyId: 88 });
            const logged = await under(at, { mode, executed }, act);
            const outcome = executed ? row.changeExecuted : row.change;
            expect(logged).to.include({ outcome, status: row.status });
            expect(logged?.operation).to.include(`ecgrid.certificates.${name} commId=5001`);
            expect(done(at), "done").to.equal(outcome === "executed");
            expect(at.sandbox.log.all()).to.have.length(1);
          }),
        );
      }

      it(
        `${mode}, executed: ${executed}: a read`,
        bench(async (at) => {
          const logged = await under(at, { mode, executed }, (client) => client.read());
          expect(logged).to.include({ outcome: executed ? row.readExecuted : row.read, status: row.status });
          expect(logged).to.not.have.property("operation");
        }),
      );
    }
  }

  for (const mode of ["drop-after", "500", "hook"] as const) {
    it(
      `${mode} makes no success of what is refused anyway`,
      bench(async (at) => {
        const logged = await under(at, { mode, executed: true }, (client) => client.renew(999));
        expect(logged?.outcome).to.equal("refused");
      }),
    );
  }

  for (const mode of ["429", "503"] as const) {
    for (const [rateLimitHeader, usual] of [
      ["seconds", "0"],
      ["date", "Sun, 01 Mar 2026 10:00:00 GMT"],
      ["missing", null],
    ] as const) {
      it(
        `${mode} has Retry-After as ${rateLimitHeader}, and as a rule has it`,
        bench(
          async (at) => {
            at.sandbox.hostile.add({ match: "*", mode });
            expect((await at.read()).headers.get("retry-after")).to.equal(usual);
            for (const retryAfter of ["120", "Sun, 01 Mar 2026 10:02:00 GMT", "soon", "-1"]) {
              at.sandbox.hostile.add({ match: "*", mode, retryAfter });
              const answer = await at.read();
              expect(answer.status).to.equal(Number(mode));
              expect(answer.headers.get("retry-after")).to.equal(retryAfter);
            }
          },
          { variants: { rateLimitHeader } },
        ),
      );
    }
  }

  it(
    "a server's own faults keep their status where refusals come under 200",
    bench(
      async (at) => {
        for (const mode of ["403", "429", "500", "503"] as const) {
          at.sandbox.hostile.add({ match: "*", mode });
          expect((await at.read()).status).to.equal(Number(mode));
        }
      },
      { variants: { failureStatus: "200" } },
    ),
  );

  it(
    "faults come in the form of error body that is switched on",
    bench(
      async (at) => {
        for (const mode of ["403", "429", "500", "503"] as const) {
          at.sandbox.hostile.add({ match: "*", mode });
          const { body, headers } = await at.read();
          expect(headers.get("content-type")).to.equal("application/problem+json");
          expect(body).to.have.all.keys("title", "detail", "traceId");
        }
      },
      { variants: { errorBody: "problem" } },
    ),
  );

  it(
    "a client that gives up while it waits has changed things all the same",
    bench(async (at) => {
      const { sandbox } = at;
      const giveUp = new AbortController();
      const committed = new Promise<void>((resolve) => {
        sandbox.hostile.add({
          match: "*",
          mode: "hook",
          before: () => {
            giveUp.abort();
          },
          after: resolve,
        });
      });
      const asking = fetch(`${sandbox.ecgrid.url}/v2/certificates/create`, {
        method: "POST",
        signal: giveUp.signal,
        headers: { "X-API-Key": at.key, "Content-Type": "application/json" },
        body: '{"commId":5001}',
      });
      expect(await asking.catch((error: unknown) => (error as Error).name)).to.equal("AbortError");
      await committed;
      expect(sandbox.ecgrid.certificates(5001)).to.have.length(1);
      expect(sandbox.log.made().map(({ outcome }) => outcome)).to.deep.equal(["executed"]);
      expect((await at.read()).status).to.equal(200);
    }),
  );

  it(
    "callbacks may take their time and change the store",
    bench(async (at) => {
      const id = await at.given();
      at.sandbox.hostile.add({
        match: "POST /v2/certificates/renew",
        mode: "hook",
        before: async () => {
          await at.given({ certKeyId: 500 });
          at.sandbox.ecgrid.terminateOutside(5001, id);
        },
      });
      expect((await at.renew(id)).status).to.equal(400);
      expect(at.sandbox.ecgrid.certificates(5001)).to.have.length(2);
    }),
  );

  it(
    "a rule that has passed once applies before the next one of its kind",
    bench(async (at) => {
      at.sandbox.hostile.add({ match: "*", mode: "500", times: 2 });
      at.sandbox.hostile.add({ match: "*", mode: "503" });
      const statuses = [];
      for (let turn = 0; turn < 4; turn++) statuses.push((await at.read()).status);
      expect(statuses).to.deep.equal([500, 500, 503, 200]);
    }),
  );
});
