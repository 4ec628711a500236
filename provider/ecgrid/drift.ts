import { isoDay } from "../core/clock.js";
import { differing, type Drift } from "../core/drift.js";
import { hasEnded, validUntil, VANISHED, type Held } from "./held.js";

/** Certificates on the comm that could be, or are, a renewal of the current one. */
type Found = readonly { readonly certKeyId: number; readonly linked: boolean }[];

/** Whether the comm no longer lists the certificate in charge. */
export const isMissing = ({ current }: Held): boolean => current.status === VANISHED;

/** Whether the comm had the certificate in charge in use, and no longer lists it. */
export const vanishes = (before: Held, after: Held): boolean => !hasEnded(before.current) && isMissing(after);

/**
 * What a comm says otherwise of the certificate in charge. Older ones are left out: their end is what everybody waits for.
 */
export function drift(
  before: Held & { readonly found?: Found },
  after: Held & { readonly found?: Found },
  now: Date,
): Drift[] {
  const [was, is] = [before.current, after.current];
  const what = `certificate ${is.certKeyId} (serial ${is.serialNumber ?? "not given"}) of comm ${after.commId}`;
  const known = new Set(before.found?.map(({ certKeyId }) => certKeyId));
  const newcomers = (after.found ?? []).filter(({ certKeyId }) => !known.has(certKeyId));
  const end = validUntil(is);
  return [
    ...differing(hasEnded(is) && !hasEnded(was) ? "ended" : "status", what, was.status, is.status),
    ...newcomers.map(({ certKeyId, linked }): Drift => ({
      ...{ kind: "succeeded", what, before: `certificate ${is.certKeyId}` },
      now: `${linked ? "" : "perhaps "}certificate ${certKeyId}`,
    })),
    ...differing("content", what, was.thumbprint, is.thumbprint),
    // A renewal moves the windows, too.
    ...(newcomers.length > 0 ? [] : differing("settings", `end of use of ${what}`, was.endUsage, is.endUsage)),
    ...(hasEnded(is) || end > now
      ? []
      : differing("expired", what, `valid until ${isoDay(end)}`, "expired", isoDay(end))),
  ];
}
