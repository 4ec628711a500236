import { UNKNOWN, type Planned } from "../../core/unknown.js";
import { certificateInputs, type CertificateInputs } from "./inputs.js";
import type { CertificateState } from "./state.js";

/** Inputs that differ from what the state echoes, in the order of their names. */
export function changedInputs(
  before: CertificateState,
  after: Planned<CertificateInputs>,
): (keyof CertificateInputs)[] {
  const fields = new Set([...Object.keys(after), ...certificateInputs.keyof().options]) as Set<keyof CertificateInputs>;
  return [...fields]
    .filter((field) => after[field] === UNKNOWN || JSON.stringify(after[field]) !== JSON.stringify(before[field]))
    .sort();
}

const MEANING: Partial<Record<keyof CertificateInputs, string>> = {
  years: "used by the next renewal",
  overlapDays: "used by the next renewal",
  renewalWindow: "decides when the next renewal is due",
  beginUsage: "only used when a certificate is created",
  expires: "only used when a certificate is created",
  onDelete: "used when the resource is removed",
  partnerAccepted: "used when a certificate is ended",
  allowLastTermination: "used when a certificate is ended",
};

export function settingRemark(
  field: keyof CertificateInputs,
  before: CertificateState,
  after: Planned<CertificateInputs>,
): string[] {
  const show = (value: unknown): string =>
    value === UNKNOWN ? "a value that is not known yet" : value === undefined ? "nothing" : JSON.stringify(value);
  const meaning = MEANING[field];
  // What these two cause is said by the operation, or by the reason why there is none.
  if (field === "trigger" || field === "secureHashAlgorithm") return [];
  return [
    `${field} changes from ${show(before[field])} to ${show(after[field])}: ${meaning === undefined ? "" : `${meaning}, `}no remote call for it`,
  ];
}
