import * as pulumi from "@pulumi/pulumi";
import { policyOf, type Policy } from "../provider/core/policy.js";

/**
 * The policy of the stack's configuration, `clm:approvals` and `clm:maxDestructive`: it is stored in every resource, also of an
 * explicit provider instance, and in the inventory. Undefined where it is the default one. @throws Error for a value that is
 * not allowed.
 */
export function policyOfStack(): Policy | undefined {
  const config = new pulumi.Config("clm");
  return policyOf((key) => config.get(key));
}
