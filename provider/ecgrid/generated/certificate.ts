import { isoDay } from "../../core/clock.js";
import type { Lifecycle } from "../../core/lifecycle.js";
import { UNKNOWN } from "../../core/unknown.js";
import { drift, isMissing, vanishes } from "../drift.js";
import type { EcgridClient } from "../client.js";
import { make } from "./creation.js";
import { certificateInputs, normalize, type CertificateInputs } from "./inputs.js";
import { plan } from "./plan.js";
import { holding, scopeOf } from "../scope.js";
import { retirable } from "../retiring.js";
import { reread, type Reading } from "../reading.js";
import { change } from "./renewal.js";
import { successors } from "./successors.js";
import { certificateState, inputsOf, type CertificateState } from "./state.js";
import { validUntil } from "../held.js";
import { oneWriter } from "../step.js";
import { holdsOf } from "../succession.js";
import { end } from "../termination.js";

/** A certificate of an ECGrid comm whose key pair the platform generates: create, renew, terminate (ecgrid.md 1.3-1.5). */
export const certificate: Lifecycle<CertificateInputs, CertificateState, EcgridClient> = {
  kind: "ecgrid.Certificate",
  type: "pulumi-nodejs:dynamic/ecgrid:Certificate",
  system: "ecgrid",
  state: certificateState,
  inputs: certificateInputs,
  normalize,
  inputsOf,
  scope: ({ commId }) => (commId === UNKNOWN ? undefined : scopeOf(commId)),
  holds: holdsOf,
  finds: ({ commId, adopt }) =>
    typeof commId === "number" && typeof adopt === "number" ? [holding(commId, adopt)] : [],
  summary: (state) => ({
    what: `ECGrid comm ${state.commId} certificate ${state.current.certKeyId} (serial ${state.current.serialNumber ?? "not given"})`,
    until: isoDay(validUntil(state.current)),
  }),
  plan,
  drift,
  vanishes,
  isMissing,
  create: (inputs, context) => oneWriter(inputs.commId, context, () => make(inputs, context)),
  read,
  update: (state, inputs, context) => oneWriter(state.commId, context, () => change(state, inputs, context)),
  delete: (state, context) => oneWriter(state.commId, context, () => end(state, context)),
  retirable,
};

async function read(before: CertificateState, context: Reading): Promise<CertificateState> {
  const { state, snapshot } = await reread(before, context);
  return { ...state, found: successors(before, snapshot.certificates, context.heldByOthers(), context.now) };
}
