import { PartialFault, Fault } from "../core/fault.js";
import { checkInputs } from "../core/inputs.js";
import type { Context, Lifecycle, Retirable } from "../core/lifecycle.js";
import { endedOf, retirementInputs, retirementState, type RetirementInputs, type RetirementState } from "./inputs.js";
import { planRetirement, type Resolve } from "./plan.js";

/** The API of a subject, by its type token. */
export type ApiOf = (type: string) => unknown;

/** A kind whose older objects can be retired. */
export interface RetirableKind {
  readonly type: string;
  readonly state: { safeParse(value: unknown): { success: true; data: unknown } | { success: false } };
  readonly retirable?: Retirable<never, never>;
}

/**
 * `clm.Retirement`: ends the older certificates or credentials of another resource, after everything that must come
 * first (architecture section 7). Removing it ends nothing.
 */
export function retirement(kinds: readonly RetirableKind[]): Lifecycle<RetirementInputs, RetirementState, ApiOf> {
  const resolve: Resolve = (type, state) => {
    const kind = kinds.find((one) => one.type === type);
    const parsed = kind?.state.safeParse(state);
    return kind?.retirable === undefined || parsed?.success !== true
      ? undefined
      : { retirable: kind.retirable as unknown as Retirable<unknown, unknown>, state: parsed.data };
  };

  const retire = async (
    before: RetirementState | undefined,
    { of, delayDays, accepted }: RetirementInputs,
    context: Context<ApiOf>,
  ): Promise<RetirementState> => {
    const subject = resolve(of.type, of.state);
    const ended = [...endedOf(before, of)];
    const stateNow = (): RetirementState => {
      // What the subject no longer lists needs not be remembered; one that cannot be read proves nothing.
      const listed =
        subject === undefined ? undefined : new Set(subject.retirable.older(subject.state).map(({ key }) => key));
      return {
        of,
        delayDays,
        ...(accepted === undefined ? {} : { accepted }),
        ended: ended.filter((key) => listed?.has(key) !== false),
      };
    };
    if (subject === undefined || context.plan.operations.every(({ certainty }) => certainty.kind === "due"))
      return stateNow();
    try {
      await subject.retirable.retire(subject.state, { ...context, api: context.api(of.type) }, (key) => {
        ended.push(key);
      });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      throw new PartialFault(error.parts, stateNow());
    }
    return stateNow();
  };

  return {
    kind: "clm.Retirement",
    type: "pulumi-nodejs:dynamic/clm:Retirement",
    system: "clm",
    state: retirementState,
    inputs: retirementInputs,
    normalize: (raw) => checkInputs(retirementInputs, raw),
    inputsOf: ({ of, delayDays, accepted }) => ({ of, delayDays, ...(accepted === undefined ? {} : { accepted }) }),
    scope: () => undefined,
    holds: () => [],
    summary: ({ of }) => ({ what: `retirement of ${of.urn.split("::").at(-1) ?? of.urn}` }),
    plan: (change, now) => planRetirement(resolve, change, now),
    create: async (inputs, context) => ({
      id: `retirement of ${inputs.of.id}`,
      state: await retire(undefined, inputs, context),
    }),
    read: (state) => Promise.resolve(state),
    update: (state, inputs, context) => retire(state, inputs, context),
    delete: () => Promise.resolve(),
  };
}
