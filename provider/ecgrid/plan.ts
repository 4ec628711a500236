import { daysBetween, isoDay } from "../core/clock.js";
import type { Operation } from "../core/operation.js";
import type { Change, Plan } from "../core/plan.js";
import { known, UNKNOWN, type Planned } from "../core/unknown.js";
import { expiresFor } from "./creationMark.js";
import type { CertificateInputs } from "./inputs.js";
import { create, renew, terminate, type CreateArguments, type RenewArguments } from "./operations.js";
import { changedInputs, settingRemark } from "./settingChanges.js";
import { hasEnded, validUntil, type CertificateState } from "./state.js";

type Inputs = Planned<CertificateInputs>;

/** What a change of an ECGrid certificate will do. Pure; the same for previews, execution and lists. */
export function plan({ before, after, seed, heldByOthers }: Change<Inputs, CertificateState>, now: Date): Plan {
  if (after === undefined) return before === undefined ? quiet() : ending(before);
  if (before === undefined) return creation(after, seed, now);
  if (after.commId === UNKNOWN) return perhapsReplaced(before, after, seed, now);
  if (after.commId !== before.commId) return { ...ending(before), changes: true, replaces: ["commId"] };
  return update(before, after, seed, now, heldByOthers ?? new Set());
}

const quiet = (): Plan => ({ operations: [], remarks: [], changes: false, replaces: [] });

function creation(after: Inputs, seed: string, now: Date): Plan {
  const args = createArguments(after, seed, now);
  const on = `comm ${args.commId ?? "(not known yet)"}`;
  if (after.adopt === UNKNOWN) {
    return {
      ...quiet(),
      changes: true,
      operations: [create.conditional(args, "adopt turns out to name no certificate")],
    };
  }
  if (after.adopt !== undefined) {
    return {
      ...quiet(),
      changes: true,
      remarks: [
        `ADOPT certificate ${after.adopt} of ${on}: it is read and taken into the stack, no remote call changes anything`,
      ],
    };
  }
  return { ...quiet(), changes: true, operations: [create.certain(args)] };
}

/** What deletion does: every certificate on its own line, oldest first, whatever its status and the clock say. */
function ending(before: CertificateState): Plan {
  const { commId } = before;
  const all = [
    ...before.previous.map((c) => ({ ...c, role: "previous" as const })).reverse(),
    { ...before.current, role: "current" as const },
  ];
  const described = all.map((certificate) => ({
    commId,
    certKeyId: certificate.certKeyId,
    serialNumber: certificate.serialNumber,
    validUntil: isoDay(validUntil(certificate)),
    role: certificate.role,
  }));
  if (before.onDelete === "retain") {
    return {
      ...quiet(),
      changes: true,
      remarks: described.map(
        ({ certKeyId, role, validUntil: until }) =>
          `KEEP ${role} certificate ${certKeyId} of comm ${commId} at ECGrid (onDelete is retain), valid until ${until}: no remote call`,
      ),
    };
  }
  return { ...quiet(), changes: true, operations: described.map((args) => terminate.certain(args)) };
}

/** While the comm is not known, nothing may be called a replacement (inventory.md rule 8): it is said as a condition. */
function perhapsReplaced(before: CertificateState, after: Inputs, seed: string, now: Date): Plan {
  const on = `commId turns out to be another one than ${before.commId}`;
  const staying = update(before, { ...after, commId: before.commId }, seed, now, new Set());
  return {
    ...staying,
    changes: true,
    operations: [
      ...staying.operations.map((operation): Operation => ({
        ...operation,
        certainty: { kind: "conditional", on: `commId turns out to be ${before.commId} as before` },
      })),
      create.conditional(createArguments(after, seed, now), on),
      ...ending(before).operations.map((operation): Operation => ({
        ...operation,
        certainty: { kind: "conditional", on },
      })),
    ],
    remarks: [
      ...staying.remarks,
      `commId is not known yet: if it turns out to be another one than ${before.commId}, the certificate is made anew there and the old ones are ended`,
    ],
  };
}

function update(
  before: CertificateState,
  after: Inputs,
  seed: string,
  now: Date,
  heldByOthers: ReadonlySet<string>,
): Plan {
  const { commId, current } = before;
  const changed = changedInputs(before, after);
  const settings = changed.flatMap((field) => settingRemark(field, before, after));
  const stateOnly = (...remarks: string[]): Plan => ({
    ...quiet(),
    changes: changed.length > 0,
    remarks: [...remarks, ...settings],
  });
  const because = renewalReasons(before, after, now);
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger;

  const taken = successorToTake(before, after, heldByOthers);
  if (taken !== undefined) return { ...stateOnly(takeover(taken, before)), changes: true };
  const found = undecided(before, after, heldByOthers);
  if (found.length > 0) {
    const ids = found.map(({ certKeyId }) => certKeyId).join(", ");
    const ask = `certificate ${ids} appeared on comm ${commId} and could be a renewal of ${current.certKeyId} made outside or by a run that died: set adopt to take one over, or list it in createAnother when it is not`;
    return because.length > 0 || triggered
      ? { ...stateOnly(), changes: true, refusal: `${ask}; until then nothing is renewed` }
      : stateOnly(ask);
  }

  const pending = before.pendingRenewal;
  const askedAgain =
    triggered && after.trigger !== UNKNOWN && pending !== undefined && after.trigger !== pending.trigger;
  if (pending !== undefined && !askedAgain) {
    if (pending.outcome === "done") {
      return {
        ...stateOnly(
          `the renewal of certificate ${pending.certKeyId} of comm ${commId} was answered with yes, and its new certificate was not listed yet: the comm is read again, nothing is sent`,
        ),
        changes: true,
      };
    }
    const args = renewArguments(before, after, ["its answer was lost"]);
    return {
      ...stateOnly(),
      changes: true,
      operations: [renew.conditional(args, "the renewal that was sent earlier is not found on the comm")],
    };
  }

  if (hasEnded(current)) {
    const how = current.status === "Terminated" ? "was terminated outside" : "is no longer listed on its comm";
    const fact = `certificate ${current.certKeyId} (serial ${current.serialNumber ?? "not given"}) of comm ${commId} ${how}; nothing is made by itself`;
    if (after.trigger === UNKNOWN)
      return {
        ...stateOnly(fact),
        changes: true,
        operations: [create.conditional(createArguments(after, seed, now), "trigger turns out to be changed")],
      };
    if (triggered)
      return { ...stateOnly(), changes: true, operations: [create.certain(createArguments(after, seed, now))] };
    if (changed.length > 0) return stateOnly(fact);
    return {
      ...quiet(),
      changes: true,
      refusal: `${fact}. Change trigger to have a new one made, or remove the resource from the program`,
    };
  }

  if (because.length > 0) {
    const unsure =
      [after.trigger, after.secureHashAlgorithm].includes(UNKNOWN) &&
      renewalReasons(before, withoutUnknown(after, before), now).length === 0;
    const args = renewArguments(before, after, because);
    return {
      ...stateOnly(),
      changes: true,
      operations: [
        unsure
          ? renew.conditional(args, "trigger or secureHashAlgorithm turns out to be changed")
          : renew.certain(args),
      ],
    };
  }
  const end = validUntil(current);
  if (end <= now)
    return stateOnly(
      `certificate ${current.certKeyId} of comm ${commId} expired on ${isoDay(end)} and no renewal is due by its renewalWindow: change trigger to renew it`,
    );
  return stateOnly();
}

/** Certificates that were found on the comm and that neither the program nor another resource has an answer for. */
function undecided(
  before: CertificateState,
  after: Inputs,
  heldByOthers: ReadonlySet<string>,
): CertificateState["found"] {
  const dismissed = new Set(known(after.createAnother) ?? []);
  return before.found.filter(
    ({ certKeyId }) => !dismissed.has(certKeyId) && !heldByOthers.has(holding(before.commId, certKeyId)),
  );
}

/**
 * The certificate that an update takes over: the one that `adopt` newly names, or the only one that was found when it is
 * linked to the current one or when an own renewal is still open.
 */
export function successorToTake(
  before: CertificateState,
  after: Inputs,
  heldByOthers: ReadonlySet<string>,
): number | undefined {
  const adopt = known(after.adopt);
  if (adopt !== undefined && adopt !== before.adopt && adopt !== before.current.certKeyId) return adopt;
  const found = undecided(before, after, heldByOthers);
  const [only] = found;
  return only !== undefined && found.length === 1 && (only.linked || before.pendingRenewal !== undefined)
    ? only.certKeyId
    : undefined;
}

/** How other resources and the run name a certificate. */
export const holding = (commId: number, certKeyId: number): string => `${scopeOf(commId)} certificate ${certKeyId}`;

/** Where certificates can be mistaken for each other: one comm. */
export const scopeOf = (commId: number): string => `comm ${commId}`;

const takeover = (certKeyId: number, { commId, current }: CertificateState): string =>
  `TAKE OVER certificate ${certKeyId} of comm ${commId} as the one in charge: it is read, ${current.certKeyId} becomes a previous one, no remote call changes anything`;

/** Why a renewal is due, in words; empty when it is not. */
function renewalReasons(before: CertificateState, after: Inputs, now: Date): string[] {
  const reasons: string[] = [];
  if (after.trigger !== undefined && after.trigger !== before.trigger) reasons.push("the trigger changed");
  if (after.secureHashAlgorithm !== before.secureHashAlgorithm) {
    reasons.push(
      `secureHashAlgorithm changes from ${before.secureHashAlgorithm} to ${known(after.secureHashAlgorithm) ?? "a value that is not known yet"}`,
    );
  }
  const end = validUntil(before.current);
  const left = daysBetween(now, end);
  const opens = windowDays(before, after);
  if (opens !== undefined && left <= opens) {
    reasons.push(
      left < 0
        ? `it expired on ${isoDay(end)}`
        : `it expires on ${isoDay(end)}, in ${left} day(s), inside the renewal window of ${opens} day(s)`,
    );
  }
  return reasons;
}

/** Width of the renewal window in UTC days before the end. */
function windowDays({ current }: CertificateState, { renewalWindow }: Inputs): number | undefined {
  const window = known(renewalWindow);
  if (window === undefined || window === "never") return undefined;
  if ("days" in window) return window.days;
  return Math.floor(window.share * daysBetween(new Date(current.notBefore), validUntil(current)));
}

const withoutUnknown = (after: Inputs, before: CertificateState): Inputs => ({
  ...after,
  trigger: after.trigger === UNKNOWN ? before.trigger : after.trigger,
  secureHashAlgorithm: after.secureHashAlgorithm === UNKNOWN ? before.secureHashAlgorithm : after.secureHashAlgorithm,
});

function createArguments(after: Inputs, seed: string, now: Date): CreateArguments {
  return {
    commId: known(after.commId),
    beginUsage: known(after.beginUsage),
    usage: known(after.usage) ?? "usage not known yet",
    secureHashAlgorithm: known(after.secureHashAlgorithm) ?? "not known yet",
    partnerAs2Id: known(after.partnerAs2Id),
    expires: expiresFor({ expires: known(after.expires), years: known(after.years) ?? 2 }, seed, now),
  };
}

function renewArguments(before: CertificateState, after: Inputs, because: readonly string[]): RenewArguments {
  return {
    commId: before.commId,
    certKeyId: before.current.certKeyId,
    overlapDays: known(after.overlapDays) ?? before.overlapDays,
    years: known(after.years) ?? before.years,
    secureHashAlgorithm: known(after.secureHashAlgorithm) ?? before.secureHashAlgorithm,
    serialNumber: before.current.serialNumber,
    validUntil: isoDay(validUntil(before.current)),
    why: because.join(" and "),
  };
}
