/** Where credentials can be mistaken for each other: one contract. */
export const scopeOf = (contractId: number): string => `contract ${contractId}`;

/** How other resources and the run name a contract. */
export const holdingContract = (contractId: number): string => `${scopeOf(contractId)} itself`;

/** How other resources and the run name a credential. */
export const holding = (contractId: number, credentialId: number): string =>
  `${scopeOf(contractId)} credential ${credentialId}`;
