import { makePfx } from "../../sandbox/index.js";
import type { Spec, World } from "../instrument/world.js";
import { inputsOf, of, type Kind, type Program } from "./program.js";
import type { Random } from "./random.js";

/** What changes at ECGrid, and in programs about it. */

function newComm(program: Program, world: World): number {
  const commId = 5001 + program.comms++;
  world.sandbox.ecgrid.addComm({ commId });
  return commId;
}

const CERTIFICATE = "ecgrid.Certificate";
const UPLOADS = ["ecgrid.UploadedCertificate", "ecgrid.PartnerCertificate"];
export const certificates = (program: Program): Spec[] => of(program, CERTIFICATE);
const uploads = (program: Program): Spec[] => of(program, ...UPLOADS);
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

const input = inputsOf(CERTIFICATE);

export const ECGRID_CHANGES: readonly Kind[] = [
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
  input("when ended outside", 2, (args, random) => {
    args.whenEndedOutside = random.pick(["fail", "replace"]);
  }),
  {
    name: "upload ended outside",
    weight: 2,
    apply: (random, program, { sandbox: { ecgrid } }) => {
      const all = uploads(program);
      if (all.length === 0) return false;
      const { args } = random.pick(all);
      args.whenEndedOutside = random.pick(["fail", "replace"]);
      const [one] = ecgrid.active(Number(args.commId));
      if (one !== undefined && random.chance(50)) ecgrid.terminateOutside(Number(args.commId), one.certKeyId);
      return true;
    },
  },
  input("on delete", 1, (args, random) => {
    args.onDelete = random.pick(["terminate", "retain"]);
  }),
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
