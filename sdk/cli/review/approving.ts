import { approvalOf, type ApprovalFile } from "../../../provider/core/approvals.js";
import { stackOf } from "../../../provider/dynamic/urn.js";
import { EXIT } from "./verdict.js";
import { operationsOf, type Review } from "./review.js";

/** A review that cannot be approved: what it lists is not all, or not of one stack. */
export class NotApproved extends Error {
  override readonly name = "NotApproved";
}

/**
 * The approvals of everything that a review lists: what `CLM_APPROVALS` names in the run that it is for.
 * @throws NotApproved when the list is not whole, or something that is destroyed is known by the preview's words alone.
 */
export function approvalsOf(review: Review, exitCode: number, expires: Date): ApprovalFile {
  if (exitCode !== EXIT.ok)
    throw new NotApproved(
      `nothing is approved: the review ends with exit code ${exitCode}, and approvals are of a whole list that nobody objects to`,
    );
  const stacks = [...new Set(review.resources.map(({ urn }) => stackOf(urn)))];
  const [stack, ...others] = stacks;
  if (stack === undefined) throw new NotApproved("there is nothing to approve");
  if (others.length > 0) throw new NotApproved(`the list is of several stacks: ${stacks.join(", ")}`);
  const listed = operationsOf(review).flatMap(({ operation }) =>
    operation.certainty.kind === "due" ? [] : [operation],
  );
  const unknown = listed.filter(({ planned, destructive }) => planned === undefined && destructive);
  if (unknown.length > 0)
    throw new NotApproved(
      `what is sent for ${unknown.map(({ label }) => label).join("; ")} is not known here, so it cannot be approved`,
    );
  return {
    version: 2,
    stack,
    now: review.now.toISOString(),
    expires: expires.toISOString(),
    // Also what destroys nothing: of a run that no preview can name, nothing else is made.
    approvals: listed.flatMap(({ planned, open }) => (planned === undefined ? [] : [approvalOf(planned, open)])),
  };
}
