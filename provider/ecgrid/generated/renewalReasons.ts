import { expiry, windowReason } from "../../core/renewalWindow.js";
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
  const [begin, end] = [new Date(before.current.notBefore), validUntil(before.current)];
  if (after.renewalWindow === UNKNOWN) {
    reasons.push(`${expiry(end, now)}, inside a renewal window that is not known yet`);
    return reasons;
  }
  const byClock = windowReason(after.renewalWindow, begin, end, now);
  return byClock === undefined ? reasons : [...reasons, byClock];
}
