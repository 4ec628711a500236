/** Where certificates can be mistaken for each other: nowhere, a name is unique in its project (apinizer.md 2.0). */
export const scopeOf = (project: string): string => `project ${encodeURIComponent(project)}`;

/** How other resources and the run name a certificate. */
export const holding = (project: string, name: string): string =>
  `${scopeOf(project)} certificate ${encodeURIComponent(name)}`;

/** How other resources and the run name a JWK. */
export const holdingJwk = (project: string, jwk: string): string =>
  `${scopeOf(project)} jwk ${encodeURIComponent(jwk)}`;

const madeFrom = (project: string, certificate: string): string =>
  `${scopeOf(project)} jwk made from ${encodeURIComponent(certificate)} is `;

/** How a certificate learns of the JWKs of this stack that refer to it. */
export const referring = (project: string, certificate: string, jwk: string): string =>
  `${madeFrom(project, certificate)}${encodeURIComponent(jwk)}`;

/** Names of the JWKs that refer to a certificate, among what other resources hold; sorted. */
export const referringTo = (project: string, certificate: string, held: Iterable<string>): string[] => {
  const beginning = madeFrom(project, certificate);
  return [...held]
    .flatMap((one) => (one.startsWith(beginning) ? [decodeURIComponent(one.slice(beginning.length))] : []))
    .sort();
};

/** Why a resource cannot be made: another one of the stack has its object, and two of them would end it for each other. */
export const heldElsewhere = (what: string): string =>
  `another resource of this stack has ${what} already. Is it the same one under another name, give it the option aliases; otherwise remove the other one first`;
