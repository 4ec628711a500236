import type { Certificate } from "../wire.js";
import type { CertificateInputs } from "./inputs.js";
import { infoOf } from "./pem.js";
import { environmentsIn, everywhere, type CertificateState } from "./state.js";

/** What of a certificate at the manager a state knows nothing of, in words. */
export function unnamedIn(before: CertificateState, { entries }: Certificate, inputs?: CertificateInputs): string[] {
  const known = everywhere(before);
  const prints = new Set([
    ...known.flatMap(({ thumbprints }) => thumbprints),
    ...[before.deployed?.thumbprint, inputs === undefined ? undefined : infoOf(inputs)?.thumbprint],
  ]);
  // A replacement names those of the record, a deletion all that may have it.
  const environments = new Set([
    ...(inputs === undefined ? known.map(({ environment }) => environment) : environmentsIn(before)),
    ...(inputs?.environments ?? []),
  ]);
  return [
    ...new Set(
      entries.flatMap(({ environment, thumbprint }) => [
        ...(environments.has(environment) ? [] : [`it is in ${environment}, too`]),
        ...(thumbprint === undefined || prints.has(thumbprint) ? [] : [`${environment} has thumbprint ${thumbprint}`]),
      ]),
    ),
  ];
}
