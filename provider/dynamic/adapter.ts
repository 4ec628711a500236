import type { dynamic } from "@pulumi/pulumi";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Settings } from "./settings.js";
import { isAdopted, retainedByDefault } from "../core/adopting.js";
import { driftInWords, type Drift } from "../core/drift.js";
import { Fault, PartialFault } from "../core/fault.js";
import { identityOf, ofInstance, withinInstance } from "../core/instances.js";
import type { Context, Lifecycle } from "../core/lifecycle.js";
import { announcement, label, operationIn, withoutBrackets, type Operation } from "../core/operation.js";
import { performer, type Send } from "../core/perform.js";
import { planIn, type Plan } from "../core/plan.js";
import { destroyedBy } from "../core/policy.js";
import { KEPT, NO_RECEIPTS, receipt, receiptBook, unkeptIn, type ReceiptBook } from "../core/receipts.js";
import { UNKNOWN } from "../core/unknown.js";
import { mask, registerMacKey } from "../http/redaction.js";
import { endUnderOptions, stops, type EndOptions } from "../inventory/inventory.js";
import { changeOf } from "./change.js";
import { demandApproval, demandBelowCeiling, guardedBy, noteDestroyed, notReviewed, policyOfDeletion } from "./gate.js";
import { host } from "./host.js";
import { isQuiet, readBesideOthers, toldOf, untold, vanishesAlone } from "./refreshed.js";
import { Registered } from "./registered.js";
import { heldBySome, orInItsPlace, unlessShared } from "./staying.js";
import { told } from "./told.js";
import { nameOf } from "./urn.js";
import {
  dropNulls,
  hiddenOf,
  isNewer,
  jsonSafe,
  planned,
  STATE_VERSION,
  storedInputs,
  storedOutputs,
  storesOtherwise,
  textsOf,
  withoutHidden,
  type Hidden,
  type Properties,
} from "./wire.js";

/** A system's reads and its way to send, bound to endpoint and credentials. */
export interface System<Api> {
  readonly api: Api;
  readonly send: Send;
}

/**
 * The one adapter from a lifecycle to Pulumi's dynamic host. It owns everything that is Pulumi's: hidden keys, unknowns,
 * JSON safety, partial results, messages on the resource's own row.
 */
export function adapt<Inputs extends object, State extends object, Api>(
  lifecycle: Lifecycle<Inputs, State, Api>,
  connect: (settings: Settings) => System<Api>,
): dynamic.ResourceProvider<Properties, Properties> {
  /** Plans as `diff` showed them, by URN: `update` performs exactly what was shown. */
  const shown = new Map<string, Plan>();
  /** What a refresh of this run has read, by URN: whether it is otherwise than the last state. */
  const read = new Map<string, boolean>();
  const registered = new Registered();
  const { secretOutputs = [] } = lifecycle;
  /** Whether a state echoes all inputs. */
  const isEchoed = Object.keys(lifecycle.inputs.shape).every((field) => field in lifecycle.state.shape);
  let connected: System<Api> | undefined;
  const system = async (): Promise<System<Api>> => (connected ??= connect(await host.settings()));

  const stateOf = (outputs: Properties): State => {
    if (isNewer(outputs)) {
      throw new Error(
        `The state of this ${lifecycle.kind} was written by a newer version of pulumi-clm (state version ${String(outputs.__v)}, this one knows ${STATE_VERSION}). Update the package in this project.`,
      );
    }
    const parsed = lifecycle.state.safeParse(dropNulls(withoutHidden(outputs)));
    if (parsed.success) {
      for (const field of secretOutputs) remember((parsed.data as Properties)[field]);
      return parsed.data;
    }
    const where = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new Error(
      `The stored state of this ${lifecycle.kind} cannot be read (${where}). Nothing was sent. Restore the state from a backup, or remove the resource from it and adopt its certificate.`,
    );
  };
  const outputsOf = (id: string, state: State, hidden: Hidden): Properties =>
    storedOutputs(id, state, hidden, secretOutputs);
  /** Kept by the engine: of a creation with the new inputs, of an update with the old ones (fact E13). */
  const kept = (error: PartialFault<unknown>, id: string, hidden: Hidden): Error =>
    Object.assign(error, {
      id,
      properties: outputsOf(id, error.state as State, hidden),
      reasons: [error.message],
    });

  const planOf = (
    urn: string,
    before: Properties | undefined,
    after: Properties | undefined,
    heldByOthers?: ReadonlySet<string>,
  ): Plan => {
    const plan = lifecycle.plan(
      changeOf<Inputs, State>(urn, before === undefined ? undefined : stateOf(before), after, heldByOthers),
      host.run.now(),
    );
    // The plan of a replacement is the end of the old one.
    const of = plan.replaces.length > 0 ? before : (after ?? before);
    return planIn(plan, of?.__instance);
  };
  const identity = (id: string, { __instance }: Properties): string =>
    identityOf({ kind: lifecycle.kind, id, instance: __instance });

  /** @param counts whether this run goes on to do it: a refresh only says what the next one would do. */
  async function announce(urn: string, plan: Plan, counts = true): Promise<void> {
    // The engine's rows show the last message: operations come last.
    for (const remark of plan.remarks) await host.warn(urn, withoutBrackets(remark));
    if (plan.refusal !== undefined) await host.warn(urn, withoutBrackets(stops(plan.refusal)));
    for (const operation of plan.operations) {
      await host.warn(urn, announcement(operation));
      if (operation.certainty.kind !== "due") host.run.name(label(operation));
    }
    if (counts) noteDestroyed(destroyedBy(plan.operations, urn));
  }

  /**
   * All that the plan of a replacement holds is the end of the old one; the new one is told by its own `check`. It is
   * said as the inventory says it: on the old one's row, and under the options that the old one has.
   */
  async function announceEnd(id: string, olds: Properties, plan: Plan, counts: boolean): Promise<void> {
    const what = lifecycle.summary(stateOf(olds)).what;
    const { operations, remarks, refusal } = endUnderOptions(plan, what, optionsOf(olds));
    const besides = [...remarks, ...(refusal === undefined ? [] : [stops(refusal)])];
    for (const text of [...besides.map(withoutBrackets), ...operations.map(announcement)])
      await host.warnOfEnd(identity(id, olds), urnOf(olds), text);
    for (const operation of operations) host.run.name(label(operation));
    if (counts) noteDestroyed(destroyedBy(operations, urnOf(olds)));
  }

  /** The end of a state, which ends nothing that others hold, too, or what the stack goes on with in its place. */
  function unsharedEnd(
    plan: Plan,
    outputs: Properties,
    others: Iterable<string>,
    inItsPlace: readonly string[] = [],
  ): Plan {
    const state = stateOf(outputs);
    const holders = orInItsPlace(heldBySome(others), inItsPlace);
    return unlessShared(plan, lifecycle.summary(state).what, lifecycle.holds(state), holders);
  }

  /** Says what the stack goes on with under a URN: what was replaced there, and is ended late, does not take it along. */
  async function goesOn(urn: string, state: State): Promise<void> {
    const names = await owned(lifecycle.holds(state));
    bookkeeping(urn, () => {
      host.run.goesOn(urn, names);
    });
  }

  /** Stops a step before anything is sent, unless the stack's policy permits all that it plans. */
  function demandPermission(urn: string, policy: unknown, { operations }: Plan): void {
    demandApproval(urn, policy, operations);
    demandBelowCeiling(urn, policy, operations);
  }

  /** @param resource what is stored of it, or will be. */
  async function context(
    urn: string,
    resource: Properties,
    plan: Plan,
    heldByOthers: ReadonlySet<string>,
    policy: unknown,
  ): Promise<Context<Api>> {
    const { api, send } = await system();
    const { instance } = await host.settings();
    // Steps make operations anew from what they have read; those that are planned say their instance.
    const said = (operation: Operation): Operation => operationIn(operation, resource.__instance);
    const perform = performer(
      plan,
      send,
      receipts(),
      () => new Date(),
      (text) => void host.warn(urn, text),
      (operation) => {
        demandApproval(urn, policy, [operation]);
      },
    );
    return {
      resource: nameOf(urn),
      seed: urn,
      plan,
      plannedHeldByOthers: heldByOthers,
      perform: (operation, secrets) => perform(said(operation), secrets),
      api,
      now: host.run.now(),
      exclusive: (name, work) => host.run.exclusive(name, work),
      claim: (held) => {
        bookkeeping(urn, () => {
          host.run.claim(
            urn,
            held.map((name) => ofInstance(name, instance)),
          );
        });
      },
      heldByOthers: () => new Set([...heldByOthers, ...claimed(urn, instance)]),
      knowsWhatStays: () => host.run.hasInventory(),
      unkept: (operation) => unkeptIn(receiptsSoFar(), said(operation)),
      keeps: (operation, traceId) => {
        bookkeeping(urn, () => {
          receipts().write(receipt(said(operation), KEPT, traceId, new Date()));
        });
      },
      tell: (text) => void host.log.write("info", urn, text),
    };
  }

  return {
    configure: (request) => host.configure((key) => request.config.get(key)),

    check: async (olds, news) => {
      await host.settings();
      read.delete(urnOf(news));
      const before = Object.keys(withoutHidden(olds)).length > 0 ? planned(withoutHidden(olds)) : undefined;
      const refused = registered.refusal(urnOf(news), before !== undefined, news);
      if (refused !== undefined) return { inputs: news, failures: [{ property: "", reason: refused }] };
      const given = planned(withoutHidden(news));
      const adopted = isAdopted(given, before, olds.__adopted === true);
      const checked = lifecycle.normalize(retainedByDefault(given, adopted), before);
      if (!checked.ok) return { inputs: news, failures: [...checked.problems] };
      const known = Object.fromEntries(
        Object.entries(checked.inputs).map(([key, value]) => [key, value === UNKNOWN ? news[key] : value]),
      );
      const inputs = jsonSafe({ ...known, ...hiddenOf(news), ...(adopted ? { __adopted: true } : {}) });
      // `diff` is not called for a resource that is to be made: its plan is told here.
      if (before === undefined) await announce(urnOf(news), planOf(urnOf(news), undefined, inputs));
      return { inputs };
    },

    diff: async (id, olds, news) => {
      await host.settings();
      const urn = urnOf(news);
      const plan = planOf(urn, olds, news);
      // What is replaced is its own until it ends, under the name that its end has: it may have been renamed.
      host.run.claim(plan.replaces.length === 0 ? urn : urnOf(olds), await owned(lifecycle.holds(stateOf(olds))));
      shown.set(urn, plan);
      // No `check` since the resource was read: a refresh asks whether there is anything to tell (fact E15).
      const differs = read.get(urn);
      if (differs === undefined && registered.planned(urn, plan) === "stays") await goesOn(urn, stateOf(olds));
      if (plan.replaces.length === 0) {
        // The object is the same one where the engine asks for the difference: the instance has another name.
        if (identity(id, olds) !== identity(id, news))
          host.run.begins("moved", [`${urnOf(olds)} ${identity(id, olds)}`]);
        if (differs !== false || !isQuiet(plan)) await announce(urn, plan, differs === undefined);
      } else {
        const end = unsharedEnd(plan, olds, textsOf(news.__heldByOthers));
        if (end.shared === true) host.run.begins("shared", [`${urnOf(olds)} ${identity(id, olds)}`]);
        await announceEnd(id, olds, end, differs === undefined);
      }
      const changes = differs === undefined ? plan.changes : differs || (plan.changes && plan.looks !== true);
      return {
        changes: changes || storesOtherwise(olds, news),
        replaces: [...plan.replaces],
        deleteBeforeReplace: false,
      };
    },

    create: async (news) => {
      await host.settings();
      const urn = urnOf(news);
      const plan = planOf(urn, undefined, news);
      const held = new Set(textsOf(news.__heldByOthers));
      const policy = guardedBy(undefined, news);
      try {
        const { id, state } = await told(async () => {
          if (plan.refusal !== undefined) throw refused("make", lifecycle.kind, urn, plan.refusal);
          demandPermission(urn, policy, plan);
          return lifecycle.create(known(lifecycle, news), await context(urn, news, plan, held, policy));
        });
        await goesOn(urn, state);
        return { id, outs: outputsOf(id, state, hiddenOf(news)) };
      } catch (error) {
        if (!(error instanceof PartialFault) || error.id === undefined) throw error;
        await goesOn(urn, error.state as State);
        throw kept(error, error.id, hiddenOf(news));
      }
    },

    read: async (id, outputs) => {
      await host.settings();
      if (outputs?.__provider === undefined)
        throw new Error(
          `${lifecycle.kind} ${id} has no stored state to read. Use the input "adopt" in a program to take over what exists.`,
        );
      const before = stateOf(outputs);
      host.run.claim(urnOf(outputs), await owned(lifecycle.holds(before)));
      const { perform, plan, ...reading } = await context(
        urnOf(outputs),
        outputs,
        NO_PLAN,
        new Set(textsOf(outputs.__heldByOthers)),
        outputs.__policy,
      );
      const urn = urnOf(outputs);
      const found = (now: State): readonly Drift[] => lifecycle.drift?.(before, now, host.run.now()) ?? [];
      const state = await readBesideOthers(urn, () => told(() => lifecycle.read(before, reading)), found);
      if (await vanishesAlone(lifecycle, urn, before, state)) {
        // The inventory of this run may only know the state from before it.
        const removal = lifecycle.plan(changeOf<Inputs, State>(urn, state, undefined), host.run.now());
        if (removal.operations.length === 0) host.run.begins("gone", [`${urn} ${identity(id, outputs)}`]);
      }
      const { drifts, keeps } = untold(outputs, found(state), lifecycle.drift?.(state, state, host.run.now()) ?? []);
      for (const one of drifts) await host.warn(urn, driftInWords(one));
      read.set(urn, drifts.length > 0);
      return {
        id,
        props: outputsOf(id, state, { ...hiddenOf(outputs), ...keeps }),
        // Inputs that no state holds would be lost: without any the engine keeps those that it has.
        ...(isEchoed ? { inputs: storedInputs(lifecycle.inputsOf(state), hiddenOf(outputs)) } : {}),
      };
    },

    update: async (id, olds, news) => {
      await host.settings();
      const urn = urnOf(news);
      const plan = shown.get(urn) ?? planOf(urn, olds, news);
      const held = new Set(textsOf(news.__heldByOthers));
      const hidden = { ...hiddenOf(news), ...toldOf(olds) };
      const policy = guardedBy(olds.__policy, news);
      try {
        const state = await told(async () => {
          demandPermission(urn, policy, plan);
          return lifecycle.update(stateOf(olds), known(lifecycle, news), await context(urn, news, plan, held, policy));
        });
        await goesOn(urn, state);
        return { outs: outputsOf(id, state, hidden) };
      } catch (error) {
        throw error instanceof PartialFault ? kept(error, id, hidden) : error;
      }
    },

    delete: async (id, outputs) => {
      const urn = urnOf(outputs);
      const { instance } = await host.settings();
      const others = claimed(urn, instance);
      const inItsPlace = host.run.heldByWhatGoesOn(urn).flatMap((name) => withinInstance(name, instance));
      const plan = unsharedEnd(planOf(urn, outputs, undefined, new Set(others)), outputs, others, inItsPlace);
      // As it was named: what leaves the stack and is kept does not say in this run what it holds.
      if (host.run.begins("shared", []).has(`${urn} ${identity(id, outputs)}`)) return;
      if (plan.shared === true) await announce(urn, plan);
      await told(async () => {
        if (plan.refusal !== undefined) throw refused("delete", lifecycle.kind, urn, plan.refusal);
        await refuseUnlikeNamed(lifecycle.kind, identity(id, outputs), urn, plan);
        if (plan.operations.length === 0) return;
        const policy = policyOfDeletion(outputs.__policy);
        demandPermission(urn, policy, plan);
        await lifecycle.delete(stateOf(outputs), await context(urn, outputs, plan, new Set(), policy));
      });
    },
  };
}

/** Names as they are known beyond this process's provider instance. */
const owned = async (held: readonly string[]): Promise<string[]> => {
  const { instance } = await host.settings();
  return held.map((name) => ofInstance(name, instance));
};

/** What other resources of the same instance hold in this run. */
const claimed = (urn: string, instance: string | undefined): string[] =>
  [...host.run.heldByOthers(urn)].flatMap((name) => withinInstance(name, instance));

/** The options that decide whether the engine calls the provider at all when a resource ends. */
const optionsOf = ({ __retainOnDelete, __deletedWith }: Properties): EndOptions => ({
  retained: __retainOnDelete === true,
  deletedWith: typeof __deletedWith === "string" ? __deletedWith : undefined,
});

const NO_PLAN: Plan = { operations: [], remarks: [], changes: false, replaces: [] };

/** Inputs of a step that runs: everything is known. */
function known<Inputs extends object, State extends object, Api>(
  lifecycle: Lifecycle<Inputs, State, Api>,
  news: Properties,
): Inputs {
  const inputs = planned(withoutHidden(news));
  const unknown = Object.keys(inputs).filter((key) => inputs[key] === UNKNOWN);
  if (unknown.length > 0)
    throw new Error(
      `${lifecycle.kind} cannot be made or changed while ${unknown.join(", ")} is not known. Nothing was sent.`,
    );
  return inputs as Inputs;
}

/** Masks a secret output in every message from now on; one that is made of others needs it not. */
function remember(value: unknown): void {
  if (typeof value === "string") registerMacKey(value);
}

/**
 * No provider is asked about a planned delete, so only the inventory can have named it. What it has not named in this
 * run is not sent, and what it has named otherwise is not done: it can lag behind when a run failed before it could
 * learn what that run had changed, and it does not know what --target leaves out.
 *
 * Where the inventory has not spoken (`destroy` after one that failed half way, a run with --target, what the engine deletes before
 * the inventory), no preview has named the end, and only a review of it counts: `CLM_APPROVALS` must hold every call.
 */
async function refuseUnlikeNamed(kind: string, identity: string, urn: string, plan: Plan): Promise<void> {
  const refuse = (cameBack: string, next: string): Fault =>
    new Fault({
      ...{ action: `delete ${kind} ${nameOf(urn)}`, resource: nameOf(urn), system: "pulumi-clm", cameBack },
      known: "nothing was sent for this resource, and it stays in the state",
      ...{ next, outcome: "not executed" },
    });
  const spoken = await host.run.hasInventory();
  const named = host.run.named(identity);
  const unnamed = plan.operations.filter((operation) => !spoken || !named.all.has(label(operation)));
  const reason = notReviewed(urn, unnamed);
  if (reason !== undefined)
    throw refuse(
      `nothing in this run has named ${unnamed.map(label).join("; ")}, and no review has: ${reason}`,
      'run pulumi preview and pulumi up, which name the end of every certificate (of a program without resources: of all), and destroy then; or review this run by "clm review --approve FILE", with --destroy for a destroy and -- --target as the run has it, and run again with CLM_APPROVALS=FILE and its CLM_NOW',
    );
  for (const operation of unnamed) await host.warn(urn, announcement(operation));
  if (!spoken) return;
  const planned = plan.operations.map(label);
  const overstated = [...named.ending].filter((one) => !planned.includes(one));
  if (overstated.length > 0)
    throw refuse(
      `this run has named ${overstated.join("; ")}, and by what is stored meanwhile the resource ends without it`,
      "run pulumi preview and pulumi up, which bring the stack's inventory up to date, and destroy then; or remove the resource from the program",
    );
}

/** A step that its plan forbids. */
const refused = (verb: "make" | "delete", kind: string, urn: string, refusal: string): Fault =>
  new Fault({
    action: `${verb} ${kind} ${nameOf(urn)}`,
    resource: nameOf(urn),
    system: "pulumi-clm",
    cameBack: refusal,
    known: `nothing was sent for this resource${verb === "make" ? "" : ", and it stays in the state"}`,
    next: "answer that in the program, and run again",
    outcome: "not executed",
  });

/** The book that `CLM_RECEIPTS` names. */
function receipts(): ReceiptBook {
  const file = process.env.CLM_RECEIPTS;
  if (file === undefined || file === "") return NO_RECEIPTS;
  return receiptBook((line) => {
    appendFileSync(file, mask(line), { mode: 0o600 });
  });
}

/** What is noted beside a step must not take its result along: it may hold what cannot be had again. */
function bookkeeping(urn: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    void host.warn(
      urn,
      `What other processes and later runs should know of this step could not be written down: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What the book holds; empty where none is kept, or none was begun. */
function receiptsSoFar(): string {
  const file = process.env.CLM_RECEIPTS;
  return file === undefined || file === "" || !existsSync(file) ? "" : readFileSync(file, "utf8");
}

const urnOf = (properties: Properties): string => (typeof properties.__urn === "string" ? properties.__urn : "");
