import { z } from "zod";
import { echo } from "../../core/echo.js";
import type { Certificate } from "../wire.js";
import type { Use } from "../../core/lifecycle.js";
import { certificateInputs, type CertificateInputs } from "./inputs.js";

const text = z.string().optional();

/** State of a certificate on a gateway. SHA-1 thumbprints are hex, upper case; times ISO 8601, UTC. */
export const certificateState = z.object({
  ...certificateInputs.shape,
  /** Base URL of the manager that has it; states from before it have none. */
  manager: text,
  /** The certificate that this resource has deployed last; missing until there is one. */
  deployed: z
    .object({
      /** What was sent: a deletion that left an environment behind is repaired with it. Left out of lists. */
      pem: text,
      thumbprint: z.string(),
      subject: z.string(),
      serialNumber: z.string(),
      notBefore: z.string(),
      notAfter: z.string(),
    })
    .optional(),
  /** What the manager holds for each environment, or held when it was seen last; one that comes twice is a double entry. */
  entries: z.array(z.object({ environment: z.string(), alias: text, thumbprint: text, notAfter: text })),
  /** What is known of each environment's workers, also of those that it was dropped from. */
  outcomes: z.array(
    z.object({
      environment: z.string(),
      /**
       * `deployed`: said so, or seen in its truststore. `failed`: said no, or seen not to have it; only a call takes that back.
       * `unknown`: nobody has said. `left`: dropped, and its workers still have it.
       */
      outcome: z.enum(["deployed", "failed", "unknown", "left"]),
      message: text,
      /** What its workers may have: one that has failed keeps what it had. */
      thumbprints: z.array(z.string()).default([]),
    }),
  ),
  /** Whether the environments' truststores could be read with this token when they were read last. */
  truststores: z.enum(["readable", "refused", "unread"]),
  /** Whether the manager no longer has it although this resource has not deleted it; `outcomes` are empty once no environment has it. */
  missing: z.boolean(),
  /** How many calls of this resource may have touched JWKs that are made from it; states from before it have none. */
  writes: z.number().default(0),
});

export type CertificateState = z.output<typeof certificateState>;

export const { inputsOf, withInputs } = echo<CertificateInputs, CertificateState>(certificateInputs);

export type EnvironmentState = CertificateState["outcomes"][number];

/** Whether nothing was ever deployed: there was no certificate yet. */
export const isWaiting = ({ deployed, entries, outcomes, missing }: CertificateState): boolean =>
  deployed === undefined && entries.length === 0 && outcomes.length === 0 && !missing;

/** Whether it was deleted outside, and no environment is left that may have it. */
export const isGone = (state: CertificateState): boolean => state.missing && everywhere(state).length === 0;

/** Environments of the manager's entries, each once. */
export const environmentsIn = ({ entries }: Pick<CertificateState, "entries">): string[] => [
  ...new Set(entries.map(({ environment }) => environment)),
];

/** Environments that the manager lists more than once (apinizer.md 2.4). */
export const doubled = ({ entries }: Pick<CertificateState, "entries">): string[] =>
  environmentsIn({ entries }).filter((name) => entries.filter(({ environment }) => environment === name).length > 1);

/** The manager's entries of a certificate. */
export const entriesOf = ({ entries }: Certificate): CertificateState["entries"] =>
  entries.map(({ environment, alias, thumbprint, notAfter }) => ({
    environment,
    ...(alias === undefined ? {} : { alias }),
    ...(thumbprint === undefined ? {} : { thumbprint }),
    ...(notAfter === undefined ? {} : { notAfter }),
  }));

/** Thumbprints of entries, each once. */
export const thumbprintsOf = (entries: readonly { readonly thumbprint?: string | undefined }[]): string[] => [
  ...new Set(entries.flatMap(({ thumbprint }) => thumbprint ?? [])),
];

/** A state with what the manager has now: what it has otherwise than the program, the next preview names. */
export function taken(before: CertificateState, found: Certificate): CertificateState {
  const entries = entriesOf(found);
  const environments = environmentsIn({ entries });
  const same =
    environments.length === before.environments.length &&
    before.environments.every((environment) => environments.includes(environment));
  const [alias, ...others] = new Set(entries.map((entry) => entry.alias));
  return {
    ...before,
    entries,
    missing: false,
    ...(same || environments.length === 0 ? {} : { environments }),
    ...(alias === undefined || others.length > 0 ? {} : { alias }),
    // An empty one is none: it cannot be asked for, either.
    ...(found.description === undefined || found.description === "" ? {} : { description: found.description }),
  };
}

/** Every environment that may have the certificate, with all that it may have: by its outcome, and by the manager's entries. */
export function everywhere({ outcomes, entries }: CertificateState, found?: Certificate): EnvironmentState[] {
  const all = [...entries, ...(found?.entries ?? [])];
  const known = new Map(outcomes.map((one) => [one.environment, one]));
  const environments = new Set([...known.keys(), ...all.map(({ environment }) => environment)]);
  return [...environments].map((environment) => {
    const before = known.get(environment) ?? { environment, outcome: "unknown" as const, thumbprints: [] };
    const held = thumbprintsOf(all.filter((one) => one.environment === environment));
    return { ...before, thumbprints: [...new Set([...before.thumbprints, ...held])] };
  });
}

const OPEN: Readonly<Record<EnvironmentState["outcome"], string>> = {
  deployed: "",
  failed: "is failed",
  unknown: "is unknown (a refresh looks at its truststore)",
  left: "was dropped and may still have it",
};

/** What the gateways have in use, and whether every environment is known to have what it should. */
export function uses(state: CertificateState): Use {
  const { project, name, missing, environments } = state;
  const all = everywhere(state);
  const open = all.flatMap(({ environment, outcome }) =>
    outcome === "deployed" ? [] : [`${environment} ${OPEN[outcome]}`],
  );
  const without = environments.filter((wanted) => !all.some(({ environment }) => environment === wanted));
  const unsettled = missing
    ? "it was deleted outside"
    : [...open, ...without.map((environment) => `${environment} is without it`)].join(", ");
  return {
    what: `certificate ${name} of project ${project}`,
    thumbprints: [...new Set(all.flatMap(({ thumbprints }) => thumbprints))],
    ...(unsettled === "" ? {} : { unsettled }),
  };
}
