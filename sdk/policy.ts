import * as pulumi from "@pulumi/pulumi";
import { ceilingOf, DEFAULT_POLICY, levelOf, type Policy } from "../provider/core/policy.js";

/**
 * The policy of the stack's configuration, `clm:approvals` and `clm:maxDestructive`: it is stored in every resource, also of an
 * explicit provider instance, and in the inventory. Undefined where it is the default one. @throws Error for a value that is
 * not allowed.
 */
export function policyOfStack(): Policy | undefined {
  const config = new pulumi.Config("clm");
  const [approvals, ceiling] = [config.get("approvals"), config.get("maxDestructive")];
  const policy: Policy = {
    approvals: approvals === undefined ? DEFAULT_POLICY.approvals : levelOf(approvals, "clm:approvals"),
    maxDestructive: ceiling === undefined ? DEFAULT_POLICY.maxDestructive : ceilingOf(ceiling, "clm:maxDestructive"),
  };
  return policy.approvals === DEFAULT_POLICY.approvals && policy.maxDestructive === DEFAULT_POLICY.maxDestructive
    ? undefined
    : policy;
}
