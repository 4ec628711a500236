import { createHash } from "node:crypto";
import { addYears, daysBetween, parseTime, utcDay, wholeSeconds } from "../../core/clock.js";
import type { CertificateInputs } from "./inputs.js";
import type { Certificate } from "../wire.js";

/**
 * How an own creation is recognized after a crash. ECGrid has no idempotency key and no free text on `create`, but it
 * lets the caller choose `expires` (ecgrid.md 1.3): its time of day is derived from the resource's URN, so a certificate
 * that carries it was asked for by this very resource.
 */

/** Seconds of a day, from the resource's URN. */
export function creationMark(seed: string): number {
  return createHash("sha256").update(seed).digest().readUInt32BE(0) % 86_400;
}

/** `expires` as it is sent: an exact time as the user gave it; a date, or the default, with the mark as time of day. */
export function expiresFor(inputs: Pick<CertificateInputs, "expires" | "years">, seed: string, now: Date): string {
  const { expires, years } = inputs;
  const asked = expires === undefined ? undefined : parseTime(expires);
  if (expires !== undefined && asked !== undefined && expires.includes("T")) return wholeSeconds(asked);
  const day = asked ?? addYears(utcDay(now), years);
  return wholeSeconds(new Date(utcDay(day).getTime() + creationMark(seed) * 1000));
}

/** Seconds between two times of day, the short way round. */
function secondsApart(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, 86_400 - apart);
}

const MINUTE = 60;
/** How long ago, in UTC days, a creation without a readable mark may have been made to be taken for our own. */
const RECENT = 30;

/**
 * Whether a certificate could be what an earlier `create` of this resource made: it carries the mark, or the service
 * visibly does not keep the time of day, and lifetime and age fit.
 */
export function couldBeOurs(
  certificate: Certificate,
  inputs: Pick<CertificateInputs, "expires" | "years">,
  seed: string,
  now: Date,
): boolean {
  const end = new Date(certificate.notAfter);
  const begin = new Date(certificate.notBefore);
  const wanted = new Date(expiresFor(inputs, seed, now));
  if (end.getTime() === wanted.getTime()) return true;
  const timeOfDay = (at: Date): number => Math.floor((at.getTime() % 86_400_000) / 1000);
  const exact = inputs.expires?.includes("T") === true;
  if (!exact && timeOfDay(end) === creationMark(seed)) return true;
  // A service that drops or ignores the time of day leaves midnight, the last second, or the time of issue.
  const dropped = [0, 86_399].includes(timeOfDay(end)) || secondsApart(timeOfDay(end), timeOfDay(begin)) < MINUTE;
  if (!dropped) return false;
  const lifetime = daysBetween(begin, end);
  const wantedLifetime = daysBetween(utcDay(now), wanted);
  const age = daysBetween(begin, now);
  return (
    Math.abs(daysBetween(end, wanted)) <= 1 || (Math.abs(lifetime - wantedLifetime) <= 2 && age >= -1 && age <= RECENT)
  );
}
