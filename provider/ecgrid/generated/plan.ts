import { isoDay, utc } from "../../core/clock.js";
import { overUnknowns } from "../../core/overUnknowns.js";
import { NOTHING, perhapsReplaced, type Change, type Plan } from "../../core/plan.js";
import { known, UNKNOWN, type Planned, type Unknown } from "../../core/unknown.js";
import { expiresFor } from "./creationMark.js";
import { adoption, newlyAdopted, takeover } from "../adoption.js";
import { ending } from "../ending.js";
import { certificateInputs, type CertificateInputs } from "./inputs.js";
import { create, renew, type CreateArguments, type RenewArguments } from "../operations.js";
import { renewalReasons } from "./renewalReasons.js";
import { holding } from "../scope.js";
import { changedFields, knownChanges, withSettings } from "../../core/settingChanges.js";
import { AT_THE_END } from "../fields.js";
import { endedInWords, hasEnded, validUntil } from "../held.js";
import { replacesBecause } from "../../core/fields.js";
import { type CertificateState } from "./state.js";

type Inputs = Planned<CertificateInputs>;

const FIELDS = certificateInputs.keyof().options;
/** What these two cause is said by the operation, or by the reason why there is none. */
const SAID_OTHERWISE = ["trigger", "secureHashAlgorithm"];
const MEANING: Readonly<Record<string, string>> = {
  ...AT_THE_END,
  years: "used by the next renewal",
  overlapDays: "used by the next renewal",
  renewalWindow: "decides when the next renewal is due",
  beginUsage: "only used when a certificate is created",
  expires: "only used when a certificate is created",
};

/** What a change of an ECGrid certificate will do. Pure; the same for previews, execution and lists. */
export function plan({ before, after, seed, heldByOthers }: Change<Inputs, CertificateState>, now: Date): Plan {
  if (after === undefined) return before === undefined ? NOTHING : endingAndLeaving(before);
  if (before === undefined) {
    return overUnknowns<CertificateInputs>(after, { adopt: [undefined] }, (turned) => creation(turned, seed, now));
  }
  const decided = overUnknowns<CertificateInputs>(
    after,
    {
      commId: [before.commId],
      trigger: [before.trigger],
      secureHashAlgorithm: [before.secureHashAlgorithm],
      renewalWindow: ["never"],
      whenEndedOutside: ["fail"],
      adopt: [before.adopt, undefined],
      createAnother: [before.createAnother],
    },
    (turned) => decide(before, turned, seed, now, heldByOthers ?? new Set()),
  );
  return withSettings(
    decided,
    changedFields(FIELDS, before, after),
    (field) => MEANING[field],
    before,
    after,
    SAID_OTHERWISE,
  );
}

/** A deletion, with what it leaves at ECGrid. */
function endingAndLeaving(before: CertificateState): Plan {
  const plan = ending(before);
  return { ...plan, remarks: [...plan.remarks, ...leftBehind(before)] };
}

function decide(
  before: CertificateState,
  after: Inputs,
  seed: string,
  now: Date,
  heldByOthers: ReadonlySet<string>,
): Plan {
  if (after.commId === before.commId) return update(before, after, seed, now, heldByOthers);
  if (after.commId !== UNKNOWN) return { ...endingAndLeaving(before), replaces: ["commId"] };
  const ended = endingAndLeaving(before);
  return perhapsReplaced(
    `commId is not known yet: if it turns out to be another one than ${before.commId}, the certificate is made anew there and the old ones are ended`,
    creation(after, seed, now),
    ended,
  );
}

function creation(after: Inputs, seed: string, now: Date): Plan {
  const args = createArguments(after, seed, now);
  if (after.adopt === undefined) return { ...NOTHING, changes: true, operations: [create.certain(args)] };
  return { ...NOTHING, changes: true, remarks: [adoption(after.adopt, args.commId)] };
}

/** Certificates that may belong to a resource and that it does not hold: they outlive it, so they are named. */
function leftBehind({ commId, current, found, pendingRenewal }: CertificateState): string[] {
  const stays = `stays at ECGrid: no remote call for it. Run \`pulumi up\` before the removal to have it taken over and ended too`;
  const sent = found.length > 0 ? undefined : pendingRenewal?.outcome;
  return [
    ...found.map(
      ({ certKeyId, linked }) =>
        `KEEP certificate ${certKeyId} of comm ${commId}, which ${linked ? "is" : "could be"} a renewal of ${current.certKeyId}: it ${stays}`,
    ),
    ...(sent === undefined
      ? []
      : [
          `KEEP the new certificate of comm ${commId} that the renewal of ${current.certKeyId} ${sent === "done" ? "has made" : "may have made"} and that was not listed yet: it ${stays}`,
        ]),
  ];
}

function update(
  before: CertificateState,
  after: Inputs,
  seed: string,
  now: Date,
  heldByOthers: ReadonlySet<string>,
): Plan {
  const { commId, current } = before;
  const say = (...remarks: string[]): Plan => ({ ...NOTHING, remarks });
  const due = renewalReasons(before, after, now);
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger;

  const taken = successorToTake(before, after, heldByOthers);
  if (taken !== undefined) return { ...say(takeover(taken, before)), changes: true };
  const found = undecided(before, after, heldByOthers);
  if (found.length > 0) {
    const ids = found.map(({ certKeyId }) => certKeyId).join(", ");
    const ask = `certificate ${ids} appeared on comm ${commId} and could be a renewal of ${current.certKeyId} made outside or by a run that died: set adopt to take one over, or list it in createAnother when it is not`;
    return due.length > 0 || triggered
      ? { ...NOTHING, changes: true, refusal: `${ask}; until then nothing is renewed` }
      : say(ask);
  }

  const pending = before.pendingRenewal;
  const askedAgain = triggered && pending !== undefined && after.trigger !== pending.trigger;
  if (pending !== undefined && !askedAgain) {
    if (pending.outcome === "done") {
      return {
        ...say(
          `the renewal of certificate ${pending.certKeyId} of comm ${commId} was answered with yes, and its new certificate was not listed yet: the comm is read again, nothing is sent`,
        ),
        changes: true,
      };
    }
    const args = renewArguments(before, after, ["its answer was lost"]);
    return {
      ...NOTHING,
      changes: true,
      operations: [renew.conditional(args, "the renewal that was sent earlier is not found on the comm")],
    };
  }

  if (hasEnded(current)) {
    const how = `certificate ${current.certKeyId} (serial ${current.serialNumber ?? "not given"}) of comm ${commId} ${endedInWords(current)}`;
    if (triggered || after.whenEndedOutside !== "fail") {
      const because =
        after.whenEndedOutside === "fail" ? "the trigger has changed" : replacesBecause(after.whenEndedOutside);
      const args = { ...createArguments(after, seed, now), why: `${how}, and ${because}` };
      return { ...NOTHING, changes: true, operations: [create.certain(args)] };
    }
    const fact = `${how}; nothing is made by itself`;
    const { changed, unless } = knownChanges(FIELDS, before, after, ["createAnother", "secureHashAlgorithm"]);
    if (changed.length > 0) return say(fact);
    return {
      ...NOTHING,
      changes: true,
      refusal: `${fact}${unless}. Change trigger to have a new one made, set whenEndedOutside to "replace", or remove the resource from the program`,
    };
  }

  if (due.length > 0)
    return { ...NOTHING, changes: true, operations: [renew.certain(renewArguments(before, after, due))] };
  const end = validUntil(current);
  return end <= now
    ? say(
        `certificate ${current.certKeyId} of comm ${commId} expired on ${isoDay(end)} and no renewal is due by its renewalWindow: change trigger to renew it`,
      )
    : NOTHING;
}

/** Certificates that were found on the comm and that neither the program nor another resource has an answer for. */
function undecided(
  before: CertificateState,
  after: Inputs,
  heldByOthers: ReadonlySet<string>,
): CertificateState["found"] {
  if (after.createAnother === UNKNOWN) return [];
  const dismissed = new Set(after.createAnother ?? []);
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
  after: CertificateInputs,
  heldByOthers: ReadonlySet<string>,
): number | undefined;
export function successorToTake(
  before: CertificateState,
  after: Inputs,
  heldByOthers: ReadonlySet<string>,
): number | Unknown | undefined;
export function successorToTake(
  before: CertificateState,
  after: Inputs,
  heldByOthers: ReadonlySet<string>,
): number | Unknown | undefined {
  const adopt = newlyAdopted(after.adopt, before);
  if (adopt !== undefined) return adopt;
  const found = undecided(before, after, heldByOthers);
  const [only] = found;
  return only !== undefined && found.length === 1 && (only.linked || before.pendingRenewal !== undefined)
    ? only.certKeyId
    : undefined;
}

function createArguments(after: Inputs, seed: string, now: Date): CreateArguments {
  return {
    commId: known(after.commId),
    beginUsage: utc(known(after.beginUsage)),
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
    overlapDays: known(after.overlapDays),
    years: known(after.years),
    secureHashAlgorithm: known(after.secureHashAlgorithm),
    serialNumber: before.current.serialNumber,
    validUntil: isoDay(validUntil(before.current)),
    why: because.join(" and "),
  };
}
