import { DOCUMENTED } from "../sandbox/ecgrid/documentation.js";
import { readFieldsLog } from "./instrument/fieldsLog.js";

/**
 * `npm run fields`: documented fields against those that the last test run sent and kept, from the sandbox's log. A field
 * that is neither sent nor kept must have a reason here.
 */

const COMM_ANSWER = "the eight fields are kept from the read-back that follows, which shows the same object";

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
  "POST /v2/certificates/terminate data": "a boolean that is settled by reading the comm, whatever it says",
};

function main(): number {
  const log = readFieldsLog();
  const seen = (endpoint: string, key: "sent" | "kept"): Set<string> =>
    new Set(log.filter((entry) => entry.endpoint === endpoint).flatMap((entry) => entry[key] ?? []));
  let missing = 0;
  let reasons = 0;
  for (const { endpoint, section, request, answer } of DOCUMENTED) {
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
      if (request.includes(field)) continue;
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
