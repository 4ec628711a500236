import { isoDay } from "../core/clock.js";
import type { Snapshot } from "./client.js";
import { holding } from "./scope.js";
import {
  hasEnded,
  keptCertificate,
  keptComm,
  validUntil,
  VANISHED,
  withoutPem,
  type Held,
  type KeptCertificate,
  type PreviousCertificate,
} from "./held.js";
import type { Found, Step } from "./step.js";
import type { Certificate } from "./wire.js";

/** How states follow each other: after a change, and after a read. */

/** What is kept of a comm when `taken` has come into charge; `before` is the state that it follows, if there is one. */
export function heldAfter(
  before: Held | undefined,
  { snapshot, certificate: taken }: Found,
  context: Step,
): Pick<Held, "comm" | "current" | "previous"> {
  const listed = listedIn(snapshot);
  const today = isoDay(context.now);
  const older = before === undefined ? [] : [{ ...withoutPem(before.current), replacedOn: today }, ...before.previous];
  const previous = older
    .filter(({ certKeyId }) => certKeyId !== taken.certKeyId)
    .map((old) => previousAsListed(old, listed))
    // What has ended by itself or by others needs no end any more.
    .filter((old) => !hasEnded(old) && validUntil(old) > context.now);
  const held = { comm: keptComm(snapshot.comm), current: keptCertificate(taken), previous };
  context.claim(holdsOf({ commId: snapshot.comm.commId, ...held }));
  return held;
}

/** The state with what a comm says now of the certificates it holds. Nothing is dropped: that is for changes alone. */
export function refreshed<State extends Held>(state: State, snapshot: Snapshot): State {
  const listed = listedIn(snapshot);
  return {
    ...state,
    comm: keptComm(snapshot.comm),
    current: asListed(state.current, listed),
    previous: state.previous.map((old) => previousAsListed(old, listed)),
  };
}

const listedIn = ({ certificates }: Snapshot): ReadonlyMap<number, Certificate> =>
  new Map(certificates.map((candidate) => [candidate.certKeyId, candidate]));

function asListed(old: KeptCertificate, listed: ReadonlyMap<number, Certificate>): KeptCertificate {
  const now = listed.get(old.certKeyId);
  return now === undefined
    ? { ...old, status: VANISHED }
    : { ...(old.pem === undefined ? {} : { pem: old.pem }), ...keptCertificate(now) };
}

const previousAsListed = (
  { replacedOn, ...old }: PreviousCertificate,
  listed: ReadonlyMap<number, Certificate>,
): PreviousCertificate => ({ ...withoutPem(asListed(old, listed)), replacedOn });

/** Names of the certificates that a state holds, as others must not take them for their own. */
export const holdsOf = ({ commId, current, previous }: Pick<Held, "commId" | "current" | "previous">): string[] =>
  [current, ...previous].map(({ certKeyId }) => holding(commId, certKeyId));
