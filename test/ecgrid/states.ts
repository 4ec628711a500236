import { normalize, type CertificateInputs } from "../../provider/ecgrid/generated/inputs.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";

export const URN = "urn:pulumi:dev::p::pulumi-nodejs:dynamic/ecgrid:Certificate::a";
export const NOW = new Date("2026-03-01T10:00:00Z");

/** Checked inputs, with defaults. */
export function inputs(more: Partial<CertificateInputs> = {}): CertificateInputs {
  const checked = normalize({ commId: 5001, overlapDays: 30, ...more });
  if (!checked.ok) throw new Error(checked.problems.map(({ reason }) => reason).join("; "));
  return checked.inputs as CertificateInputs;
}

export const kept = (
  certKeyId: number,
  more: Partial<CertificateState["current"]> = {},
): CertificateState["current"] => ({
  certKeyId,
  type: "X509",
  usage: "EncryptionAndSignature",
  status: "Active",
  hasPrivateKey: true,
  serialNumber: `0${certKeyId}`,
  thumbprint: String(certKeyId).padStart(40, "0"),
  beginUsage: "2025-03-01T10:00:00Z",
  endUsage: "2027-03-01T10:00:00Z",
  notBefore: "2025-03-01T10:00:00Z",
  notAfter: "2027-03-01T10:00:00Z",
  ...more,
});

/** A certificate that another one has replaced. */
export const former = (
  certKeyId: number,
  more: Partial<CertificateState["previous"][number]> = {},
): CertificateState["previous"][number] => ({ ...kept(certKeyId), replacedOn: "2026-02-01", ...more });

/** A state with certificate 88 in charge. */
export const state = (more: Partial<CertificateState> = {}): CertificateState => ({
  ...inputs(),
  comm: { mailboxId: 101 },
  current: kept(88),
  previous: [],
  found: [],
  __seen: [88],
  ...more,
});
