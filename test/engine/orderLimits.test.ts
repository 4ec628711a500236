import { expect } from "chai";
import { expectCode } from "../instrument/world.js";
import { inWorld } from "./engine.js";
import { order } from "./orders.js";

/** The most requests that arrived in any so many milliseconds. */
const most = (arrivals: readonly number[], milliseconds: number): number =>
  Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + milliseconds).length));

describe("the limits of a key of CertCentral", () => {
  it(
    "hold for a run of two provider instances on one key: the service never counts more than 100 calls in 5 s",
    inWorld(async (world) => {
      const { certcentral, log, variants } = world.sandbox;
      certcentral.settings.approval = "auto";
      variants.ccRateLimit = "documented";
      const args = { apiKey: certcentral.apiKey, url: certcentral.url, visibilitySeconds: 1, pollSeconds: 0.05 };
      const instances = ["one", "two"].map((name) => ({ kind: "certcentral.Provider", name, args }));
      const orders = await Promise.all(
        Array.from({ length: 16 }, (_, at) =>
          order(`o${at}`, { commonName: `o${at}.example.com` }, { opts: { provider: at % 2 === 0 ? "one" : "two" } }),
        ),
      );
      world.program(...instances, ...orders);
      expectCode(await world.project.up(), 0);
      const all = log.all();
      expect(all.length, "enough requests to pass the limit").to.be.greaterThan(120);
      expect(all.filter(({ status }) => status === 429)).to.deep.equal([]);
      const arrivals = all.map(({ arrived }) => arrived);
      expect(most(arrivals, 5000)).to.be.at.most(100);
      expect(most(arrivals, 180_000)).to.be.at.most(1000);
      expect(certcentral.orders()).to.have.length(16);
    }),
  );
});
