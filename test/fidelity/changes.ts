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

const certificates = ({ resources }: Program): Spec[] => resources.filter(({ kind }) => kind === "ecgrid.Certificate");

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
          commId: newComm(program, world),
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
    name: "remove",
    weight: 5,
    apply: (random, program) => {
      const all = certificates(program);
      if (all.length === 0) return false;
      const gone = random.pick(all);
      program.resources = program.resources.filter((one) => one !== gone);
      return true;
    },
  },
  {
    name: "rename by alias",
    weight: 2,
    apply: (random, program) => {
      const all = certificates(program);
      if (all.length === 0) return false;
      const one = random.pick(all);
      one.opts = { ...one.opts, aliases: [{ name: one.name }] };
      one.name = `c${program.named++}`;
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
  input("trigger", 4, (args, random) => {
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
    weight: 4,
    apply: (random, _program, world) => {
      world.at(new Date(world.now.getTime() + random.pick([1, 20, 200, 340]) * DAY));
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

/** Adds the first three certificates. @returns the changes' names. */
export async function populate(random: Random, program: Program, world: World): Promise<string[]> {
  const add = CHANGES.find(({ name }) => name === "add");
  for (let at = 0; at < 3; at++) await add?.apply(random, program, world);
  return ["add", "add", "add"];
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
