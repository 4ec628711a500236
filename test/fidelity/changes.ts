import { makeCsr, makePfx } from "../../sandbox/index.js";
import type { Random } from "./random.js";
import type { Spec, World } from "../instrument/world.js";

/** The program as it grows and shrinks. */
export interface Program {
  resources: Spec[];
  /** Names ever used, so that a new one is new. */
  named: number;
  comms: number;
}

const DAY = 86_400_000;

function newComm(program: Program, world: World): number {
  const commId = 5001 + program.comms++;
  world.sandbox.ecgrid.addComm({ commId });
  return commId;
}

const of = ({ resources }: Program, ...kinds: string[]): Spec[] => resources.filter(({ kind }) => kinds.includes(kind));
const certificates = (program: Program): Spec[] => of(program, "ecgrid.Certificate");
const UPLOADS = ["ecgrid.UploadedCertificate", "ecgrid.PartnerCertificate"];
const uploads = (program: Program): Spec[] => of(program, ...UPLOADS);
const retirements = (program: Program): Spec[] => of(program, "Retirement");
const orders = (program: Program): Spec[] => of(program, "certcentral.Order");
const PASSWORD = "password of a random file";

/** Inputs of an upload that hold a new file. */
async function newFile(kind: string, name: string): Promise<Record<string, unknown>> {
  const file = await makePfx({
    subject: `CN=${name}`,
    password: PASSWORD,
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2036-01-01T00:00:00Z",
  });
  return kind === "ecgrid.PartnerCertificate" ? { cert: file.pem } : { cert: file.pfx, password: PASSWORD };
}

/**
 * A comm for another certificate: sometimes one that has some already, for other roles. Several of one role make people
 * decide what was renewed outside, which random programs cannot.
 */
function commFor(random: Random, program: Program, world: World, usage: string): number {
  const fitting = [...certificates(program), ...uploads(program)]
    .map(({ args }) => Number(args.commId))
    .filter((commId, at, all) => all.indexOf(commId) === at)
    .filter((commId) =>
      program.resources.every(
        ({ args }) => args.commId !== commId || (args.usage ?? "EncryptionAndSignature") !== usage,
      ),
    );
  return fitting.length > 0 && random.chance(50) ? random.pick(fitting) : newComm(program, world);
}

interface Kind {
  readonly name: string;
  readonly weight: number;
  /** False when there is nothing it could change. */
  apply(random: Random, program: Program, world: World): boolean | Promise<boolean>;
}

/** Changes one input of one certificate. */
const input = (
  name: string,
  weight: number,
  change: (args: Record<string, unknown>, random: Random) => void,
): Kind => ({
  name,
  weight,
  apply: (random, program) => {
    const all = certificates(program);
    if (all.length === 0) return false;
    change(random.pick(all).args, random);
    return true;
  },
});

/** Changes one order. */
const ofOrder = (
  name: string,
  weight: number,
  change: (args: Record<string, unknown>, random: Random) => void | Promise<void>,
): Kind => ({
  name,
  weight,
  apply: async (random, program) => {
    const all = orders(program);
    if (all.length === 0) return false;
    await change(random.pick(all).args, random);
    return true;
  },
});

const waiting = <Request extends { status: string }>(requests: readonly Request[]): Request[] =>
  requests.filter(({ status }) => status === "pending");
/** Whether an order can be renewed. */
const endsSoon = (validTill: string, now: Date): boolean => {
  const left = Date.parse(validTill) - now.getTime();
  return left > DAY && left < 89 * DAY;
};

/** What may change between two runs. */
export const CHANGES: readonly Kind[] = [
  {
    name: "add",
    weight: 6,
    apply: (random, program, world) => {
      if (certificates(program).length >= 6) return false;
      program.resources.push({
        kind: "ecgrid.Certificate",
        name: `c${program.named++}`,
        args: {
          ...((usage) => ({ usage, commId: commFor(random, program, world, usage) }))(
            random.pick(["EncryptionAndSignature", "Encryption", "Signature"]),
          ),
          overlapDays: random.pick([0, 14, 30]),
          years: random.pick([1, 2]),
          renewalWindow: random.pick([{ days: 30 }, { days: 60 }, { share: 0.25 }, "never"]),
          allowLastTermination: !random.chance(4),
          onDelete: random.chance(85) ? "terminate" : "retain",
        },
      });
      return true;
    },
  },
  {
    name: "add upload",
    weight: 4,
    apply: async (random, program, world) => {
      if (uploads(program).length >= 3) return false;
      const kind = random.pick(UPLOADS);
      const name = `c${program.named++}`;
      const usage = kind === "ecgrid.PartnerCertificate" ? random.pick(["Encryption", "Signature"]) : "SSL";
      program.resources.push({
        kind,
        name,
        args: {
          usage,
          commId: commFor(random, program, world, usage),
          allowLastTermination: true,
          onDelete: random.chance(85) ? "terminate" : "retain",
          ...(await newFile(kind, name)),
        },
      });
      return true;
    },
  },
  {
    name: "new file",
    weight: 4,
    apply: async (random, program) => {
      const all = uploads(program);
      if (all.length === 0) return false;
      const one = random.pick(all);
      Object.assign(one.args, await newFile(one.kind, `c${program.named++}`));
      return true;
    },
  },
  {
    name: "retire",
    weight: 5,
    apply: (random, program) => {
      const retired = new Set(retirements(program).map(({ args }) => args.of));
      const open = [...certificates(program), ...uploads(program), ...orders(program)].filter(
        ({ name }) => !retired.has(name),
      );
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
      const gone = random.pick(program.resources);
      program.resources = program.resources.filter((one) => one !== gone && one.args.of !== gone.name);
      return true;
    },
  },
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
  {
    name: "rename by alias",
    weight: 2,
    apply: (random, program) => {
      const all = [...certificates(program), ...orders(program)];
      if (all.length === 0) return false;
      const one = random.pick(all);
      const old = one.name;
      one.opts = { ...one.opts, aliases: [{ name: old }] };
      one.name = `c${program.named++}`;
      for (const retirement of retirements(program)) if (retirement.args.of === old) retirement.args.of = one.name;
      return true;
    },
  },
  {
    name: "retarget",
    weight: 3,
    apply: (random, program, world) => {
      const all = certificates(program);
      if (all.length === 0) return false;
      random.pick(all).args.commId = newComm(program, world);
      return true;
    },
  },
  {
    name: "retain on delete",
    weight: 1,
    apply: (random, program) => {
      const all = certificates(program);
      if (all.length === 0) return false;
      const one = random.pick(all);
      one.opts = { ...one.opts, retainOnDelete: one.opts?.retainOnDelete !== true };
      return true;
    },
  },
  input("trigger", 8, (args, random) => {
    args.trigger = `t${random.int(1_000_000)}`;
  }),
  input("hash", 2, (args, random) => {
    args.secureHashAlgorithm = random.pick(["SHA256", "SHA384", "SHA512"]);
  }),
  input("years", 1, (args, random) => {
    args.years = random.pick([1, 2, 3]);
  }),
  input("overlap", 1, (args, random) => {
    args.overlapDays = random.pick([0, 7, 30]);
  }),
  input("window", 1, (args, random) => {
    args.renewalWindow = random.pick([{ days: 10 }, { days: 90 }, { share: 0.5 }, "never"]);
  }),
  input("on delete", 1, (args, random) => {
    args.onDelete = random.pick(["terminate", "retain"]);
  }),
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
  {
    name: "outside",
    weight: 3,
    apply: async (random, program, world) => {
      const { ecgrid } = world.sandbox;
      const all = certificates(program).flatMap(({ args }) =>
        ecgrid.active(Number(args.commId)).map(({ certKeyId }) => ({ commId: Number(args.commId), certKeyId })),
      );
      if (all.length === 0) return false;
      const { commId, certKeyId } = random.pick(all);
      if (random.chance(50)) ecgrid.terminateOutside(commId, certKeyId);
      else await ecgrid.renewOutside(commId, certKeyId);
      return true;
    },
  },
];

/** Adds the first certificates, an upload and a retirement. @returns the changes' names. */
export async function populate(random: Random, program: Program, world: World): Promise<string[]> {
  const names = ["add", "add order", "add upload", "retire"];
  for (const wanted of names) await CHANGES.find(({ name }) => name === wanted)?.apply(random, program, world);
  return names;
}

/** Applies one to three changes. @returns their names. */
export async function change(random: Random, program: Program, world: World): Promise<string[]> {
  const applied: string[] = [];
  const wanted = 1 + random.int(3);
  for (let tries = 0; applied.length < wanted && tries < 20; tries++) {
    let at = random.int(CHANGES.reduce((sum, { weight }) => sum + weight, 0));
    const kind = CHANGES.find(({ weight }) => (at -= weight) < 0);
    if (kind !== undefined && (await kind.apply(random, program, world))) applied.push(kind.name);
  }
  return applied;
}
