import { addYears, daysBetween, isoDay } from "../../core/clock.js";
import { replacesBecause } from "../../core/fields.js";
import { windowReason } from "../../core/renewalWindow.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import { readCsr } from "./csr.js";
import { windowOf, type OrderInputs } from "./inputs.js";
import { namesOf } from "./request.js";
import { nameOf, type KeptCertificate, type OrderState } from "./state.js";

type Inputs = Planned<OrderInputs>;

/** What a change asks of the certificate in charge. */
export interface Wishes {
  /** Why a new certificate is wanted, in words; empty when it is not. */
  readonly reasons: readonly string[];
  /** Whether the clock asks for it, and nothing else. */
  readonly onlyByClock: boolean;
  readonly byClock: boolean;
  readonly triggered: boolean;
  /** Whether the current certificate was made for the CSR of the program. */
  readonly sameCsr: boolean;
  /** Names of the current certificate that a new one would not have, or no longer as its common name. */
  readonly removed: readonly string[];
  /** Whether the names are not known yet, so that any can be removed. */
  readonly namesUnknown: boolean;
}

export function wishes(before: OrderState, current: KeptCertificate, after: Inputs, now: Date): Wishes {
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger;
  const csr = csrWish(before, current, after);
  const names = namesWish(before, current, after);
  const hash =
    after.signatureHash === before.signatureHash || after.signatureHash === current.signatureHash
      ? []
      : [
          `signatureHash changes from ${before.signatureHash} to ${known(after.signatureHash) ?? "a value that is not known yet"}`,
        ];
  const window = clockReason(current, after, now);
  const asked = [
    ...(triggered ? ["the trigger changed"] : []),
    ...endedOutside(current, after),
    ...csr.reasons,
    ...names.reasons,
    ...hash,
  ];
  return {
    reasons: [...asked, ...(window === undefined ? [] : [window])],
    onlyByClock: asked.length === 0 && window !== undefined,
    byClock: window !== undefined,
    triggered,
    sameCsr: csr.same,
    removed: names.removed,
    namesUnknown: after.commonName === UNKNOWN || after.dnsNames === UNKNOWN,
  };
}

const endedOutside = (current: KeptCertificate, { whenEndedOutside }: Inputs): string[] =>
  current.status !== "revoked" || whenEndedOutside === "fail"
    ? []
    : [`${nameOf(current)} is revoked, and ${replacesBecause(whenEndedOutside)}`];

function csrWish(
  before: OrderState,
  current: KeptCertificate,
  { csr }: Inputs,
): { readonly reasons: readonly string[]; readonly same: boolean } {
  if (csr === UNKNOWN) return { reasons: ["the CSR changes to one that is not known yet"], same: false };
  const wanted = readCsr(csr);
  // An earlier run may have asked with this CSR and died: what the certificate was made for decides.
  const made =
    current.csrDigest === undefined
      ? current.keyDigest !== undefined && current.keyDigest === wanted?.keyDigest
      : current.csrDigest === wanted?.digest;
  const unchanged = wanted?.digest === readCsr(before.csr)?.digest;
  return { reasons: unchanged || made ? [] : ["the CSR changed"], same: unchanged || made };
}

function namesWish(
  before: OrderState,
  current: KeptCertificate,
  after: Inputs,
): { readonly reasons: readonly string[]; readonly removed: readonly string[] } {
  if (after.commonName === UNKNOWN || after.dnsNames === UNKNOWN)
    return { reasons: ["the names change to some that are not known yet"], removed: [] };
  const [wanted, has] = [namesOf(after as OrderInputs), namesOf(current)];
  const moved = after.commonName.toLowerCase() !== current.commonName.toLowerCase();
  const removed = has.filter((name) => !wanted.includes(name) || (moved && name === current.commonName.toLowerCase()));
  const added = wanted.filter((name) => !has.includes(name));
  const asItIs = added.length === 0 && removed.length === 0;
  const asBefore =
    namesOf(before).sort().join() === [...wanted].sort().join() && before.commonName === after.commonName;
  if (asItIs || asBefore) return { reasons: [], removed };
  return {
    reasons: [
      [
        ...(added.length > 0 ? [`${added.join(", ")} is added`] : []),
        ...(removed.length > 0 ? [`${removed.join(", ")} is removed or changed`] : []),
      ].join(", "),
    ],
    removed,
  };
}

/** Why the clock asks; an unknown window asks, too. */
function clockReason(current: KeptCertificate, after: Inputs, now: Date): string | undefined {
  if (current.validTill === undefined) return undefined;
  const end = new Date(current.validTill);
  if (after.renewalWindow === UNKNOWN || after.autoRenew === UNKNOWN)
    return `it is valid till ${current.validTill}, inside a renewal window that is not known yet`;
  const begin = current.validFrom === undefined ? end : new Date(current.validFrom);
  return windowReason(windowOf({ renewalWindow: after.renewalWindow, autoRenew: after.autoRenew }), begin, end, now);
}

/** End of the order: as DigiCert shows it, otherwise as it was asked for. */
export function orderEnd({ order, orderValidity }: OrderState): string | undefined {
  if (order.validTill !== undefined) return order.validTill;
  if ("customExpirationDate" in orderValidity) return orderValidity.customExpirationDate;
  if (order.dateCreated === undefined) return undefined;
  const begin = new Date(order.dateCreated);
  return "years" in orderValidity
    ? isoDay(addYears(begin, orderValidity.years))
    : isoDay(new Date(begin.getTime() + orderValidity.days * 86_400_000));
}

/** Days before the end of an order in which it can be renewed: from 90 to 1 (section 6). */
export const RENEWABLE = { from: 90, to: 1 };

/** Which call gives a new certificate, and when. */
export type Way =
  | { readonly kind: "reissue" }
  | { readonly kind: "renewal"; readonly from?: string }
  | { readonly kind: "none"; readonly because: string };

/**
 * A reissue while the order's own validity covers a new certificate, else a renewal, inside the documented window.
 */
export function wayOf(
  before: OrderState,
  current: KeptCertificate,
  after: Inputs,
  { byClock, onlyByClock }: Wishes,
  now: Date,
): Way {
  const end = orderEnd(before);
  const left = end === undefined ? undefined : daysBetween(now, new Date(end));
  if (left !== undefined && left < 0)
    return { kind: "none", because: `order ${before.order.id} ended on ${end ?? ""}` };
  if (!byClock) return { kind: "reissue" };
  const [last] = before.previous;
  // A reissue by the clock that gave no longer validity would be asked for again by every run.
  const inVain =
    last?.by === "reissue" &&
    last.validTill === current.validTill &&
    clockReason(current, after, new Date(last.replacedOn)) !== undefined;
  const covers =
    end !== undefined &&
    current.validTill !== undefined &&
    daysBetween(new Date(current.validTill), new Date(end)) >= 1;
  if (covers && !inVain) return { kind: "reissue" };
  if (left === undefined || end === undefined)
    return { kind: "none", because: `the end of order ${before.order.id} is not known` };
  if (left < RENEWABLE.to)
    return {
      kind: "none",
      because: `order ${before.order.id} ends on ${end}, and DigiCert renews from ${RENEWABLE.from} days to ${RENEWABLE.to} day before that`,
    };
  if (left <= RENEWABLE.from) return { kind: "renewal" };
  if (!onlyByClock) return { kind: "reissue" };
  return { kind: "renewal", from: isoDay(new Date(Date.parse(end) - RENEWABLE.from * 86_400_000)) };
}
