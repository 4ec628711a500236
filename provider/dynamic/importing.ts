import { Fault } from "../core/fault.js";
import type { Context, Lifecycle } from "../core/lifecycle.js";
import { announcement } from "../core/operation.js";
import type { Plan } from "../core/plan.js";
import type { Kind } from "./kinds.js";
import { changeOf } from "./change.js";
import { storedInputs, storedOutputs, type Hidden, type Properties } from "./wire.js";

/** What exists at a service and can be taken into a stack. */
export interface Existing {
  /** As a program gives them, without `adopt`. */
  readonly inputs: Properties;
  /** What the input `adopt` says to take it over. */
  readonly adopt: number | true;
}

/** Where it comes into the stack. */
export interface Place {
  readonly urn: string;
  readonly hidden: Hidden;
  readonly now: Date;
  /** What the other resources of the stack hold. */
  readonly heldByOthers: ReadonlySet<string>;
}

/** A resource as `pulumi import --file` takes it. */
export interface Imported {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** As a program gives them, so that its first preview changes nothing. */
  readonly program: Properties;
  /** What people should know. */
  readonly told: readonly string[];
}

/** Why something is not taken in, in words. */
export interface NotImported {
  readonly because: string;
}

/** Takes existing objects of one kind in. */
export interface Importer {
  readonly kind: Kind;
  take(existing: Existing, place: Place): Promise<Imported | NotImported>;
}

/**
 * An adoption as `up` performs it, with everything refused that would change something, and without its input `adopt`
 * afterwards: the object is in the state then. What the first preview would change is not taken in.
 */
export function importer<Inputs extends object, State extends object, Api>(
  kind: Kind,
  lifecycle: Lifecycle<Inputs, State, Api>,
  api: Api,
): Importer {
  return {
    kind,
    take: async ({ inputs: given, adopt }, { urn, hidden, now, heldByOthers }) => {
      const adopting = { ...given, adopt };
      const checked = lifecycle.normalize(adopting);
      if (!checked.ok) return { because: checked.problems.map(({ reason }) => reason).join("; ") };
      const inputs = checked.inputs as Inputs;
      const plan = lifecycle.plan(changeOf<Inputs, State>(urn, undefined, inputs as Properties, heldByOthers), now);
      if (plan.operations.length > 0 || plan.refusal !== undefined) return { because: inWords(plan) };
      const told: string[] = [];
      let made;
      try {
        made = await lifecycle.create(inputs, context<Api>({ urn, api, now, heldByOthers, plan, told }));
      } catch (error) {
        if (!isAdoptionRefused(error)) throw error;
        return { because: error.parts.cameBack };
      }
      const plain = lifecycle.normalize(given);
      // Some inputs are only left out where `adopt` is given, for instance the organization of a contract.
      const program = plain.ok ? given : adopting;
      const after = (plain.ok ? plain.inputs : inputs) as Inputs;
      const state = plain.ok ? without(made.state, "adopt") : made.state;
      const next = lifecycle.plan(changeOf<Inputs, State>(urn, state, after as Properties, heldByOthers), now);
      if (next.changes || next.replaces.length > 0)
        return { because: `the first preview would not be empty: ${inWords(next)}` };
      return {
        ...{ id: made.id, program, told: [...told, ...next.remarks] },
        inputs: storedInputs(after, hidden),
        outputs: storedOutputs(made.id, state, hidden, lifecycle.secretOutputs),
      };
    },
  };
}

function context<Api>(step: {
  readonly urn: string;
  readonly api: Api;
  readonly now: Date;
  readonly heldByOthers: ReadonlySet<string>;
  readonly plan: Plan;
  readonly told: string[];
}): Context<Api> {
  const { urn, api, now, heldByOthers, plan, told } = step;
  return {
    resource: urn.split("::").at(-1) ?? urn,
    ...{ seed: urn, api, now, plan, plannedHeldByOthers: heldByOthers, heldByOthers: () => heldByOthers },
    perform: (operation) => {
      throw new Error(`An import changes nothing, and ${operation.name} would. This is a fault of pulumi-clm.`);
    },
    exclusive: (_name, work) => work(),
    claim: () => undefined,
    knowsWhatStays: () => Promise.resolve(false),
    unkept: () => undefined,
    keeps: () => undefined,
    tell: (text) => void told.push(text),
  };
}

/** The object is there, and is not one that can be adopted: not a read that has failed. */
const isAdoptionRefused = (error: unknown): error is Fault =>
  error instanceof Fault && error.outcome === "not executed" && error.parts.action.startsWith("adopt ");

const inWords = ({ operations, refusal, remarks }: Plan): string =>
  [refusal ?? [], operations.map(announcement), remarks].flat().join("; ");

const without = <State extends object>(state: State, field: string): State =>
  Object.fromEntries(Object.entries(state).filter(([key]) => key !== field)) as State;
