import { label } from "../../../provider/core/operation.js";
import { nameOf } from "../../../provider/dynamic/urn.js";
import type { Command } from "./changes.js";
import type { Unnameable } from "./crossCheck.js";
import type { Step } from "./document.js";
import type { PlannedChange } from "./planning.js";
import { storedList } from "./words.js";

/** Ends that a plain preview cannot name (inventory.md F10), and ends that a run refuses. Pure. */

/** Why a preview does not name what a change does; undefined where it must. */
export const whyUnnamed =
  (command: Command, inventory: Step | undefined, failed: boolean): Unnameable =>
  ({ change: { does, leftOver } }) => {
    if (failed) return "the preview failed before it was whole";
    // All that such a plan holds is due later: no run can make it unseen.
    if (does === "same") return "the resource is not asked in a run with --target";
    if (does !== "end") return undefined;
    if (leftOver)
      return "it is left over from a replacement whose end failed in an earlier run, which the inventory cannot see: up refuses it, unless this list is approved";
    if (command === "refresh") return undefined;
    if (command === "destroy")
      return inventory === undefined
        ? "the stack has no inventory any more: destroy refuses it, unless this list is approved"
        : inventory.op === "delete"
          ? "the list of ends that the last up has stored does not hold it: destroy refuses it, unless this list is approved"
          : "the inventory is not asked in a run with --target: destroy refuses it, unless this list is approved";
    if (inventory?.op === "delete") return "the program no longer imports pulumi-clm, so its inventory is not asked";
    // An inventory that has named an end has something to store.
    const asked = inventory !== undefined && inventory.op !== "same";
    if (asked) return undefined;
    return "the inventory is not asked in a run with --target, so up refuses it, unless this list is approved";
  };

/**
 * Where the inventory leaves the stack its stored list is what a run has named, and an end that is not on it, or not as it
 * is on it, is refused before anything is sent. @returns URNs with the reasons.
 */
export function refusedEnds(
  command: Command,
  inventory: Step | undefined,
  changes: readonly PlannedChange[],
): [urn: string, refusal: string][] {
  if (command === "refresh" || inventory?.op !== "delete") return [];
  const stored = storedList(inventory).flatMap(({ urn, names }) => (names === undefined ? [] : [{ urn, names }]));
  const named = new Set(stored.map(({ names }) => names.label));
  return changes.flatMap(({ change, operations, unplanned }): [string, string][] => {
    if (change.does !== "end" || unplanned !== undefined) return [];
    const labels = operations.map(label);
    const unnamed = labels.filter((one) => !named.has(one));
    const overstated = stored.filter(
      ({ urn, names }) =>
        urn === change.urn && !change.leftOver && names.certainty.kind === "certain" && !labels.includes(names.label),
    );
    if (change.before?.retainOnDelete === true || unnamed.length + overstated.length === 0) return [];
    const why =
      unnamed.length > 0
        ? `the stack's list of ends does not hold ${unnamed.join("; ")}`
        : `the stack's list of ends holds ${overstated.map(({ names }) => names.label).join("; ")}, which the state does not`;
    return [
      [
        change.urn,
        unnamed.length > 0
          ? `${why}, so the deletion is refused before anything is sent, unless this list is approved: run pulumi up first, which renews the stack's list`
          : `${why}, so the deletion is refused before anything is sent: run pulumi up first, which renews the list`,
      ],
    ];
  });
}

/**
 * Of a destroy that leaves something, which the inventory learns from `--exclude` alone: it names and demands the ends of all else
 * that its list holds. @returns what to know about that; nothing where everything goes.
 */
export function demandedInVain(
  command: Command,
  inventory: Step | undefined,
  changes: readonly PlannedChange[],
): string[] {
  if (command !== "destroy" || inventory?.op !== "delete") return [];
  const ended = new Set(changes.flatMap(({ change }) => (change.does === "end" ? [change.urn] : [])));
  const left = storedList(inventory).flatMap(({ urn, names }) =>
    names === undefined || ended.has(urn) ? [] : [nameOf(urn)],
  );
  if (left.length === 0) return [];
  return [
    `this destroy leaves ${[...new Set(left)].join(", ")}. What --exclude names is left out of what the run names, counts and demands; what stays for another reason (--exclude-protected, --target-dependents, or because something excluded depends on it) is not, and this list does not approve it: where approvals are demanded, remove from the program what is to go, and run pulumi up`,
  ];
}
