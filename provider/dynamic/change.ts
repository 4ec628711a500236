import type { Change } from "../core/plan.js";
import type { Planned } from "../core/unknown.js";
import { planned, textsOf, withoutHidden, type Properties } from "./wire.js";

/**
 * A change as plans take it: the last state, the inputs as the engine has them checked, and the resource's URN. One of
 * state and inputs is missing on create and delete; what others hold is told by the inputs, unless it is given.
 */
export const changeOf = <Inputs extends object, State>(
  urn: string,
  before: State | undefined,
  after: Properties | undefined,
  heldByOthers: ReadonlySet<string> = new Set(textsOf(after?.__heldByOthers)),
): Change<Planned<Inputs>, State> => ({
  seed: urn,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after: planned(withoutHidden(after)) as Planned<Inputs> }),
  heldByOthers,
});
