import type { dynamic } from "@pulumi/pulumi";
import {
  allEndings,
  differs,
  entryOf,
  isConditional,
  labelOf,
  leaving,
  spoken,
  type Ending,
  type Entries,
  type Held,
  type Leaving,
} from "../inventory/inventory.js";
import { identityOf } from "../core/instances.js";
import { included } from "./excluded.js";
import { aboveCeiling, demandEndings, destroyedByEndings, guardedBy, noteDestroyed } from "./gate.js";
import { host } from "./host.js";
import { kindOf } from "./kinds.js";
import { staying } from "./staying.js";
import { told } from "./told.js";
import { hiddenOf, jsonSafe, storesOtherwise, UNKNOWN_ON_THE_WIRE, type Properties } from "./wire.js";

/**
 * The inventory's provider. `check` speaks, because it is called when the inventory is new, too, and sees the old
 * inputs and what the program read of the last state (inventory.md F4); nothing of the latter is stored.
 */
export const inventoryProvider: dynamic.ResourceProvider<Properties, Properties> = {
  configure: (request) => host.configure((key) => request.config.get(key)),

  check: async (olds, news) => {
    await host.settings();
    const refuse = news.refuse;
    if (typeof refuse === "string") return { inputs: news, failures: [{ property: "", reason: refuse }] };
    // An import brings the list as it is stored: nothing comes or goes by that.
    if (isStored(news.entries)) return { inputs: outputs(news) };
    const stays = stayingIn(mapOf(news.before), mapOf(news.entries));
    const before = heldMap(news.before, stays);
    const stored = entriesOf(olds.entries);
    // The stored list is read by `destroy`, where nothing stays.
    const wanted = asEntries(heldMap(news.entries, new Set()) ?? {});
    // What a refresh of this run has found gone, and whose end makes no call by that, is not ended by it (inventory.md rule 9);
    // neither is what has only come to another name of its provider instance.
    const goesOn = new Set([...host.run.begins("gone", []), ...host.run.begins("moved", [])]);
    const ending = included(
      leaving(stored, before === undefined ? undefined : asEntries(before), wanted, UNKNOWN_ON_THE_WIRE),
    ).filter(({ urn, identity }) => !goesOn.has(`${urn} ${identity}`));
    await announce(ending);
    const tooMuch = aboveCeiling(news.__policy);
    if (tooMuch !== undefined) return { inputs: news, failures: [{ property: "", reason: tooMuch }] };
    if (before === undefined && Object.keys(stored).length > 0) {
      await host.warn(
        text(news.__urn),
        "the engine did not tell the last state: what ends is named from the inventory's stored list, which can lag behind",
      );
    }
    return {
      inputs: jsonSafe({
        entries: wanted,
        // For policy packs (inventory.md F13). Hidden: on destroy, --diff prints stored inputs, and this is of one run.
        ...(ending.length === 0 ? {} : { __ending: Object.fromEntries(ending.map(({ urn, ends }) => [urn, ends])) }),
        ...hiddenOf(news),
      }),
    };
  },

  diff: async (_id, olds, news) => {
    await host.settings();
    // In a delete-before-replace cascade the engine sends the whole map as one unknown (inventory.md F17).
    if (typeof news.entries !== "object") return { changes: true };
    return {
      changes:
        differs(entriesOf(olds.entries), entriesOf(news.entries)) ||
        news.__ending !== undefined ||
        storesOtherwise(olds, news),
      replaces: [],
      deleteBeforeReplace: false,
    };
  },

  create: (news) => gated({}, news, () => ({ id: "inventory", outs: outputs(news) })),
  read: (id, stored) =>
    Promise.resolve(stored === undefined ? {} : { id, props: jsonSafe(stored), inputs: outputs(stored) }),
  update: (_id, olds, news) => gated(olds, news, () => ({ outs: outputs(news) })),

  /** `pulumi destroy` deletes the inventory first: the last moment to name what follows (inventory.md F18). */
  delete: async (_id, stored) => {
    await host.settings();
    const ending = included(allEndings(entriesOf(stored.entries)));
    await announce(ending);
    await told(() => {
      demandEndings(text(stored.__urn), stored.__policy, ending, "destroy");
    });
  },
};

/** Stops a run before its first deletion (fact E8), unless all that it ends is permitted. */
async function gated<T>(olds: Properties, news: Properties, made: () => T): Promise<T> {
  await host.settings();
  const ending = Object.entries((news.__ending ?? {}) as Record<string, readonly Ending[]>);
  return told(() => {
    const policy = guardedBy(olds.__policy, news);
    demandEndings(
      text(news.__urn),
      policy,
      ending.map(([urn, ends]) => ({ urn, ends })),
      "up",
    );
    return made();
  });
}

async function announce(leaving: readonly Leaving[]): Promise<void> {
  host.run.begins(
    "shared",
    leaving.flatMap(({ urn, identity, ends }) =>
      ends.some(({ shared }) => shared === true) ? [`${urn} ${identity}`] : [],
    ),
  );
  noteDestroyed(destroyedByEndings(leaving));
  for (const { urn, identity, ends } of leaving) {
    for (const end of ends) {
      await host.warnOfEnd(identity, urn, spoken(end));
      const label = labelOf(end);
      // A call that was named with a condition need not be made: only a certain one is held against the deletion.
      if (label !== undefined) host.run.name(label, isConditional(end) ? undefined : identity);
    }
  }
  // A deletion may go at the same time, and takes what is not named by now for what this run does not end.
  host.run.inventorySpoke();
}

const outputs = (properties: Properties): Properties =>
  jsonSafe({ entries: properties.entries, ...hiddenOf(properties) });

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const entriesOf = (value: unknown): Entries => (typeof value === "object" && value !== null ? (value as Entries) : {});

/** Programs send resources, whose ends are yet to be described. */
const isStored = (value: unknown): boolean => {
  const all = Object.values(mapOf(value));
  return all.length > 0 && all.every(({ ending }) => Array.isArray(ending));
};

const asEntries = (held: Readonly<Record<string, Held>>): Entries =>
  Object.fromEntries(Object.entries(held).map(([urn, one]) => [urn, entryOf(one, UNKNOWN_ON_THE_WIRE)]));

/** What the SDK sends for a resource: its type, id and outputs, as far as they are known. */
type Sent = Readonly<Record<string, Properties>>;

const mapOf = (value: unknown): Sent => (typeof value === "object" && value !== null ? (value as Sent) : {});

/** URNs of the last state that stay in the program, also those that have another one there (an alias). */
function stayingIn(before: Sent, wanted: Sent): ReadonlySet<string> {
  const identity = ({ type, id, instance }: Properties): string =>
    identityOf({ kind: text(type), id: text(id), instance });
  const renamed = new Set(
    Object.entries(wanted).flatMap(([urn, one]) => (before[urn] === undefined ? [identity(one)] : [])),
  );
  const elsewhere = Object.entries(before).filter(
    ([, one]) => typeof one.id === "string" && renamed.has(identity(one)),
  );
  return new Set([...Object.keys(wanted), ...elsewhere.map(([urn]) => urn)]);
}

/** The list of a stack that holds what is given, as the inventory stores it. */
export const inventoryOf = (sent: Sent, hidden: Properties, now: Date): Properties =>
  outputs({ entries: asEntries(heldMap(sent, new Set(), now) ?? {}), ...hidden });

/** @param stays URNs of the resources that stay in the program when any of the others ends. */
function heldMap(
  value: unknown,
  stays: ReadonlySet<string>,
  now = host.run.now(),
): Readonly<Record<string, Held>> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const known = Object.entries(mapOf(value)).flatMap(([urn, one]) => {
    const kind = kindOf(text(one.type));
    const retained = one.retained === true;
    return kind === undefined
      ? []
      : [
          {
            ...{ urn, one, kind, retained, instance: one.instance },
            ...{ state: kind.stateFrom(one.state), stays: stays.has(urn) },
          },
        ];
  });
  const beside = staying(known, now);
  const held: Record<string, Held> = {};
  for (const { urn, one, kind, state, instance } of known) {
    held[urn] = {
      kind: kind.kind,
      id: typeof one.id === "string" ? one.id : undefined,
      instance: typeof instance === "string" ? instance : undefined,
      described:
        state === undefined ? undefined : kind.describe(state, { urn, instance }, now, beside({ urn, instance })),
      retained: one.retained === true,
      deletedWith: typeof one.deletedWith === "string" ? one.deletedWith : undefined,
    };
  }
  return held;
}
