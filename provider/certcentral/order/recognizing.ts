import { daysBetween } from "../../core/clock.js";
import { holding } from "../scope.js";
import type { Reading } from "../step.js";
import type { OrderInfo } from "../wire.js";
import { readCsr } from "./csr.js";
import type { OrderInputs } from "./inputs.js";
import { namesOf } from "./request.js";
import { endedHow } from "./statuses.js";

/**
 * An own order whose answer was lost, or whose run died, is recognized by what was asked for: product, names and CSR;
 * where DigiCert does not show the CSR, by its age (sections 4, 14).
 */

/** Days within which an order without a shown CSR is taken for an earlier attempt. */
const RECENT = 30;

/** Orders for these names that could be this resource's own, newest first; `before` are those that cannot. */
export async function lookalikes(
  inputs: OrderInputs,
  before: ReadonlySet<number>,
  context: Reading,
  anyCsr = false,
): Promise<OrderInfo[]> {
  const { api, resource, now } = context;
  const held = context.heldByOthers();
  const dismissed = new Set(inputs.orderAnother ?? []);
  const rows = await api.namesakes(inputs.commonName, resource);
  const candidates = rows.filter(
    (row) =>
      !before.has(row.id) &&
      !dismissed.has(row.id) &&
      !held.has(holding(row.id)) &&
      endedHow(row.status) === undefined &&
      (row.product === undefined || row.product === inputs.productNameId),
  );
  const found: OrderInfo[] = [];
  for (const { id } of candidates) {
    const info = await api.order(id, resource);
    const { csr, commonName, dnsNames } = info.certificate;
    const names = namesOf({ commonName: commonName ?? inputs.commonName, dnsNames: [...dnsNames] });
    const sameNames = namesOf(inputs).every((name) => names.includes(name));
    const recent = info.dateCreated === undefined || daysBetween(new Date(info.dateCreated), now) <= RECENT;
    if (sameNames && (anyCsr || (csr === undefined ? recent : isFor(info, inputs)))) found.push(info);
  }
  return found;
}

/** Whether an order was placed with the program's CSR; also where DigiCert does not show it. */
export const isFor = ({ certificate: { csr } }: OrderInfo, inputs: OrderInputs): boolean =>
  csr === undefined || readCsr(csr)?.digest === readCsr(inputs.csr)?.digest;

export const idsOf = (orders: readonly { readonly id: number }[]): string => orders.map(({ id }) => id).join(", ");
