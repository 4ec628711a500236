import { apinizer } from "./apinizer.js";
import { gatewayCertificate } from "../apinizer/certificate/lifecycle.js";
import { jwk } from "../apinizer/jwk/lifecycle.js";
import { order } from "../certcentral/order/lifecycle.js";
import { pinnedNow } from "../core/clock.js";
import { Fault } from "../core/fault.js";
import type { Lifecycle } from "../core/lifecycle.js";
import type { Perform } from "../core/perform.js";
import { certificate } from "../ecgrid/generated/certificate.js";
import { partnerCertificate, uploadedCertificate } from "../ecgrid/upload/lifecycle.js";
import { acmeContract } from "../partner/contract/lifecycle.js";
import { acmeCredential } from "../partner/credential/lifecycle.js";
import type { System } from "./adapter.js";
import { certcentral } from "./certcentral.js";
import { ecgrid } from "./ecgrid.js";
import { partner } from "./partner.js";
import { Settings } from "./settings.js";
import { told } from "./told.js";
import { nameOf } from "./urn.js";
import { dropNulls, withoutHidden, type Properties } from "./wire.js";

/**
 * A deletion rehearsed against the live service: everything that it reads and checks, up to its first call, which is not
 * made. What a plan cannot know is found out this way before the run (fact E11).
 */

/** Thrown where a call would be sent. */
class Reached extends Error {}

const reached: Perform = () => Promise.reject(new Reached());

type Rehearse = (outputs: Properties, urn: string, settings: Settings) => Promise<string | undefined>;

function rehearsal<Inputs extends object, State extends object, Api>(
  lifecycle: Lifecycle<Inputs, State, Api>,
  connect: (settings: Settings) => System<Api>,
): readonly [type: string, rehearse: Rehearse] {
  const rehearse: Rehearse = async (outputs, urn, settings) => {
    const state = lifecycle.state.parse(dropNulls(withoutHidden(outputs)));
    const now = pinnedNow(process.env.CLM_NOW) ?? new Date();
    const plan = lifecycle.plan({ before: state, seed: urn }, now);
    if (plan.refusal !== undefined) return plan.refusal;
    if (plan.operations.length === 0) return undefined;
    try {
      await told(() =>
        lifecycle.delete(state, {
          ...{ resource: nameOf(urn), seed: urn, plan, perform: reached, now },
          api: connect(settings).api,
          exclusive: (_name, work) => work(),
          plannedHeldByOthers: new Set(),
          claim: () => undefined,
          heldByOthers: () => new Set(),
          knowsWhatStays: () => Promise.resolve(true), // what the stack keeps is the inventory's matter, not the service's
          unkept: () => undefined,
          keeps: () => undefined,
          tell: () => undefined,
        }),
      );
    } catch (error) {
      if (error instanceof Fault) return error.message;
      if (!(error instanceof Reached)) throw error;
    }
    return undefined;
  };
  return [lifecycle.type, rehearse];
}

/** By type token: every kind whose deletion makes calls. */
export const REHEARSALS: ReadonlyMap<string, Rehearse> = new Map([
  rehearsal(certificate, ecgrid),
  rehearsal(uploadedCertificate, ecgrid),
  rehearsal(partnerCertificate, ecgrid),
  rehearsal(order, certcentral),
  rehearsal(gatewayCertificate, apinizer),
  rehearsal(jwk, apinizer),
  rehearsal(acmeContract, partner),
  rehearsal(acmeCredential, partner),
]);

/**
 * Why the deletion of a resource would stop, asked of the live service; undefined when nothing stops it. Makes no call that
 * changes anything. @throws Error for a type that cannot be rehearsed: it must not look as if nothing stopped it.
 */
export async function rehearseDeletion(
  { type, urn, outputs }: { readonly type: string; readonly urn: string; readonly outputs: Properties },
  config: (key: string) => string | undefined,
): Promise<string | undefined> {
  const rehearse = REHEARSALS.get(type);
  if (rehearse === undefined) throw new Error(`the deletion of a resource of type ${type} cannot be rehearsed`);
  return rehearse(outputs, urn, new Settings(config, process.env));
}
