import { readFileSync } from "node:fs";
import { approves, argumentsDigest, invalidFor, readApprovals, type ApprovalFile } from "../core/approvals.js";
import { Fault } from "../core/fault.js";
import { label, type Operation } from "../core/operation.js";
import {
  demandsApproval,
  destroyedBy,
  effectivePolicy,
  needsApproval,
  objectsOf,
  storedPolicy,
  type Policy,
} from "../core/policy.js";
import { labelOf, mayBeOver, type Ending } from "../inventory/inventory.js";
import { host } from "./host.js";
import { nameOf, stackOf } from "./urn.js";

/**
 * The gate: what destroys must be approved, where the stack demands it, and must not be more than the ceiling. It stands
 * before every step, and before the deletions of a run, all or nothing, in the inventory.
 */

/** The policy that a resource or the inventory carries, made tighter by the environment. */
const policyOf = (stored: unknown): Policy => effectivePolicy(storedPolicy(stored), process.env);

/** The file that `CLM_APPROVALS` names; undefined where none is named. @throws Error when it cannot be read. */
function approvals(): { readonly file: ApprovalFile; readonly name: string } | undefined {
  const name = process.env.CLM_APPROVALS;
  if (name === undefined || name === "") return undefined;
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch (cause) {
    throw new Error(
      `CLM_APPROVALS is "${name}", which cannot be read (${cause instanceof Error ? cause.message : String(cause)}).`,
      { cause },
    );
  }
  return { file: readApprovals(text, name), name };
}

const REVIEW =
  'review the preview by "clm review --approve FILE", and run again with CLM_APPROVALS=FILE and its CLM_NOW';

/** Why none of these calls is approved by the file, or which of them are not; undefined when all are. */
function unapproved<Call>(
  calls: readonly Call[],
  urn: string,
  isApproved: (file: ApprovalFile, call: Call) => boolean,
  labelled: (call: Call) => string,
): string | undefined {
  if (calls.length === 0) return undefined;
  const given = approvals();
  const list = (missing: readonly Call[]): string => [...new Set(missing.map(labelled))].join("; ");
  if (given === undefined) return `CLM_APPROVALS names no file, and these calls need an approval: ${list(calls)}`;
  const occasion = { stack: stackOf(urn), now: host.run.now(), time: new Date() };
  const invalid = invalidFor(given.file, occasion);
  if (invalid !== undefined)
    return `${given.name} does not count: ${invalid}. These calls need an approval: ${list(calls)}`;
  const missing = calls.filter((call) => !isApproved(given.file, call));
  return missing.length === 0 ? undefined : `${given.name} does not approve ${list(missing)}`;
}

const refusal = (urn: string, action: string, cameBack: string, next: string): Fault =>
  new Fault({
    action,
    resource: nameOf(urn),
    system: "pulumi-clm",
    cameBack,
    known: "nothing was sent for this resource",
    next,
    outcome: "not executed",
  });

/** @throws Fault when calls of a step need an approval that is not there. */
export function demandApproval(urn: string, stored: unknown, operations: readonly Operation[]): void {
  const policy = policyOf(stored);
  const reason = unapproved(
    operations.filter((operation) => needsApproval(operation, policy)),
    urn,
    (file, operation) => file.approvals.some((approval) => approves(approval, operation)),
    label,
  );
  if (reason !== undefined)
    throw refusal(
      urn,
      "make a call that needs an approval",
      `approvals are demanded (${policy.approvals}): ${reason}`,
      REVIEW,
    );
}

/** @throws Fault when a step would destroy more than one run may: it counts with all that this run has begun to destroy. */
export function demandBelowCeiling(urn: string, stored: unknown, operations: readonly Operation[]): void {
  const objects = destroyedBy(operations);
  if (objects.length === 0) return;
  const { maxDestructive } = policyOf(stored);
  const begun = host.run.begins("destroyed", objects).size;
  if (begun > maxDestructive) throw refusal(urn, "destroy", tooMany(begun, maxDestructive), RAISE(begun));
}

const tooMany = (count: number, ceiling: number): string =>
  `this run would destroy ${count} object(s), and its ceiling (clm:maxDestructive) is ${ceiling}: a file that was cut off, or the wrong stack?`;
const RAISE = (count: number): string =>
  `if this is meant, run again with CLM_MAX_DESTRUCTIVE=${count}, which counts for one run; otherwise restore the program`;

/** Notes what a step of this run is planned to destroy. */
export function noteDestroyed(objects: readonly string[]): void {
  if (objects.length > 0) host.run.begins("planned", objects);
}

/** The objects that endings destroy. */
export const destroyedByEndings = (endings: readonly Ending[]): string[] =>
  objectsOf(
    endings.flatMap((ending) => (ending.severity === undefined || mayBeOver(ending) ? [] : [labelOf(ending) ?? ""])),
  );

/** Why a run whose plan is whole destroys too much; undefined when it does not. */
export function aboveCeiling(stored: unknown): string | undefined {
  const { maxDestructive } = policyOf(stored);
  const planned = host.run.begins("planned", []).size;
  return planned > maxDestructive ? `${tooMany(planned, maxDestructive)} ${RAISE(planned)}` : undefined;
}

/**
 * The gate of the inventory: all that a run deletes, or nothing. @throws Fault when one call is not approved, or when there are
 * more than the ceiling allows.
 */
export function demandEndings(urn: string, stored: unknown, endings: readonly Ending[]): void {
  const policy = policyOf(stored);
  const objects = destroyedByEndings(endings);
  if (objects.length > policy.maxDestructive)
    throw refusal(urn, "delete", tooMany(objects.length, policy.maxDestructive), RAISE(objects.length));
  const reason = unapproved(
    endings.filter((ending) => demandsApproval(ending.severity, policy) && !mayBeOver(ending)),
    urn,
    (file, ending) =>
      file.approvals.some(
        (approval) => approval.operation === labelOf(ending) && argumentsDigest(approval) === ending.digest,
      ),
    (ending) => labelOf(ending) ?? ending.says,
  );
  if (reason !== undefined)
    throw refusal(
      urn,
      "delete",
      `approvals are demanded (${policy.approvals}), and none of this run's deletions is made: ${reason}`,
      REVIEW,
    );
}
