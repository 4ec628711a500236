import { z } from "zod";
import { checkInputs, fixedProblems, type Checked, type Problem } from "../../core/inputs.js";
import { UNKNOWN, type Planned } from "../../core/unknown.js";
import { isoTime, oneOf, text } from "../../core/fields.js";
import { commonShape, FIXED_FOR_LIFE, partnerAccepted } from "../fields.js";
import { readPrivateFile, readPublicFile, type ReadFile, type UploadFile } from "./file.js";

/** ecgrid.md 5; `SSL` is among them here (ecgrid.md 1.1, 1.2). */
const USAGES = ["SSL", "Encryption", "Signature", "EncryptionAndSignature"] as const;
const TYPES = ["X509", "PGP", "SSH"] as const;

const uploadShape = {
  ...commonShape,
  /** What the file is. `PGP` and `SSH` keys are uploaded unopened. Fixed for the certificate's life. */
  certType: oneOf(TYPES).default("X509"),
  /** Role of the certificate; fixed for its life. */
  usage: oneOf(USAGES).default("EncryptionAndSignature"),
  /** Free label of the key. When left out it carries the mark by which an own upload is recognized after a crash. */
  keyId: text(255).optional(),
  /** Free label of the user. Carries the mark when `keyId` is given and this is not. */
  userId: text(255).optional(),
  /** When ECGrid begins to use the certificate: ISO 8601, UTC. Used by the next upload. */
  beginUsage: isoTime.optional(),
  /** Any change of this text uploads the file again when its certificate was ended outside. */
  trigger: z.string({ error: "allowed is a text" }).optional(),
};

const file = z.string({ error: "allowed is a text" }).min(1, { error: "allowed is a text that is not empty" });

/** Inputs of `ecgrid.UploadedCertificate`: an own certificate with its private key (ecgrid.md 1.1). */
export const privateInputs = z.object({
  ...uploadShape,
  partnerAccepted,
  /** The file in Base64: of X.509 a PKCS#12 container (.pfx, .p12). Secret, never stored in outputs. */
  cert: file,
  /** Password of the file. Secret, never stored in outputs. */
  password: z.string({ error: "allowed is a text" }).optional(),
});

/** Inputs of `ecgrid.PartnerCertificate`: a partner's public certificate (ecgrid.md 1.2). */
export const publicInputs = z.object({
  ...uploadShape,
  /** The certificate: PEM, or DER in Base64. Not secret. A new file is uploaded first, the old one becomes previous. */
  cert: file,
  /** The partner's AS2 id (the API calls it so, although it is no comm's number). */
  partnerCommId: text(128).optional(),
  /** The partner's AS2 address. */
  partnerUrl: z
    .string({ error: "allowed is a URL" })
    .refine((text) => URL.canParse(text), { error: "allowed is a URL, for instance https://as2.example.org/receive" })
    .optional(),
});

export type PrivateInputs = z.output<typeof privateInputs>;
export type PublicInputs = z.output<typeof publicInputs>;
export type UploadInputs = PrivateInputs | PublicInputs;

/** Never in outputs, messages or plans. */
export const SECRET = ["cert", "password"] as const;

/** Fixed for the life of a certificate: ECGrid has no call that changes them. */
const FIXED = ["certType", "usage"] as const;

export const readPrivate = ({ cert, password, certType }: Pick<PrivateInputs, "cert" | "password" | "certType">) =>
  readPrivateFile(cert, password, certType);
export const readPublic = ({ cert, certType }: Pick<PublicInputs, "cert" | "certType">) =>
  readPublicFile(cert, certType);

/** Checks inputs, opens the file where it is known, and writes the defaults out. Pure. Never repeats a secret. */
export function normalizeUpload<Inputs extends UploadInputs>(
  schema: z.ZodObject & z.ZodType<Inputs>,
  read: (inputs: Inputs) => ReadFile,
  raw: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>> | undefined,
): Checked<Inputs> {
  const checked = checkInputs(schema, raw, SECRET) as Checked<Inputs>;
  if (!checked.ok) return checked;
  const { inputs } = checked;
  const problems: Problem[] = [];
  const opened = fileOf(inputs, read);
  // No property: the engine would print its value (inventory.md F12).
  if (opened !== UNKNOWN && "problem" in opened) problems.push({ property: "", reason: `cert ${opened.problem}` });
  if (before?.commId === inputs.commId) problems.push(...fixedProblems(FIXED, inputs, before, FIXED_FOR_LIFE));
  return problems.length > 0 ? { ok: false, problems } : checked;
}

/** The file behind the inputs; unknown while one of the inputs is that it takes to open it. */
export function fileOf<Inputs extends UploadInputs>(
  inputs: Planned<Inputs>,
  read: (inputs: Inputs) => ReadFile,
): ReadFile | typeof UNKNOWN {
  const needed: readonly unknown[] = [inputs.cert, inputs.certType, (inputs as { password?: unknown }).password];
  return needed.includes(UNKNOWN) ? UNKNOWN : read(inputs as Inputs);
}

export type { UploadFile };
