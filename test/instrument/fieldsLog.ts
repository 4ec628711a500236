import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LoggedRequest } from "../../sandbox/index.js";
import { fieldPaths } from "../../sandbox/requestLog.js";
import { REPOSITORY } from "./project.js";

/** What the sandboxes of the last test run saw: the source of `npm run fields`. */
export const FIELDS_LOG = join(REPOSITORY, "dist", "fields.jsonl");

export interface FieldsEntry {
  /** Method and path, ids replaced: `GET /v2/comms/{id}`. */
  readonly endpoint: string;
  /** Fields of requests. */
  readonly sent?: readonly string[];
  /** Fields of answers. */
  readonly answered?: readonly string[];
  /** Fields of answers whose value was found in the stack's state. */
  readonly kept?: readonly string[];
}

/** Apinizer's paths have names in them, not ids. */
const gatewayPath = (path: string): string =>
  path
    .replace(/^(\/apiops\/projects\/)[^/]+/, "$1{project}")
    .replace(/(\/certificates\/truststore\/)[^/]+\/$/, "$1{environment}/")
    .replace(/(\/certificates\/|\/jwks\/)(?!truststore\/)[^/]+\/$/, "$1{name}/");

export const endpointOf = ({ method, path }: Pick<LoggedRequest, "method" | "path">): string =>
  `${method} ${path.startsWith("/apiops/") ? gatewayPath(path) : path.replace(/\/\d+(?=\/|$)/g, "/{id}").replace(/(\/order\/certificate\/)[a-z][a-z0-9_]*$/, "$1{product}")}`;

export function recordRequests(requests: readonly LoggedRequest[]): void {
  const lines = requests.map((request): FieldsEntry => {
    const { body, answerFields } = request;
    return {
      endpoint: endpointOf(request),
      sent: sentFields(request.system, body),
      answered: answerFields,
    };
  });
  append(lines);
}

/** CertCentral's requests are nested: their leaves by path, lists of texts without brackets. */
function sentFields(system: LoggedRequest["system"], body: unknown): string[] {
  if (typeof body !== "object" || body === null) return [];
  return system === "ecgrid"
    ? Object.keys(body)
    : [...new Set(fieldPaths(body).map((path) => path.replace(/\[\]$/, "")))];
}

export const recordKept = (endpoint: string, kept: readonly string[]): void => {
  append([{ endpoint, kept }]);
};

function append(entries: readonly FieldsEntry[]): void {
  const lines = new Set(entries.map((entry) => `${JSON.stringify(entry)}\n`));
  if (lines.size > 0) appendFileSync(FIELDS_LOG, [...lines].join(""));
}

export function readFieldsLog(): FieldsEntry[] {
  let text: string;
  try {
    text = readFileSync(FIELDS_LOG, "utf8");
  } catch {
    throw new Error(`There is no log of a test run yet. Run "npm test" first.`);
  }
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as FieldsEntry);
}
