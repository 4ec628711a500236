import { expect } from "chai";
import type { Probe } from "../probes.js";
import { Caller, type Answer } from "./client.js";

/** Ways to make probes of the switches of the management API. */

export type Look = (at: Caller) => Promise<unknown>;

/** One look, and what it gives under each value of a switch. */
export const each = <Value extends string>(look: Look, seen: Record<Value, unknown>): Record<Value, Probe> =>
  Object.fromEntries(
    Object.entries(seen).map(([value, shown]): [string, Probe] => [
      value,
      async ({ sandbox }) => {
        expect(await look(new Caller(sandbox))).to.deep.equal(shown);
      },
    ]),
  ) as Record<Value, Probe>;

/** For switches whose values are the statuses that are answered. */
export const statuses = <Value extends string>(
  act: (at: Caller) => Promise<Answer>,
  ...values: Value[]
): Record<Value, Probe> =>
  each(
    async (at) => (await act(at)).status,
    Object.fromEntries(values.map((value) => [value, Number(value)])) as Record<Value, unknown>,
  );
