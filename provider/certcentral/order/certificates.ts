import type { OrderInfo } from "../wire.js";
import { namesOf } from "./request.js";

/** Whether an order's certificate is out, and not only announced: its serial or its end exist only then (section 4). */
export const isPresent = ({ certificate: { id, serialNumber, validTill, thumbprint } }: OrderInfo): boolean =>
  id !== undefined && (serialNumber ?? thumbprint ?? validTill) !== undefined;

type Named = Parameters<typeof namesOf>[0];

/** Names of an older certificate that a newer one does not have, or no longer as its common name (section 7). */
export function namesRemoved(old: Named, now: Named): string[] {
  const has = namesOf(now);
  const moved = old.commonName.toLowerCase() !== now.commonName.toLowerCase();
  return namesOf(old).filter((name) => !has.includes(name) || (moved && name === old.commonName.toLowerCase()));
}
