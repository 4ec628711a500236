import type { Plan } from "../core/plan.js";
import { IN_STATE, type Properties } from "./wire.js";

/**
 * What the program has registered so far, of what the stack had before. The engine checks a resource with its old inputs, asks
 * `diff`, and checks it once more without old inputs when it is replaced. Where it replaces one in its own way (`--replace`, a
 * taint, the options replaceWith, replacementTrigger and replaceOnChanges) it skips `diff`, or does not heed it: the end of the
 * original is then no plan's, and the new one may be the same object. That is refused, already in a preview.
 */
export class Registered {
  /** By URN: what `diff` makes of it; "checked" before it is asked. */
  readonly #all = new Map<string, "checked" | "stays" | "replaced">();

  /** @returns why a resource is not to be registered; undefined where it may. */
  refusal(urn: string, hasOldInputs: boolean, news: Properties): string | undefined {
    const known = this.#all.get(urn);
    if (hasOldInputs) this.#all.set(urn, "checked");
    else if (known === undefined ? news[IN_STATE] === true : known !== "replaced") return refused(urn);
    return undefined;
  }

  /** Takes down a plan of `diff`, where the program has registered the resource: the engine also asks for its own ends. */
  planned(urn: string, plan: Plan): "stays" | "replaced" | undefined {
    if (!this.#all.has(urn)) return undefined;
    const does = plan.replaces.length === 0 ? "stays" : "replaced";
    this.#all.set(urn, does);
    return does;
  }
}

const refused = (urn: string): string =>
  `Pulumi is told to replace it without a plan (--replace, a taint, or one of the options replaceWith, replacementTrigger and replaceOnChanges). The new one would be the object of the old one, or be made beside it, and no preview would name what ends, so nothing is sent. Take that back (of a taint: pulumi state untaint '${urn}'), and change the program: a preview names what a new trigger or another input does`;
