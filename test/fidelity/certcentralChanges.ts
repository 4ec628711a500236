import { makeCsr } from "../../sandbox/index.js";
import type { Spec } from "../instrument/world.js";
import { DAY, inputsOf, of, type Kind, type Program } from "./program.js";

/** What changes at CertCentral, and in programs about it. */

const ORDER = "certcentral.Order";
export const orders = (program: Program): Spec[] => of(program, ORDER);
const ofOrder = inputsOf(ORDER);

const waiting = <Request extends { status: string }>(requests: readonly Request[]): Request[] =>
  requests.filter(({ status }) => status === "pending");
/** Whether an order can be renewed. */
const endsSoon = (validTill: string, now: Date): boolean => {
  const left = Date.parse(validTill) - now.getTime();
  return left > DAY && left < 89 * DAY;
};

export const CERTCENTRAL_CHANGES: readonly Kind[] = [
  {
    name: "add order",
    weight: 5,
    apply: async (random, program) => {
      if (orders(program).length >= 3) return false;
      const commonName = `c${program.named}.example.com`;
      program.resources.push({
        kind: "certcentral.Order",
        name: `c${program.named++}`,
        args: {
          productNameId: "ssl_basic",
          commonName,
          csr: await makeCsr(commonName),
          organizationId: 9001,
          orderValidity: { years: random.pick([1, 2]) },
          skipApproval: random.chance(50),
          reuseCsr: random.chance(50),
          renewalWindow: random.pick([{ days: 30 }, { days: 100 }, { share: 0.25 }, "never"]),
          onDelete: random.pick(["revokeOrder", "revokeOrder", "revokeOrder", "revokeCertificate", "retain"]),
          revocationSkipApproval: random.chance(70),
          whenRevocationWaits: random.chance(70) ? "letGo" : "fail",
          retireReissued: random.chance(50),
        },
      });
      return true;
    },
  },
  ofOrder("new CSR", 6, async (args) => {
    args.csr = await makeCsr(String(args.commonName));
  }),
  ofOrder("order trigger", 3, (args, random) => {
    args.trigger = `t${random.int(1_000_000)}`;
  }),
  ofOrder("other names", 3, (args, random) => {
    args.dnsNames = random.pick([
      [],
      [`a.${String(args.commonName)}`],
      [`a.${String(args.commonName)}`, `b.${String(args.commonName)}`],
    ]);
    if (random.chance(50)) args.allowRemovedNames = [`a.${String(args.commonName)}`, `b.${String(args.commonName)}`];
  }),
  ofOrder("other product", 1, (args) => {
    args.productNameId = args.productNameId === "ssl_basic" ? "ssl_ev_basic" : "ssl_basic";
  }),
  ofOrder("order settings", 1, (args, random) => {
    args.onDelete = random.pick(["revokeOrder", "revokeCertificate", "retain"]);
    args.revocationSkipApproval = random.chance(50);
  }),
  ofOrder("order when ended outside", 2, (args, random) => {
    args.whenEndedOutside = random.pick(["fail", "replace"]);
  }),
  {
    name: "people at CertCentral",
    weight: 8,
    apply: async (random, _program, world) => {
      const { certcentral } = world.sandbox;
      const ids = certcentral.orders().map(({ id }) => id);
      if (ids.length === 0) return false;
      if (random.chance(60)) {
        await certcentral.approveAll();
        return true;
      }
      const id = random.pick(ids);
      const { status, isRenewed, validTill } = certcentral.order(id);
      const did = random.pick(["reject", "cancel", "revoke", "reissue", "request", "renew"]);
      if (did === "reject") for (const request of waiting(certcentral.requests())) await certcentral.reject(request.id);
      if (did === "cancel" && (status === "pending" || status === "reissue_pending")) certcentral.cancelOutside(id);
      if (status !== "issued") return true;
      if (did === "revoke") certcentral.revokeOutside(id);
      if (did === "reissue") await certcentral.reissueOutside(id, { csr: await makeCsr("outside.example.com") });
      if (did === "request") certcentral.requestRevocation(id);
      if (did === "renew" && !isRenewed && endsSoon(validTill, world.now)) await certcentral.renewOutside(id);
      return true;
    },
  },
];
