import { isoDay } from "../core/clock.js";
import { Fault } from "../core/fault.js";
import type { Lifecycle } from "../core/lifecycle.js";
import { UNKNOWN } from "../core/unknown.js";
import type { EcgridClient } from "./client.js";
import { make } from "./creation.js";
import { certificateInputs, normalize, type CertificateInputs } from "./inputs.js";
import { plan } from "./plan.js";
import { scopeOf } from "./scope.js";
import { change } from "./renewal.js";
import { successors } from "./settlement.js";
import { certificateState, inputsOf, validUntil, type CertificateState } from "./state.js";
import type { Step } from "./step.js";
import { holdsOf, refreshed } from "./succession.js";
import { end } from "./termination.js";

type Reading = Omit<Step, "perform" | "plan">;

/** A certificate of an ECGrid comm whose key pair the platform generates: create, renew, terminate (ecgrid.md 1.3-1.5). */
export const certificate: Lifecycle<CertificateInputs, CertificateState, EcgridClient> = {
  kind: "ecgrid.Certificate",
  type: "pulumi-nodejs:dynamic/ecgrid:Certificate",
  system: "ecgrid",
  state: certificateState,
  inputFields: certificateInputs.keyof().options,
  normalize,
  inputsOf,
  scope: ({ commId }) => (commId === UNKNOWN ? undefined : scopeOf(commId)),
  holds: holdsOf,
  summary: (state) => ({
    what: `ECGrid comm ${state.commId} certificate ${state.current.certKeyId} (serial ${state.current.serialNumber ?? "not given"})`,
    until: isoDay(validUntil(state.current)),
  }),
  plan,
  create: (inputs, context) => oneWriter(inputs.commId, context, () => make(inputs, context)),
  read,
  update: (state, inputs, context) => oneWriter(state.commId, context, () => change(state, inputs, context)),
  delete: (state, context) => oneWriter(state.commId, context, () => end(state, context)),
};

/** New certificates are found by comparing snapshots of a comm, so one step at a time may change a comm. */
const oneWriter = <T>(commId: number, { exclusive, api }: Step, work: () => Promise<T>): Promise<T> =>
  exclusive(`ecgrid ${api.service} comm ${commId}`, work);

/**
 * One read of the comm. Never `gone`: there is no call that deletes a certificate, so one that is no longer listed on
 * a comm that can be read is kept as vanished; a comm that cannot be read is an error and leaves the state alone.
 */
async function read(state: CertificateState, context: Reading): Promise<CertificateState> {
  const { commId, comm } = state;
  const snapshot = await context.api.shared(commId, context.resource);
  const moved =
    comm.mailboxId !== undefined && snapshot.comm.mailboxId !== undefined && comm.mailboxId !== snapshot.comm.mailboxId;
  if (moved) {
    throw new Fault({
      action: `read comm ${commId}`,
      resource: context.resource,
      system: "ECGrid",
      cameBack: `it belongs to mailbox ${snapshot.comm.mailboxId ?? ""}, and the state was made in mailbox ${comm.mailboxId ?? ""}`,
      known: "nothing was changed, the state is left as it was",
      next: "check ecgrid:url and ecgrid:apiKey: they may belong to another account or service",
      outcome: "not executed",
    });
  }
  const now = refreshed(state, snapshot);
  context.claim(holdsOf(now));
  return { ...now, found: successors(state, snapshot.certificates, context.heldByOthers(), context.now) };
}
