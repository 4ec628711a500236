import { isoDay } from "../../core/clock.js";
import type { Lifecycle } from "../../core/lifecycle.js";
import { drift } from "./drift.js";
import { SECRET_OUTPUTS } from "../binding.js";
import type { PartnerClient } from "../client.js";
import { holdingContract, scopeOf } from "../scope.js";
import { UNKNOWN } from "../../core/unknown.js";
import { oneWriter } from "../step.js";
import { change } from "./changing.js";
import { make } from "./creation.js";
import { end } from "./ending.js";
import { contractInputs, normalize, type ContractInputs } from "./inputs.js";
import { plan } from "./plan.js";
import { reread } from "./reading.js";
import { contractState, holdsOf, inputsOf, type ContractState } from "./state.js";

/** An ACME contract of DigiCert's Partner API with its first credential: create, update, expire or cancel (section 1). */
export const acmeContract: Lifecycle<ContractInputs, ContractState, PartnerClient> = {
  kind: "partner.AcmeContract",
  type: "pulumi-nodejs:dynamic/partner:AcmeContract",
  system: "partner",
  state: contractState,
  secretOutputs: SECRET_OUTPUTS,
  inputs: contractInputs,
  normalize,
  inputsOf,
  // Contracts are never mistaken for each other: there is no list of them. One that is adopted may be another resource's.
  scope: ({ adopt }) => (adopt === undefined || adopt === UNKNOWN ? undefined : scopeOf(adopt)),
  holds: holdsOf,
  finds: ({ adopt }) => (typeof adopt === "number" ? [holdingContract(adopt)] : []),
  summary: ({ contract, sans }) =>
    contract === undefined
      ? { what: `ACME contract for ${sans.join(", ")} that may not have been made` }
      : {
          what: `ACME contract ${contract.id} (${contract.sans.join(", ")})`,
          ...(contract.validTill === undefined ? {} : { until: isoDay(new Date(contract.validTill)) }),
        },
  plan,
  drift,
  create: make,
  read: reread,
  update: (state, inputs, context) =>
    state.contract === undefined
      ? change(state, inputs, context)
      : oneWriter(state.contract.id, context, () => change(state, inputs, context)),
  delete: (state, context) =>
    state.contract === undefined ? Promise.resolve() : oneWriter(state.contract.id, context, () => end(state, context)),
};
