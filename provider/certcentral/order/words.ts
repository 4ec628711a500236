import type { Lifecycle } from "../../core/lifecycle.js";
import { UNKNOWN } from "../../core/unknown.js";
import type { CertcentralClient } from "../client.js";
import type { OrderInputs } from "./inputs.js";
import { namesOf } from "./request.js";
import { certificatesIn, ordersOf, type OrderState } from "./state.js";

/**
 * By what orders of an account can be taken for each other: a lost order and a renewal are looked for by their names, and
 * the program and DigiCert name orders by their ids.
 */
export const words: NonNullable<Lifecycle<OrderInputs, OrderState, CertcentralClient>["words"]> = {
  // As programs give them: what has a default may be missing.
  asked: ({ commonName, dnsNames, adopt }, state) =>
    typeof commonName !== "string" || dnsNames === UNKNOWN || adopt === UNKNOWN
      ? undefined
      : [
          ...namesOf({ commonName, dnsNames: Array.isArray(dnsNames) ? dnsNames : [] }),
          ...(adopt === undefined ? [] : [word(adopt)]),
          ...(state === undefined ? [] : held(state)),
          ...(state?.found ?? []).map(({ orderId }) => word(orderId)),
        ],
  held: (state) => held(state),
};

const word = (orderId: number): string => `order ${orderId}`;

const held = (state: OrderState): string[] => [
  ...new Set([...namesOf(state), ...certificatesIn(state).flatMap(namesOf), ...ordersOf(state).map(word)]),
];
