import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_POLICY, policyOf, whileLeaving, type Policy } from "../provider/core/policy.js";

/**
 * The policy of the stack's configuration, `clm:approvals` and `clm:maxDestructive`: it is stored in every resource, also of an
 * explicit provider instance, and in the inventory. Undefined where it is the default one. @throws Error for a value that is
 * not allowed.
 */
export function policyOfStack(): Policy | undefined {
  const config = new pulumi.Config("clm");
  return policyOf((key) => config.get(key));
}

/** The policy that the stack had stored before this run, where it is tighter than the one of its configuration. */
export async function policyBefore(
  before: Promise<{ readonly policy: Policy | undefined } | undefined> | undefined,
): Promise<Policy | undefined> {
  const stored = (await before)?.policy;
  if (stored === undefined) return undefined;
  const now = policyOfStack() ?? DEFAULT_POLICY;
  return whileLeaving(stored, now).approvals === now.approvals ? undefined : stored;
}
