import { overUnknowns } from "../../core/overUnknowns.js";
import { NOTHING, perhapsReplaced, type Change, type Plan } from "../../core/plan.js";
import { changedFields, knownChanges, withSettings } from "../../core/settingChanges.js";
import { replacesBecause } from "../../core/fields.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import { place, reissue, renew, type Asked } from "../operations.js";
import { readCsr } from "./csr.js";
import { ending } from "./ending.js";
import { orderInputs, type OrderInputs } from "./inputs.js";
import { asked, namesOf, orderBody, reissueBody } from "./request.js";
import { certificatesOf, nameOf, type KeptCertificate, type OrderState } from "./state.js";
import { endedHow, isOpenRequest, waitsFor } from "./statuses.js";
import { successorToTake, undecided, adoption } from "./succession.js";
import { orderEnd, wayOf, wishes, type Wishes } from "./wishes.js";

type Inputs = Planned<OrderInputs>;

const FIELDS = orderInputs.keyof().options;
/** What these cause is said by the operation, or by the reason why there is none. */
const SAID_OTHERWISE = ["trigger", "csr", "signatureHash", "commonName", "dnsNames"];
const AT_THE_END = "used when the resource is removed";
const MEANING: Readonly<Record<string, string>> = {
  renewalWindow: "decides when the next certificate is due",
  reuseCsr: "used when the clock asks for a certificate",
  onDelete: AT_THE_END,
  revocationReason: AT_THE_END,
  revocationComments: AT_THE_END,
  revocationSkipApproval: AT_THE_END,
  whenRevocationWaits: AT_THE_END,
  rejectedRevocations: AT_THE_END,
  retireReissued: "used by a Retirement",
  waitMinutes: "used by the next call",
  whenEndedOutside: "decides what a revocation outside leads to",
  allowRemovedNames: "used by the next reissue",
};

/** What a change of an order will do. Pure; the same for previews, execution and lists. */
export function plan({ before, after, heldByOthers }: Change<Inputs, OrderState>, now: Date): Plan {
  if (after === undefined) return before === undefined ? NOTHING : ending(before);
  if (before === undefined) return overUnknowns<OrderInputs>(after, { adopt: [undefined] }, creation);
  const decided = overUnknowns<OrderInputs>(
    after,
    {
      productNameId: [before.productNameId],
      commonName: [before.commonName],
      dnsNames: [before.dnsNames],
      csr: [before.csr],
      signatureHash: [before.signatureHash],
      trigger: [before.trigger],
      whenEndedOutside: ["fail"],
      renewalWindow: ["never"],
      adopt: [before.adopt, undefined],
      orderAnother: [before.orderAnother],
    },
    (turned) => decide(before, turned, now, heldByOthers ?? new Set()),
  );
  return withSettings(
    decided,
    changedFields(FIELDS, before, after),
    (field) => MEANING[field] ?? "sent with the next order",
    before,
    after,
    SAID_OTHERWISE,
  );
}

function decide(before: OrderState, after: Inputs, now: Date, heldByOthers: ReadonlySet<string>): Plan {
  if (after.productNameId === before.productNameId)
    return withDownload(before, update(before, after, now, heldByOthers));
  const ended = ending(before);
  if (after.productNameId !== UNKNOWN) return { ...ended, replaces: ["productNameId"] };
  return perhapsReplaced(
    `productNameId is not known yet: if it turns out to be another one than ${before.productNameId}, a new order is placed and the old ones are ended`,
    creation(after),
    ended,
  );
}

/** A certificate that is in charge and was not to be had: others wait for it. */
function withDownload({ order, current }: OrderState, decided: Plan): Plan {
  const isMissing = current !== undefined && current.pem === undefined && current.status !== "revoked";
  if (!isMissing || decided.changes || endedHow(order.status) !== undefined) return decided;
  const remark = `${nameOf(current)} of order ${order.id} is issued and not downloaded yet: it is read again, no remote call changes anything`;
  return { ...decided, changes: true, looks: true, remarks: [remark, ...decided.remarks] };
}

function creation(after: Inputs): Plan {
  if (after.adopt !== undefined) return { ...NOTHING, changes: true, remarks: [adoption(after.adopt)] };
  return {
    ...NOTHING,
    changes: true,
    operations: [place.certain(asked(after, orderBody(after), ["it is new in the program"]))],
    remarks: [...csrRemarks(after), ...approvalRemarks(after)],
  };
}

/** DigiCert reads no name out of a CSR (section 3): one that disagrees is most likely a mistake. */
function csrRemarks({ csr, commonName, dnsNames }: Inputs): string[] {
  if (csr === UNKNOWN || commonName === UNKNOWN || dnsNames === UNKNOWN) return [];
  const inCsr = readCsr(csr)?.names ?? [];
  const wanted = namesOf({ commonName, dnsNames });
  if (inCsr.length === 0 || inCsr.every((name) => wanted.includes(name))) return [];
  return [
    `the CSR names ${inCsr.join(", ")}, and the order asks for ${wanted.join(", ")}: DigiCert takes the names from the order alone`,
  ];
}

const approvalRemarks = ({ skipApproval }: Inputs): string[] =>
  skipApproval === false
    ? [
        "an approver of the account may have to approve it first: the resource is healthy while it waits, and the next up or refresh moves on",
      ]
    : [];

function update(before: OrderState, after: Inputs, now: Date, heldByOthers: ReadonlySet<string>): Plan {
  const say = (...remarks: string[]): Plan => ({ ...NOTHING, remarks });
  const refuse = (refusal: string): Plan => ({ ...NOTHING, changes: true, refusal });

  const taken = successorToTake(before, after, heldByOthers);
  if (taken !== undefined) return { ...say(adoption(taken, before)), changes: true };

  const { order, current, next, lost } = before;
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger;
  const again = (operation: "place" | "renew" | "reissue"): boolean =>
    lost?.operation === operation && lost.trigger === known(after.trigger);
  const placing = (why: string): Plan => {
    const args = asked(after, orderBody(after), [why]);
    return {
      ...NOTHING,
      changes: true,
      operations: [again("place") ? place.conditional(args, NOT_FOUND) : place.certain(args)],
      remarks: [...csrRemarks(after), ...approvalRemarks(after)],
    };
  };

  const ended = endedHow(order.status);
  const nextEnded = next === undefined ? undefined : endedHow(next.status);
  if (ended !== undefined && (next === undefined || nextEnded !== undefined)) {
    if (triggered) return placing(`order ${order.id} ${ended} and the trigger changed`);
    // What an approver, or somebody before it was issued, has turned down is not ordered again.
    if (after.whenEndedOutside !== "fail" && [order, next ?? order].every(({ status }) => status === "revoked"))
      return placing(`order ${order.id} ${ended}, and ${replacesBecause(after.whenEndedOutside)}`);
  }
  if (ended !== undefined && next === undefined) {
    const fact = `order ${order.id} ${ended}; no second order is placed by itself`;
    const { changed: stored, unless } = knownChanges(
      FIELDS.filter((field) => !SAID_OTHERWISE.includes(field)),
      before,
      after,
      ["orderAnother"],
    );
    return stored.length > 0
      ? say(fact)
      : refuse(
          `${fact}${unless}. ${whoMustAct(order.status)} Change trigger to have a new order placed (billed), ${order.status === "revoked" ? `set whenEndedOutside to "replace", ` : ""}or remove the resource from the program`,
        );
  }

  const asks = current === undefined ? undefined : wishes(before, current, after, now);
  const changed = SAID_OTHERWISE.filter((field) => changedFields([field], before, after).length > 0);
  if (next !== undefined) {
    const what =
      next.kind === "reissue" ? `the reissue of order ${order.id}` : `order ${next.orderId} (for order ${order.id})`;
    if (nextEnded === undefined) return waiting(before, what, next.status, changed);
    const fact = `${what} ${nextEnded}; nothing is asked for again by itself`;
    if (ended !== undefined || (!triggered && asks?.reasons.every((reason) => !reason.startsWith("the CSR")) !== false))
      return refuse(`${fact}. ${whoMustAct(next.status)} Change trigger or the CSR to ask again`);
  } else if (waitsFor(order.status) !== undefined) return waiting(before, `order ${order.id}`, order.status, changed);

  if (asks === undefined || current === undefined)
    return { ...say(`order ${order.id} is read again: its certificate is not known yet`), changes: true };
  if (asks.reasons.length === 0) {
    if (current.status === "revoked")
      return refuse(
        `${nameOf(current)} of order ${order.id} is revoked, and nothing is made by itself: change the CSR or trigger to have the order reissued, set whenEndedOutside to "replace", or remove the resource from the program`,
      );
    return say(...drift(before, current, after));
  }

  const found = undecided(before, after, heldByOthers);
  if (found.length > 0) {
    const ids = found.map(({ orderId }) => orderId).join(", ");
    return refuse(
      `order ${ids} could be a renewal of order ${order.id} made outside or by a run that died: set adopt to take it over, or list it in orderAnother when it is not; until then nothing is ordered`,
    );
  }
  if (asks.onlyByClock && asks.sameCsr && after.reuseCsr === false)
    return say(
      `NEW CSR NEEDED: ${nameOf(current)} of order ${order.id}: ${asks.reasons.join(" and ")}. Nothing is ordered by the clock with an unchanged CSR: give a new csr, or set reuseCsr: true`,
      ...revocationsOpen(before),
    );
  return renewing(before, current, after, asks, now, { again, placing, refuse });
}

const NOT_FOUND = "the one that was sent earlier, whose answer was lost, is not found";

function renewing(
  before: OrderState,
  current: KeptCertificate,
  after: Inputs,
  asks: Wishes,
  now: Date,
  {
    again,
    placing,
    refuse,
  }: {
    again: (operation: "renew" | "reissue") => boolean;
    placing: (why: string) => Plan;
    refuse: (refusal: string) => Plan;
  },
): Plan {
  const { order } = before;
  const way = wayOf(before, current, after, asks, now);
  if (way.kind === "none") {
    return asks.triggered
      ? placing(`${way.because} and the trigger changed`)
      : refuse(`${asks.reasons.join(" and ")}, but ${way.because}: change trigger to have a new order placed (billed)`);
  }
  const validTill = orderEnd(before);
  const planned = (body: Record<string, unknown>): Asked => asked(after, body, asks.reasons);
  const open = revocationsOpen(before);
  // Another order, which the approval does not end.
  const remarks = [...csrRemarks(after), ...open.map((waits) => `${waits}; those of the renewal do not`)];
  if (way.kind === "renewal") {
    if (order.autoRenew === true)
      return refuse(
        `${asks.reasons.join(" and ")}, and DigiCert's own auto renew is on for order ${order.id}: both would renew, and both be billed. Turn it off in the console and refresh, or set renewalWindow: "never"`,
      );
    const args = { ...planned(orderBody(after)), orderId: order.id, validTill: validTill ?? "its end" };
    if (way.from !== undefined) return { ...NOTHING, operations: [renew.due(args, way.from)], remarks: open };
    const operation = again("renew") ? renew.conditional(args, NOT_FOUND) : renew.certain(args);
    return { ...NOTHING, changes: true, operations: [operation], remarks: [...remarks, ...approvalRemarks(after)] };
  }
  if (open.length > 0)
    return refuse(
      `${open.join("; ")}, one that is reissued meanwhile as well: have it approved or rejected first. A renewal, which is another order, is made when it is due`,
    );
  // A consent that is not known yet can turn out to be one to anything.
  const openConsent = after.allowRemovedNames === UNKNOWN;
  const allowed = openConsent
    ? namesOf(current)
    : (known(after.allowRemovedNames) ?? []).map((name) => name.toLowerCase());
  const unallowed = asks.removed.filter((name) => !allowed.includes(name));
  const revoked = certificatesOf(before);
  if (unallowed.length > 0)
    return refuse(
      `the new certificate would no longer have ${unallowed.join(", ")} (as its common name or at all), and DigiCert then REVOKES every earlier certificate of order ${order.id} within 72 hours, irreversibly: ${revoked.join("; ")}. ` +
        `Keep the names, or place a new order (billed) by a second resource with the new names and remove this one after it is in use, or consent with allowRemovedNames: ${JSON.stringify(unallowed)}`,
    );
  // Names that are not known yet can only remove what was consented to: anything else is refused once they are known.
  const removed = asks.namesUnknown ? allowed.filter((name) => namesOf(current).includes(name)) : asks.removed;
  const args = { ...planned(reissueBody(after)), orderId: order.id, validTill, removed, revoked };
  return {
    ...NOTHING,
    changes: true,
    operations: [
      again("reissue")
        ? reissue.conditional(args, NOT_FOUND)
        : openConsent && asks.removed.length > 0
          ? reissue.conditional(args, `allowRemovedNames turns out to allow that ${asks.removed.join(", ")} goes`)
          : reissue.certain(args),
    ],
    remarks: [
      ...remarks,
      ...(removed.length === 0
        ? []
        : revoked.map((what) => `WILL BE REVOKED BY DIGICERT within 72 hours, irreversible: ${what}`)),
    ],
  };
}

/** Something waits: it is read again, and nothing else is asked for meanwhile. */
function waiting({ current }: OrderState, what: string, status: string, changed: readonly string[]): Plan {
  const later =
    changed.length === 0
      ? []
      : [
          `${changed.join(" and ")} changed while ${what} waits: once that is issued, another certificate is asked for, unless it was made for them already`,
        ];
  return {
    ...NOTHING,
    changes: true,
    looks: true,
    remarks: [
      `${what} waits (${status}): ${waitsFor(status) ?? "its request is not decided"}; it is read again, no remote call changes anything${current === undefined ? "" : `; ${nameOf(current)} stays in charge`}`,
      ...later,
    ],
  };
}

/** Revocations that wait for a person, whoever has asked for them, and what their approval ends. */
const revocationsOpen = ({ order, requests }: OrderState): string[] =>
  requests
    .filter((request) => request.type === "revoke" && isOpenRequest(request))
    .map(
      ({ id, date }) =>
        `revocation request ${id} of order ${order.id}${date === undefined ? "" : ` of ${date}`} waits for an approver: once approved, every certificate of the order ends`,
    );

/** What differs from the program, and why nothing is done about it. */
function drift(before: OrderState, current: KeptCertificate, after: Inputs): string[] {
  const { order, found } = before;
  const wanted = after.csr === UNKNOWN ? undefined : readCsr(after.csr);
  const otherKey = wanted !== undefined && current.keyDigest !== undefined && current.keyDigest !== wanted.keyDigest;
  return [
    ...(otherKey
      ? [
          `${nameOf(current)} of order ${order.id} was made for another key than the program's CSR, by a reissue outside: nothing is reissued by itself, change the CSR or trigger`,
        ]
      : []),
    ...revocationsOpen(before),
    ...found.map(
      ({ orderId }) =>
        `order ${orderId} could be a renewal of order ${order.id} made outside: set adopt to take it over, or list it in orderAnother`,
    ),
  ];
}

const whoMustAct = (status: string): string =>
  status === "rejected"
    ? "The approver who rejected it, or DigiCert's support, can say why."
    : status === "revoked"
      ? "Whoever revoked it can say why; it never comes back."
      : status === "canceled"
        ? "Whoever canceled it can say why."
        : "It was not renewed in time.";
