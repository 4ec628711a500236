/** How other resources and the run name an order. Orders can be mistaken for each other wherever a name is the same. */
export const scopeOf = (): string => "certcentral";

export const holding = (orderId: number): string => `${scopeOf()} order ${orderId}`;
