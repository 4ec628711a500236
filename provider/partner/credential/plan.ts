import { daysBetween } from "../../core/clock.js";
import type { Operation } from "../../core/operation.js";
import { overUnknowns } from "../../core/overUnknowns.js";
import { NOTHING, perhapsReplaced, type Change, type Plan } from "../../core/plan.js";
import { changedFields, knownChanges, withSettings } from "../../core/settingChanges.js";
import { replacesBecause } from "../../core/fields.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import { VANISHED, type KeptCredential } from "../binding.js";
import { nameOf, regenerate, revokeAll, revokeCredential } from "../operations.js";
import { holding } from "../scope.js";
import { credentialInputs, type CredentialInputs } from "./inputs.js";
import type { CredentialState } from "./state.js";

type Inputs = Planned<CredentialInputs>;

const FIELDS = credentialInputs.keyof().options;
/** What these cause is said by the operation, or by the reason why there is none. */
const SAID_OTHERWISE = ["trigger", "emergency"];
const MEANING: Readonly<Record<string, string>> = {
  contractDirectoryUrl: "used in the outputs",
  rotateAfterDays: "decides when the next rotation is due",
  revokeAlso: "only ids that it newly names are revoked",
  whenEndedOutside: "decides what a revocation outside leads to",
  onDelete: "decides what a removal does",
  adopt: "only used when the resource is made",
};
const NAMED = "the named (revokeAlso)";

/** What a change of an ACME credential will do. Pure; the same for previews, execution and lists. */
export function plan({ before, after, heldByOthers }: Change<Inputs, CredentialState>, now: Date): Plan {
  if (after === undefined) return before === undefined ? NOTHING : ending(before);
  const held = heldByOthers ?? new Set<string>();
  if (before === undefined)
    return overUnknowns<CredentialInputs>(after, { revokeAlso: [undefined], adopt: [undefined] }, (turned) =>
      creation(turned, held),
    );
  const decided = overUnknowns<CredentialInputs>(
    after,
    {
      contractId: [before.contractId],
      trigger: [before.trigger],
      rotateAfterDays: [undefined],
      emergency: [before.emergency],
      revokeAlso: [before.revokeAlso],
      whenEndedOutside: ["fail"],
    },
    (turned) => decide(before, turned, now, held),
  );
  const said = decided.operations.some(({ sentence }) => sentence.includes(NAMED)) ? ["revokeAlso"] : [];
  return withSettings(decided, changedFields(FIELDS, before, after), (field) => MEANING[field], before, after, [
    ...SAID_OTHERWISE,
    ...said,
  ]);
}

function creation(after: Inputs, held: ReadonlySet<string>): Plan {
  const contractId = known(after.contractId);
  const ends = namedEnds(contractId, after.revokeAlso, [], held);
  if (typeof ends === "string") return { ...NOTHING, changes: true, refusal: ends };
  if (after.adopt !== undefined)
    return {
      ...NOTHING,
      changes: true,
      operations: ends,
      remarks: [
        `ADOPT ${after.adopt === UNKNOWN ? "the credential that adopt names" : `credential ${after.adopt}`} of contract ${contractId ?? "(not known yet)"}: it is read and taken into the stack, no remote call changes it; its secret cannot be read, so keyId and hmacKey stay empty until a new trigger mints another one`,
      ],
    };
  return {
    ...NOTHING,
    changes: true,
    operations: [
      regenerate.certain({ contractId, why: "the resource is new", beside: "what the contract has" }),
      ...ends,
    ],
  };
}

function decide(before: CredentialState, after: Inputs, now: Date, held: ReadonlySet<string>): Plan {
  if (after.contractId === before.contractId) return update(before, after, now, held);
  const ended = ending(before);
  if (after.contractId !== UNKNOWN) return { ...ended, replaces: ["contractId"] };
  return perhapsReplaced(
    `contractId is not known yet: if it turns out to be another one than ${before.contractId}, a credential is minted there and the old ones are ended`,
    creation(after, held),
    ended,
  );
}

function update(before: CredentialState, after: Inputs, now: Date, held: ReadonlySet<string>): Plan {
  const { contractId, current, unidentified } = before;
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger;
  const emergency = after.emergency !== undefined && after.emergency !== before.emergency;
  if (emergency) return inEmergency(before, after);
  if (unidentified !== undefined && !triggered)
    return {
      ...NOTHING,
      changes: true,
      remarks: [
        `the id of the credential that contract ${contractId} has issued last is not known yet: the list is read again, nothing is sent. A new trigger mints another one`,
      ],
    };
  const ends = alsoEnded(before, after, held);
  if (typeof ends === "string") return { ...NOTHING, changes: true, refusal: ends };
  const why = reasonsToMint(before, after, triggered, now);
  if (why.length === 0 && !isInForce(current)) {
    const fact = `credential ${current === undefined ? "of this resource" : nameOf(current)} of contract ${contractId} was ${current?.status ?? "not minted"} outside; nothing is minted by itself, because that would undo what somebody did on purpose`;
    const { changed, unless } = knownChanges(FIELDS, before, after, ["revokeAlso"]);
    // Nothing is ended that was not shown: what may be ended is, as long as it is open whether it stops.
    if (changed.length > 0 || (unless !== "" && ends.length > 0))
      return { ...NOTHING, changes: true, operations: ends, remarks: [changed.length > 0 ? fact : `${fact}${unless}`] };
    return {
      ...NOTHING,
      changes: true,
      refusal: `${fact}${unless}. Change trigger to have a new one minted, ${current?.status === VANISHED ? "" : 'set whenEndedOutside to "replace", '}or remove the resource from the program`,
    };
  }
  const operations = [
    ...(why.length === 0
      ? []
      : [
          regenerate.certain({
            contractId,
            why: why.join(" and "),
            beside: current !== undefined && isInForce(current) ? `credential ${nameOf(current)}` : undefined,
          }),
        ]),
    ...ends,
  ];
  return {
    ...NOTHING,
    changes: operations.length > 0,
    operations,
    remarks: operations.length > 0 ? openAnswers(before) : [],
  };
}

/** What a lost answer may have left at DigiCert, and cannot be told from what others have minted. */
function openAnswers({ contractId, unsettled, active }: CredentialState): string[] {
  if (unsettled === undefined) return [];
  const candidates = active.filter((one) => one.mintedBy === "others" && !unsettled.includes(one.credentialId));
  return [
    `a credential whose secret was lost with an answer may be active on contract ${contractId}` +
      (candidates.length === 0
        ? ""
        : `: perhaps ${candidates.map(nameOf).join(", ")}. Name it in revokeAlso when nobody else has minted it`),
  ];
}

const isInForce = (current: KeptCredential | undefined): boolean => current?.status === "active";

function reasonsToMint(before: CredentialState, after: Inputs, triggered: boolean, now: Date): string[] {
  const { current, owed } = before;
  const why: string[] = [];
  if (owed === "emergency") why.push("every credential was revoked in an emergency, and a fresh one is owed");
  // One that was revoked outside meanwhile is not minted anew because of an older wish.
  if (owed === "lost" && (current === undefined || isInForce(current)))
    why.push("the answer to an earlier one was lost, and its secret with it");
  if (triggered) why.push("the trigger has changed");
  if (current === undefined) return why;
  // One that is only not listed any more may come back: that nobody has revoked it stops.
  if (!isInForce(current) && current.status !== VANISHED && after.whenEndedOutside !== "fail" && owed === undefined)
    why.push(
      `credential ${nameOf(current)} was ${current.status} outside, and ${replacesBecause(after.whenEndedOutside)}`,
    );
  const { rotateAfterDays } = after;
  const age = daysBetween(new Date(`${current.mintedOn}T00:00:00Z`), now);
  if (isInForce(current) && rotateAfterDays !== undefined && (rotateAfterDays === UNKNOWN || age >= rotateAfterDays))
    why.push(
      `it was minted ${age} day(s) ago, and rotateAfterDays is ${rotateAfterDays === UNKNOWN ? "not known yet" : rotateAfterDays}`,
    );
  return why;
}

/** Strays of lost answers, and what `revokeAlso` newly names; a refusal in words when it names one that is in use. */
function alsoEnded(before: CredentialState, after: Inputs, held: ReadonlySet<string>): Operation[] | string {
  const { contractId, current, strays, revokeAlso, active } = before;
  const ends = strays
    .filter(({ credentialId }) => !held.has(holding(contractId, credentialId)))
    .map((stray) =>
      revokeCredential.certain({ ...stray, contractId, role: "the stray (its secret was lost with an answer)" }),
    );
  if (after.revokeAlso !== UNKNOWN && after.revokeAlso?.includes(current?.credentialId ?? 0) === true)
    return `revokeAlso names credential ${current?.credentialId ?? ""}, which is in charge: change trigger to rotate it first`;
  const done = [...(revokeAlso ?? []), ...strays.map(({ credentialId }) => credentialId)];
  const named = namedEnds(contractId, after.revokeAlso, done, held, active);
  return typeof named === "string" ? named : [...ends, ...named];
}

function namedEnds(
  contractId: number | undefined,
  revokeAlso: Inputs["revokeAlso"],
  done: readonly number[],
  held: ReadonlySet<string>,
  active: CredentialState["active"] = [],
): Operation[] | string {
  const args = (credentialId: number | undefined) => ({
    ...(active.find((one) => one.credentialId === credentialId) ?? { credentialId }),
    contractId,
    role: NAMED,
  });
  if (revokeAlso === UNKNOWN) return [revokeCredential.certain(args(undefined))];
  const newly = (revokeAlso ?? []).filter((id) => !done.includes(id));
  const ours = newly.filter((id) => contractId !== undefined && held.has(holding(contractId, id)));
  if (ours.length > 0)
    return `revokeAlso names credential ${ours.join(", ")}, which another resource of this stack holds: remove that resource, or rotate it`;
  return newly.map((credentialId) => revokeCredential.certain(args(credentialId)));
}

/** The one way to cut off everybody and go on with a fresh credential. */
const inEmergency = (before: CredentialState, after: Inputs): Plan => ({
  ...NOTHING,
  changes: true,
  operations: [
    allEnded(before, `emergency is ${after.emergency === UNKNOWN ? "not known yet" : JSON.stringify(after.emergency)}`),
    regenerate.certain({ contractId: before.contractId, why: "all others are revoked", beside: undefined }),
  ],
});

const allEnded = ({ contractId, active }: CredentialState, why: string): Operation =>
  revokeAll.certain({
    contractId,
    why,
    credentials: active.map(({ mintedBy, ...one }) => ({
      ...one,
      whose: mintedBy === "others" ? "NOT MINTED BY THIS STACK" : `minted by ${mintedBy}`,
    })),
  });

/** What a deletion does: every credential on its own line, oldest first, whatever status and clock say. */
export function ending(before: CredentialState): Plan {
  const { contractId, current, previous, strays, onDelete } = before;
  const own = [
    ...strays.map((one) => ({ ...one, role: "the stray" })),
    ...[...previous].reverse().map((one) => ({ ...one, role: "previous" })),
    ...(current === undefined ? [] : [{ ...current, role: "current" }]),
  ];
  const unknown =
    before.unsettled === undefined && before.unidentified === undefined
      ? []
      : [
          `KEEP a credential of contract ${contractId} whose id is not known, if it was minted: no remote call. Run pulumi refresh before the removal, which may find it`,
        ];
  switch (onDelete) {
    case "retain":
      return {
        ...NOTHING,
        changes: true,
        remarks: [
          ...own.map(
            (one) =>
              `KEEP ${one.role} credential ${nameOf(one)} of contract ${contractId} (onDelete is retain): no remote call`,
          ),
          ...unknown,
        ],
      };
    case "revokeAll":
      return {
        ...NOTHING,
        changes: true,
        operations: [allEnded(before, "its resource is removed, and onDelete is revokeAll")],
      };
    case "revoke":
      return {
        ...NOTHING,
        changes: true,
        operations: own.map((one) => revokeCredential.certain({ ...one, contractId })),
        remarks: unknown,
      };
  }
}
