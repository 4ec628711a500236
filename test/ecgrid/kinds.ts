import type { Lifecycle } from "../../provider/core/lifecycle.js";
import type { EcgridClient } from "../../provider/ecgrid/client.js";
import { certificate } from "../../provider/ecgrid/generated/certificate.js";
import type { Held } from "../../provider/ecgrid/held.js";
import { partnerCertificate, uploadedCertificate } from "../../provider/ecgrid/upload/lifecycle.js";
import { makePfx } from "../../sandbox/index.js";

/** The three kinds of ECGrid certificates as a test drives them through all of their calls. */
export interface Kind {
  readonly name: string;
  readonly lifecycle: Lifecycle<object, Held, EcgridClient>;
  /** The call that makes the first certificate, and the one that makes the next. */
  readonly makes: string;
  readonly makesNext: string;
  /** Inputs for the first certificate, and what changes them so that the next one is made. */
  readonly first: () => Promise<Record<string, unknown>>;
  readonly next: () => Promise<Record<string, unknown>>;
}

export const PASSWORD = "canary-of-the-password";

type File = ReturnType<typeof makePfx>;
const files = new Map<string, File>();

/** A container with a key pair of its own; made once for each subject. */
export function file(subject: string): File {
  const made =
    files.get(subject) ??
    makePfx({ subject, password: PASSWORD, notBefore: "2026-01-01T00:00:00Z", notAfter: "2029-01-01T00:00:00Z" });
  files.set(subject, made);
  return made;
}

const common = { commId: 5001, allowLastTermination: true };
const own = async (subject: string): Promise<Record<string, unknown>> => ({
  ...common,
  cert: (await file(subject)).pfx,
  password: PASSWORD,
});
const partner = async (subject: string): Promise<Record<string, unknown>> => ({
  ...common,
  cert: (await file(subject)).pem,
});
const generated = (more: object = {}): Promise<Record<string, unknown>> =>
  Promise.resolve({ ...common, overlapDays: 30, ...more });

export const KINDS: readonly Kind[] = [
  {
    name: "Certificate",
    lifecycle: certificate,
    makes: "create",
    makesNext: "renew",
    first: () => generated(),
    next: () => generated({ trigger: "again" }),
  },
  {
    name: "UploadedCertificate",
    lifecycle: uploadedCertificate,
    makes: "add-private",
    makesNext: "add-private",
    first: () => own("CN=ONE"),
    next: () => own("CN=TWO"),
  },
  {
    name: "PartnerCertificate",
    lifecycle: partnerCertificate,
    makes: "add-public",
    makesNext: "add-public",
    first: () => partner("CN=ONE"),
    next: () => partner("CN=TWO"),
  },
];
