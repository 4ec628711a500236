import { daysBetween } from "../../core/clock.js";
import type { Operation } from "../../core/operation.js";
import { overUnknowns } from "../../core/overUnknowns.js";
import { NOTHING, perhapsReplaced, type Change, type Plan } from "../../core/plan.js";
import { changedFields, withSettings } from "../../core/settingChanges.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import type { KeptCredential } from "../binding.js";
import { nameOf, regenerate, revokeAll, revokeCredential } from "../operations.js";
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
  whenRevoked: "decides what a revocation outside leads to",
  onDelete: "decides what a removal does",
};

/** What a change of an ACME credential will do. Pure; the same for previews, execution and lists. */
export function plan({ before, after }: Change<Inputs, CredentialState>, now: Date): Plan {
  if (after === undefined) return before === undefined ? NOTHING : ending(before);
  if (before === undefined) return creation(after);
  const decided = overUnknowns<CredentialInputs>(
    after,
    {
      contractId: [before.contractId],
      trigger: [before.trigger],
      rotateAfterDays: [undefined],
      emergency: [before.emergency],
      revokeAlso: [before.revokeAlso],
      whenRevoked: ["stop"],
    },
    (turned) => decide(before, turned, now),
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

const creation = (after: Inputs): Plan => ({
  ...NOTHING,
  changes: true,
  operations: [
    regenerate.certain({
      contractId: known(after.contractId),
      why: "the resource is new",
      beside: "what the contract has",
    }),
  ],
});

function decide(before: CredentialState, after: Inputs, now: Date): Plan {
  if (after.contractId === before.contractId) return update(before, after, now);
  const ended = ending(before);
  if (after.contractId !== UNKNOWN) return { ...ended, replaces: ["contractId"] };
  return perhapsReplaced(
    `contractId is not known yet: if it turns out to be another one than ${before.contractId}, a credential is minted there and the old ones are ended`,
    creation(after),
    ended,
  );
}

function update(before: CredentialState, after: Inputs, now: Date): Plan {
  const { contractId, current, unidentified } = before;
  if (unidentified !== undefined)
    return {
      ...NOTHING,
      changes: true,
      remarks: [
        `the id of the credential that contract ${contractId} has issued last is not known yet: the list is read again, nothing is sent`,
      ],
    };
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger;
  const emergency = after.emergency !== undefined && after.emergency !== before.emergency;
  if (emergency) return inEmergency(before, after);
  const ends = alsoEnded(before, after);
  if (typeof ends === "string") return { ...NOTHING, changes: true, refusal: ends };
  const why = reasonsToMint(before, after, triggered, now);
  if (why.length === 0 && !isInForce(current)) {
    const fact = `credential ${current === undefined ? "of this resource" : nameOf(current)} of contract ${contractId} was ${current?.status ?? "not minted"} outside; nothing is minted by itself, because that would undo what somebody did on purpose`;
    const also = changedFields(FIELDS, before, after).length > 0;
    if (also) return { ...NOTHING, changes: true, operations: ends, remarks: [fact] };
    return {
      ...NOTHING,
      changes: true,
      refusal: `${fact}. Change trigger to have a new one minted, set whenRevoked to "mint", or remove the resource from the program`,
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
  const open =
    before.unsettled === undefined
      ? []
      : [
          `a credential whose answer was lost may be active on contract ${contractId}: this run looks for it, and the preview after it names it`,
        ];
  return { ...NOTHING, changes: operations.length > 0, operations, remarks: operations.length > 0 ? open : [] };
}

const isInForce = (current: KeptCredential | undefined): boolean => current?.status === "active";

function reasonsToMint(before: CredentialState, after: Inputs, triggered: boolean, now: Date): string[] {
  const { current, owed } = before;
  const why: string[] = [];
  if (owed) why.push("the answer to an earlier one was lost, and its secret with it");
  if (triggered) why.push("the trigger has changed");
  if (current === undefined) return why;
  if (!isInForce(current) && after.whenRevoked !== "stop" && !owed)
    why.push(`credential ${nameOf(current)} was ${current.status} outside`);
  const { rotateAfterDays } = after;
  const age = daysBetween(new Date(`${current.mintedOn}T00:00:00Z`), now);
  if (isInForce(current) && rotateAfterDays !== undefined && (rotateAfterDays === UNKNOWN || age >= rotateAfterDays))
    why.push(
      `it was minted ${age} day(s) ago, and rotateAfterDays is ${rotateAfterDays === UNKNOWN ? "not known yet" : rotateAfterDays}`,
    );
  return why;
}

/** Strays of lost answers, and what `revokeAlso` newly names; a refusal in words when it names the one in charge. */
function alsoEnded(before: CredentialState, after: Inputs): Operation[] | string {
  const { contractId, current, strays } = before;
  const ends = strays.map((stray) =>
    revokeCredential.certain({ ...stray, contractId, role: "the stray (its secret was lost with an answer)" }),
  );
  // Unknown, it can name any one: said as `?` nothing could be performed, so it is left to the run after.
  const named = after.revokeAlso === UNKNOWN ? [] : (after.revokeAlso ?? []);
  const newly = named.filter((id) => before.revokeAlso?.includes(id) !== true);
  if (newly.includes(current?.credentialId ?? 0))
    return `revokeAlso names credential ${current?.credentialId ?? ""}, which is in charge: change trigger to rotate it first`;
  for (const credentialId of newly) {
    if (strays.some((stray) => stray.credentialId === credentialId)) continue;
    const found = before.active.find((one) => one.credentialId === credentialId);
    ends.push(revokeCredential.certain({ ...(found ?? { credentialId }), contractId, role: "the named (revokeAlso)" }));
  }
  return ends;
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
    credentials: active.map(
      (one) =>
        `${nameOf(one)}, ${one.mintedBy === "others" ? "NOT MINTED BY THIS STACK" : `minted by ${one.mintedBy}`}`,
    ),
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
          `KEEP a credential of contract ${contractId} whose id is not known, if it was minted: no remote call. Run pulumi refresh before the removal to have it named`,
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
