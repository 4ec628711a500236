import * as pulumi from "@pulumi/pulumi";
import resources from "@pulumi/pulumi/proto/resource_pb.js";
import { kindOf, type Kind } from "../provider/dynamic/kinds.js";
import { DEFAULT_POLICY, storedPolicy, whileLeaving, type Policy } from "../provider/core/policy.js";
import { withoutSecretMarks } from "../provider/dynamic/wire.js";
import { Struct } from "../provider/dynamic/pulumiModules.js";
import { INVENTORY_TYPE } from "./inventoryType.js";
import { withoutPem } from "./outputs.js";

/** A resource of ours as the last state has it. */
interface Before {
  readonly kind: Kind;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly state: object | undefined;
}

/** Words that no name has: of kinds without words, and of all objects of those with some. */
const ALL = "* all";
const EVERY = "* every";
const place = (system: string, instance: unknown, word: string): string =>
  JSON.stringify([system, instance ?? null, word]);

/** A remote object, by the resource that holds it. */
interface Holding {
  readonly urn: string;
  readonly holding: string;
}

/** Our resources at the last state, by URN. Filled before anything is asked of it. */
export class HeldBefore extends Map<string, Before> {
  hasInventory = false;
  /** The tightest policy that is stored, of resources and of the inventory; undefined where none is. */
  policy: Policy | undefined;
  /** By system, instance and word: each resource of a large stack asks. */
  #holdings: Map<string, Holding[]> | undefined;

  /** What resources of a system and instance hold; of kinds that have words, what shares one of `words` (undefined: all). */
  holdings(system: string, instance: unknown, words: readonly string[] | undefined): readonly Holding[] {
    this.#holdings ??= this.#index();
    const found = [ALL, ...(words ?? [EVERY])].flatMap(
      (word) => this.#holdings?.get(place(system, instance, word)) ?? [],
    );
    return [...new Map(found.map((one) => [`${one.urn} ${one.holding}`, one])).values()];
  }

  #index(): Map<string, Holding[]> {
    const index = new Map<string, Holding[]>();
    for (const [urn, { kind, state, outputs }] of this) {
      if (state === undefined) continue;
      const held = kind.holds(state).map((holding): Holding => ({ urn, holding }));
      const words = kind.wordsHeld(state);
      for (const word of words === undefined ? [ALL] : [EVERY, ...words]) {
        const at = place(kind.system, outputs.__instance, word);
        const there = index.get(at);
        if (there === undefined) index.set(at, [...held]);
        else there.push(...held);
      }
    }
    return index;
  }

  /** Plain values for the inventory's `check`. */
  asInput(): Record<string, unknown> {
    return Object.fromEntries(
      [...this].map(([urn, { kind, outputs, state }]) => [
        urn,
        {
          type: kind.type,
          id: outputs.__id,
          ...(state === undefined ? {} : { state: withoutPem(state) }),
          ...(typeof outputs.__instance === "string" ? { instance: outputs.__instance } : {}),
          ...(outputs.__retainOnDelete === true ? { retained: true } : {}),
          ...(typeof outputs.__deletedWith === "string" ? { deletedWith: outputs.__deletedWith } : {}),
        },
      ]),
    );
  }
}

/**
 * What the stack held after the last run, asked of the engine (inventory.md F2). The answer holds the secrets of the
 * whole stack in clear: it is asked of the monitor directly, because `pulumi.runtime.invoke` prints it in --debug (F3),
 * and everything but our own types is dropped at once.
 * @returns undefined where the engine does not answer; the inventory then falls back to its stored list.
 */
export async function stateBefore(): Promise<HeldBefore | undefined> {
  const monitor = pulumi.runtime.getMonitor();
  if (monitor === undefined) return undefined;
  const request = new resources.ResourceInvokeRequest();
  request.setTok("pulumi:pulumi:readStackResourceOutputs");
  request.setArgs(
    Struct.fromJavaScript({ stackName: [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/") }),
  );
  const outputs = await new Promise<Record<string, unknown> | undefined>((resolve) => {
    monitor.invoke(request, (error, answer) => {
      const returned =
        error === null ? (answer.getReturn()?.toJavaScript() as { outputs?: unknown } | undefined) : undefined;
      resolve(
        typeof returned?.outputs === "object" && returned.outputs !== null
          ? (returned.outputs as Record<string, unknown>)
          : undefined,
      );
    });
  });
  if (outputs === undefined) return undefined;
  const held = new HeldBefore();
  for (const [urn, entry] of Object.entries(outputs)) {
    const { type, outputs: own } = entry as { type?: unknown; outputs?: unknown };
    if (type === INVENTORY_TYPE) held.hasInventory = true;
    const stored = (own as { __policy?: unknown } | undefined)?.__policy;
    if (stored !== undefined && stored !== null && (type === INVENTORY_TYPE || kindOf(String(type)) !== undefined))
      held.policy = whileLeaving(storedPolicy(withoutSecretMarks(stored)), held.policy ?? DEFAULT_POLICY);
    const kind = typeof type === "string" ? kindOf(type) : undefined;
    if (kind !== undefined && typeof own === "object" && own !== null)
      held.set(urn, {
        ...{ kind, outputs: own as Record<string, unknown> },
        state: kind.stateFrom(withoutSecretMarks(own)),
      });
  }
  return held;
}
