import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { kindOf } from "../../../provider/dynamic/kinds.js";
import { nameOf, typeOf } from "../../../provider/dynamic/urn.js";
import { INVENTORY_TYPE } from "../../inventoryType.js";

/** What a stack has already: its objects are not imported again, and its names are not given again. */
export interface StackState {
  /** URNs by the remote objects that they hold, as `claim` names those. */
  readonly heldBy: ReadonlyMap<string, string>;
  readonly resources: readonly { readonly kind: string; readonly name: string; readonly id: string }[];
  readonly hasInventory: boolean;
}

const exported = z.object({
  deployment: z
    .object({
      resources: z
        .array(
          z.object({ urn: z.string(), id: z.string().nullish(), outputs: z.record(z.string(), z.unknown()).nullish() }),
        )
        .nullish(),
    })
    .nullable(),
});

/** A deployment as `pulumi stack export` prints it. @throws Error when it is none, or holds what cannot be read. */
export function stackState(text: string): StackState {
  const parsed = exported.safeParse(json(text));
  if (!parsed.success) throw new Error(`The stack's state is not what "pulumi stack export" prints.`);
  const heldBy = new Map<string, string>();
  const resources: { kind: string; name: string; id: string }[] = [];
  let hasInventory = false;
  for (const { urn, id, outputs } of parsed.data.deployment?.resources ?? []) {
    hasInventory ||= typeOf(urn) === INVENTORY_TYPE;
    const kind = kindOf(typeOf(urn));
    if (kind === undefined) continue;
    const state = kind.stateFrom(outputs ?? undefined);
    if (state === undefined)
      throw new Error(
        `The state of ${kind.kind} ${nameOf(urn)} cannot be read, so what the stack holds already is not known. Was it written by a newer version of pulumi-clm?`,
      );
    resources.push({ kind: kind.kind, name: nameOf(urn), id: id ?? "" });
    for (const held of kind.holds(state)) heldBy.set(held, urn);
  }
  return { heldBy, resources, hasInventory };
}

/** The state in a file. @throws Error */
export const stateIn = (file: string): StackState => stackState(readFileSync(file, "utf8"));

/** The state as the backend has it, secrets encrypted. @throws Error when Pulumi does not print it. */
export async function stateOf(stack: string, folder: string, env: Readonly<NodeJS.ProcessEnv>): Promise<StackState> {
  const args = ["stack", "export", "--stack", stack, "--non-interactive"];
  return stackState(
    await new Promise<string>((resolve, reject) => {
      execFile("pulumi", args, { cwd: folder, env, maxBuffer: 2 ** 30 }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else
          reject(
            new Error(
              `The state of stack ${stack} cannot be read: ${stderr.trim() === "" ? error.message : stderr.trim()}. Make the stack first (pulumi stack init), or give its state by --state FILE (pulumi stack export).`,
            ),
          );
      });
    }),
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
