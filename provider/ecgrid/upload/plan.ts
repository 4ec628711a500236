import { isoDay, utc } from "../../core/clock.js";
import { NOTHING, perhapsReplaced, type Change, type Plan } from "../../core/plan.js";
import { overUnknowns } from "../../core/overUnknowns.js";
import { known, UNKNOWN, type Planned, type Unknown } from "../../core/unknown.js";
import { adoption, newlyAdopted, takeover } from "../adoption.js";
import { ending } from "../ending.js";
import type { UploadArguments } from "../operations.js";
import { replacesBecause } from "../../core/fields.js";
import { endedInWords, hasEnded, validUntil } from "../held.js";
import { changedFields, knownChanges, withSettings } from "../../core/settingChanges.js";
import { AT_THE_END } from "../fields.js";
import type { UploadFile } from "./file.js";
import { fileOf, SECRET, type UploadInputs } from "./inputs.js";
import type { UploadKind } from "./kind.js";
import { labelsWith, markOf } from "./mark.js";
import type { UploadState } from "./state.js";

/** Inputs with the file that is behind them. */
type Opened<Inputs> = Inputs & { readonly file: UploadFile };

/** What a change of an uploaded certificate will do. Pure. */
export function planUpload<Inputs extends UploadInputs, Arguments extends UploadArguments>(
  kind: UploadKind<Inputs, Arguments>,
  { before, after, seed }: Change<Planned<Inputs>, UploadState>,
  now: Date,
): Plan {
  if (after === undefined) return before === undefined ? NOTHING : ending(before);
  // A refresh of an earlier version has stored the inputs without the file.
  const isLost = before !== undefined && (after as Partial<UploadInputs>).cert === undefined;
  const file = isLost ? before.file : fileOf(after, (inputs) => kind.read(inputs));
  if (file !== UNKNOWN && "problem" in file) throw new Error(`cert ${file.problem}`); // `check` has refused it
  const opened = { ...after, file } as Planned<Opened<Inputs>>;
  const upload = (turned: Planned<Opened<Inputs>>, instead?: number, why?: string): Plan =>
    uploading(kind, turned, seed, now, { instead, why });
  if (before === undefined) {
    return overUnknowns<Opened<UploadInputs>>(opened, { adopt: [undefined] }, (turned) =>
      creation(turned as Planned<Opened<Inputs>>, upload),
    );
  }
  const fields = settingsOf(kind);
  const decided = overUnknowns<Opened<UploadInputs>>(
    opened,
    {
      commId: [before.commId],
      adopt: [before.adopt, undefined],
      trigger: [before.trigger],
      whenEndedOutside: ["fail"],
      file: [before.file],
    },
    (turned) =>
      decide(before, turned as Planned<Opened<Inputs>>, now, upload, (inputs) => knownChanges(fields, before, inputs)),
  );
  return withSettings(decided, changedFields(fields, before, after), (field) => MEANING[field], before, after);
}

type Upload<Inputs> = (inputs: Planned<Opened<Inputs>>, instead?: number, why?: string) => Plan;

function creation<Inputs extends UploadInputs>(after: Planned<Opened<Inputs>>, upload: Upload<Inputs>): Plan {
  const { adopt } = after;
  if (adopt === undefined) return upload(after);
  return { ...NOTHING, changes: true, remarks: [adoption(adopt, known(after.commId))] };
}

function decide<Inputs extends UploadInputs>(
  before: UploadState,
  after: Planned<Opened<Inputs>>,
  now: Date,
  upload: Upload<Inputs>,
  settings: (after: object) => ReturnType<typeof knownChanges>,
): Plan {
  if (after.commId === before.commId) return update(before, after, now, upload, settings);
  if (after.commId !== UNKNOWN) return { ...ending(before), changes: true, replaces: ["commId"] };
  const ended = ending(before);
  return perhapsReplaced(
    `commId is not known yet: if it turns out to be another one than ${before.commId}, the file is uploaded there and the old certificates are ended`,
    creation(after, upload),
    ended,
  );
}

function update<Inputs extends UploadInputs>(
  before: UploadState,
  after: Planned<Opened<Inputs>>,
  now: Date,
  upload: Upload<Inputs>,
  settings: (after: object) => ReturnType<typeof knownChanges>,
): Plan {
  const { commId, current } = before;
  const { file } = after;
  const adopted = newlyAdopted(after.adopt, before);
  if (adopted !== undefined) return { ...NOTHING, changes: true, remarks: [takeover(adopted, before)] };
  const isNew = file === UNKNOWN || file.id !== before.file.id;
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger;
  if (isNew) return upload(after, hasEnded(current) ? undefined : current.certKeyId);
  if (hasEnded(current)) {
    const how = `certificate ${current.certKeyId} (serial ${current.serialNumber ?? "not given"}) of comm ${commId} ${endedInWords(current)}`;
    const { whenEndedOutside } = after;
    if (whenEndedOutside !== "fail")
      return upload(after, undefined, `${how}, and ${replacesBecause(whenEndedOutside)}`);
    if (triggered) return upload(after, undefined, `${how}, and the trigger has changed`);
    const fact = `${how}; nothing is uploaded by itself`;
    const { changed, unless } = settings(after);
    if (changed.length > 0) return { ...NOTHING, remarks: [fact] };
    return {
      ...NOTHING,
      changes: true,
      refusal: `${fact}${unless}. Give a new file in cert, change trigger to have the same one uploaded again, set whenEndedOutside to "replace", or remove the resource from the program`,
    };
  }
  // There is no call that changes a certificate under its id (ecgrid.md 1): a new one beside it, and only when asked for.
  if (file.thumbprint !== undefined && current.thumbprint !== undefined && file.thumbprint !== current.thumbprint) {
    const fact = `certificate ${current.certKeyId} of comm ${commId} has the thumbprint ${current.thumbprint}, and the file in cert ${file.thumbprint}`;
    if (triggered) return upload(after, current.certKeyId, `${fact}, and the trigger has changed`);
    return {
      ...NOTHING,
      remarks: [`${fact}: nothing is uploaded by itself, change trigger to have the file uploaded beside it`],
    };
  }
  const end = validUntil(current);
  return end <= now
    ? {
        ...NOTHING,
        remarks: [
          `certificate ${current.certKeyId} of comm ${commId} expired on ${isoDay(end)}: give a new file in cert`,
        ],
      }
    : NOTHING;
}

/**
 * An upload. Always a condition: a comm that holds this very file already, because a run died after sending it, is left
 * as it is.
 */
function uploading<Inputs extends UploadInputs, Arguments extends UploadArguments>(
  kind: UploadKind<Inputs, Arguments>,
  after: Planned<Opened<Inputs>>,
  seed: string,
  now: Date,
  place: Pick<UploadArguments, "instead" | "why">,
): Plan {
  const file: UploadFile | Unknown = after.file;
  if (file !== UNKNOWN && file.notAfter !== undefined && new Date(file.notAfter) <= now) {
    return {
      ...NOTHING,
      changes: true,
      refusal: `the ${file.what} in cert has expired: it is not uploaded. Give one that is valid`,
    };
  }
  const { keyId, userId } = labelsWith(file === UNKNOWN ? "?" : markOf(seed, file.id), after);
  const common: UploadArguments = {
    commId: known(after.commId),
    certType: known(after.certType) ?? "type not known yet",
    usage: known(after.usage) ?? "usage not known yet",
    keyId: known(keyId),
    userId: known(userId),
    beginUsage: utc(known(after.beginUsage)),
    file: file === UNKNOWN ? "file in cert, which is not known yet," : file.what,
    ...place,
  };
  const on = `comm ${common.commId ?? "(not known yet)"} does not hold this file already`;
  return { ...NOTHING, changes: true, operations: [kind.operation.conditional(kind.arguments(common, after), on)] };
}

/** The file is compared by what it is, and commId is said by the plan itself. */
const settingsOf = <Inputs extends UploadInputs>({ inputs }: Pick<UploadKind<Inputs, never>, "inputs">): string[] =>
  Object.keys(inputs.shape).filter((field) => ![...SECRET, "commId"].includes(field));

const NEXT = "used by the next upload";
const MEANING: Readonly<Record<string, string>> = {
  ...AT_THE_END,
  keyId: NEXT,
  userId: NEXT,
  beginUsage: NEXT,
  partnerCommId: NEXT,
  partnerUrl: NEXT,
  createAnother: NEXT,
  trigger: "uploads the file again only when its certificate was ended outside",
};
