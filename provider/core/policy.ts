import type { Operation } from "./operation.js";
import { objectsEnded } from "./operation.js";

/**
 * What a stack demands before something is destroyed. It is stored in every resource and in the inventory, because `destroy`
 * and `refresh` see only what the last `up` has stored (architecture section 5).
 */
export interface Policy {
  /** Which calls need an approval (`clm review --approve`). */
  readonly approvals: ApprovalLevel;
  /** How many objects one run may destroy: more is a truncated file or a wrong stack. */
  readonly maxDestructive: number;
}

/** From loose to tight. */
export const APPROVAL_LEVELS = ["off", "irreversible", "destructive"] as const;
export type ApprovalLevel = (typeof APPROVAL_LEVELS)[number];

export const DEFAULT_POLICY: Policy = { approvals: "off", maxDestructive: 10 };

/** What a call does to something that works today; undefined where nothing stops working because of it. */
export type Severity = "irreversible" | "destructive";

export const severityOf = ({ destructive, reversible }: Operation): Severity | undefined =>
  !destructive ? undefined : reversible ? "destructive" : "irreversible";

/** From nothing to what never comes back. */
const SEVERITIES: readonly (Severity | undefined)[] = [undefined, "destructive", "irreversible"];

/** Whether one is worse than another. */
export const moreSevere = (one: Severity | undefined, other: Severity | undefined): boolean =>
  SEVERITIES.indexOf(one) > SEVERITIES.indexOf(other);

/** Whether a policy demands an approval for calls of this severity. */
export const demandsApproval = (severity: Severity | undefined, { approvals }: Policy): boolean =>
  severity !== undefined && (approvals === "destructive" || approvals === severity);

export const needsApproval = (operation: Operation, policy: Policy): boolean =>
  operation.certainty.kind !== "due" && demandsApproval(severityOf(operation), policy);

/**
 * Objects that the calls of one resource destroy, each once, because several calls can be alternatives for one object.
 * @param urn of the resource: a target that is not known before the run is one object of it.
 */
export function destroyedBy(operations: readonly Operation[], urn: string): string[] {
  const destructive = operations.filter(
    (operation) => severityOf(operation) !== undefined && operation.certainty.kind !== "due",
  );
  return eachOnce(destructive.flatMap(objectsEnded), urn);
}

/** Objects of one resource, each once; one that is not known before the run counts only where no other is named. */
export function eachOnce(objects: readonly string[], urn: string): string[] {
  const known = objects.filter((object) => !object.includes("=?"));
  return [...new Set(known.length > 0 ? known : objects.map((object) => `${object} of ${urn}`))];
}

/**
 * The policy that counts: what is stored, made tighter by the environment. `CLM_REQUIRE_APPROVALS` can only tighten;
 * `CLM_MAX_DESTRUCTIVE` is the ceiling of one run. @throws Error for values that are not allowed.
 */
export function effectivePolicy(stored: Policy, environment: Readonly<Record<string, string | undefined>>): Policy {
  const { CLM_REQUIRE_APPROVALS: required, CLM_MAX_DESTRUCTIVE: ceiling } = environment;
  const level =
    required === undefined || required === ""
      ? "off"
      : levelOf(required, "the environment variable CLM_REQUIRE_APPROVALS");
  return {
    approvals: tighter(stored.approvals, level),
    maxDestructive:
      ceiling === undefined || ceiling === ""
        ? stored.maxDestructive
        : ceilingOf(ceiling, "the environment variable CLM_MAX_DESTRUCTIVE"),
  };
}

/** The new policy, with approvals as tight as the old one's: what leaves or changes in this run is guarded by what it has stored. */
export const whileLeaving = (old: Policy, next: Policy): Policy => ({
  ...next,
  approvals: tighter(old.approvals, next.approvals),
});

const tighter = (one: ApprovalLevel, other: ApprovalLevel): ApprovalLevel =>
  APPROVAL_LEVELS.indexOf(one) > APPROVAL_LEVELS.indexOf(other) ? one : other;

/** @throws Error for anything else than a level. */
export function levelOf(text: string, setting: string): ApprovalLevel {
  const found = APPROVAL_LEVELS.find((level) => level === text);
  if (found !== undefined) return found;
  throw new Error(`${setting} is "${text}". Allowed: ${APPROVAL_LEVELS.join(", ")}.`);
}

/** @throws Error for anything else than a whole number. */
export function ceilingOf(text: string, setting: string): number {
  const value = /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!Number.isNaN(value)) return value;
  throw new Error(`${setting} is "${text}". Allowed: a whole number from 0 to 999999.`);
}

/**
 * A policy as it is stored; the default one where none is. What cannot be read (a level of a newer version, a secret) is taken for
 * the tightest.
 */
export function storedPolicy(value: unknown): Policy {
  if (value === undefined || value === null) return DEFAULT_POLICY;
  const { approvals, maxDestructive } = value as Partial<Record<keyof Policy, unknown>>;
  return {
    approvals: APPROVAL_LEVELS.find((level) => level === approvals) ?? "destructive",
    maxDestructive: typeof maxDestructive === "number" ? maxDestructive : 0,
  };
}

/** The policy of a configuration, by keys of the namespace `clm`; undefined where it is the default one. @throws Error */
export function policyOf(config: (key: string) => string | undefined): Policy | undefined {
  const [approvals, ceiling] = [config("approvals"), config("maxDestructive")];
  const policy: Policy = {
    approvals: approvals === undefined ? DEFAULT_POLICY.approvals : levelOf(approvals, "clm:approvals"),
    maxDestructive: ceiling === undefined ? DEFAULT_POLICY.maxDestructive : ceilingOf(ceiling, "clm:maxDestructive"),
  };
  return policy.approvals === DEFAULT_POLICY.approvals && policy.maxDestructive === DEFAULT_POLICY.maxDestructive
    ? undefined
    : policy;
}
