import type { Random } from "./random.js";
import type { Spec, World } from "../instrument/world.js";

/** A resource of the program. */
export interface Planned extends Spec {
  /** Whether a run may have tried to make it. */
  tried?: boolean;
}

/** The program as it grows and shrinks. */
export interface Program {
  resources: Planned[];
  /** Names ever used, so that a new one is new. */
  named: number;
  comms: number;
  /** Whether the next run must see what has happened at the services. */
  refreshes?: boolean;
}

/** One kind of change. */
export interface Kind {
  readonly name: string;
  readonly weight: number;
  /** False when there is nothing it could change. */
  apply(random: Random, program: Program, world: World): boolean | Promise<boolean>;
}

export const DAY = 86_400_000;

/** The resources of some kinds. */
export const of = ({ resources }: Program, ...kinds: string[]): Planned[] =>
  resources.filter(({ kind }) => kinds.includes(kind));

/** Changes the inputs of one resource of some kinds. */
export const inputsOf =
  (...kinds: string[]) =>
  (
    name: string,
    weight: number,
    change: (args: Record<string, unknown>, random: Random) => void | Promise<void>,
  ): Kind => ({
    name,
    weight,
    apply: async (random, program) => {
      const all = of(program, ...kinds);
      if (all.length === 0) return false;
      await change(random.pick(all).args, random);
      return true;
    },
  });

/** Whether a resource has an input that is an output of another one. */
const uses = ({ args, later }: Spec, name: string): boolean =>
  args.of === name || Object.values(later ?? {}).some((source) => source.split(".")[0] === name);

/** Takes a resource out of a program, with those that use it. */
export function without(program: Program, gone: Spec): void {
  const going = new Set([gone]);
  for (const one of program.resources) if ([...going].some(({ name }) => uses(one, name))) going.add(one);
  program.resources = program.resources.filter((one) => !going.has(one));
}

/** Gives a resource another name, also where others use it. */
export function rename(program: Program, one: Spec, name: string): void {
  const old = one.name;
  one.name = name;
  for (const other of program.resources) {
    if (other.args.of === old) other.args.of = name;
    for (const [field, source] of Object.entries(other.later ?? {}))
      if (source.startsWith(`${old}.`)) other.later = { ...other.later, [field]: source.replace(old, name) };
  }
}
