import { expect } from "chai";
import { randomUUID } from "node:crypto";
import { Run } from "../../provider/dynamic/run.js";

/** Two processes of one run, as far as one test process can be two. */
function pair(environment: Record<string, string> = {}): [Run, Run] {
  const address = `127.0.0.1:${randomUUID()}`;
  return [new Run(address, environment), new Run(address, environment)];
}

describe("the scope of a run", () => {
  it("says a text once", () => {
    const [one, other] = pair();
    expect([one.once("a"), other.once("a"), other.once("b"), one.once("b")]).to.deep.equal([true, false, true, false]);
    expect(pair()[0].once("a")).to.equal(true);
  });

  it("lets one writer at a time through, in the order of their coming, and goes on after one that failed", async () => {
    const [one, other] = pair();
    const log: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      log.push(`${name} in`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`${name} out`);
      if (name === "b") throw new Error("b fails");
    };
    const results = await Promise.allSettled([
      one.exclusive("comm 1", work("a")),
      one.exclusive("comm 1", work("b")),
      other.exclusive("comm 1", work("c")),
    ]);
    expect(results.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
    for (let at = 0; at < log.length; at += 2) expect(log[at]?.slice(0, 1)).to.equal(log[at + 1]?.slice(0, 1));
  });

  it("knows what other resources hold and what was named, and as whose end", () => {
    const [one, other] = pair();
    one.claim("urn:a", ["comm 1 certificate 2"]);
    expect([...other.heldByOthers("urn:b")]).to.deep.equal(["comm 1 certificate 2"]);
    expect([...other.heldByOthers("urn:a")]).to.deep.equal([]);
    one.name("x.end id=1", "5001/1");
    one.name("x.renew id=2");
    expect([...other.named("5001/1").all]).to.deep.equal(["x.end id=1", "x.renew id=2"]);
    expect([...other.named("5001/1").ending]).to.deep.equal(["x.end id=1"]);
    expect([...other.named("5001/2").ending]).to.deep.equal([]);
  });

  it("knows an inventory that spoke in any of its processes", async () => {
    const [one, other] = pair();
    one.inventorySpoke();
    expect(await other.hasInventory()).to.equal(true);
    expect(await pair()[0].hasInventory()).to.equal(false);
  });

  it("has one decision time, pinned by CLM_NOW or taken by the first who asks", () => {
    const [one, other] = pair();
    expect(other.now().toISOString()).to.equal(one.now().toISOString());
    expect(pair({ CLM_NOW: "2026-03-01" })[0].now().toISOString()).to.equal("2026-03-01T00:00:00.000Z");
    expect(() => pair({ CLM_NOW: "soon" })[0].now()).to.throw('CLM_NOW is "soon"');
  });
});
