import { z } from "zod";
import { echo } from "../../core/echo.js";
import { environmentOutcomes } from "../outcomes.js";
import type { Certificate } from "../wire.js";
import type { Use } from "../../core/lifecycle.js";
import { certificateInputs, type CertificateInputs } from "./inputs.js";

const text = z.string().optional();

/** State of a certificate on a gateway. SHA-1 thumbprints are hex, upper case; times ISO 8601, UTC. */
export const certificateState = z.object({
  ...certificateInputs.shape,
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
  /** What the manager holds for each environment; one that comes twice is a double entry. */
  entries: z.array(z.object({ environment: z.string(), alias: text, thumbprint: text, notAfter: text })),
  /** What is known of each environment's workers. */
  outcomes: environmentOutcomes,
  /** Whether the environments' truststores could be read with this token at the last step. */
  truststores: z.enum(["readable", "refused"]),
  /** Whether the manager no longer has it although this resource has not deleted it. */
  missing: z.boolean(),
  /** How many calls of this resource may have touched JWKs that are made from it; states from before it have none. */
  writes: z.number().default(0),
});

export type CertificateState = z.output<typeof certificateState>;

export const { inputsOf, withInputs } = echo<CertificateInputs, CertificateState>(certificateInputs);

/** Whether nothing was ever deployed: there was no certificate yet. */
export const isWaiting = ({ deployed, entries, missing }: CertificateState): boolean =>
  deployed === undefined && entries.length === 0 && !missing;

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

/** What the gateways have in use, and whether every environment is known to have what it should. */
export function uses(state: CertificateState): Use {
  const { project, name, entries, outcomes, missing, environments } = state;
  const known = new Map(outcomes.map(({ environment, outcome }) => [environment, outcome]));
  const open = environments
    .filter((environment) => known.get(environment) !== "deployed")
    .map(
      (environment) =>
        `${environment} is ${known.get(environment) ?? "without it"}${known.get(environment) === "unknown" ? " (a refresh looks at its truststore)" : ""}`,
    );
  const unsettled = missing ? "it was deleted outside" : open.join(", ");
  return {
    what: `certificate ${name} of project ${project}`,
    thumbprints: [...new Set(entries.flatMap(({ thumbprint }) => thumbprint ?? []))],
    ...(unsettled === "" ? {} : { unsettled }),
  };
}
