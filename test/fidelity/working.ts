import type { Said } from "../instrument/transcript.js";
import type { World } from "../instrument/world.js";
import { severityShown } from "./severity.js";

/**
 * What works at the services, asked of their state: each object with the targets of calls that can end it. What a run has ended
 * must have been named as ended, whatever the words of the call were.
 */
export function working({ sandbox: { ecgrid, certcentral, partner, apinizer } }: World): ReadonlyMap<string, string[]> {
  const found: [string, string[]][] = [];
  for (let commId = FIRST_COMM; commId < FIRST_COMM + COMMS; commId++)
    for (const { certKeyId } of ecgrid.active(commId))
      found.push([`certificate ${certKeyId} of comm ${commId}`, [`commId=${commId} certKeyId=${certKeyId}`]]);
  for (const { id } of certcentral.orders())
    for (const one of certcentral.certificates(id))
      if (one.status === "issued")
        found.push([`certificate ${one.id} of order ${id}`, [`certificateId=${one.id}`, `orderId=${id}`]]);
  for (const { id } of partner.contracts())
    for (const one of partner.credentials(id))
      if (one.usable)
        found.push([
          `credential ${one.id} of contract ${id}`,
          [`contractId=${id} credentialId=${one.id}`, `contractId=${id}`],
        ]);
  for (const { project, name } of apinizer.certificates())
    found.push([`certificate ${name} of project ${project}`, [`project=${project} name=${name}`]]);
  for (const { project, name } of apinizer.jwks())
    found.push([
      `JWK ${name} of project ${project}`,
      [`project=${project} name=${name}`, `project=${project} jwks=DELETE`],
    ]);
  return new Map(found);
}

const FIRST_COMM = 5001;
/** More than a random program has. */
const COMMS = 60;

/** What a run has ended and nobody has named as ended. */
export function endedUnnamed(
  before: ReadonlyMap<string, string[]>,
  after: ReadonlyMap<string, string[]>,
  said: readonly Said[],
): string[] {
  const ending = said
    .filter((one) => severityShown(one) !== undefined)
    .map(({ shown: { operation } }) => operation.split(" ").slice(1));
  const isNamed = (target: string): boolean =>
    ending.some((parts) =>
      target.split(" ").every((part) => parts.includes(part) || parts.includes(part.replace(/=.*/, "=?"))),
    );
  return [...before].flatMap(([what, targets]) =>
    after.has(what) || targets.some(isNamed) ? [] : [`${what} has ended, and no preview has said so`],
  );
}
