import { isoDay, utc } from "../../core/clock.js";
import type { Made } from "../../core/lifecycle.js";
import type { Snapshot } from "../client.js";
import { otherLabels } from "../adoption.js";
import { couldBeOurs } from "./creationMark.js";
import type { CertificateInputs } from "./inputs.js";
import { hashMeant } from "../fields.js";
import { lookFor } from "../lookFor.js";
import { create } from "../operations.js";
import { holding } from "../scope.js";
import { isActive } from "../roles.js";
import { idsOf } from "../comparing.js";
import { isAsAsked } from "./successors.js";
import { validUntil } from "../held.js";
import { type CertificateState } from "./state.js";
import { stateAfter } from "./state.js";
import { fault, tellOfOthers, list, planned, refused, type Found, type Step } from "../step.js";
import type { Certificate } from "../wire.js";

/** Creates, or adopts what `adopt` names. */
export async function make(inputs: CertificateInputs, context: Step): Promise<Made<CertificateState>> {
  const snapshot = await context.api.snapshot(inputs.commId, context.resource);
  const made =
    inputs.adopt === undefined
      ? await mint(inputs, snapshot, context)
      : adopted(inputs.adopt, inputs, snapshot, context, unlike);
  const state = stateAfter(undefined, inputs, made, context);
  return { id: `${inputs.commId}/${made.certificate.certKeyId}`, state };
}

/** What a certificate is otherwise than the inputs of a new resource say, besides its role. */
const unlike = (found: Certificate, { secureHashAlgorithm, expires, partnerAs2Id, beginUsage }: CertificateInputs) => [
  ...otherLabels(found, { partnerAs2Id, beginUsage }),
  ...((hashMeant(found.secureHashAlgorithm) ?? secureHashAlgorithm) === secureHashAlgorithm
    ? []
    : [`its secureHashAlgorithm is ${found.secureHashAlgorithm ?? ""}, not ${secureHashAlgorithm}`]),
  ...(expires === undefined || utc(expires)?.slice(0, 10) === isoDay(new Date(found.notAfter))
    ? []
    : [`it expires on ${isoDay(new Date(found.notAfter))}, not on ${expires}`]),
];

/**
 * Takes an existing certificate of the comm into the stack.
 *
 * @param more further differences that forbid it; a successor of the one in charge may be another one than it.
 */
export function adopted(
  certKeyId: number,
  inputs: CertificateInputs,
  snapshot: Snapshot,
  context: Step,
  more: (found: Certificate, inputs: CertificateInputs) => readonly string[] = () => [],
): Found {
  const found = snapshot.certificates.find((candidate) => candidate.certKeyId === certKeyId);
  const wrong =
    found === undefined
      ? `the comm lists ${list(snapshot.certificates)} and not ${certKeyId}`
      : context.heldByOthers().has(holding(inputs.commId, certKeyId))
        ? `another resource of this stack holds ${certKeyId}`
        : !isActive(found, context.now)
          ? `its status is ${found.status} and it is valid until ${isoDay(validUntil(found))}`
          : [isAsAsked(found, inputs) ?? [], ...more(found, inputs)].flat().join("; ");
  if (found !== undefined && wrong === "") return { snapshot, certificate: found };
  throw fault(context, {
    action: `adopt certificate ${certKeyId} of comm ${inputs.commId}`,
    cameBack: wrong,
    known: "nothing was sent and nothing is kept",
    next: "set adopt to an active certificate of the comm with a private key, mend the inputs that differ, or remove adopt to have one created",
    outcome: "not executed",
  });
}

/** Makes a new certificate on the comm by the planned `create`, unless an earlier attempt of this resource is there. */
export async function mint(inputs: CertificateInputs, snapshot: Snapshot, context: Step): Promise<Found> {
  const { commId } = inputs;
  const dismissed = new Set(inputs.createAnother ?? []);
  const held = context.heldByOthers();
  const ours = (candidate: Certificate): boolean => couldBeOurs(candidate, inputs, context.seed, context.now);
  const suspects = snapshot.certificates.filter(
    (candidate) =>
      isActive(candidate, context.now) &&
      isAsAsked(candidate, inputs) === undefined &&
      !dismissed.has(candidate.certKeyId) &&
      !held.has(holding(commId, candidate.certKeyId)) &&
      ours(candidate),
  );
  const action = `create a certificate on comm ${commId}`;
  if (suspects.length > 0) {
    const ids = list(suspects);
    throw fault(context, {
      action,
      cameBack: `the comm already has an active certificate that an earlier attempt of this resource could have made: ${ids}`,
      known: "nothing was sent by this run and nothing is kept",
      next: `set adopt: ${suspects[0]?.certKeyId ?? ""} to take it over, or createAnother: [${ids}] when it is not this resource's`,
      outcome: "not executed",
    });
  }
  const others = snapshot.certificates.filter(
    (candidate) =>
      isActive(candidate, context.now) &&
      isAsAsked(candidate, inputs) === undefined &&
      !dismissed.has(candidate.certKeyId) &&
      !held.has(holding(commId, candidate.certKeyId)),
  );
  if (others.length > 0) tellOfOthers(commId, inputs.usage, others, context);

  const operation = planned(context, create.name);
  const reply = await context.api.ask(context.perform, operation);
  if (reply.outcome === "refused" || reply.outcome === "not executed")
    throw refused(context, action, reply, "nothing was made and nothing is kept");

  const before = idsOf(snapshot.certificates);
  const settled = await lookFor(context, commId, before, reply, (candidates) => {
    const fitting = candidates.filter((candidate) => isAsAsked(candidate, inputs) === undefined);
    const marked = fitting.filter(ours);
    return marked.length === 1 ? marked : fitting;
  });
  if (settled.kind === "one") return settled.found;
  const candidates =
    settled.kind === "several"
      ? `; certificates ${list(settled.candidates)} are new on the comm, and which of them is this resource's cannot be told`
      : "; no new certificate is listed on the comm yet";
  throw fault(context, {
    action,
    cameBack: (reply.outcome === "done" ? "the service said yes" : reply.cameBack) + candidates + settled.unread,
    known:
      reply.outcome === "done"
        ? "a certificate was made at ECGrid, and nothing is kept in the state"
        : "whether a certificate was made is not known, and nothing is kept in the state",
    next: "run again: the next run looks at the comm first, makes nothing while a certificate there could be this one, and names it",
    outcome: reply.outcome,
    traceId: reply.traceId,
  });
}
