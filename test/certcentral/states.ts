import { normalize, type OrderInputs } from "../../provider/certcentral/order/inputs.js";
import { readCsr } from "../../provider/certcentral/order/csr.js";
import type { KeptCertificate, OrderState, PreviousCertificate } from "../../provider/certcentral/order/state.js";

export const URN = "urn:pulumi:dev::p::pulumi-nodejs:dynamic/certcentral:Order::a";
export const NOW = new Date("2026-03-01T10:00:00Z");

/** Made by OpenSSL for these tests; the keys are forgotten. */
export const CSR = `-----BEGIN CERTIFICATE REQUEST-----
MIHUMHwCAQAwGjEYMBYGA1UEAwwPd3d3LmV4YW1wbGUuY29tMFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAE35O2lP3+Qd9dTepaZz5nqQAZJdh47jqNO4R52nSz5OMc
3a2+SxBq/nA77YSEk5xM5n8KAqJyw1vIf8f2255P8qAAMAoGCCqGSM49BAMCA0gA
MEUCIApQII++rA/R2Qt8yF0eVOlGcid2dSDt8r8FFUIRxFCwAiEA44fSdrMpgiZS
m2BeQnxyoJPWdH2Ueny1y4OAlCh1rNI=
-----END CERTIFICATE REQUEST-----`;
/** For another key. */
export const OTHER_CSR = `-----BEGIN CERTIFICATE REQUEST-----
MIHUMHwCAQAwGjEYMBYGA1UEAwwPd3d3LmV4YW1wbGUuY29tMFkwEwYHKoZIzj0C
AQYIKoZIzj0DAQcDQgAECOqatHzdRM/faqkGJw53/sqI3PikuyxzvtAMgYo1AW3V
kQkICgV0mprXnMCAgVxwH0UZ2U4nsbq3zTRq0FPPN6AAMAoGCCqGSM49BAMCA0gA
MEUCIA2RRTSPIrJCd3PJMmSHUQnsP8P3JE3dvc+Y0s/miUmNAiEA0xQxisQFm5r3
kpwX26wwiMKUKF9wyAYHVcimvHbYLVI=
-----END CERTIFICATE REQUEST-----`;

/** Checked inputs, with defaults. */
export function inputs(more: Partial<OrderInputs> = {}): OrderInputs {
  const checked = normalize({
    productNameId: "ssl_basic",
    commonName: "www.example.com",
    csr: CSR,
    organizationId: 9001,
    orderValidity: { years: 1 },
    ...more,
  });
  if (!checked.ok) throw new Error(checked.problems.map(({ reason }) => reason).join("; "));
  return checked.inputs as OrderInputs;
}

export const kept = (certificateId: number, more: Partial<KeptCertificate> = {}): KeptCertificate => ({
  orderId: 700,
  certificateId,
  status: "issued",
  serialNumber: `0${certificateId}`,
  thumbprint: String(certificateId).padStart(40, "0"),
  commonName: "www.example.com",
  dnsNames: [],
  signatureHash: "sha256",
  validFrom: "2026-02-01",
  validTill: "2027-02-01",
  csrDigest: readCsr(CSR)?.digest,
  keyDigest: readCsr(CSR)?.keyDigest,
  pem: "-----BEGIN CERTIFICATE-----",
  ...more,
});

/** A certificate that another one has replaced. */
export const former = (certificateId: number, more: Partial<PreviousCertificate> = {}): PreviousCertificate => {
  const { pem: _pem, ...rest } = kept(certificateId);
  return { ...rest, replacedOn: "2026-02-10", by: "reissue", ...more };
};

/** A state with order 700 in charge, issued, certificate 88. */
export const state = (more: Partial<OrderState> = {}): OrderState => ({
  ...inputs(),
  order: {
    id: 700,
    status: "issued",
    dateCreated: "2026-02-01T10:00:00Z",
    validTill: "2027-02-01",
    isRenewed: false,
    hasDuplicates: false,
  },
  current: kept(88),
  requests: [],
  previous: [],
  reissues: [],
  duplicates: [],
  found: [],
  ...more,
});

/** The state of an order in another status. */
export const inStatus = (status: string, more: Partial<OrderState> = {}): OrderState => {
  const made = state(more);
  return { ...made, order: { ...made.order, status } };
};
