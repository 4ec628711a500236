/** A field of a request as documented. */
export interface RequestField {
  readonly field: string;
  readonly type: "integer" | "string" | "boolean" | "date-time" | "base64" | "url" | "enum";
  readonly required: boolean;
}

/** The documented endpoints and fields that certificates need, as data: what the `fields` report is held against. */
export interface DocumentedEndpoint {
  readonly endpoint: string;
  /** Section of the API document. */
  readonly section: string;
  /** Names of the request's fields. */
  readonly request: readonly string[];
  readonly fields: readonly RequestField[];
  /** Paths in the answer. */
  readonly answer: readonly string[];
}

/** Fields of a request, `!` for a required one: `commId! integer`. */
function endpoint(
  name: string,
  section: string,
  fields: readonly `${string} ${RequestField["type"]}`[],
  answer: readonly string[],
): DocumentedEndpoint {
  const read = fields.map((text): RequestField => {
    const [field = "", type = ""] = text.split(" ");
    return { field: field.replace("!", ""), type: type as RequestField["type"], required: field.endsWith("!") };
  });
  return { endpoint: name, section, request: read.map(({ field }) => field), fields: read, answer };
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

/** ecgrid.md 2.3: what CommIDInfo has besides, by the expected REST names. */
export const COMM_WHOLE = [
  ...["version", "created", "modified", "hosted", "owner.userId", "url", "mimeTypeOverride", "signData", "encryptData"],
  ...["compressData", "beginUsage", "endUsage", "receipt", "sslClientAuthentication"],
].map((field) => `data.${field}`);

const of = (rows: string, fields: readonly string[]): string[] =>
  fields.map((field) => field.replace(/^data\./, `${rows}.`));

const HTTP_AUTHENTICATION = ["type", "user", "password"].map((field) => `data.httpAuthentication.${field}`);

export const DOCUMENTED: readonly DocumentedEndpoint[] = [
  endpoint(
    "POST /v2/certificates/create",
    "ecgrid.md 1.3",
    [
      "commId! integer",
      "beginUsage date-time",
      "usage enum",
      "secureHashAlgorithm enum",
      "partnerAs2Id string",
      "expires date-time",
    ],
    COMM,
  ),
  endpoint(
    "POST /v2/certificates/renew",
    "ecgrid.md 1.4",
    ["commId! integer", "certKeyId! integer", "overlapDays integer", "years integer", "secureHashAlgorithm enum"],
    COMM,
  ),
  endpoint("POST /v2/certificates/terminate", "ecgrid.md 1.5", ["commId! integer", "certKeyId! integer"], ["data"]),
  endpoint(
    "GET /v2/comms/{id}",
    "ecgrid.md 2.1-2.3",
    [],
    [...COMM, "data.networkId", ...CERTIFICATE, ...HTTP_AUTHENTICATION],
  ),
  endpoint(
    "POST /v2/comms/list",
    "ecgrid.md 3",
    ["commType enum", "privateKeyRequired boolean", "useType enum", "showInactive boolean", "withCerts boolean"],
    [],
  ),
];

/** What the sandbox serves besides: documented, and not needed by certificates that the platform makes. */
export const ALSO_SERVED: readonly DocumentedEndpoint[] = [
  endpoint(
    "POST /v2/certificates/add-private",
    "ecgrid.md 1.1",
    [
      "commId! integer",
      "certType! enum",
      "keyId string",
      "userId string",
      "beginUsage date-time",
      "usage enum",
      "cert! base64",
      "password string",
    ],
    COMM,
  ),
  endpoint(
    "POST /v2/certificates/add-public",
    "ecgrid.md 1.2",
    [
      "commId! integer",
      "certType! enum",
      "keyId string",
      "userId string",
      "beginUsage date-time",
      "usage enum",
      "partnerCommId string",
      "partnerUrl url",
      "cert! base64",
    ],
    COMM,
  ),
  endpoint("POST /v2/comms/find", "ecgrid.md 3", ["identifier! string", "commType enum"], of("data[]", COMM)),
  endpoint("GET /v2/auth/version", "ecgrid.md 6", [], ["data"]),
  endpoint(
    "POST /v2/auth/session",
    "ecgrid.md 6",
    [],
    ["userId", "networkId", "mailboxId", "authLevel"].map((field) => `data.${field}`),
  ),
  endpoint(
    "GET /v2/users/me",
    "ecgrid.md 6",
    [],
    ["userId", "networkId", "mailboxId", "authLevel"].map((field) => `data.${field}`),
  ),
];
