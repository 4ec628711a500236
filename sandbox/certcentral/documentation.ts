/** An endpoint's documented fields, as paths: what the `fields` report is held against. */
export interface DocumentedOrderEndpoint {
  readonly endpoint: string;
  /** Section of the API document. */
  readonly section: string;
  readonly request: readonly string[];
  readonly answer: readonly string[];
}

const CERTIFICATE = ["common_name", "dns_names", "csr", "signature_hash", "server_platform.id"].map(
  (one) => `certificate.${one}`,
);
const PLACED = ["id", "requests[].id", "requests[].status", "certificate_id"];
const REVOCATION = ["comments", "skip_approval", "revocation_reason"];
const PERSON = ["first_name", "last_name", "job_title", "telephone", "email"];

/** The endpoints of orders; lists of texts are named without brackets. */
export const DOCUMENTED_ORDERS: readonly DocumentedOrderEndpoint[] = [
  {
    endpoint: "POST /services/v2/order/certificate/{product}",
    section: "digicert-certcentral.md 3",
    request: [
      ...CERTIFICATE,
      "certificate.organization_units",
      ...["years", "days", "custom_expiration_date"].map((unit) => `certificate.cert_validity.${unit}`),
      "certificate.ca_cert_id",
      "certificate.profile_option",
      "organization.id",
      ...["contact_type", "user_id", ...PERSON].map((one) => `organization.contacts[].${one}`),
      ...["years", "days", "custom_expiration_date"].map((unit) => `order_validity.${unit}`),
      "validity_years",
      "validity_days",
      "custom_expiration_date",
      "comments",
      "skip_approval",
      "renewal_of_order_id",
      "auto_renew",
      "auto_reissue",
      "custom_renewal_message",
      "disable_renewal_notifications",
      "payment_method",
      "dcv_method",
      ...["dns_name", "email_domain", "email"].map((one) => `dcv_emails[].${one}`),
      "container.id",
      "custom_fields[].metadata_id",
      "custom_fields[].value",
      "locale",
      ...PERSON.map((one) => `technical_contact.${one}`),
      "disable_ct",
    ],
    answer: [
      ...PLACED,
      "dcv_random_value",
      "domains[].name",
      "domains[].dcv_token.token",
      "domains[].dcv_token.expiration_date",
    ],
  },
  {
    endpoint: "POST /services/v2/order/certificate/{id}/reissue",
    section: "digicert-certcentral.md 7",
    request: [...CERTIFICATE, "skip_approval"],
    answer: PLACED,
  },
  {
    endpoint: "PUT /services/v2/order/certificate/{id}/status",
    section: "digicert-certcentral.md 5",
    request: ["status", "note"],
    answer: [],
  },
  {
    endpoint: "PUT /services/v2/order/certificate/{id}/revoke",
    section: "digicert-certcentral.md 8",
    request: REVOCATION,
    answer: ["id", "date", "type", "status", "requester.first_name", "requester.last_name"],
  },
  {
    endpoint: "PUT /services/v2/certificate/{id}/revoke",
    section: "digicert-certcentral.md 8",
    request: REVOCATION,
    answer: ["id", "date", "type", "status", "requester.first_name", "requester.last_name"],
  },
  {
    endpoint: "PUT /services/v2/request/{id}/status",
    section: "digicert-certcentral.md 9",
    request: ["status", "processor_comment"],
    answer: [],
  },
  {
    endpoint: "GET /services/v2/order/certificate/{id}",
    section: "digicert-certcentral.md 4",
    request: [],
    answer: [
      "id",
      "status",
      ...[
        "id",
        "thumbprint",
        "serial_number",
        "common_name",
        "dns_names",
        "csr",
        "signature_hash",
        "valid_from",
        "valid_till",
      ].map((one) => `certificate.${one}`),
      ...["days_remaining", "date_created", "date_issued", "status", "server_platform.id"].map(
        (one) => `certificate.${one}`,
      ),
      "date_created",
      "order_valid_till",
      "is_renewal",
      "is_renewed",
      "renewed_order_id",
      "auto_renew",
      "product.name_id",
      "organization.id",
      "container.id",
      ...["id", "date", "type", "status", "comments"].map((one) => `requests[].${one}`),
    ],
  },
];
