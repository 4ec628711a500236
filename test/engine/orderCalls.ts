/** The calls of CertCentral that change something, for tests of their faults. */
import { expect } from "chai";
import type { Spec, World } from "../instrument/world.js";
import { apply } from "./engine.js";
import { approving, isStored, issued, order, orderState, statuses } from "./orders.js";

/** One of the seven calls that change something at CertCentral, as a test drives it. */
export interface Call {
  readonly name: string;
  /** Method and path of the call. */
  readonly match: string;
  /** What is there before, and the program of the run that makes the call. */
  readonly lead: (world: World) => Promise<Spec[]>;
  /** Somebody does the same outside. */
  readonly outside: (world: World) => unknown;
  /** What the next run says when somebody has: part of its text. */
  readonly says?: string;
  /** Orders in the end. */
  readonly end: readonly string[];
}

const waiting = async (world: World, validation: "prevalidated" | "manual"): Promise<Spec[]> => {
  world.sandbox.certcentral.settings.validation = validation;
  if (validation === "manual") approving(world);
  world.program(await order("www"));
  await apply(world);
  return [];
};

const ID = 700_001;
const path = "/services/v2/order/certificate";

export const CALLS: readonly Call[] = [
  {
    name: "certcentral.orders.place",
    match: `POST ${path}/ssl_basic`,
    lead: async (world) => {
      approving(world);
      return [await order("www")];
    },
    outside: async ({ sandbox }) => {
      // The same CSR and names: as a run that died leaves it.
      const { args } = await order("www");
      await fetch(`${sandbox.certcentral.url}/order/certificate/ssl_basic`, {
        method: "POST",
        headers: { "X-DC-DEVKEY": sandbox.certcentral.apiKey, "Content-Type": "application/json" },
        body: JSON.stringify({
          certificate: { common_name: args.commonName, csr: args.csr, signature_hash: "sha256" },
          organization: { id: 9001 },
          order_validity: { years: 1 },
        }),
      });
    },
    says: `set adopt: ${ID}`,
    end: [`${ID} issued`],
  },
  {
    name: "certcentral.orders.reissue",
    match: `POST ${path}/${ID}/reissue`,
    lead: async (world) => {
      await issued(world);
      return [await order("www", { csr: 1 })];
    },
    outside: async ({ sandbox }) =>
      sandbox.certcentral.reissueOutside(ID, { csr: String((await order("www", { csr: 1 })).args.csr) }),
    says: "it is not as the plan knows it",
    end: [`${ID} issued`],
  },
  {
    name: "certcentral.orders.renew",
    match: `POST ${path}/ssl_basic`,
    lead: async (world) => {
      await issued(world);
      world.days(340);
      return [await order("www", { csr: 1 })];
    },
    outside: ({ sandbox }) => sandbox.certcentral.renewOutside(ID),
    says: "it is not as the plan knows it",
    end: [`${ID} issued`, `${ID + 1} issued`],
  },
  {
    name: "certcentral.orders.cancel",
    match: `PUT ${path}/${ID}/status`,
    lead: (world) => waiting(world, "manual"),
    outside: ({ sandbox }) => {
      sandbox.certcentral.cancelOutside(ID);
    },
    end: [`${ID} canceled`],
  },
  {
    name: "certcentral.requests.reject",
    match: "PUT /services/v2/request/910001/status",
    lead: (world) => waiting(world, "prevalidated"),
    outside: ({ sandbox }) => sandbox.certcentral.reject(910_001),
    end: [`${ID} rejected`],
  },
  {
    name: "certcentral.orders.revoke",
    match: `PUT ${path}/${ID}/revoke`,
    lead: async (world) => {
      await issued(world);
      return [];
    },
    outside: ({ sandbox }) => {
      sandbox.certcentral.revokeOutside(ID);
    },
    end: [`${ID} revoked`],
  },
  {
    name: "certcentral.certificates.revoke",
    match: "PUT /services/v2/certificate/800001/revoke",
    lead: async (world) => {
      await issued(world, { onDelete: "revokeCertificate" });
      return [];
    },
    outside: ({ sandbox }) => {
      sandbox.certcentral.revokeCertificateOutside(800_001);
    },
    end: [`${ID} issued`],
  },
];

export const executed = ({ sandbox }: World, since: number): number =>
  sandbox.log.made(since).filter(({ outcome }) => outcome === "executed").length;

/** Runs again, doing as the messages say, until it succeeds. */
export async function untilDone(world: World, program: Spec[]): Promise<void> {
  for (let run = 0; run < 4; run++) {
    world.program(...program);
    const up = await world.project.up();
    if (up.code === 0) return;
    const adopt = /set adopt: (\d+)/.exec(up.text)?.[1];
    const [only] = program;
    if (adopt !== undefined && only !== undefined) only.args = { ...only.args, adopt: Number(adopt) };
  }
  throw new Error("it does not come to an end");
}

/** In the end everything is there once, and the stack knows it. */
export async function isSettled(world: World, { end }: Call, program: readonly Spec[], quiet = false): Promise<void> {
  expect(statuses(world)).to.deep.equal(end);
  expect(isStored(world)).to.equal(program.length > 0);
  if (program.length > 0) {
    const { order: inCharge, current } = orderState(world, "www");
    const { active } = world.sandbox.certcentral.order(inCharge.id);
    expect(current?.certificateId).to.equal(active);
    expect(inCharge.id).to.equal(world.sandbox.certcentral.orders().at(-1)?.id);
    if (quiet) expect((await apply(world)).requests, "requests of the run after").to.equal(0);
  }
}
