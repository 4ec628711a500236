import { daysBetween, isoDay } from "../../core/clock.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import type { CertificateInputs } from "./inputs.js";
import { validUntil } from "../held.js";
import { type CertificateState } from "./state.js";

type Inputs = Planned<CertificateInputs>;

/** Why a renewal is due, in words; empty when it is not. An input that is not known yet asks for one. */
export function renewalReasons(before: CertificateState, after: Inputs, now: Date): string[] {
  const reasons: string[] = [];
  if (after.trigger !== undefined && after.trigger !== before.trigger) reasons.push("the trigger changed");
  if (after.secureHashAlgorithm !== before.secureHashAlgorithm) {
    reasons.push(
      `secureHashAlgorithm changes from ${before.secureHashAlgorithm} to ${known(after.secureHashAlgorithm) ?? "a value that is not known yet"}`,
    );
  }
  const end = validUntil(before.current);
  const left = daysBetween(now, end);
  const when = left < 0 ? `it expired on ${isoDay(end)}` : `it expires on ${isoDay(end)}, in ${left} day(s)`;
  if (after.renewalWindow === UNKNOWN) {
    reasons.push(`${when}, inside a renewal window that is not known yet`);
    return reasons;
  }
  const opens = windowDays(before, after.renewalWindow);
  if (opens !== undefined && left <= opens)
    reasons.push(left < 0 ? when : `${when}, inside the renewal window of ${opens} day(s)`);
  return reasons;
}

/** Width of the renewal window in UTC days before the end. */
function windowDays({ current }: CertificateState, window: CertificateInputs["renewalWindow"]): number | undefined {
  if (window === "never") return undefined;
  if ("days" in window) return window.days;
  return Math.floor(window.share * daysBetween(new Date(current.notBefore), validUntil(current)));
}
