/** An endpoint's documented fields, as paths: what the `fields` report is held against. */
export interface DocumentedPartnerEndpoint {
  readonly endpoint: string;
  /** Section of the API document. */
  readonly section: string;
  readonly request: readonly string[];
  /** Only names that are known; those of `eab_set` are not (section 2). */
  readonly answer: readonly string[];
}

const ROOT = "/partner-subscription/api/v1";
const PERSON = ["first_name", "last_name", "email", "telephone", "job_title"];
const ADDRESS = ["address", "address2", "city", "state", "zip", "country"];
const ORGANIZATION = [
  ...["name", "assumed_name", ...ADDRESS, "telephone"],
  ...["organization_contact", "technical_contact"].flatMap((who) => PERSON.map((field) => `${who}.${field}`)),
].map((field) => `organization.${field}`);

/** The endpoints of contracts and credentials; lists of texts are named without brackets. */
export const DOCUMENTED_CONTRACTS: readonly DocumentedPartnerEndpoint[] = [
  {
    endpoint: `POST ${ROOT}/acme`,
    section: "digicert-acme.md 1.1",
    request: ["product_name_id", "sans", "auto_renew", ...ORGANIZATION],
    answer: [],
  },
  {
    endpoint: `GET ${ROOT}/acme/{id}`,
    section: "digicert-acme.md 1.2",
    request: [],
    answer: [
      ...["acme_contract_id", "account_id", "product_name_id", "created_at", "sans[]", "valid_till"],
      ...["organization", "is_organization_validated", "auto_renew", "date_canceled"],
    ],
  },
  {
    endpoint: `PUT ${ROOT}/acme/{id}`,
    section: "digicert-acme.md 1.3",
    request: ["auto_renew", ...ORGANIZATION],
    answer: [],
  },
  {
    endpoint: `PATCH ${ROOT}/acme/{id}`,
    section: "digicert-acme.md 1.3",
    request: ["auto_renew", ...ORGANIZATION],
    answer: [],
  },
  { endpoint: `DELETE ${ROOT}/acme/{id}`, section: "digicert-acme.md 1.4", request: [], answer: [] },
  { endpoint: `PUT ${ROOT}/acme/{id}/sans`, section: "digicert-acme.md 1.5", request: ["sans"], answer: [] },
  { endpoint: `DELETE ${ROOT}/acme/{id}/sans`, section: "digicert-acme.md 1.5", request: ["sans"], answer: [] },
  {
    endpoint: `GET ${ROOT}/acme/{id}/certificates`,
    section: "digicert-acme.md 1.6",
    request: [],
    answer: ["domain", "status", "expiration_date", "serial_number"].map((field) => `certificates[].${field}`),
  },
  {
    endpoint: `GET ${ROOT}/acme/{id}/credentials`,
    section: "digicert-acme.md 2",
    request: [],
    answer: ["credential_id", "kid_hint", "status", "created_at"].map((field) => `credentials[].${field}`),
  },
  {
    endpoint: `POST ${ROOT}/acme/{id}/credentials/regenerate`,
    section: "digicert-acme.md 2",
    request: ["revoke_existing"],
    answer: ["eab_set"],
  },
  { endpoint: `POST ${ROOT}/acme/{id}/credentials/revoke`, section: "digicert-acme.md 2", request: [], answer: [] },
  {
    endpoint: `POST ${ROOT}/acme/{id}/credentials/revoke/{id}`,
    section: "digicert-acme.md 2",
    request: [],
    answer: [],
  },
];
