import type { Snapshot } from "../client.js";
import type { Held } from "../held.js";
import { lookFor } from "../lookFor.js";
import type { UploadArguments } from "../operations.js";
import { holdsLive, isActive } from "../roles.js";
import { holding } from "../scope.js";
import { idsOf } from "../comparing.js";
import { fault, list, tellOfOthers, planned, refused, type Found, type Step } from "../step.js";
import type { Certificate } from "../wire.js";
import { otherLabels } from "../adoption.js";
import type { UploadFile } from "./file.js";
import type { UploadInputs } from "./inputs.js";
import type { UploadKind } from "./kind.js";
import { carriesMark, markOf } from "./mark.js";

/**
 * Puts a file on its comm: looks for an own upload of it first, then sends it once, then finds it by reading. A lost
 * answer or a crash is settled by the next run, which recognizes the mark.
 */
export async function place<Inputs extends UploadInputs, Arguments extends UploadArguments>(
  kind: UploadKind<Inputs, Arguments>,
  inputs: Inputs,
  file: UploadFile,
  before: Held | undefined,
  context: Step,
): Promise<Found> {
  const { commId } = inputs;
  const own = new Set(
    before === undefined ? [] : [before.current, ...before.previous].map(({ certKeyId }) => certKeyId),
  );
  const action = `upload the ${file.what} to comm ${commId}`;
  const snapshot = await context.api.snapshot(
    commId,
    context.resource,
    before !== undefined && holdsLive(before, context.now),
  );
  const mark = markOf(context.seed, file.id);
  const active = free(kind, inputs, snapshot, context).filter((candidate) => isActive(candidate, context.now));
  const alike = active.filter((candidate) => couldHold(candidate, file) !== "no");
  // Also one that this resource held before: a file that comes back is still there.
  const marked = alike.filter((candidate) => isMarked(candidate, mark));
  const [only] = marked;
  if (only !== undefined && marked.length === 1) {
    context.tell(
      `comm ${commId} holds this file already as certificate ${only.certKeyId}, by its mark: nothing is sent`,
    );
    return { snapshot, certificate: only };
  }
  const suspects =
    marked.length > 0
      ? marked
      : alike.filter(
          (candidate) =>
            // What this resource holds is another file, unless its content says that it is this one.
            (couldHold(candidate, file) === "yes" || !own.has(candidate.certKeyId)) &&
            !otherwiseMarked(candidate, inputs, file),
        );
  if (suspects.length > 0) {
    const ids = list(suspects);
    throw fault(context, {
      action,
      cameBack: `the comm already has an active certificate that ${marked.length > 0 ? "carries this resource's mark, more than once" : "could be this file"}: ${ids}`,
      known: "nothing was sent by this run",
      next: `set adopt: ${suspects[0]?.certKeyId ?? ""} to take it over, or createAnother: [${ids}] when it is not this resource's`,
      outcome: "not executed",
    });
  }
  const others = active.filter(({ certKeyId }) => !own.has(certKeyId));
  if (others.length > 0) tellOfOthers(commId, inputs.usage, others, context);

  const operation = planned(context, kind.operation.name);
  const reply = await context.api.ask(context.perform, operation, kind.secrets(inputs));
  if (reply.outcome === "refused" || reply.outcome === "not executed")
    throw refused(context, action, reply, "nothing was uploaded");
  const settled = await lookFor(context, commId, idsOf(snapshot.certificates), reply, (candidates) => {
    const fitting = candidates.filter(
      (candidate) => isOfKind(kind, inputs, candidate) && couldHold(candidate, file) !== "no",
    );
    const exact = fitting.filter((candidate) => isMarked(candidate, mark));
    return exact.length === 1 ? exact : fitting;
  });
  if (settled.kind === "one") return settled.found;
  const what =
    settled.kind === "several"
      ? `; certificates ${list(settled.candidates)} are new on the comm, and which of them is this file cannot be told`
      : "; no new certificate is listed on the comm yet";
  const done = reply.outcome === "done";
  throw fault(context, {
    action,
    cameBack: (done ? "the service said yes" : reply.cameBack) + what + settled.unread,
    known: `${done ? "the file was uploaded" : "whether the file was uploaded is not known"}; the state is left as it was`,
    next: carriesMark(inputs)
      ? "run again: the next run looks for the mark of this upload first, and sends nothing when it is there"
      : "run again: the next run looks at the comm first, and asks when a certificate there could be this file",
    outcome: reply.outcome,
    traceId: reply.traceId,
  });
}

/** Takes over what `adopt` names, when it is what the inputs say. */
export async function adoptUpload<Inputs extends UploadInputs, Arguments extends UploadArguments>(
  kind: UploadKind<Inputs, Arguments>,
  certKeyId: number,
  inputs: Inputs,
  file: UploadFile,
  context: Step,
): Promise<Found> {
  const { commId } = inputs;
  const snapshot = await context.api.snapshot(commId, context.resource);
  const found = snapshot.certificates.find((candidate) => candidate.certKeyId === certKeyId);
  const wrong =
    found === undefined
      ? `the comm lists ${list(snapshot.certificates)} and not ${certKeyId}`
      : context.heldByOthers().has(holding(commId, certKeyId))
        ? `another resource of this stack holds ${certKeyId}`
        : !isActive(found, context.now)
          ? `its status is ${found.status}`
          : !isOfKind(kind, inputs, found)
            ? `it is ${found.type} for ${found.usage} ${found.hasPrivateKey ? "with" : "without"} a private key`
            : [
                ...(couldHold(found, file) === "no"
                  ? [`its thumbprint is ${found.thumbprint ?? "not given"}, and cert holds the ${file.what}`]
                  : []),
                ...otherLabels(found, inputs),
              ].join("; ");
  if (found !== undefined && wrong === "") return { snapshot, certificate: found };
  throw fault(context, {
    action: `adopt certificate ${certKeyId} of comm ${commId}`,
    cameBack: wrong,
    known: "nothing was sent, and the state is left as it was",
    next: "set adopt to the active certificate that cert holds, or remove adopt to have the file uploaded",
    outcome: "not executed",
  });
}

function isOfKind<Inputs extends UploadInputs, Arguments extends UploadArguments>(
  kind: UploadKind<Inputs, Arguments>,
  inputs: Inputs,
  candidate: Certificate,
): boolean {
  return (
    candidate.hasPrivateKey === kind.hasPrivateKey &&
    candidate.type === inputs.certType &&
    candidate.usage === inputs.usage
  );
}

/** Certificates of this kind that neither the program nor another resource has an answer for. */
function free<Inputs extends UploadInputs, Arguments extends UploadArguments>(
  kind: UploadKind<Inputs, Arguments>,
  inputs: Inputs,
  { certificates }: Snapshot,
  context: Step,
): Certificate[] {
  const held = context.heldByOthers();
  const dismissed = new Set(inputs.createAnother ?? []);
  return certificates.filter(
    (candidate) =>
      isOfKind(kind, inputs, candidate) &&
      !dismissed.has(candidate.certKeyId) &&
      !held.has(holding(inputs.commId, candidate.certKeyId)),
  );
}

/** By content. A key that is not X.509, or whose public part is not listed, cannot be told by its content. */
function couldHold(candidate: Certificate, file: UploadFile): "yes" | "no" | "cannot be told" {
  if (file.thumbprint !== undefined && candidate.thumbprint !== undefined)
    return file.thumbprint === candidate.thumbprint ? "yes" : "no";
  if (candidate.publicDigest !== undefined) return candidate.publicDigest === file.bytes ? "yes" : "no";
  return "cannot be told";
}

const isMarked = ({ keyId, userId }: Certificate, mark: string): boolean => keyId === mark || userId === mark;

/**
 * Whether a certificate whose content cannot be told is another one by its labels: it shows some, and neither a mark of
 * this resource nor the labels that this resource would have given.
 */
function otherwiseMarked(candidate: Certificate, inputs: UploadInputs, file: UploadFile): boolean {
  if (couldHold(candidate, file) === "yes") return false;
  if (candidate.keyId === undefined && candidate.userId === undefined) return false;
  return carriesMark(inputs) || candidate.keyId !== inputs.keyId || candidate.userId !== inputs.userId;
}
