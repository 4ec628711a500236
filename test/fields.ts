import { DOCUMENTED_GATEWAY } from "../sandbox/apinizer/documentation.js";
import { DOCUMENTED_ORDERS } from "../sandbox/certcentral/documentation.js";
import { DOCUMENTED } from "../sandbox/ecgrid/documentation.js";
import { DOCUMENTED_CONTRACTS } from "../sandbox/partner/documentation.js";
import { readFieldsLog } from "./instrument/fieldsLog.js";

/**
 * `npm run fields`: documented fields against those that the last test run sent and kept, from the sandbox's log. A field
 * that is neither sent nor kept must have a reason here.
 */

const COMM_ANSWER = "the eight fields are kept from the read-back that follows, which shows the same object";

const READ_BACK = "read, and kept from the order that is read after it";
const NOT_OURS = "says nothing that the program does not give itself";
const ORDER = "GET /services/v2/order/certificate/{id}";
const [PLACE, REISSUE] = [
  "POST /services/v2/order/certificate/{product}",
  "POST /services/v2/order/certificate/{id}/reissue",
];
const REVOKES = ["order/certificate", "certificate"].map((kind) => `PUT /services/v2/${kind}/{id}/revoke`);

/** Why a documented field of CertCentral is not kept. */
const ORDER_REASONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [PLACE, REISSUE].flatMap((endpoint) =>
      ["id", "requests[].id", "requests[].status", "certificate_id"].map((field) => [
        `${endpoint} ${field}`,
        READ_BACK,
      ]),
    ),
  ),
  ...Object.fromEntries(
    REVOKES.flatMap((endpoint) =>
      ["id", "date", "type", "status", "requester.first_name", "requester.last_name"].map((field) => [
        `${endpoint} ${field}`,
        "told in the message: a deletion keeps no state",
      ]),
    ),
  ),
  [`${ORDER} certificate.csr`]: "its digest is kept",
  [`${ORDER} certificate.days_remaining`]: "depends on the clock: it would be a change every night",
  [`${ORDER} certificate.date_created`]: NOT_OURS,
  [`${ORDER} certificate.date_issued`]: "read: the 72 hours of a removed name are counted from it",
  [`${ORDER} certificate.status`]: "read; absent or empty for most",
  [`${ORDER} certificate.server_platform.id`]: NOT_OURS,
  [`${ORDER} is_renewal`]: NOT_OURS,
  [`${ORDER} renewed_order_id`]: "read: an order that renews this one outside is found by it",
  [`${ORDER} auto_renew`]: "read, and kept where it is on: a renewal by the clock is refused then",
  [`${ORDER} product.name_id`]: "read: an order of another product is not adopted",
  [`${ORDER} organization.id`]: NOT_OURS,
  [`${ORDER} container.id`]: NOT_OURS,
  [`${ORDER} requests[].comments`]: "people's words, which may be confidential",
};

const ACME = "/partner-subscription/api/v1/acme/{id}";

/** Named by the documentation, without their shape (digicert-acme.md 1.1). */
const UNSEEN = "organization.verified_contacts[].";

/** Why a documented field of contracts and credentials is not sent or kept. */
const CONTRACT_REASONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    DOCUMENTED_CONTRACTS.filter(({ endpoint }) => endpoint === `PUT ${ACME}`).flatMap(({ endpoint, request }) =>
      request.map((field) => [`${endpoint} ${field}`, "never sent: PUT resets what is left out, so PATCH is used"]),
    ),
  ),
  [`GET ${ACME} organization`]: "its shape in an answer is not documented",
  ...Object.fromEntries(
    ["domain", "status", "expiration_date", "serial_number"].map((field) => [
      `GET ${ACME}/certificates certificates[].${field}`,
      "certificates belong to the ACME clients that were issued them",
    ]),
  ),
};

const GATEWAY = "/apiops/projects/{project}";
const [NO_BY_200, WHAT_BECAME] = [
  "read: a no also comes under HTTP 200",
  "read: kept for an environment of which nothing else is said",
];
const entry = (field: string): string => `resultList[].certificateEnvironmentList[].${field}`;
const because = (reason: string, endpoints: readonly string[], fields: readonly string[]): Record<string, string> =>
  Object.fromEntries(endpoints.flatMap((endpoint) => fields.map((field) => [`${endpoint} ${field}`, reason])));
const ofGateway = (pattern: RegExp): string[] =>
  DOCUMENTED_GATEWAY.map(({ endpoint }) => endpoint).filter((endpoint) => pattern.test(endpoint));
const answersOf = (endpoint: string): readonly string[] =>
  DOCUMENTED_GATEWAY.find((one) => one.endpoint === endpoint)?.answer ?? [];
const TRUSTSTORE = `GET ${GATEWAY}/certificates/truststore/{environment}/`;
const ENVIRONMENTS = `GET ${GATEWAY}/environments/`;
const TOKEN = "POST /apiops/auth/token";

/** Why a documented field of gateways is not kept. */
const GATEWAY_REASONS: Readonly<Record<string, string>> = {
  ...because(NO_BY_200, ofGateway(/^GET /), ["status", "success"]),
  ...because(NO_BY_200, ofGateway(/^(?:POST|PUT) .*(?:certificates|jwks)/), ["success", "deploymentResult.success"]),
  ...because(WHAT_BECAME, ofGateway(/^(?:POST|PUT) .*(?:certificates|jwks)/), ["deploymentResult.message"]),
  ...Object.fromEntries(
    ofGateway(/^DELETE /).flatMap((endpoint) =>
      answersOf(endpoint).map((field) => [`${endpoint} ${field}`, "told in the message: a deletion keeps no state"]),
    ),
  ),
  ...because(
    "only what comes of it is kept: whether an environment has the certificate",
    [TRUSTSTORE],
    answersOf(TRUSTSTORE),
  ),
  ...because(
    "never asked for: the program names its environments, and a wrong name is refused",
    [ENVIRONMENTS],
    answersOf(ENVIRONMENTS),
  ),
  ...because("never kept: a token is used until it ends, and then got anew", [TOKEN], answersOf(TOKEN)),
  ...because(
    "its thumbprint is kept, and a JWK's key is held against it",
    ofGateway(/^GET .*certificates\/(?!truststore)/),
    [entry("base64EncodedContent")],
  ),
  ...because("kept from the PEM that was deployed", ofGateway(/^GET .*certificates\/(?!truststore)/), [
    entry("subjectDn"),
    entry("startDate"),
  ]),
  ...because(
    "a text of people's: one that is changed outside redeploys nothing",
    ofGateway(/^GET .*certificates\/(?!truststore)/),
    ["resultList[].description"],
  ),
  ...because("says nothing that the program does not give itself", ofGateway(/^GET .*jwks\//), [
    ...["projectId", "sourceType", "sourceUrl"].map((field) => `resultList[].${field}`),
  ]),
};

/** Sent although the page's own list leaves it out: why. */
const SENT_BESIDES: readonly string[] = [
  // "Same as create" by the page's text (apinizer.md 2.4).
  `PUT ${GATEWAY}/certificates/{name}/ certificateName`,
  // One of them, by the type of the key (apinizer.md 3).
  ...["rsa", "ec", "oct", "okp"].map((type) => `POST ${GATEWAY}/jwks/generate ${type}`),
];

/** Why a documented field is not read or kept: endpoint and field to reason. */
const REASONS: Readonly<Record<string, string>> = {
  "GET /v2/comms/{id} data.certificates[].certType": "kind of storage, says nothing about the certificate",
  "GET /v2/comms/{id} data.certificates[].rootInfo.password": "secret: never read",
  "GET /v2/comms/{id} data.certificates[].rootInfo.privatePFX": "secret: never read",
  "GET /v2/comms/{id} data.httpAuthentication.type": "credential of the comm: never read",
  "GET /v2/comms/{id} data.httpAuthentication.user": "credential of the comm: never read",
  "GET /v2/comms/{id} data.httpAuthentication.password": "secret: never read",
  ...Object.fromEntries(
    DOCUMENTED.filter(({ endpoint }) => /\/(create|renew|add-private|add-public)$/.test(endpoint)).flatMap(
      ({ endpoint, answer }) => answer.map((field) => [`${endpoint} ${field}`, COMM_ANSWER]),
    ),
  ),
  ...ORDER_REASONS,
  ...CONTRACT_REASONS,
  ...GATEWAY_REASONS,
  "POST /v2/certificates/terminate data": "a boolean that is settled by reading the comm, whatever it says",
};

const DOCUMENTATION = [...DOCUMENTED, ...DOCUMENTED_ORDERS, ...DOCUMENTED_CONTRACTS, ...DOCUMENTED_GATEWAY];

function main(): number {
  const log = readFieldsLog();
  const seen = (endpoint: string, key: "sent" | "kept"): Set<string> =>
    new Set(log.filter((entry) => entry.endpoint === endpoint).flatMap((entry) => entry[key] ?? []));
  let missing = 0;
  let reasons = 0;
  for (const { endpoint, section, request, answer } of DOCUMENTATION) {
    process.stdout.write(`${endpoint} (${section})\n`);
    const line = (field: string, done: boolean, verb: string): void => {
      const reason = REASONS[`${endpoint} ${field}`];
      if (!done && reason === undefined) missing++;
      if (!done && reason !== undefined) reasons++;
      process.stdout.write(`  ${field.padEnd(44)} ${done ? verb : (reason ?? "MISSING")}\n`);
    };
    const sent = seen(endpoint, "sent");
    const kept = seen(endpoint, "kept");
    for (const field of request) line(field, sent.has(field), "sent");
    for (const field of answer) line(field, kept.has(field), "kept");
    for (const field of sent) {
      if (request.includes(field) || field.startsWith(UNSEEN) || SENT_BESIDES.includes(`${endpoint} ${field}`))
        continue;
      missing++;
      process.stdout.write(`  ${field.padEnd(44)} SENT, BUT NOT DOCUMENTED\n`);
    }
  }
  process.stdout.write(`fields: ${missing} missing, ${reasons} left out with a reason\n`);
  return missing === 0 ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
