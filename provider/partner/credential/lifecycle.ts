import type { Lifecycle } from "../../core/lifecycle.js";
import { drift, isMissing, vanishes } from "./drift.js";
import { SECRET_OUTPUTS } from "../binding.js";
import type { PartnerClient } from "../client.js";
import { nameOf } from "../operations.js";
import { holding, scopeOf } from "../scope.js";
import { oneWriter } from "../step.js";
import { UNKNOWN } from "../../core/unknown.js";
import { end } from "./ending.js";
import { credentialInputs, normalize, type CredentialInputs } from "./inputs.js";
import { change, make } from "./changing.js";
import { plan } from "./plan.js";
import { holdsOf, reread } from "./reading.js";
import { retirable } from "./retiring.js";
import { credentialState, inputsOf, type CredentialState } from "./state.js";

/** An ACME credential (external account binding) of a contract: mint, rotate with overlap, revoke (section 2). */
export const acmeCredential: Lifecycle<CredentialInputs, CredentialState, PartnerClient> = {
  kind: "partner.AcmeCredential",
  type: "pulumi-nodejs:dynamic/partner:AcmeCredential",
  system: "partner",
  state: credentialState,
  secretOutputs: SECRET_OUTPUTS,
  inputs: credentialInputs,
  normalize,
  inputsOf,
  scope: ({ contractId }) => (contractId === UNKNOWN ? undefined : scopeOf(contractId)),
  holds: holdsOf,
  finds: ({ contractId, adopt }) =>
    typeof contractId === "number" && typeof adopt === "number" ? [holding(contractId, adopt)] : [],
  summary: ({ contractId, current }) => ({
    what:
      current === undefined
        ? `ACME credential of contract ${contractId}, not minted yet`
        : `ACME credential ${nameOf(current)} of contract ${contractId}`,
  }),
  plan,
  drift,
  vanishes,
  isMissing,
  create: (inputs, context) => oneWriter(inputs.contractId, context, () => make(inputs, context)),
  read: reread,
  update: (state, inputs, context) => oneWriter(state.contractId, context, () => change(state, inputs, context)),
  delete: (state, context) => oneWriter(state.contractId, context, () => end(state, context)),
  retirable,
};
