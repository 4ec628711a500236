import { daysAfter } from "../../core/clock.js";
import type { Operation } from "../../core/operation.js";
import { overUnknowns } from "../../core/overUnknowns.js";
import { NOTHING, perhapsReplaced, type Change, type Plan } from "../../core/plan.js";
import { changedFields, knownChanges, withSettings } from "../../core/settingChanges.js";
import { replacesBecause } from "../../core/fields.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import {
  addSans,
  cancelContract,
  createContract,
  nameOf,
  removeSans,
  revokeCredential,
  updateContract,
  type UpdateArguments,
} from "../operations.js";
import { contractInputs, MOST_SANS, type ContractInputs } from "./inputs.js";
import { creationBody, driftOf, organizationBody, voidsValidation } from "./request.js";
import type { ContractState, KeptContract } from "./state.js";

type Inputs = Planned<ContractInputs>;

const FIELDS = contractInputs.keyof().options;
/** What these cause is said by the operation, or by the reason why there is none. */
const SAID_OTHERWISE = ["sans", "productNameId"];
const MEANING: Readonly<Record<string, string>> = {
  onDelete: "decides what a removal does",
  firstCredential: "decides what becomes of the first credential",
  trigger: "makes a new contract only after this one was canceled",
  whenEndedOutside: "decides what a cancellation outside leads to",
  adopt: "only used when the resource is made",
  createAnother: "only used after a creation whose answer was lost",
};
/** Days after its creation for which a contract can be canceled (section 1.4). */
const CANCELABLE_DAYS = 30;
/** Names of one request; no limit is documented. */
const BATCH = 100;

/** What a change of an ACME contract will do. Pure; the same for previews, execution and lists. */
export function plan({ before, after }: Change<Inputs, ContractState>): Plan {
  if (after === undefined) return before === undefined ? NOTHING : ending(before);
  if (before === undefined) return overUnknowns<ContractInputs>(after, { adopt: [undefined] }, creation);
  const decided = overUnknowns<ContractInputs>(
    after,
    {
      productNameId: [before.productNameId],
      sans: [before.contract?.sans ?? before.sans],
      autoRenew: [before.contract?.autoRenew, undefined],
      organization: [before.organization],
      firstCredential: ["keep"],
      trigger: [before.trigger],
      whenEndedOutside: ["fail"],
      adopt: [before.adopt],
      createAnother: [before.createAnother],
    },
    (turned) => decide(before, turned),
  );
  const said = [...SAID_OTHERWISE, ...(decided.operations.length > 0 ? ["autoRenew", "organization"] : [])];
  return withSettings(decided, changedFields(FIELDS, before, after), (field) => MEANING[field], before, after, said);
}

function creation(after: Inputs): Plan {
  if (after.adopt !== undefined)
    return {
      ...NOTHING,
      changes: true,
      remarks: [
        `ADOPT ${after.adopt === UNKNOWN ? "the contract that adopt names" : `contract ${after.adopt}`}: it is read and taken into the stack, no remote call changes anything; secrets of its credentials cannot be read, so mint one with partner.AcmeCredential`,
      ],
    };
  const sans = known(after.sans);
  const product = known(after.productNameId);
  return {
    ...NOTHING,
    changes: true,
    remarks:
      after.firstCredential === "revoke"
        ? ["the first credential has no id yet: the next preview names it, and its up revokes it"]
        : [],
    operations: [
      createContract.certain({
        product,
        sans,
        body: creationBody({
          ...(product === undefined ? {} : { productNameId: product }),
          ...(sans === undefined ? {} : { sans }),
          autoRenew: known(after.autoRenew),
          organization: known(after.organization),
        }),
      }),
    ],
  };
}

function decide(before: ContractState, after: Inputs): Plan {
  const { contract, lost } = before;
  if (contract === undefined) {
    const answers = [
      ...(after.adopt !== undefined && after.adopt !== UNKNOWN ? ["adopt"] : []),
      ...(lost !== undefined && after.createAnother === lost.traceId ? ["createAnother"] : []),
    ];
    if (answers.length > 0) return { ...NOTHING, changes: true, replaces: answers };
    return {
      ...NOTHING,
      changes: true,
      refusal: `whether the contract for ${before.sans.join(", ")} was made is not known: the answer to its creation${lost === undefined ? "" : ` of ${lost.at}`} was lost, and a subaccount's key cannot list contracts. Have it looked up in the report of the parent account (GET /account/reporting); then set adopt to its id, or, when there is none, createAnother to "${lost?.traceId ?? ""}"`,
    };
  }
  const ended = ending(before);
  if (after.productNameId === UNKNOWN)
    return perhapsReplaced(
      `productNameId is not known yet: if it turns out to be another one than ${before.productNameId}, another contract is made and contract ${contract.id} ended`,
      creation({ ...after, adopt: undefined }),
      ended,
    );
  if (after.productNameId !== before.productNameId) return { ...ended, replaces: ["productNameId"] };
  if (contract.canceledAt !== undefined) return afterCancel(before, contract, after);
  return update(before, contract, after);
}

/** Fields whose unknown value stands for a new one. */
const STANDING = ["sans", "organization", "adopt", "createAnother"];

/** Canceled at DigiCert: nothing is made by itself, unless the program says so. */
function afterCancel(before: ContractState, contract: KeptContract, after: Inputs): Plan {
  const canceled = `contract ${contract.id} was canceled (${contract.canceledAt ?? ""}): its directory URL is dead`;
  const refuse = (refusal: string): Plan => ({ ...NOTHING, changes: true, refusal });
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger && after.trigger !== UNKNOWN;
  const { whenEndedOutside } = after;
  if (triggered || whenEndedOutside !== "fail") {
    if (after.adopt === contract.id)
      return refuse(
        `${canceled}, and adopt names it: take adopt out of the program to have a new contract made (billed)`,
      );
    const because = whenEndedOutside === "fail" ? "the trigger has changed" : replacesBecause(whenEndedOutside);
    const why = `${canceled}, and ${because}: a new contract is made, BILLED`;
    const ended = ending(before);
    if (whenEndedOutside === UNKNOWN && !triggered)
      return perhapsReplaced(`${why}, if it turns out to be replace`, creation(after), ended);
    return {
      ...ended,
      remarks: [why, ...ended.remarks],
      replaces: [triggered ? "trigger" : "whenEndedOutside"],
    };
  }
  const fact = `${canceled}, and nothing is made by itself`;
  const { changed, unless } = knownChanges(FIELDS, before, after, STANDING);
  if (after.trigger !== UNKNOWN && changed.length > 0) return { ...NOTHING, remarks: [fact] };
  return refuse(
    `${fact}${unless}. Change trigger to have a new contract made (billed), set whenEndedOutside to "replace", or remove the resource from the program`,
  );
}

function update(before: ContractState, contract: KeptContract, after: Inputs): Plan {
  const { id: contractId } = contract;
  const operations: Operation[] = [];
  const changed = settings(before, contract, after);
  const updating = changed === undefined ? [] : [updateContract.certain(changed)];
  if (after.sans === UNKNOWN)
    operations.push(
      addSans.certain({ contractId, sans: undefined }),
      ...updating,
      removeSans.certain({ contractId, sans: undefined }),
    );
  else {
    const wanted = new Set(after.sans);
    const added = after.sans.filter((name) => !contract.sans.includes(name));
    const removed = contract.sans.filter((name) => !wanted.has(name));
    // Names are added first, so that none that stays is missing; only what has no room otherwise goes before.
    const room = Math.max(0, contract.sans.length + added.length - MOST_SANS);
    const remove = (names: readonly string[]) => batches(names).map((sans) => removeSans.certain({ contractId, sans }));
    operations.push(
      ...remove(removed.slice(0, room)),
      ...batches(added).map((sans) => addSans.certain({ contractId, sans })),
      ...updating,
      ...remove(removed.slice(room)),
    );
  }
  const { credential } = before;
  if (after.firstCredential !== "keep" && after.firstCredential !== "revokeOnDelete" && credential?.status === "active")
    operations.push(revokeCredential.certain({ ...credential, contractId, role: "the first" }));
  const remarks =
    after.firstCredential === "revoke" && credential === undefined
      ? [`the first credential of contract ${contractId} is not known, so it cannot be revoked here`]
      : [];
  return { ...NOTHING, changes: operations.length > 0, operations, remarks };
}

/** What of auto renew and organization differs, as one request. */
function settings(before: ContractState, contract: KeptContract, after: Inputs): UpdateArguments | undefined {
  const { autoRenew, organization } = after;
  const renews = autoRenew !== undefined && autoRenew !== (contract.autoRenew ?? before.autoRenew);
  const known = { sent: before.organizationSent ? before.organization : undefined, read: contract.organization };
  const wanted = organization === UNKNOWN ? undefined : organization;
  const drift = wanted === undefined ? [] : driftOf(known, wanted);
  const organizes =
    organization === UNKNOWN ||
    // What DigiCert shows otherwise may only be written otherwise: it never causes a request by itself.
    (wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(before.organization));
  if (!renews && !organizes) return undefined;
  const voids = organizes && (wanted === undefined || voidsValidation(known, wanted));
  const renewal =
    autoRenew === UNKNOWN
      ? "as it turns out"
      : autoRenew === true
        ? "on: the contract is renewed and BILLED at its end"
        : "off: the contract ends at its end";
  return {
    contractId: contract.id,
    body: {
      ...(renews ? { auto_renew: autoRenew === UNKNOWN ? undefined : autoRenew } : {}),
      ...(organizes && wanted !== undefined ? { organization: organizationBody(wanted) } : {}),
    },
    what: [
      ...(renews ? [`auto renew ${renewal}`] : []),
      ...(organizes
        ? [
            !voids
              ? "contacts of the organization"
              : drift.length > 0
                ? `the organization, whose ${drift.join(", ")} DigiCert has otherwise`
                : before.organizationSent
                  ? "the organization"
                  : "the organization, of which nobody knows what DigiCert has",
          ]
        : []),
    ].join(", "),
    voidsValidation: voids,
  };
}

const batches = (names: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(names.length / BATCH) }, (_, at) => names.slice(at * BATCH, (at + 1) * BATCH));

/** What a deletion does, whatever status and clock say. */
export function ending(before: ContractState): Plan {
  const { contract, credential, onDelete, firstCredential } = before;
  if (contract === undefined)
    return {
      ...NOTHING,
      changes: true,
      remarks: [`KEEP the contract for ${before.sans.join(", ")} if it was made: its id is not known, no remote call`],
    };
  const { id: contractId } = contract;
  const until = contract.validTill?.slice(0, 10) ?? "the end of its term";
  if (onDelete === "retain")
    return {
      ...NOTHING,
      changes: true,
      remarks: [
        `KEEP contract ${contractId} (${contract.sans.join(", ")}) and its credentials (onDelete is retain), in force until ${until}${contract.autoRenew === true ? " and renewed then, BILLED" : ""}: no remote call`,
      ],
    };
  if (onDelete === "cancel")
    return {
      ...NOTHING,
      changes: true,
      operations: [
        cancelContract.certain({
          contractId,
          sans: contract.sans,
          until:
            contract.createdAt === undefined
              ? "30 days after its creation"
              : daysAfter(contract.createdAt.slice(0, 10), CANCELABLE_DAYS),
        }),
      ],
    };
  const already = firstCredential === "revoke" && credential?.status !== "active";
  const revoked = firstCredential !== "keep" && !already && credential !== undefined;
  return {
    ...NOTHING,
    changes: true,
    operations: [
      updateContract.certain({
        contractId,
        body: { auto_renew: false },
        what: `auto renew off: it EXPIRES on ${until}, until when it, its names and ${revoked ? "its other credentials" : "its credentials"} go on`,
        voidsValidation: false,
      }),
      ...(revoked ? [revokeCredential.certain({ ...credential, contractId, role: "the first" })] : []),
    ],
    remarks:
      credential === undefined || revoked || already
        ? []
        : [`KEEP credential ${nameOf(credential)} of contract ${contractId}: it lives as long as the contract`],
  };
}
