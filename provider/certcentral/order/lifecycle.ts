import type { Lifecycle } from "../../core/lifecycle.js";
import { drift } from "./drift.js";
import type { CertcentralClient } from "../client.js";
import { holding, scopeOf } from "../scope.js";
import { oneWriter } from "../step.js";
import { change } from "./changing.js";
import { normalize, orderInputs, type OrderInputs } from "./inputs.js";
import { make } from "./ordering.js";
import { plan } from "./plan.js";
import { read } from "./reading.js";
import { retirable } from "./retiring.js";
import { end } from "./revoking.js";
import { inputsOf, nameOf, ordersOf, orderState, type OrderState } from "./state.js";
import { namesOf } from "./request.js";
import { words } from "./words.js";

/** A CertCentral order: placed, approved, issued, reissued, renewed, canceled, revoked (digicert-certcentral.md). */
export const order: Lifecycle<OrderInputs, OrderState, CertcentralClient> = {
  kind: "certcentral.Order",
  type: "pulumi-nodejs:dynamic/certcentral:Order",
  system: "certcentral",
  state: orderState,
  inputs: orderInputs,
  normalize,
  inputsOf,
  scope: scopeOf,
  words,
  holds: (state) => ordersOf(state).map(holding),
  finds: ({ adopt }) => (typeof adopt === "number" ? [holding(adopt)] : []),
  summary: (state) => ({
    what: `CertCentral order ${state.order.id} for ${namesOf(state).join(", ")} (${state.current === undefined ? state.order.status : nameOf(state.current)})`,
    ...(state.current?.validTill === undefined ? {} : { until: state.current.validTill }),
  }),
  plan,
  drift,
  create: (inputs, context) => oneWriter(inputs.commonName, context, () => make(inputs, context)),
  read,
  update: (state, inputs, context) => oneWriter(inputs.commonName, context, () => change(state, inputs, context)),
  delete: (state, context) => oneWriter(state.commonName, context, () => end(state, context)),
  retirable,
};
