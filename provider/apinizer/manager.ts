import { fault, type Reading } from "./step.js";

/**
 * What a manager does not have is gone only if it is the manager that had it: a state names its own, states from before
 * that name none and get the one that they are read from.
 */

/** A manager's base URL, as `apinizer:url` has it. */
export const managerOf = ({ api }: Pick<Reading, "api">): string => api.service.replace(/\/apiops\/*$/, "");

/** A state with its manager. @throws Fault when that is another one than this run talks to. */
export function ofThisManager<State extends { readonly manager?: string | undefined }>(
  state: State,
  what: string,
  context: Pick<Reading, "api" | "resource">,
): State & { readonly manager: string } {
  const manager = managerOf(context);
  if (state.manager !== undefined && state.manager !== manager)
    throw fault(context, {
      action: `look at ${what}`,
      cameBack: `this run talks to the manager ${manager}, and the state knows it of ${state.manager}`,
      known: "nothing was sent, the state is left as it was",
      next: "check apinizer:url. If the manager has another address now, take the resource out of the state (pulumi state delete) and in again with adopt: true, which compares it first",
      outcome: "not executed",
    });
  return { ...state, manager };
}
