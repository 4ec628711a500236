import { Fault } from "../core/fault.js";
import type { Snapshot } from "./client.js";
import type { Held } from "./held.js";
import { holdsLive } from "./roles.js";
import type { Step } from "./step.js";
import { holdsOf, refreshed } from "./succession.js";

/** A step that may not change anything. */
export type Reading = Omit<Step, "perform" | "plan">;

/**
 * One read of the comm. Never `gone`: there is no call that deletes a certificate, so one that is no longer listed on
 * a comm that can be read is kept as vanished; a comm that cannot be read is an error and leaves the state alone.
 */
export async function reread<State extends Held>(
  state: State,
  context: Reading,
): Promise<{ state: State; snapshot: Snapshot }> {
  const { commId, comm } = state;
  const snapshot = await context.api.shared(commId, context.resource, holdsLive(state, context.now));
  const moved =
    comm.mailboxId !== undefined && snapshot.comm.mailboxId !== undefined && comm.mailboxId !== snapshot.comm.mailboxId;
  if (moved) {
    throw new Fault({
      action: `read comm ${commId}`,
      resource: context.resource,
      system: "ECGrid",
      cameBack: `it belongs to mailbox ${snapshot.comm.mailboxId ?? ""}, and the state was made in mailbox ${comm.mailboxId ?? ""}`,
      known: "nothing was changed, the state is left as it was",
      next: "check ecgrid:url and ecgrid:apiKey: they may belong to another account or service",
      outcome: "not executed",
    });
  }
  const now = refreshed(state, snapshot);
  context.claim(holdsOf(now));
  return { state: now, snapshot };
}
