import type { Certificate } from "./wire.js";

/**
 * Which certificate is the new one: ECGrid's answers need not say (ecgrid.md 2.4), so it is found by comparing what a
 * comm lists before and after one call.
 */

/** Certificates of `after` that are not in `before`. */
export const appeared = (after: readonly Certificate[], before: ReadonlySet<number>): readonly Certificate[] =>
  after.filter(({ certKeyId }) => !before.has(certKeyId));

export const idsOf = (certificates: readonly Pick<Certificate, "certKeyId">[]): Set<number> =>
  new Set(certificates.map(({ certKeyId }) => certKeyId));
