import type { Lifecycle } from "../../core/lifecycle.js";
import { UNKNOWN } from "../../core/unknown.js";
import { drift } from "./drift.js";
import type { ApinizerClient } from "../client.js";
import { holding, scopeOf } from "../scope.js";
import { ofThisManager } from "../manager.js";
import { oneWriter, type Reading } from "../step.js";
import { change, make } from "./deploying.js";
import { certificateInputs, normalize, type CertificateInputs } from "./inputs.js";
import { whatOf } from "./pem.js";
import { plan } from "./plan.js";
import { reread } from "./reading.js";
import { end } from "./removing.js";
import { certificateState, inputsOf, uses, type CertificateState } from "./state.js";

const here = (state: CertificateState, context: Reading): CertificateState =>
  ofThisManager(state, `certificate ${state.name} of project ${state.project}`, context);

/** A public certificate on the gateways of an Apinizer project: deploy, replace, undeploy (apinizer.md 2). */
export const gatewayCertificate: Lifecycle<CertificateInputs, CertificateState, ApinizerClient> = {
  kind: "apinizer.Certificate",
  type: "pulumi-nodejs:dynamic/apinizer:Certificate",
  system: "apinizer",
  state: certificateState,
  inputs: certificateInputs,
  normalize,
  inputsOf,
  scope: ({ project }) => (project === UNKNOWN ? undefined : scopeOf(project)),
  holds: ({ project, name }) => [holding(project, name)],
  finds: ({ project, name }) => (project === UNKNOWN || name === UNKNOWN ? [] : [holding(project, name)]),
  summary: ({ project, name, deployed }) => ({
    what: `certificate ${name} of project ${project}${deployed === undefined ? "" : ` (${whatOf(deployed)})`}`,
    ...(deployed === undefined ? {} : { until: deployed.notAfter.slice(0, 10) }),
  }),
  plan,
  drift,
  uses,
  create: (inputs, context) => oneWriter(inputs, context, () => make(inputs, context)),
  read: async (state, context) => reread(here(state, context), context),
  vanishes: (before, after) => after.missing && !before.missing,
  isMissing: ({ missing }) => missing,
  update: (state, inputs, context) =>
    oneWriter(state, context, async () => change(here(state, context), inputs, context)),
  delete: (state, context) => oneWriter(state, context, async () => end(here(state, context), context)),
};
