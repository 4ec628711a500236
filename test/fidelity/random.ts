import { createHash } from "node:crypto";

/** A seeded source of choices: the same seed gives the same run, on every machine. */
export class Random {
  #counter = 0;

  constructor(readonly seed: string) {}

  /** A whole number from 0 to `below` - 1. */
  int(below: number): number {
    const bytes = createHash("sha256").update(`${this.seed} ${this.#counter++}`).digest();
    return bytes.readUIntBE(0, 6) % below;
  }

  chance(percent: number): boolean {
    return this.int(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }
}
