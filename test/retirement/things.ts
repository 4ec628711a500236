import { z } from "zod";
import { isoDay } from "../../provider/core/clock.js";
import type { Retirable } from "../../provider/core/lifecycle.js";
import { operation } from "../../provider/core/operation.js";
import type { RetirementInputs, RetirementState } from "../../provider/retirement/inputs.js";
import type { RetirableKind } from "../../provider/retirement/lifecycle.js";

/** The smallest kind whose older objects can be retired: things with a key. */

export const TYPE = "test:Thing";
export const NOW = new Date("2026-03-01T10:00:00Z");

const thingsState = z.object({
  /** The thing in charge; in use from the UTC day `from` on. */
  current: z.object({ key: z.string(), mark: z.string().optional(), from: z.string() }),
  /** Oldest first. */
  older: z.array(z.object({ key: z.string(), since: z.string() })),
});
export type Things = z.output<typeof thingsState>;

export const end = operation<{ key: string }>({
  name: "test.things.end",
  effect: "terminate",
  reversible: false,
  destructive: () => true,
  billed: false,
  repeat: { afterRateLimit: true, afterFault: false, because: "a test" },
  target: ({ key }) => ({ key }),
  call: ({ key }) => ({ method: "POST", path: "/end", body: { key } }),
  say: ({ key }) => `END thing ${key}`,
});

/** Its API is only a text, so that a test sees which one was handed over. */
export const retirable: Retirable<Things, string> = {
  older: ({ older }) =>
    older.map(({ key, since }) => ({
      ...{ key, what: `thing ${key}`, thumbprints: [`T${key}`] },
      ...{ since, until: "2027-01-01" },
    })),
  inCharge: ({ current: { key, mark, from } }, now) => ({
    key,
    what: `thing ${key}`,
    mark,
    unfit: from > isoDay(now) ? `it begins on ${from}` : undefined,
  }),
  ending: (_state, key) => ({
    certain: () => end.certain({ key }),
    conditional: (on) => end.conditional({ key }, on),
    due: (from) => end.due({ key }, from),
  }),
  retire: async (_state, { api, plan, perform }, ended) => {
    if (api !== TYPE) throw new Error(`the API of ${api}`);
    for (const one of plan.operations) {
      if (one.certainty.kind === "due") continue;
      await perform(one);
      ended(one.target.key ?? "");
    }
  },
};

export const thingKind: RetirableKind = { type: TYPE, state: thingsState, retirable };

/** Thing 2 in charge, thing 1 replaced by it ten days ago. */
export const things = (more: Partial<Things> = {}): Things => ({
  current: { key: "2", mark: "BB", from: "2026-01-01" },
  older: [{ key: "1", since: "2026-02-19" }],
  ...more,
});

export const subject = (state: Readonly<Record<string, unknown>>, type = TYPE): RetirementInputs["of"] => ({
  urn: "urn:pulumi:dev::p::t::a",
  type,
  id: "a",
  state,
});

/** Inputs as the SDK gives them for a subject that no run is changing. */
export const inputs = (state: Things = things(), more: Partial<RetirementInputs> = {}): RetirementInputs => ({
  of: subject(state),
  delayDays: 0,
  __before: state,
  __type: TYPE,
  ...more,
});

export const stored = (state: Things = things(), more: Partial<RetirementState> = {}): RetirementState => ({
  of: subject(state),
  delayDays: 0,
  ended: [],
  ...more,
});
