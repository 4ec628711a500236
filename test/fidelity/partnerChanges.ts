import type { Spec, World } from "../instrument/world.js";
import { DAY, inputsOf, of, rename, type Kind, type Planned, type Program } from "./program.js";

/** What changes at DigiCert's Partner API, and in programs about it. */

const CONTRACT = "partner.AcmeContract";
const CREDENTIAL = "partner.AcmeCredential";
export const contracts = (program: Program): Planned[] => of(program, CONTRACT);
export const credentials = (program: Program): Spec[] => of(program, CREDENTIAL);
const ofContract = inputsOf(CONTRACT);
const ofCredential = inputsOf(CREDENTIAL);

/** DigiCert takes a cancel for 30 days; a run may be some days later than it is planned for. */
const CANCEL_DAYS = 22;
const CANCEL = "cancel";

/**
 * What people do before a contract's last day for a cancel, and with one whose day has passed: a removal that fails, and a
 * creation that a failed run has cut off, would make every later run fail.
 */
export function mendContracts(program: Program, { sandbox, project, now }: World): void {
  const { partner } = sandbox;
  const stored = project.resources();
  for (const one of contracts(program)) {
    const held = stored.find(({ urn }) => urn.endsWith(`::${one.name}`));
    if (held === undefined && one.opts?.aliases === undefined && one.tried === true)
      rename(program, one, `c${program.named++}`);
    one.tried = true;
  }
  for (const { urn, type, outputs } of stored) {
    const { contract, onDelete } = (outputs ?? {}) as { contract?: { id?: number }; onDelete?: string };
    if (!type.endsWith(":AcmeContract") || contract?.id === undefined || onDelete !== CANCEL) continue;
    const { createdAt, canceledAt } = partner.contract(contract.id);
    if (canceledAt !== undefined || now.getTime() - Date.parse(createdAt) < CANCEL_DAYS * DAY) continue;
    const one = contracts(program).find(({ name }) => urn.endsWith(`::${name}`));
    if (one !== undefined) one.args.onDelete = "expire";
    else {
      partner.cancelOutside(contract.id);
      program.refreshes = true;
    }
  }
}

const NAMES = ["a", "b", "c", "d"].map((name) => `${name}.example.com`);

export const PARTNER_CHANGES: readonly Kind[] = [
  {
    name: "add contract",
    weight: 2,
    apply: (random, program) => {
      if (contracts(program).length >= 2) return false;
      program.resources.push({
        kind: CONTRACT,
        name: `c${program.named++}`,
        args: {
          productNameId: "ssl_dv_rapidssl",
          sans: NAMES.slice(0, 1 + random.int(3)),
          ...(random.chance(50) ? { autoRenew: random.chance(50) } : {}),
          onDelete: random.pick(["expire", "expire", "expire", "retain", CANCEL]),
          firstCredential: random.pick(["keep", "revokeOnDelete", "revoke"]),
        },
      });
      return true;
    },
  },
  {
    name: "add credential",
    weight: 4,
    apply: (random, program) => {
      const all = contracts(program);
      if (all.length === 0 || credentials(program).length >= 3) return false;
      const { name } = random.pick(all);
      program.resources.push({
        kind: CREDENTIAL,
        name: `c${program.named++}`,
        args: {
          ...(random.chance(50) ? { rotateAfterDays: random.pick([15, 90]) } : {}),
          whenEndedOutside: random.pick(["fail", "replace"]),
          onDelete: random.pick(["revoke", "revoke", "revokeAll", "retain"]),
        },
        later: { contractId: `${name}.id`, contractDirectoryUrl: `${name}.directoryUrl` },
      });
      return true;
    },
  },
  ofContract("other sans", 3, (args, random) => {
    args.sans = NAMES.filter(() => random.chance(60)).concat("e.example.com");
  }),
  ofContract("contract settings", 2, (args, random) => {
    args.autoRenew = random.chance(50);
    args.firstCredential = random.pick(["keep", "revokeOnDelete", "revoke"]);
    args.whenEndedOutside = random.pick(["fail", "replace"]);
  }),
  ofContract("contract trigger", 1, (args, random) => {
    args.trigger = `t${random.int(1_000_000)}`;
  }),
  ofCredential("credential trigger", 5, (args, random) => {
    args.trigger = `t${random.int(1_000_000)}`;
  }),
  ofCredential("emergency", 2, (args, random) => {
    args.emergency = `e${random.int(1_000_000)}`;
  }),
  ofCredential("credential settings", 1, (args, random) => {
    args.onDelete = random.pick(["revoke", "revokeAll", "retain"]);
    args.whenEndedOutside = random.pick(["fail", "replace"]);
  }),
  {
    name: "people at the Partner API",
    weight: 4,
    apply: (random, _program, world) => {
      const { partner } = world.sandbox;
      const all = partner.contracts().filter(({ canceledAt }) => canceledAt === undefined);
      if (all.length === 0) return false;
      const { id, sans, autoRenew } = random.pick(all);
      const active = partner.credentials(id).filter(({ status }) => status === "active");
      const did = random.pick(["revoke", "revoke", "regenerate", "add name", "remove name", "auto renew", "cancel"]);
      if (did === "revoke" && active.length > 0) partner.revokeCredentialOutside(id, random.pick(active).id);
      if (did === "regenerate") partner.regenerateOutside(id, random.chance(30));
      if (did === "add name" && !sans.includes("x.example.com")) partner.addSanOutside(id, "x.example.com");
      if (did === "remove name" && sans.length > 1) partner.removeSanOutside(id, random.pick(sans));
      if (did === "auto renew") partner.setAutoRenewOutside(id, !autoRenew);
      if (did === "cancel" && random.chance(30)) partner.cancelOutside(id);
      return true;
    },
  },
];
