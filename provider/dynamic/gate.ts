import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { approves, argumentsDigest, invalidFor, readApprovals, type ApprovalFile } from "../core/approvals.js";
import { Fault } from "../core/fault.js";
import { label, type Operation } from "../core/operation.js";
import {
  demandsApproval,
  destroyedBy,
  effectivePolicy,
  moreSevere,
  needsApproval,
  storedPolicy,
  whileLeaving,
  type Policy,
} from "../core/policy.js";
import { destroyedWith, labelOf, mayBeOver, type Ending, type Leaving } from "../inventory/inventory.js";
import { host } from "./host.js";
import { nameOf, stackOf } from "./urn.js";
import type { Properties } from "./wire.js";

/**
 * The gate: what destroys must be approved, where the stack demands it, and must not be more than the ceiling. It stands
 * before every step, and before the deletions of a run, all or nothing, in the inventory.
 */

/**
 * The policy that a resource or the inventory carries, as tight as the configuration of this run, which reaches what has not stored it
 * (the option ignoreChanges), and made tighter by the environment.
 */
function policyOf(stored: unknown): Policy {
  const [own, configured] = [storedPolicy(stored), host.policy];
  return effectivePolicy(configured === undefined ? own : whileLeaving(own, configured), process.env);
}

/**
 * The policy of a step: one that is loosened guards what is made or changed in the same run.
 *
 * @param own what the resource has stored.
 */
export const guardedBy = (own: unknown, { __policy, __policyBefore }: Properties): Policy =>
  [own, __policyBefore].reduce<Policy>(
    (policy, old) => whileLeaving(storedPolicy(old), policy),
    storedPolicy(__policy),
  );

/** The file that `CLM_APPROVALS` names; undefined where none is named. @throws Error when it cannot be read. */
function approvals(): { readonly file: ApprovalFile; readonly name: string } | undefined {
  const name = process.env.CLM_APPROVALS;
  if (name === undefined || name === "") return undefined;
  const file = inProject(name);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error(
      `CLM_APPROVALS is "${name}", and ${file} cannot be read (${cause instanceof Error ? cause.message : String(cause)}).`,
      { cause },
    );
  }
  return { file: readApprovals(text, name), name };
}

/** A relative name is of the project's folder; a provider's process runs in that of the program, which `main` may set. */
function inProject(name: string): string {
  for (let folder = process.cwd(), above = dirname(folder); ; folder = above, above = dirname(folder)) {
    const file = resolve(folder, name);
    const isProject = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].some((one) => existsSync(resolve(folder, one)));
    if (existsSync(file) || isProject || above === folder) return existsSync(file) || isProject ? file : resolve(name);
  }
}

/** The command that approves. */
const reviewFor = (options: string): string =>
  `review the preview by "clm review ${options}--approve FILE", and run again with CLM_APPROVALS=FILE and its CLM_NOW`;
const REVIEW = reviewFor("");

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
  const objects = destroyedBy(operations, urn);
  if (objects.length === 0) return;
  const { maxDestructive } = policyOf(stored);
  const begun = host.run.begins("destroyed", objects).size;
  if (begun > maxDestructive) throw refusal(urn, "destroy", tooMany(begun, maxDestructive), RAISE(begun));
}

/** Why a file of approvals does not cover calls that no preview of this run can have named; undefined where it does. */
export const notReviewed = (urn: string, operations: readonly Operation[]): string | undefined =>
  unapproved(
    operations,
    urn,
    (file, operation) => file.approvals.some((approval) => approves(approval, operation)),
    label,
  );

const tooMany = (count: number, ceiling: number): string =>
  `this run would destroy ${count} object(s), and its ceiling (clm:maxDestructive) is ${ceiling}: a file that was cut off, or the wrong stack?`;
const RAISE = (count: number): string =>
  `if this is meant, run again with CLM_MAX_DESTRUCTIVE=${count}, which counts for one run; otherwise restore the program`;

/** Notes what a step of this run is planned to destroy. */
export function noteDestroyed(objects: readonly string[]): void {
  if (objects.length > 0) host.run.begins("planned", objects);
}

/** The objects that endings destroy. */
export const destroyedByEndings = (leaving: readonly Pick<Leaving, "urn" | "ends">[]): string[] => [
  ...new Set(leaving.flatMap(destroyedWith)),
];

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
export function demandEndings(
  urn: string,
  stored: unknown,
  leaving: readonly Pick<Leaving, "urn" | "ends">[],
  command: "up" | "destroy",
): void {
  const policy = policyOf(stored);
  host.run.begins("policy", [JSON.stringify(storedPolicy(stored))]);
  const objects = destroyedByEndings(leaving);
  if (objects.length > policy.maxDestructive)
    throw refusal(urn, "delete", tooMany(objects.length, policy.maxDestructive), RAISE(objects.length));
  const reason = unapproved(
    leaving
      .flatMap(({ ends }) => ends)
      .filter((ending) => demandsApproval(ending.severity, policy) && !mayBeOver(ending)),
    urn,
    (file, ending) =>
      file.approvals.some(
        (approval) =>
          approval.operation === labelOf(ending) &&
          argumentsDigest(approval) === ending.digest &&
          !moreSevere(ending.severity, approval.severity),
      ),
    (ending: Ending) => labelOf(ending) ?? ending.says,
  );
  if (reason !== undefined)
    throw refusal(
      urn,
      "delete",
      `approvals are demanded (${policy.approvals}), and none of this run's deletions is made: ${reason}`,
      reviewFor(command === "destroy" ? "--destroy " : ""),
    );
}

/**
 * The policy of a deletion: as tight about approvals as the stack's, which the inventory has told this run, also where the resource
 * has not stored it (the option ignoreChanges); the ceiling is the stack's.
 */
export function policyOfDeletion(stored: unknown): Policy {
  const own = storedPolicy(stored);
  return [...host.run.begins("policy", [])].reduce(
    (policy, told) => whileLeaving(policy, storedPolicy(JSON.parse(told))),
    own,
  );
}
