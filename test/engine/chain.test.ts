import { expect } from "chai";
import { makeCsr } from "../../sandbox/index.js";
import type { World } from "../instrument/world.js";
import { apply, expectNothing, inWorld, stored } from "./engine.js";

const ENVIRONMENTS = ["staging", "production"];

/** One thing that a client of a gateway met: a thumbprint, `missing`, or a revoked one. */
interface Sample {
  readonly environment: string;
  readonly serves: string;
}

/** A client that asks every worker of the gateways which certificate it serves, all the time, over HTTP. */
class Sampler {
  readonly samples: Sample[] = [];
  /** Samples that were taken while a replacement was between its removal and its deployment. */
  readonly inGap: Sample[] = [];
  #running = true;
  #gap = false;
  #rounds = 0;
  readonly #done: Promise<void>;

  constructor(readonly world: World) {
    this.#done = this.#run();
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const gap = this.#gap;
      for (const environment of ENVIRONMENTS) {
        const answer = await fetch(
          `${this.world.sandbox.url}/__sandbox/serving?environment=${environment}&name=api&project=partners`,
        );
        const served = (await answer.json()) as { thumbprint?: string; status: string }[];
        for (const { thumbprint, status } of served) {
          const serves = status === "served" ? this.#judged(thumbprint ?? "") : status;
          // A round that the gap began or ended in may have met either.
          (gap || this.#gap ? this.inGap : this.samples).push({ environment, serves });
        }
      }
      this.#rounds++;
    }
  }

  /** What is served as the CA knows it. */
  #judged(thumbprint: string): string {
    const { certcentral } = this.world.sandbox;
    const known = certcentral.orders().flatMap(({ id }) => certcentral.certificates(id));
    const found = known.find((one) => one.thumbprint === thumbprint);
    return found?.status === "issued" ? thumbprint : `${found?.status ?? "unknown"} ${thumbprint}`;
  }

  /** Until a whole round has been asked from now on. */
  async round(): Promise<void> {
    for (const until = this.#rounds + 2; this.#rounds < until;) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Stops while a replacement is in its gap, until it was met. */
  watchGaps(): void {
    this.world.sandbox.apinizer.inGap = async () => {
      this.#gap = true;
      await this.round();
      this.#gap = false;
    };
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }
}

/** What was met, each once, in the order in which it came up. */
const met = (samples: readonly Sample[]): string[] => [...new Set(samples.map(({ serves }) => serves))];

const CSRS = new Map<number, Promise<string>>();
const csr = (number: number): Promise<string> => {
  const made = CSRS.get(number) ?? makeCsr("api.example.com");
  CSRS.set(number, made);
  return made;
};

async function configure({ project }: World, number: number): Promise<void> {
  const api = { commonName: "api.example.com", csr: await csr(number), environments: ENVIRONMENTS, algorithm: "ES256" };
  const lines = { organizationId: 9001, project: "partners", sites: { api } };
  project.write(
    "Pulumi.dev.yaml",
    `config:\n${Object.entries(lines)
      .map(([key, value]) => `  clm-chain:${key}: ${JSON.stringify(value)}\n`)
      .join("")}`,
  );
}

const CHAIN = { from: "examples/chain" };
const thumbprint = (world: World): string =>
  String(
    (
      world.project.resources().find(({ type }) => type.endsWith("apinizer:Certificate"))?.outputs?.deployed as
        { thumbprint: string } | undefined
    )?.thumbprint,
  );

/** The chain with its first certificate deployed. */
async function deployed(world: World): Promise<string> {
  world.sandbox.certcentral.settings.approval = "auto";
  await configure(world, 0);
  await apply(world);
  return thumbprint(world);
}

describe("the chain from the CA to the gateway, the example project", () => {
  it(
    "a renewal runs through it in order; clients meet the old certificate until the new one, and never a revoked or missing one",
    inWorld(async (world) => {
      const { certcentral, apinizer } = world.sandbox;
      await configure(world, 0);
      expect((await apply(world)).made).to.deep.equal([
        "certcentral.orders.place product=ssl_basic commonName=api.example.com",
      ]);
      await certcentral.approveAll();
      expect((await apply(world)).made).to.deep.equal([
        "apinizer.certificates.create project=partners name=api",
        "apinizer.jwks.create project=partners name=api-signing",
      ]);
      const first = thumbprint(world);
      const sampler = new Sampler(world);
      try {
        world.days(340);
        await configure(world, 1);
        const waits = await apply(world);
        expect(waits.made).to.deep.equal(["certcentral.orders.renew orderId=700001"]);
        expect(waits.shown.filter(({ certain }) => certain).map(({ operation }) => operation)).to.deep.equal(
          waits.made,
        );
        await sampler.round();
        expect(met(sampler.samples), "while the order waits").to.deep.equal([first]);
        await certcentral.approveAll();
        const renewed = await apply(world);
        expect(renewed.made, "the old one goes last").to.deep.equal([
          "apinizer.certificates.update project=partners name=api",
          "certcentral.orders.revoke orderId=700001",
        ]);
        await sampler.round();
      } finally {
        await sampler.stop();
      }
      const second = thumbprint(world);
      expect(second).to.not.equal(first);
      expect(met(sampler.samples)).to.deep.equal([first, second]);
      expect(certcentral.order(700_001).status).to.equal("revoked");
      expect(apinizer.jwk("api-signing")).to.deep.include({ sourceId: apinizer.certificate("api").objectId });
      expect(stored(world, "api").type).to.match(/^pulumi-nodejs:dynamic\//);
      expect(await expectNothing(world)).to.equal(0);
    }, CHAIN),
  );

  it(
    "the documented gap is all that clients can meet; a partial deploy stops the retirement, its repair lets it go on",
    inWorld(async (world) => {
      const { certcentral, apinizer, variants } = world.sandbox;
      const first = await deployed(world);
      variants.apUpdateGap = "gap";
      const sampler = new Sampler(world);
      sampler.watchGaps();
      try {
        world.days(340);
        apinizer.unreachable("staging");
        await configure(world, 1);
        const partly = await apply(world, 1);
        expect(partly.preview.text).to.include("the gateways may be without it between removal and deployment");
        expect(partly.made).to.deep.equal([
          "certcentral.orders.renew orderId=700001",
          "apinizer.certificates.update project=partners name=api",
        ]);
        expect(certcentral.order(700_001).status, "staging still serves it").to.equal("issued");
        await sampler.round();
        apinizer.reachable("staging");
        const repaired = await apply(world);
        expect(repaired.made).to.deep.equal([
          "apinizer.certificates.update project=partners name=api",
          "certcentral.orders.revoke orderId=700001",
        ]);
        await sampler.round();
      } finally {
        await sampler.stop();
      }
      const second = thumbprint(world);
      expect(new Set(met(sampler.samples))).to.deep.equal(new Set([first, second]));
      expect(met(sampler.inGap)).to.include("missing");
      expect(met(sampler.inGap).filter((one) => ![first, second, "missing"].includes(one))).to.deep.equal([]);
    }, CHAIN),
  );

  it(
    "environments of which nothing is known keep the old one from being revoked, until a refresh has looked at their truststores",
    inWorld(async (world) => {
      const { apinizer, variants } = world.sandbox;
      const first = await deployed(world);
      variants.apDeploymentShape = "D5";
      apinizer.setRights([], "admin");
      world.days(340);
      await configure(world, 1);
      const unknown = await apply(world);
      expect(unknown.made).to.deep.equal([
        "certcentral.orders.renew orderId=700001",
        "apinizer.certificates.update project=partners name=api",
      ]);
      expect(unknown.up.text).to.include("whether certificate api is deployed in staging, production is not known");
      const waits = await apply(world);
      expect(waits.made).to.deep.equal([]);
      expect(waits.preview.text).to.include(
        "is not ended, because certificate api of project partners: staging is unknown",
      );
      apinizer.setRights(["SECRETS+VIEW"], "admin");
      await world.project.refresh();
      const known = await apply(world);
      expect(known.made).to.deep.equal(["certcentral.orders.revoke orderId=700001"]);
      expect(thumbprint(world)).to.not.equal(first);
    }, CHAIN),
  );
});
