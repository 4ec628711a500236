import { z } from "zod";
import { daysBetween, isoDay } from "./clock.js";

/** When a certificate is renewed by the clock. */

const WINDOW =
  'allowed is { days: whole days before the expiry }, { share: remaining share of the lifetime, between 0 and 1 } or "never"';

/** UTC days before the expiry, remaining share of the lifetime, or never. */
export const renewalWindow = z.union(
  [
    z.strictObject({
      days: z.number({ error: WINDOW }).int({ error: WINDOW }).min(0, { error: WINDOW }).max(36_500, { error: WINDOW }),
    }),
    z.strictObject({ share: z.number({ error: WINDOW }).gt(0, { error: WINDOW }).lt(1, { error: WINDOW }) }),
    z.literal("never"),
  ],
  { error: WINDOW },
);

export type RenewalWindow = z.output<typeof renewalWindow>;

/** Width of a window in UTC days before the end; undefined for never. */
export function windowDays(window: RenewalWindow, begin: Date, end: Date): number | undefined {
  if (window === "never") return undefined;
  return "days" in window ? window.days : Math.floor(window.share * daysBetween(begin, end));
}

/** When a certificate ends, seen from `now`. */
export function expiry(end: Date, now: Date): string {
  const left = daysBetween(now, end);
  return left < 0 ? `it expired on ${isoDay(end)}` : `it expires on ${isoDay(end)}, in ${left} day(s)`;
}

/** Why the clock asks for a renewal; undefined while it does not. */
export function windowReason(window: RenewalWindow, begin: Date, end: Date, now: Date): string | undefined {
  const opens = windowDays(window, begin, end);
  const left = daysBetween(now, end);
  if (opens === undefined || left > opens) return undefined;
  return left < 0 ? expiry(end, now) : `${expiry(end, now)}, inside the renewal window of ${opens} day(s)`;
}
