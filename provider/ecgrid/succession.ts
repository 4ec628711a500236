import type { Snapshot } from "./client.js";
import type { CertificateInputs } from "./inputs.js";
import { holding } from "./plan.js";
import { idsOf } from "./settlement.js";
import {
  hasEnded,
  keptCertificate,
  keptComm,
  validUntil,
  VANISHED,
  withoutPem,
  type CertificateState,
  type KeptCertificate,
} from "./state.js";
import type { Found, Step } from "./step.js";
import type { Certificate } from "./wire.js";

/** How states follow each other: after a change, and after a read. */

/** The state after a renewal, a takeover or a new certificate in place of an ended one. */
export function succeeded(
  state: CertificateState,
  inputs: CertificateInputs,
  { snapshot, certificate: taken }: Found,
  context: Step,
): CertificateState {
  const listed = new Map(snapshot.certificates.map((candidate) => [candidate.certKeyId, candidate]));
  const previous = [state.current, ...state.previous]
    .filter(({ certKeyId }) => certKeyId !== taken.certKeyId)
    .map((old) => withoutPem(asListed(old, listed)))
    // What has ended by itself or by others needs no end any more.
    .filter((old) => !hasEnded(old) && validUntil(old) > context.now);
  const next = stateWith(inputs, snapshot, taken, previous);
  context.claim(holdsOf(next));
  return next;
}

export function stateWith(
  inputs: CertificateInputs,
  snapshot: Snapshot,
  taken: Certificate,
  previous: CertificateState["previous"],
): CertificateState {
  return {
    ...inputs,
    comm: keptComm(snapshot.comm),
    current: keptCertificate(taken),
    previous,
    found: [],
    __seen: [...idsOf(snapshot.certificates)].sort((a, b) => a - b),
  };
}

/** The state with what a comm says now of the certificates it holds. Nothing is dropped: that is for changes alone. */
export function refreshed(state: CertificateState, snapshot: Snapshot): CertificateState {
  const listed = new Map(snapshot.certificates.map((candidate) => [candidate.certKeyId, candidate]));
  return {
    ...state,
    comm: keptComm(snapshot.comm),
    current: asListed(state.current, listed),
    previous: state.previous.map((old) => withoutPem(asListed(old, listed))),
  };
}

function asListed(old: KeptCertificate, listed: ReadonlyMap<number, Certificate>): KeptCertificate {
  const now = listed.get(old.certKeyId);
  return now === undefined
    ? { ...old, status: VANISHED }
    : { ...(old.pem === undefined ? {} : { pem: old.pem }), ...keptCertificate(now) };
}

/** Names of the certificates that a state holds, as others must not take them for their own. */
export const holdsOf = (state: CertificateState): string[] =>
  [state.current, ...state.previous].map(({ certKeyId }) => holding(state.commId, certKeyId));
