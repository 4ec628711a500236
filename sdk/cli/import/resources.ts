import { policyOf } from "../../../provider/core/policy.js";
import { inventoryOf } from "../../../provider/dynamic/inventory.js";
import type { Imported, NotImported } from "../../../provider/dynamic/importing.js";
import { providerText, type Kind } from "../../../provider/dynamic/kinds.js";
import { nameOf } from "../../../provider/dynamic/urn.js";
import type { Hidden, Properties } from "../../../provider/dynamic/wire.js";
import { INVENTORY_TYPE } from "../../inventoryType.js";
import { withoutPem } from "../../outputs.js";
import { atOnce } from "./atOnce.js";
import type { Found } from "./found.js";
import { namesOf } from "./names.js";
import type { StackState } from "./stackState.js";
import type { Stack } from "./stackOf.js";

/** A resource that is imported. */
export interface Resource extends Imported {
  readonly kind: Kind;
  readonly name: string;
  readonly urn: string;
}

/** What became of something that was found. */
export interface Taken {
  readonly found: Found;
  readonly name: string;
  readonly result: Resource | NotImported;
}

/** Takes over what was found and the stack does not hold, as an adoption does: reads, and nothing else. */
export async function taken(
  found: readonly Found[],
  stack: Stack,
  { heldBy, resources }: Pick<StackState, "heldBy" | "resources">,
  now: Date,
): Promise<Taken[]> {
  /** A contract without its credentials holds no object that others could take for theirs: it is known by its id. */
  const holderOf = ({ holds, kind, id }: Found): string | undefined => {
    const urn = heldBy.get(holds);
    return urn === undefined ? resources.find((one) => one.kind === kind && one.id === id)?.name : nameOf(urn);
  };
  const names = namesOf(
    found.filter((one) => holderOf(one) === undefined),
    resources,
  );
  const policy = policyOf((key) => stack.config[`clm:${key}`]);
  const all = [...found.map(({ holds }) => holds), ...heldBy.keys()];
  return atOnce(found, async (one) => {
    const { kind } = one.importer;
    const holder = holderOf(one);
    if (holder !== undefined)
      return { found: one, name: holder, result: { because: `resource ${holder} of the stack holds it` } };
    const name = names.get(one) ?? one.name;
    const urn = urnOf(stack, kind.type, name);
    const hidden: Hidden = {
      __provider: kind.providerText,
      __urn: urn,
      __adopted: true,
      ...(policy === undefined ? {} : { __policy: policy }),
    };
    const heldByOthers = new Set(all);
    heldByOthers.delete(one.holds);
    const result = await one.importer.take(one, { urn, hidden, now, heldByOthers });
    return { found: one, name, result: "because" in result ? result : { ...result, kind, name, urn } };
  });
}

const urnOf = ({ stack, project }: Stack, type: string, name: string): string =>
  `urn:pulumi:${stack}::${project}::${type}::${name}`;

/** What `pulumi import --file` reads. */
export interface ImportFile {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly id: string;
    readonly inputs: Properties;
    readonly outputs: Properties;
  }[];
}

/** With the inventory, unless the stack has one: the first preview would have to make it. */
export function importFile(resources: readonly Resource[], stack: Stack, inventory: boolean, now: Date): ImportFile {
  const entries = resources.map(({ kind, name, id, inputs, outputs }) => ({
    ...{ type: kind.type, name, id, inputs, outputs },
  }));
  if (!inventory) return { resources: entries };
  const policy = policyOf((key) => stack.config[`clm:${key}`]);
  const list = inventoryOf(
    Object.fromEntries(
      resources.map(({ kind, urn, id, outputs }) => [
        urn,
        { type: kind.type, id, state: withoutPem(kind.stateFrom(outputs)) },
      ]),
    ),
    {
      __provider: providerText("Inventory"),
      __urn: urnOf(stack, INVENTORY_TYPE, "inventory"),
      ...(policy === undefined ? {} : { __policy: policy }),
    },
    now,
  );
  return {
    resources: [...entries, { type: INVENTORY_TYPE, name: "inventory", id: "inventory", inputs: list, outputs: list }],
  };
}
