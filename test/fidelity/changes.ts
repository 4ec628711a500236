import { APINIZER_CHANGES, gateways, jwks } from "./apinizerChanges.js";
import { CERTCENTRAL_CHANGES, orders } from "./certcentralChanges.js";
import { certificates, ECGRID_CHANGES } from "./ecgridChanges.js";
import { contracts, credentials, mendContracts, PARTNER_CHANGES } from "./partnerChanges.js";
import { FOLLOWED, type Aim } from "./aims.js";
import { DAY, of, rename, without, type Kind, type Program } from "./program.js";
import type { Random } from "./random.js";
import type { Spec, World } from "../instrument/world.js";

const RETIRABLE = [
  ...["ecgrid.Certificate", "ecgrid.UploadedCertificate", "ecgrid.PartnerCertificate"],
  ...["certcentral.Order", "partner.AcmeCredential"],
];
const retirements = (program: Program): Spec[] => of(program, "Retirement");
/** What changes at one system, and in programs about it. */
export const SYSTEMS = {
  ecgrid: ECGRID_CHANGES,
  certcentral: CERTCENTRAL_CHANGES,
  partner: PARTNER_CHANGES,
  apinizer: APINIZER_CHANGES,
} as const;
export type SystemName = keyof typeof SYSTEMS;

/** What changes whatever the system. */
const COMMON: readonly Kind[] = [
  {
    name: "retire",
    weight: 5,
    apply: (random, program) => {
      const retired = new Set(retirements(program).map(({ args }) => args.of));
      const open = of(program, ...RETIRABLE).filter(({ name }) => !retired.has(name));
      if (open.length === 0) return false;
      program.resources.push({
        kind: "Retirement",
        name: `r${program.named++}`,
        args: { of: random.pick(open).name, delayDays: random.pick([0, 0, 5, 20]) },
      });
      return true;
    },
  },
  {
    name: "other delay",
    weight: 1,
    apply: (random, program) => {
      const all = retirements(program);
      if (all.length === 0) return false;
      random.pick(all).args.delayDays = random.pick([0, 5, 20, 60]);
      return true;
    },
  },
  {
    name: "remove",
    weight: 6,
    apply: (random, program) => {
      if (program.resources.length === 0) return false;
      without(program, random.pick(program.resources));
      return true;
    },
  },
  {
    name: "rename by alias",
    weight: 2,
    apply: (random, program) => {
      const all = [
        ...[...certificates(program), ...orders(program), ...contracts(program), ...credentials(program)],
        ...[...gateways(program), ...jwks(program)],
      ];
      if (all.length === 0) return false;
      const one = random.pick(all);
      one.opts = { ...one.opts, aliases: [{ name: one.name }] };
      rename(program, one, `c${program.named++}`);
      return true;
    },
  },
  {
    name: "time passes",
    weight: 6,
    apply: (random, program, world) => {
      // Left to chance, a certificate would rarely come into its window before it expires.
      const nearExpiry = certificates(program)
        .flatMap(({ args }) => world.sandbox.ecgrid.active(Number(args.commId)))
        .map(({ notAfter }) => new Date(notAfter).getTime() - 20 * DAY)
        .concat(
          orders(program).length === 0
            ? []
            : world.sandbox.certcentral.orders().map(({ validTill }) => Date.parse(validTill) - 20 * DAY),
        )
        .filter((time) => time > world.now.getTime());
      const time =
        nearExpiry.length > 0 && random.chance(60)
          ? random.pick(nearExpiry)
          : world.now.getTime() + random.pick([1, 20, 200]) * DAY;
      world.at(new Date(time));
      return true;
    },
  },
];

/** What may change between two runs, of all systems or of one alone. */
const changesOf = (only: SystemName | undefined): readonly Kind[] => [
  ...(only === undefined ? Object.values(SYSTEMS).flat() : SYSTEMS[only]),
  ...COMMON,
];

/** Adds the first resources of each system and a retirement. @returns the changes' names. */
export async function populate(
  random: Random,
  program: Program,
  world: World,
  only?: SystemName,
): Promise<readonly string[]> {
  const names = [
    ...["add", "add order", "add upload", "add contract", "add credential", "retire"],
    ...["add gateway", "add JWK of a gateway"],
  ];
  const first = names.flatMap((wanted) => changesOf(only).find(({ name }) => name === wanted) ?? []);
  for (const kind of first) await kind.apply(random, program, world);
  return first.map(({ name }) => name);
}

/** How likely people mend what would fail in every later run. */
const MENDED = 85;

/** Applies one to three changes, and perhaps some of what the run aims at. @returns their names. */
export async function change(
  random: Random,
  program: Program,
  world: World,
  { only, aims = [] }: { readonly only?: SystemName | undefined; readonly aims?: readonly Aim[] } = {},
): Promise<string[]> {
  const changes = changesOf(only);
  const applied: string[] = [];
  const wanted = 1 + random.int(3);
  for (let tries = 0; applied.length < wanted && tries < 20; tries++) {
    let at = random.int(changes.reduce((sum, { weight }) => sum + weight, 0));
    const kind = changes.find(({ weight }) => (at -= weight) < 0);
    if (kind !== undefined && (await kind.apply(random, program, world))) applied.push(kind.name);
  }
  for (const { operation, apply } of aims)
    if (random.chance(FOLLOWED) && (await apply(random, program, world))) applied.push(`towards ${operation}`);
  if (random.chance(MENDED)) mendContracts(program, world);
  return applied;
}
