/** The documented endpoints and fields that certificates need, as data: what the `fields` report is held against. */
export interface DocumentedEndpoint {
  readonly endpoint: string;
  /** Section of the API document. */
  readonly section: string;
  readonly request: readonly string[];
  /** Paths in the answer. */
  readonly answer: readonly string[];
}

/** ecgrid.md 1.6. */
const COMM = [
  "commId",
  "mailboxId",
  "commType",
  "identifier",
  "status",
  "useType",
  "privateKeyRequired",
  "withCerts",
].map((field) => `data.${field}`);

/** ecgrid.md 2.2, by the expected REST names. */
const CERTIFICATE = [
  "certKeyId",
  "partnerId",
  "partnerUrl",
  "type",
  "usage",
  "keyId",
  "userId",
  "secureHashAlgorithm",
  "subject",
  "issuer",
  "hasPrivateKey",
  "publicCertificate",
  "beginUsage",
  "endUsage",
  "notBefore",
  "notAfter",
  "serialNumber",
  "thumbprint",
  "status",
  "rootInfo.password",
  "rootInfo.privatePFX",
  "certType",
].map((field) => `data.certificates[].${field}`);

export const DOCUMENTED: readonly DocumentedEndpoint[] = [
  {
    endpoint: "POST /v2/certificates/create",
    section: "ecgrid.md 1.3",
    request: ["commId", "beginUsage", "usage", "secureHashAlgorithm", "partnerAs2Id", "expires"],
    answer: COMM,
  },
  {
    endpoint: "POST /v2/certificates/renew",
    section: "ecgrid.md 1.4",
    request: ["commId", "certKeyId", "overlapDays", "years", "secureHashAlgorithm"],
    answer: COMM,
  },
  {
    endpoint: "POST /v2/certificates/terminate",
    section: "ecgrid.md 1.5",
    request: ["commId", "certKeyId"],
    answer: ["data"],
  },
  {
    endpoint: "GET /v2/comms/{id}",
    section: "ecgrid.md 2.1-2.3",
    request: [],
    answer: [
      ...COMM,
      "data.networkId",
      ...CERTIFICATE,
      "data.httpAuthentication.type",
      "data.httpAuthentication.user",
      "data.httpAuthentication.password",
    ],
  },
  {
    endpoint: "POST /v2/comms/list",
    section: "ecgrid.md 3",
    request: ["commType", "privateKeyRequired", "useType", "showInactive", "withCerts"],
    answer: [],
  },
];
