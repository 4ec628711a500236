import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RollingLimit, type Window } from "../../provider/http/rollingLimit.js";
import { Transport } from "../../provider/http/transport.js";
import { Random } from "../fidelity/random.js";

/** Time that moves when everybody sleeps, and nowhere else. */
class Simulated {
  now = 1_000_000;
  readonly #sleepers: { at: number; wake: () => void }[] = [];

  sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ at: this.now + Math.max(1, milliseconds), wake });
    });

  /** Runs until the work is done. */
  async until(work: Promise<unknown>): Promise<void> {
    const over = { yet: false };
    void work.then(() => (over.yet = true));
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (over.yet) return;
      this.#sleepers.sort((a, b) => a.at - b.at);
      const next = this.#sleepers.shift();
      if (next === undefined) continue;
      this.now = Math.max(this.now, next.at);
      next.wake();
    }
  }
}

const WINDOWS: readonly Window[] = [
  { calls: 10, milliseconds: 500 },
  { calls: 30, milliseconds: 3000 },
];

/** The most arrivals in any window of so many milliseconds. */
const most = (arrivals: readonly number[], milliseconds: number): number =>
  Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + milliseconds).length));

describe("rolling limit", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "clm-limit-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  for (const seed of ["one", "two", "three"])
    it(`is never passed at the service, whatever the network does to single calls (${seed})`, async () => {
      const random = new Random(seed);
      const time = new Simulated();
      const settings = { windows: WINDOWS, ledger: join(folder, "ledger"), now: () => time.now, sleep: time.sleep };
      // Two processes: each has a limit of its own over the same ledger.
      const [one, other] = [new RollingLimit(settings), new RollingLimit(settings)];
      const arrivals: number[] = [];
      const call = async (limit: RollingLimit): Promise<void> => {
        const leave = await limit.enter();
        await time.sleep(1 + random.int(900)); // on its way
        arrivals.push(time.now);
        await time.sleep(1 + random.int(900)); // on its way back
        leave();
      };
      await time.until(Promise.all(Array.from({ length: 90 }, (_, at) => call(at % 2 === 0 ? one : other))));
      expect(arrivals).to.have.length(90);
      for (const { calls, milliseconds } of WINDOWS) expect(most(arrivals, milliseconds)).to.be.at.most(calls);
    });

  it("holds up nothing while there is room", async () => {
    const limit = new RollingLimit({
      windows: WINDOWS,
      ledger: join(folder, "ledger"),
      now: () => 0,
      sleep: () => Promise.reject(new Error("it waited")),
    });
    for (let count = 0; count < 10; count++) (await limit.enter())();
    let said = "";
    await limit.enter().catch((error: unknown) => (said = String(error)));
    expect(said).to.contain("it waited");
  });

  it("makes everybody wait when one call was turned away", async () => {
    const time = new Simulated();
    const settings = { windows: WINDOWS, ledger: join(folder, "ledger"), now: () => time.now, sleep: time.sleep };
    const [one, other] = [new RollingLimit(settings), new RollingLimit(settings)];
    const began = time.now;
    one.slow(5000);
    await time.until(other.enter());
    expect(time.now - began).to.be.at.least(5000);
  });

  it("does not count the call of a killed process for ever", async () => {
    const time = new Simulated();
    const settings = {
      windows: [{ calls: 1, milliseconds: 500 }],
      ledger: join(folder, "ledger"),
      now: () => time.now,
      sleep: time.sleep,
    };
    await new RollingLimit(settings).enter(); // and never leaves
    time.now += 16 * 60_000;
    let entered = false;
    await time.until(new RollingLimit(settings).enter().then(() => (entered = true)));
    expect(entered).to.equal(true);
  });

  for (const [header, least] of [
    [undefined, 20],
    ["3", 3000],
  ] as const)
    it(`a 429 ${header === undefined ? "without" : "with"} Retry-After slows everybody, and the call is repeated as its rule says`, async () => {
      let answers = 0;
      const server = createServer((_request, response) => {
        response.writeHead(++answers === 1 ? 429 : 200, header === undefined ? {} : { "retry-after": header });
        response.end("{}");
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const slowed: number[] = [];
      const entered: string[] = [];
      const transport = new Transport({
        system: "Test",
        url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
        headers: {},
        timeout: 5000,
        backoff: 40,
        limit: {
          enter: () => {
            entered.push("in");
            return Promise.resolve(() => {
              entered.push("out");
            });
          },
          slow: (milliseconds) => {
            slowed.push(milliseconds);
          },
        },
      });
      const once = { afterRateLimit: header === undefined, afterFault: false, because: "a test" };
      const { status } = await transport.send({ method: "GET", path: "/" }, once, "0".repeat(32));
      server.close();
      server.closeAllConnections();
      expect(status).to.equal(header === undefined ? 200 : 429);
      expect(slowed).to.have.length(1);
      expect(slowed[0]).to.be.at.least(least);
      expect(entered).to.deep.equal(header === undefined ? ["in", "out", "in", "out"] : ["in", "out"]);
    });
});
