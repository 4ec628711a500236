import type { Spec, World } from "../instrument/world.js";
import { APINIZER_CHANGES, ENVIRONMENTS, gateways, isThere, jwks } from "./apinizerChanges.js";
import { CERTCENTRAL_CHANGES, orders } from "./certcentralChanges.js";
import type { SystemName } from "./changes.js";
import { certificates, ECGRID_CHANGES } from "./ecgridChanges.js";
import { contracts, credentials, PARTNER_CHANGES } from "./partnerChanges.js";
import { DAY, without, type Kind, type Program } from "./program.js";
import { Random } from "./random.js";

/**
 * What chance alone would reach too rarely: for each operation that destroys or is billed, and is not made in nearly every
 * run anyway, a change that leads to it. Each run has some of them, dealt so that every block of runs has them all.
 */
export interface Aim {
  /** The operation that it leads to. */
  readonly operation: string;
  readonly system: SystemName;
  /** Runs of a block that have it: those that are prepared in one transition and made in another need more. */
  readonly runs: 1 | 2;
  readonly apply: Kind["apply"];
}

/** Runs among which all aims are dealt. */
export const BLOCK = 4;
/** How likely a transition of a run that has an aim follows it. */
export const FOLLOWED = 50;

/** Makes a change by its name, whatever its weight. */
async function also(
  kinds: readonly Kind[],
  wanted: string,
  ...args: [random: Random, program: Program, world: World]
): Promise<void> {
  const kind = kinds.find(({ name }) => name === wanted);
  if (kind === undefined) throw new Error(`there is no change "${wanted}"`);
  await kind.apply(...args);
}

const text = (random: Random): string => `a${random.int(1_000_000)}`;

/** The order of CertCentral that a resource of the program has placed last. */
const orderOf = ({ sandbox }: World, { args }: Spec): { id: number; status: string; validTill: string } | undefined =>
  sandbox.certcentral
    .orders()
    .filter(({ commonName }) => commonName === args.commonName)
    .at(-1);

/** Changes one order that is issued; where there is none, there will be. */
const onIssued =
  (change: (one: Spec, random: Random, program: Program, world: World) => void): Kind["apply"] =>
  async (random, program, world) => {
    const { certcentral } = world.sandbox;
    certcentral.settings.validation = "prevalidated";
    await certcentral.approveAll();
    program.refreshes = true;
    const issued = orders(program).filter((one) => orderOf(world, one)?.status === "issued");
    if (issued.length > 0) change(random.pick(issued), random, program, world);
    else await also(CERTCENTRAL_CHANGES, "add order", random, program, world);
    return true;
  };

/** Takes away an order in a status that orders rarely have; where there is none, there will be. */
const endOrder =
  (status: string, skipApproval: boolean): Kind["apply"] =>
  async (random, program, world) => {
    const { settings } = world.sandbox.certcentral;
    const one = orders(program).find((order) => orderOf(world, order)?.status === status);
    settings.validation = one === undefined && skipApproval ? "dcv" : "prevalidated";
    program.refreshes = true;
    if (one !== undefined) {
      without(program, one);
      return true;
    }
    const [full] = orders(program).length >= 3 ? orders(program) : [];
    if (full !== undefined) without(program, full);
    await also(CERTCENTRAL_CHANGES, "add order", random, program, world);
    Object.assign(orders(program).at(-1)?.args ?? {}, { skipApproval, onDelete: "revokeOrder" });
    return true;
  };

/** Changes one contract; where there is none, there will be. */
const onContract =
  (change: (one: Spec, random: Random) => void): Kind["apply"] =>
  async (random, program, world) => {
    const all = contracts(program);
    if (all.length > 0) change(random.pick(all), random);
    else await also(PARTNER_CHANGES, "add contract", random, program, world);
    return true;
  };

const ADDED = "aim.example.com";
const otherNames = onContract(({ args }) => {
  const sans = args.sans as string[];
  args.sans = sans.includes(ADDED) ? sans.filter((name) => name !== ADDED) : [...sans, ADDED];
});

/** Changes one gateway that is there; where there is none, there will be. */
const onGateway =
  (change: (one: Spec, random: Random, program: Program) => void): Kind["apply"] =>
  async (random, program, world) => {
    await also(APINIZER_CHANGES, "mend the gateway", random, program, world);
    const there = gateways(program).filter((one) => isThere(world, one));
    if (there.length > 0) change(random.pick(there), random, program);
    else await also(APINIZER_CHANGES, "add gateway", random, program, world);
    return true;
  };

/** What moves the clock comes first: the others then know what time it is. */
export const AIMS: readonly Aim[] = [
  {
    operation: "certcentral.orders.renew",
    system: "certcentral",
    runs: 2,
    apply: onIssued((one, _random, _program, world) => {
      // As early as a renewal is taken: contracts of the same age must not end meanwhile.
      one.args.renewalWindow = { days: 88 };
      const end = Date.parse(orderOf(world, one)?.validTill ?? "") - 85 * DAY;
      if (end > world.now.getTime()) world.at(new Date(end));
    }),
  },
  {
    operation: "ecgrid.certificates.renew (as one that destroys)",
    system: "ecgrid",
    runs: 1,
    apply: async (random, program, world) => {
      const all = certificates(program);
      if (all.length > 0) Object.assign(random.pick(all).args, { overlapDays: 0, trigger: text(random) });
      else await also(ECGRID_CHANGES, "add", random, program, world);
      return true;
    },
  },
  {
    operation: "certcentral.orders.reissue (as one that destroys)",
    system: "certcentral",
    runs: 2,
    apply: onIssued(({ args }) => {
      const names = (args.dnsNames as string[] | undefined) ?? [];
      if (names.length === 0) args.dnsNames = [`a.${String(args.commonName)}`, `b.${String(args.commonName)}`];
      else Object.assign(args, { dnsNames: [], allowRemovedNames: names });
    }),
  },
  {
    operation: "certcentral.orders.revoke",
    system: "certcentral",
    runs: 1,
    apply: onIssued((one, _random, program) => {
      if (one.args.onDelete === "revokeOrder") without(program, one);
      else Object.assign(one.args, { onDelete: "revokeOrder", revocationSkipApproval: true });
    }),
  },
  {
    operation: "certcentral.certificates.revoke",
    system: "certcentral",
    runs: 2,
    apply: onIssued((one, _random, program) => {
      if (one.args.onDelete === "revokeCertificate") without(program, one);
      else Object.assign(one.args, { onDelete: "revokeCertificate", revocationSkipApproval: true });
    }),
  },
  {
    operation: "certcentral.orders.cancel (as one that destroys)",
    system: "certcentral",
    runs: 2,
    apply: endOrder("pending", true),
  },
  {
    operation: "certcentral.requests.reject",
    system: "certcentral",
    runs: 2,
    apply: endOrder("needs_approval", false),
  },
  {
    operation: "partner.contracts.update (as one that destroys)",
    system: "partner",
    runs: 1,
    apply: onContract(({ args }, random) => {
      args.organization = { name: "Example", address: `${text(random)} Way`, city: "Town", country: "US" };
    }),
  },
  { operation: "partner.sans.add", system: "partner", runs: 1, apply: otherNames },
  { operation: "partner.sans.remove", system: "partner", runs: 1, apply: otherNames },
  {
    operation: "partner.contracts.cancel",
    system: "partner",
    runs: 2,
    apply: (_random, program) => {
      const wanted = contracts(program).find(({ args }) => args.onDelete === "cancel");
      if (wanted !== undefined) without(program, wanted);
      else {
        // DigiCert takes a cancel for 30 days only: a new contract has them before it, whatever others there are.
        const args = { productNameId: "ssl_dv_rapidssl", sans: ["c.example.com"], onDelete: "cancel" };
        program.resources.push({ kind: "partner.AcmeContract", name: `c${program.named++}`, args });
      }
      return true;
    },
  },
  {
    operation: "partner.credentials.revoke-all",
    system: "partner",
    runs: 1,
    apply: async (random, program, world) => {
      const all = credentials(program);
      if (all.length > 0) random.pick(all).args.emergency = text(random);
      else {
        if (contracts(program).length === 0) await also(PARTNER_CHANGES, "add contract", random, program, world);
        await also(PARTNER_CHANGES, "add credential", random, program, world);
      }
      return true;
    },
  },
  {
    operation: "apinizer.certificates.update (as one that destroys)",
    system: "apinizer",
    runs: 1,
    apply: onGateway(({ args, later }, random) => {
      args.trigger = text(random);
      if (later?.jwkUpdateAction === undefined) args.jwkUpdateAction = "NULLIFY";
      if (later?.environments === undefined)
        args.environments = (args.environments as string[]).length > 1 ? [random.pick(ENVIRONMENTS)] : ENVIRONMENTS;
    }),
  },
  {
    operation: "apinizer.certificates.delete (with its JWKs)",
    system: "apinizer",
    runs: 2,
    apply: onGateway((one, _random, program) => {
      if (one.args.jwkDeleteAction === "DELETE" && one.args.onDelete !== "retain") without(program, one);
      else Object.assign(one.args, { jwkDeleteAction: "DELETE", allowJwkDeletion: true, onDelete: "delete" });
    }),
  },
  {
    operation: "apinizer.jwks.update (as one that destroys)",
    system: "apinizer",
    runs: 2,
    apply: async (random, program, world) => {
      await also(APINIZER_CHANGES, "mend the gateway", random, program, world);
      const made = jwks(program).filter(
        ({ args }) =>
          args.generate === undefined && world.sandbox.apinizer.jwks().some(({ name }) => name === args.name),
      );
      const attached = made.find(({ args }) => args.description === undefined);
      const [detached] = made;
      if (attached !== undefined) attached.args.description = text(random);
      else if (detached !== undefined) {
        // Deleted and made anew, it is attached again.
        Reflect.deleteProperty(detached.args, "description");
        detached.args.trigger = text(random);
      } else await also(APINIZER_CHANGES, "add JWK of a gateway", random, program, world);
      return true;
    },
  },
];

/** The aims of a run; its number in the seed says which, so that none is forgotten in a block. */
export function aimsOf(seed: string, only?: SystemName): readonly Aim[] {
  if (only !== undefined) return AIMS.filter(({ system }) => system === only);
  const [, series = seed, number = "0"] = /^(.*)\/(\d+)$/.exec(seed) ?? [];
  const random = new Random(`${series} aims ${Math.floor(Number(number) / BLOCK)}`);
  const hands = Array.from({ length: BLOCK }, (): Aim[] => []);
  const deck = AIMS.flatMap((aim) => Array.from({ length: aim.runs }, () => aim));
  while (deck.length > 0) {
    const [aim] = deck.splice(random.int(deck.length), 1);
    if (aim === undefined) break;
    const open = hands.filter((hand) => !hand.includes(aim));
    const least = Math.min(...open.map(({ length }) => length));
    random.pick(open.filter(({ length }) => length === least)).push(aim);
  }
  const hand = hands[Number(number) % BLOCK] ?? [];
  return AIMS.filter((aim) => hand.includes(aim));
}
