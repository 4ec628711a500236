import type { z } from "zod";
import type { Drift } from "./drift.js";
import type { Checked, Problem } from "./inputs.js";
import type { Operation } from "./operation.js";
import type { Perform } from "./perform.js";
import type { Change, Plan } from "./plan.js";
import type { Receipt } from "./receipts.js";
import type { Planned } from "./unknown.js";

/** What a step may use. Pulumi is not among it: a second adapter runs the same lifecycles. */
export interface Context<Api> {
  /** The resource as people know it: its name in the program. */
  readonly resource: string;
  /** Seed of the creation mark; see `Change.seed`. */
  readonly seed: string;
  /** The plan of this step: what was shown, and all that `perform` accepts. */
  readonly plan: Plan;
  /** The only way to a mutating call. */
  readonly perform: Perform;
  /** Reads of the system, bound to the endpoint and credentials of the resource's provider instance. */
  readonly api: Api;
  /** The decision clock of the run. */
  readonly now: Date;
  /** Lets one writer at a time through for a name, within a run, over all of its processes. */
  readonly exclusive: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Remote objects that other resources held when this step was planned: what the plan was computed with. */
  readonly plannedHeldByOthers: ReadonlySet<string>;
  /** Says that this resource holds a remote object, so that no other resource takes it for its own. */
  readonly claim: (names: readonly string[]) => void;
  /** Remote objects that other resources are known to hold in this run. */
  readonly heldByOthers: () => ReadonlySet<string>;
  /** Whether an inventory of this run knows which resources stay in the stack when this one ends. */
  readonly knowsWhatStays: () => Promise<boolean>;
  /** The receipt of the same call in an earlier run that was killed before the state had what came of it, where receipts are kept. */
  readonly unkept: (operation: Operation) => Receipt | undefined;
  /** Writes down that what came of a call is handed to the state now. */
  readonly keeps: (operation: Operation, traceId: string) => void;
  /** Information for people, on the resource's row. */
  readonly tell: (text: string) => void;
}

export interface Made<State> {
  readonly id: string;
  readonly state: State;
}

/** One object that an older one of a resource is, or the one in charge. */
export interface Retiree {
  /** Names it among those of its resource, for instance the certKeyId. */
  readonly key: string;
  /** In words. */
  readonly what: string;
  /** SHA-1 thumbprints of its certificates, hex, upper case: what has them in use still needs it. */
  readonly thumbprints?: readonly string[];
}

/** What a resource has in use that an earlier one of a program made: a retirement that comes after it waits for it. */
export interface Use {
  /** Which resource, in words. */
  readonly what: string;
  /** SHA-1 thumbprints, hex, upper case. */
  readonly thumbprints: readonly string[];
  /** Why it cannot be said to have everywhere what it should have, if so. */
  readonly unsettled?: string;
}

/** The call that ends one object, with whatever certainty. */
export interface EndingCall {
  certain(): Operation;
  conditional(on: string): Operation;
  due(from: string): Operation;
}

/** How older objects of a kind are ended on purpose, in the system's own way (architecture section 7). */
export interface Retirable<State, Api> {
  /** Older objects that the state still keeps, oldest first; `since`: the UTC day on which each was replaced. */
  older(state: State): readonly (Retiree & { readonly since: string; readonly until: string })[];
  /**
   * The object in charge. `mark` is what `accepted` must say, for instance its thumbprint; `unfit` is why it does not
   * carry on by itself, if it does not; without a key there is none yet.
   */
  inCharge(
    state: State,
    now: Date,
  ): Omit<Retiree, "key"> & {
    readonly key: string | undefined;
    readonly mark?: string | undefined;
    readonly unfit?: string | undefined;
  };
  /** The call that ends an object of the state, also the one in charge: for the run in which it is replaced. */
  ending(state: State, key: string): EndingCall;
  /**
   * Performs the planned ends, after reading that the one in charge carries on; calls `ended` after each.
   * @throws Fault before anything is sent when it does not, or when an end cannot be confirmed.
   */
  retire(state: State, context: Context<Api>, ended: (key: string) => void): Promise<void>;
}

/**
 * What a kind of resource is and does. `normalize` and `plan` are pure and offline; the four verbs read, perform what
 * the plan holds, and settle by reading.
 *
 * `State` holds everything that `delete` and `read` need, its inputs included: the engine gives them nothing else.
 */
export interface Lifecycle<Inputs extends object, State extends object, Api> {
  /** For instance `ecgrid.Certificate`. */
  readonly kind: string;
  /** Type token; frozen, it is in users' states. */
  readonly type: string;
  readonly system: string;
  /** Everything that is stored. Its keys are the resource's outputs. */
  readonly state: z.ZodObject<z.ZodRawShape> & z.ZodType<State>;
  /** Outputs that hold secrets: encrypted in the state, masked in messages, in no list. A state can be without them. */
  readonly secretOutputs?: readonly string[];
  /** What a program gives. */
  readonly inputs: z.ZodObject<z.ZodRawShape>;
  /** Inputs that are secret. */
  readonly secretInputs?: readonly string[];
  /** Checks and completes inputs. `before` are the old inputs, when there are any. */
  normalize(raw: Readonly<Record<string, unknown>>, before?: Readonly<Record<string, unknown>>): Checked<Inputs>;
  /** The inputs as the state echoes them: what `read` gives back to the engine. */
  inputsOf(state: State): Inputs;
  /** Where objects of this kind can be mistaken for each other, for instance one comm; undefined while not known. */
  scope(inputs: Planned<Inputs>): string | undefined;
  /**
   * What narrows a scope that a whole account shares: objects can be mistaken for each other only where they have a word in
   * common. A stack of a thousand would otherwise tell each of its resources of all others.
   */
  readonly words?: {
    /** Of what a resource is or could take for its own; undefined while not known. */
    asked(inputs: Planned<Inputs>, state: State | undefined): readonly string[] | undefined;
    /** Of what a state holds. */
    held(state: State): readonly string[];
  };
  /** Names of the remote objects that a state holds, as passed to `claim`: each begins with the scope and a space. */
  holds(state: State): readonly string[];
  /** Names of those that a creation takes over where they exist, as far as its inputs say it. */
  finds?(inputs: Planned<Inputs>): readonly string[];
  /** One line for lists: which object this is, until when it is valid. No clock, no secret. */
  summary(state: State): { readonly what: string; readonly until?: string };
  plan(change: Change<Planned<Inputs>, State>, now: Date): Plan;
  create(inputs: Inputs, context: Context<Api>): Promise<Made<State>>;
  /**
   * The state as it is now. What is proven gone is kept with that in its state, so that nothing is lost by a read; what nobody
   * can say throws.
   */
  read(state: State, context: Omit<Context<Api>, "perform" | "plan">): Promise<State>;
  /** Whether the service had what is in charge, and does not have it any more: of several at once that is taken for a mistake. */
  vanishes?(before: State, after: State): boolean;
  /** Whether what is in charge is not there any more, and nobody has answered that yet. */
  isMissing?(state: State): boolean;
  update(state: State, inputs: Inputs, context: Context<Api>): Promise<State>;
  /** Already gone is success. */
  delete(state: State, context: Context<Api>): Promise<void>;
  /** What `read` has found otherwise than the last state has it, and what time alone has ended. Pure; no secret. */
  drift?(before: State, after: State, now: Date): readonly Drift[];
  /** Of kinds that use what others made. */
  uses?(state: State): Use;
  /** Of kinds that leave older objects behind. */
  readonly retirable?: Retirable<State, Api>;
}

export type { Checked, Problem };
