import { z } from "zod";
import { gatewayCertificate } from "../apinizer/certificate/lifecycle.js";
import { jwk } from "../apinizer/jwk/lifecycle.js";
import { order } from "../certcentral/order/lifecycle.js";
import { certificate } from "../ecgrid/generated/certificate.js";
import { partnerCertificate, uploadedCertificate } from "../ecgrid/upload/lifecycle.js";
import { acmeContract } from "../partner/contract/lifecycle.js";
import { acmeCredential } from "../partner/credential/lifecycle.js";
import { retirement } from "../retirement/lifecycle.js";
import type { Problem } from "../core/inputs.js";
import type { Lifecycle, Use } from "../core/lifecycle.js";
import { planIn, type Plan } from "../core/plan.js";
import type { Planned } from "../core/unknown.js";
import { changeOf } from "./change.js";
import { unlessShared, type Holders } from "./staying.js";
import { dropNulls, isNewer, planned, withoutHidden, type Properties } from "./wire.js";

/** A kind seen from outside its lifecycle: what lists, the SDK and the inventory need of it. */
export interface Kind {
  /** For instance `ecgrid.Certificate`. */
  readonly kind: string;
  /** For instance `ecgrid`. */
  readonly system: string;
  /** Type token. */
  readonly type: string;
  /** Constant provider text, under 80 bytes, frozen (architecture section 8). */
  readonly providerText: string;
  /** What a program gives. */
  readonly inputs: z.ZodObject<z.ZodRawShape>;
  /** Those of them that are secret. */
  readonly secretInputs: readonly string[];
  /** Everything that is stored: its keys are the outputs. */
  readonly state: z.ZodObject<z.ZodRawShape>;
  /** What a `check` without an earlier state says of inputs; `UNKNOWN` stands for what is not known. Pure. */
  problems(raw: Properties): readonly Problem[];
  /** Outputs that are not inputs of the same name. */
  readonly outputsOnly: readonly string[];
  /** Keys of everything that is stored and not secret: what lists and retirements are made of. */
  readonly fields: readonly string[];
  /** Outputs that hold secrets. */
  readonly secretOutputs: readonly string[];
  /** Those of them that every state has. */
  readonly always: readonly string[];
  /**
   * The state in a resource's outputs, without its secrets; undefined while they are not known, and where a newer version
   * of this package has written them.
   */
  stateFrom(outputs: unknown): object | undefined;
  /**
   * Which object a state is, until when it is valid, and what its deletion does. `resource`: its URN and the name of its
   * explicit provider instance. `others`: what resources hold that stay when this one ends.
   */
  describe(
    state: object,
    resource: { readonly urn: string; readonly instance: unknown },
    now: Date,
    others: Holders,
  ): { readonly what: string; readonly until?: string; readonly plan: Plan };
  /**
   * What a change does: the plan that previews say and steps perform. `before` is a state of `stateFrom`, `after` are the
   * inputs as the engine has them checked, hidden ones included; one of them is missing on create and delete.
   */
  plan(change: { readonly before?: object; readonly after?: Properties; readonly urn: string }, now: Date): Plan;
  /** What a state has in use, for retirements; undefined for kinds that use nothing. */
  uses(state: object): Use | undefined;
  /** SHA-1 thumbprints of certificates that a retirement of this state could end, hex, upper case. */
  thumbprints(state: object): readonly string[];
  /** Names of the remote objects that a state holds. */
  holds(state: object): readonly string[];
  /** Names of the remote objects that a creation with these inputs takes over, where they exist, as far as the inputs say it. */
  finds(inputs: Properties): readonly string[];
  /** Where objects can be mistaken for each other; undefined while not known. */
  scope(inputs: Properties): string | undefined;
  /** Words of which objects that can be mistaken for each other share one; undefined where their scope alone says it. */
  wordsAsked(inputs: Properties, state: object | undefined): readonly string[] | undefined;
  wordsHeld(state: object): readonly string[] | undefined;
}

/** The provider text of an export of `pulumi-clm/dynamic`. */
export const providerText = (exported: string): string =>
  `exports.handler=()=>require("pulumi-clm/dynamic").${exported};`;

function kind<Inputs extends object, State extends object, Api>(
  exported: string,
  lifecycle: Lifecycle<Inputs, State, Api>,
): Kind {
  const { secretOutputs = [] } = lifecycle;
  const stored = Object.keys(lifecycle.state.shape);
  const fields = stored.filter((field) => !secretOutputs.includes(field));
  return {
    kind: lifecycle.kind,
    system: lifecycle.system,
    type: lifecycle.type,
    providerText: providerText(exported),
    fields,
    secretOutputs,
    always: fields.filter((field) => {
      const schema = lifecycle.state.shape[field];
      return schema !== undefined && !z.safeParse(schema, undefined).success;
    }),
    inputs: lifecycle.inputs,
    secretInputs: lifecycle.secretInputs ?? [],
    state: lifecycle.state,
    problems: (raw) => {
      const checked = lifecycle.normalize(raw);
      return checked.ok ? [] : checked.problems;
    },
    outputsOnly: stored.filter((field) => !Object.hasOwn(lifecycle.inputs.shape, field)),
    stateFrom: (outputs) => {
      if (typeof outputs !== "object" || outputs === null || isNewer(outputs as Properties)) return undefined;
      const open = Object.entries(withoutHidden(outputs as Properties)).filter(([key]) => !secretOutputs.includes(key));
      const parsed = lifecycle.state.safeParse(dropNulls(Object.fromEntries(open)));
      return parsed.success ? parsed.data : undefined;
    },
    describe: (state, { urn, instance }, now, others) => {
      const summary = lifecycle.summary(state as State);
      const end = lifecycle.plan(changeOf<Inputs, State>(urn, state as State, undefined, others.objects), now);
      const plan = unlessShared(end, summary.what, lifecycle.holds(state as State), others);
      return { ...summary, plan: planIn(plan, instance) };
    },
    plan: ({ before, after, urn }, now) =>
      planIn(lifecycle.plan(changeOf<Inputs, State>(urn, before as State | undefined, after), now), after?.__instance),
    uses: (state) => lifecycle.uses?.(state as State),
    thumbprints: (state) => {
      const { retirable } = lifecycle;
      if (retirable === undefined) return [];
      // The mark does not depend on the clock.
      const { mark } = retirable.inCharge(state as State, new Date(0));
      return [...retirable.older(state as State).flatMap(({ thumbprints = [] }) => thumbprints), mark ?? []].flat();
    },
    holds: (state) => lifecycle.holds(state as State),
    finds: (inputs) => lifecycle.finds?.(planned(withoutHidden(inputs)) as Planned<Inputs>) ?? [],
    scope: (inputs) => lifecycle.scope(planned(inputs) as Planned<Inputs>),
    wordsAsked: (inputs, state) =>
      lifecycle.words?.asked(planned(inputs) as Planned<Inputs>, state as State | undefined),
    wordsHeld: (state) => lifecycle.words?.held(state as State),
  };
}

/** Kinds whose older objects a `clm.Retirement` can end. */
export const RETIRABLE = [certificate, uploadedCertificate, partnerCertificate, order, acmeCredential];

/** All kinds, by their export of `pulumi-clm/dynamic`: one line each. */
export const KINDS = {
  EcgridCertificate: kind("EcgridCertificate", certificate),
  EcgridUploadedCertificate: kind("EcgridUploadedCertificate", uploadedCertificate),
  EcgridPartnerCertificate: kind("EcgridPartnerCertificate", partnerCertificate),
  CertcentralOrder: kind("CertcentralOrder", order),
  ApinizerCertificate: kind("ApinizerCertificate", gatewayCertificate),
  ApinizerJwk: kind("ApinizerJwk", jwk),
  PartnerAcmeContract: kind("PartnerAcmeContract", acmeContract),
  PartnerAcmeCredential: kind("PartnerAcmeCredential", acmeCredential),
  Retirement: kind("Retirement", retirement(RETIRABLE)),
} as const;

export const kindOf = (type: string): Kind | undefined => Object.values(KINDS).find((one) => one.type === type);
