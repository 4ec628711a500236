/** Where certificates can be mistaken for each other: one comm. */
export const scopeOf = (commId: number): string => `comm ${commId}`;

/** How other resources and the run name a certificate. */
export const holding = (commId: number, certKeyId: number): string => `${scopeOf(commId)} certificate ${certKeyId}`;
