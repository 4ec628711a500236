import { createHash } from "node:crypto";
import { z } from "zod";
import { isoDay, parseTime } from "./clock.js";
import { label, objectsEnded, type HttpCall, type Operation } from "./operation.js";
import { moreSevere, severityOf, type Severity } from "./policy.js";

/**
 * Approvals: what people have agreed to after a review, by fingerprint. A fingerprint holds the call's name and target in
 * clear, and each argument as a digest, so that a file can be read and no content leaves the review.
 */
export interface Approval {
  /** Name and target, as the preview shows them. */
  readonly operation: string;
  /** Digests of what is sent, by path; `?` stands for what was not known when it was reviewed. */
  readonly arguments: Readonly<Record<string, string>>;
  /** What it destroys: a call that turns out to destroy more is another one. */
  readonly severity?: Severity | undefined;
  /** Objects that it ends; `?` in one stands for what was not known. */
  readonly ends?: readonly string[] | undefined;
  /** Whether inputs were not known when it was reviewed: all that was known must be as it was, and more fields may have come. */
  readonly open?: boolean | undefined;
}

const approvalSchema = z.object({
  operation: z.string().min(1),
  arguments: z.record(z.string(), z.string()),
  severity: z.enum(["irreversible", "destructive"]).optional(),
  ends: z.array(z.string()).readonly().optional(),
  open: z.boolean().optional(),
});

const time = z.string().refine((text) => parseTime(text) !== undefined);
const fileSchema = z.object({
  /** Before 2 neither severity nor the name of an explicit provider instance was part of an approval. */
  version: z.literal(2),
  /** `project/stack`. */
  stack: z.string().min(1),
  /** Decision time of the preview that was reviewed, ISO 8601. Windows count in UTC days, so its day counts. */
  now: time,
  /** System time until which the approvals hold, ISO 8601. */
  expires: time,
  approvals: z.array(approvalSchema),
});

/** The file that `clm review --approve` writes, and `CLM_APPROVALS` names. */
export type ApprovalFile = z.output<typeof fileSchema>;

/** @throws Error for a file that is none: it approves nothing. */
export function readApprovals(text: string, name: string): ApprovalFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`${name} is not a file of approvals: it is not JSON. Write it by "clm review --approve ${name}".`);
  }
  const parsed = fileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `${name} is not a file of approvals of this version (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}). Write it by "clm review --approve ${name}".`,
  );
}

const digest = (value: string): string => createHash("sha256").update(value).digest("hex").slice(0, 16);

/** Values by their path, for instance `body.cert.0`; of a list how many there are, too: with one less it is another list. */
function leaves(value: unknown, path: string): [string, string][] {
  if (Array.isArray(value))
    return [
      [`${path}.length`, digest(String(value.length))],
      ...value.flatMap((item: unknown, at) => leaves(item, `${path}.${at}`)),
    ];
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}.${key}`));
  if (value === undefined) return [];
  return [[path, value === "?" ? "?" : digest(JSON.stringify(value))]];
}

function argumentsOf({ call, confidential, narrowable, subject }: Operation): Record<string, string> {
  const { method, path, body, form }: HttpCall = call;
  const sent = leaves({ method, path, body, form, confidential: confidential?.digest, subject }, "").map(
    ([key, value]): [string, string] => [key.slice(1), value],
  );
  // Fewer of these may be sent than were named; which, is checked against the plan (`Operation.narrowable`).
  return Object.fromEntries(
    sent.filter(([key]) => narrowable === undefined || key !== `form.multipart.${narrowable.field}`),
  );
}

/** @param open whether inputs of its resource are not known yet. */
export const approvalOf = (operation: Operation, open = false): Approval => ({
  operation: label(operation),
  arguments: argumentsOf(operation),
  ...destroying(operation),
  ...(open ? { open } : {}),
});

function destroying(operation: Operation): Pick<Approval, "severity" | "ends"> {
  const severity = severityOf(operation);
  return severity === undefined ? {} : { severity, ends: [...objectsEnded(operation)] };
}

/** One digest of all arguments: what the inventory keeps of a call. */
export const argumentsDigest = ({ arguments: all }: Approval): string =>
  digest(JSON.stringify(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))));

/** A target of which something was not known may turn out to be anything. */
const sameTarget = (approved: string, now: string): boolean => {
  const [parts, others] = [approved.split(" "), now.split(" ")];
  return (
    parts.length === others.length &&
    parts.every((part, at) => part === others[at] || (part.endsWith("=?") && others[at]?.startsWith(part.slice(0, -1))))
  );
};

/** Whether an approval is one of this call, as it is to be made now. */
export function approves(approval: Approval, operation: Operation): boolean {
  if (!sameTarget(approval.operation, label(operation))) return false;
  const { severity, ends = [] } = destroying(operation);
  if (moreSevere(severity, approval.severity)) return false;
  if (ends.some((one) => approval.ends?.some((approved) => sameTarget(approved, one)) !== true)) return false;
  const now = argumentsOf(operation);
  const paths = new Set([...Object.keys(now), ...Object.keys(approval.arguments)]);
  return [...paths].every((path) => {
    const [was, is] = [approval.arguments[path], now[path]];
    if (was === is || was === "?") return true;
    return approval.open === true && was === undefined;
  });
}

/** Where and when a run decides. */
export interface Occasion {
  /** `project/stack`. */
  readonly stack: string;
  /** Decision time of the run. */
  readonly now: Date;
  /** System time. */
  readonly time: Date;
}

/** Why a file approves nothing on this occasion; undefined when it does. */
export function invalidFor(file: ApprovalFile, { stack, now, time: at }: Occasion): string | undefined {
  if (file.stack !== stack) return `its approvals are for ${file.stack}, and this is ${stack}`;
  const expires = parseTime(file.expires);
  if (expires === undefined || expires <= at) return `its approvals expired at ${file.expires}`;
  const reviewed = parseTime(file.now);
  if (reviewed === undefined || isoDay(reviewed) !== isoDay(now))
    return `what it approves was reviewed for ${file.now}, and this run decides for ${now.toISOString()}: set CLM_NOW=${file.now}`;
  return undefined;
}
