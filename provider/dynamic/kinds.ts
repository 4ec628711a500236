import { certificate } from "../ecgrid/certificate.js";
import type { Lifecycle } from "../core/lifecycle.js";
import type { Plan } from "../core/plan.js";
import type { Planned } from "../core/unknown.js";
import { dropNulls, planned, withoutHidden, type Properties } from "./wire.js";

/** A kind seen from outside its lifecycle: what lists, the SDK and the inventory need of it. */
export interface Kind {
  /** For instance `ecgrid.Certificate`. */
  readonly kind: string;
  /** Type token. */
  readonly type: string;
  /** Constant provider text, under 80 bytes, frozen (architecture section 8). */
  readonly providerText: string;
  /** Outputs that are not inputs of the same name. */
  readonly outputsOnly: readonly string[];
  /** Keys of everything that is stored. */
  readonly fields: readonly string[];
  /** The state in a resource's outputs; undefined while they are not known. */
  stateFrom(outputs: unknown): object | undefined;
  describe(
    state: object,
    urn: string,
    now: Date,
  ): { readonly what: string; readonly until?: string; readonly plan: Plan };
  /** Names of the remote objects that a state holds. */
  holds(state: object): readonly string[];
  /** Where objects can be mistaken for each other; undefined while not known. */
  scope(inputs: Properties): string | undefined;
}

/** The provider text of an export of `pulumi-clm/dynamic`. */
export const providerText = (exported: string): string =>
  `exports.handler=()=>require("pulumi-clm/dynamic").${exported};`;

function kind<Inputs extends object, State extends object, Api>(
  exported: string,
  lifecycle: Lifecycle<Inputs, State, Api>,
): Kind {
  const fields = Object.keys(lifecycle.state.shape);
  return {
    kind: lifecycle.kind,
    type: lifecycle.type,
    providerText: providerText(exported),
    fields,
    outputsOnly: fields.filter((field) => !lifecycle.inputFields.includes(field)),
    stateFrom: (outputs) => {
      if (typeof outputs !== "object" || outputs === null) return undefined;
      const parsed = lifecycle.state.safeParse(dropNulls(withoutHidden(outputs as Properties)));
      return parsed.success ? parsed.data : undefined;
    },
    describe: (state, urn, now) => ({
      ...lifecycle.summary(state as State),
      plan: lifecycle.plan({ before: state as State, seed: urn }, now),
    }),
    holds: (state) => lifecycle.holds(state as State),
    scope: (inputs) => lifecycle.scope(planned(inputs) as Planned<Inputs>),
  };
}

/** All kinds, by their export of `pulumi-clm/dynamic`: one line each. */
export const KINDS = {
  EcgridCertificate: kind("EcgridCertificate", certificate),
} as const;

export const kindOf = (type: string): Kind | undefined => Object.values(KINDS).find((one) => one.type === type);
