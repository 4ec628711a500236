import type { Lifecycle } from "../../core/lifecycle.js";
import { UNKNOWN } from "../../core/unknown.js";
import { drift } from "./drift.js";
import type { ApinizerClient } from "../client.js";
import { holdingJwk, referring, scopeOf } from "../scope.js";
import { ofThisManager } from "../manager.js";
import { oneWriter, type Reading } from "../step.js";
import { jwkInputs, normalize, type JwkInputs } from "./inputs.js";
import { change, make } from "./making.js";
import { plan } from "./plan.js";
import { reread } from "./reading.js";
import { end } from "./removing.js";
import { inputsOf, jwkState, mayRefer, type JwkState } from "./state.js";

const here = (state: JwkState, context: Reading): JwkState =>
  ofThisManager(state, `JWK ${state.name} of project ${state.project}`, context);

/** A JWK on the gateways of an Apinizer project: made from a certificate, or generated (apinizer.md 3). */
export const jwk: Lifecycle<JwkInputs, JwkState, ApinizerClient> = {
  kind: "apinizer.Jwk",
  type: "pulumi-nodejs:dynamic/apinizer:Jwk",
  system: "apinizer",
  state: jwkState,
  inputs: jwkInputs,
  normalize,
  inputsOf,
  scope: ({ project }) => (project === UNKNOWN ? undefined : scopeOf(project)),
  finds: ({ project, name }) => (project === UNKNOWN || name === UNKNOWN ? [] : [holdingJwk(project, name)]),
  holds: (state) => {
    const { project, name, made, certificateName } = state;
    return [
      ...(made ? [holdingJwk(project, name)] : []),
      ...(certificateName !== undefined && mayRefer(state) ? [referring(project, certificateName, name)] : []),
    ];
  },
  summary: ({ project, name, kid }) => ({
    what: `JWK ${name} of project ${project}${kid === undefined ? "" : ` (kid ${kid})`}`,
  }),
  plan,
  drift,
  create: (inputs, context) => oneWriter(inputs, context, () => make(inputs, context)),
  read: async (state, context) => reread(here(state, context), context),
  vanishes: (before, after) => after.missing && !before.missing,
  isMissing: ({ missing }) => missing,
  update: (state, inputs, context) =>
    oneWriter(state, context, async () => change(here(state, context), inputs, context)),
  delete: (state, context) => oneWriter(state, context, async () => end(here(state, context), context)),
};
