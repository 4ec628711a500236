import { createHash } from "node:crypto";
import { openPfx } from "../pfx.js";
import { describe, validity } from "../pki.js";
import { duplicate, type Fields, invalid, notFound } from "./refusal.js";
import {
  plusDays,
  plusYears,
  seconds,
  type CertificateRecord,
  type CommRecord,
  type EcgridStore,
  type MadeCertificate,
} from "./store.js";

const TYPES = ["X509", "PGP", "SSH"];
const USAGES = ["SSL", "Encryption", "Signature", "EncryptionAndSignature"];
const SHORT = 32_767;
/** The last year that X.509 can write. */
const LAST_YEAR = 9999;

/** The five endpoints of /v2/certificates (ecgrid.md 1). Each answers the comm, terminate a boolean. */
export class Certificates {
  constructor(
    readonly store: EcgridStore,
    readonly visible: (commId: number) => CommRecord,
  ) {}

  #hash(fields: Fields): string | undefined {
    const soap: Readonly<Record<string, string>> = { sha1: "SHA1", sha2: "SHA256" };
    if (this.store.variants.hashOnWrite === "soap") {
      const name = fields.oneOf("secureHashAlgorithm", Object.keys(soap));
      return name === undefined ? undefined : soap[name];
    }
    return fields.oneOf("secureHashAlgorithm", ["SHA1", "SHA256", "SHA384", "SHA512"]);
  }

  get #usual(): boolean {
    return this.store.variants.defaults === "usual";
  }

  get #usage(): string {
    return this.#usual ? "EncryptionAndSignature" : "Signature";
  }

  /** ecgrid.md 1.3. */
  async create(fields: Fields): Promise<{ commId: number; certKeyId: number }> {
    const { commId } = this.visible(fields.id("commId"));
    const now = this.store.clock.now();
    const usages = this.store.variants.createSsl === "accepted" ? USAGES : USAGES.slice(1);
    const usage = fields.oneOf("usage", usages) ?? this.#usage;
    const secureHashAlgorithm = this.#hash(fields) ?? (this.#usual ? "SHA256" : "SHA1");
    const beginUsage = fields.time("beginUsage") ?? now;
    const partnerId = fields.text("partnerAs2Id");
    const asked = fields.time("expires");
    const { expiresPrecision } = this.store.variants;
    const end =
      asked === undefined || expiresPrecision === "ignored"
        ? plusYears(now, this.#usual ? 2 : 1)
        : expiresPrecision === "day"
          ? new Date(`${asked.toISOString().slice(0, 10)}T00:00:00Z`)
          : asked;
    if (end <= now) throw invalid("expires must be in the future");
    const issued = this.#writable(end, "expires");
    const certKeyId = await this.store.issue({
      commId,
      type: "X509",
      usage,
      status: "Active",
      hasPrivateKey: true,
      generated: true,
      secureHashAlgorithm,
      ...(partnerId === undefined ? {} : { partnerId }),
      beginUsage: seconds(beginUsage),
      endUsage: issued,
      notBefore: seconds(now),
      notAfter: issued,
    });
    return { commId, certKeyId };
  }

  /** ecgrid.md 1.4. */
  async renew(fields: Fields): Promise<{ commId: number; certKeyId: number }> {
    const { commId } = this.visible(fields.id("commId"));
    const old = this.#listed(commId, fields.id("certKeyId"));
    const overlapDays = fields.integer("overlapDays", { least: 0, most: SHORT }) ?? (this.#usual ? 30 : 0);
    const years = fields.integer("years", { least: 1, most: SHORT }) ?? 2;
    const secureHashAlgorithm = this.#hash(fields) ?? (this.#usual ? old.secureHashAlgorithm : undefined) ?? "SHA1";
    const { renewUploaded, renewExpired, renewAgain } = this.store.variants;
    if (!old.hasPrivateKey || (!old.generated && renewUploaded === "400"))
      throw invalid("certKeyId: only a private certificate that the platform generated can be renewed");
    this.#stillActive(old);
    if (renewExpired === "400" && new Date(old.notAfter) <= this.store.clock.now())
      throw invalid("certKeyId: the certificate has expired");
    if (
      renewAgain === "400" &&
      this.store.certificates(commId).some(({ renewedFrom }) => renewedFrom === old.certKeyId)
    )
      throw invalid("certKeyId: the certificate was renewed before");
    return { commId, certKeyId: await this.renewed(old, { overlapDays, years, secureHashAlgorithm }) };
  }

  /** Makes the new certificate of a renewal, by the reading of `overlapDays` that is switched on. */
  async renewed(
    old: CertificateRecord,
    { overlapDays, years, secureHashAlgorithm }: { overlapDays: number; years: number; secureHashAlgorithm: string },
  ): Promise<number> {
    // "A new key pair", and what a PGP or SSH key would become is not documented.
    if (old.type !== "X509") throw invalid("certKeyId: only an X.509 certificate can be renewed");
    const now = this.store.clock.now();
    const { overlap } = this.store.variants;
    const oldEnd = new Date(old.notAfter);
    const begin =
      overlap === "soap" ? new Date(Math.max(now.getTime(), plusDays(oldEnd, -overlapDays).getTime())) : now;
    const end = this.#writable(plusYears(begin, years), "years");
    const { certKeyId: renewedFrom, renewedFrom: grandparent, hiddenReads, ...rest } = old;
    const made = await this.store.make({
      ...rest,
      generated: true,
      status: "Active",
      secureHashAlgorithm,
      beginUsage: seconds(begin),
      endUsage: end,
      notBefore: seconds(now),
      notAfter: end,
      renewedFrom,
    });
    return this.store.transaction(() => {
      // Another request may have ended the old one while the new key pair was made.
      const before = this.store.certificate(old.commId, old.certKeyId);
      if (before === undefined) throw notFound("certKeyId: the comm has no such certificate");
      this.#stillActive(before);
      const certKeyId = this.store.put(made);
      const cut = seconds(plusDays(now, Math.min(overlapDays, SHORT)));
      if (overlap === "rest" && cut < before.endUsage) this.store.change(old.certKeyId, { endUsage: cut });
      return certKeyId;
    });
  }

  #stillActive({ status }: CertificateRecord): void {
    if (status !== "Active") throw invalid(`certKeyId: the certificate is ${status}`);
  }

  /** A time that a certificate can carry. */
  #writable(at: Date, field: string): string {
    if (!(at.getUTCFullYear() <= LAST_YEAR))
      throw invalid(`${field}: a certificate ends in the year ${LAST_YEAR} at the latest`);
    return seconds(at);
  }

  /** ecgrid.md 1.5. @returns whether it was ended. */
  terminate(fields: Fields): boolean {
    const { commId } = this.visible(fields.id("commId"));
    const certKeyId = fields.id("certKeyId");
    const { terminateUnknown, repeatTerminate } = this.store.variants;
    const refuse = (how: "false" | "400" | "404" | "true", message: string): boolean => {
      if (how === "400") throw invalid(message);
      if (how === "404") throw notFound(message);
      return how === "true";
    };
    const certificate = this.store.certificate(commId, certKeyId);
    if (certificate === undefined) return refuse(terminateUnknown, "certKeyId: the comm has no such certificate");
    if (certificate.status === "Terminated")
      return refuse(repeatTerminate, "certKeyId: the certificate is already terminated");
    this.store.change(certKeyId, { status: "Terminated" });
    return true;
  }

  /** ecgrid.md 1.1 and 1.2. Neither the file of a private upload nor its password is kept. */
  add(fields: Fields, hasPrivateKey: boolean): { commId: number; certKeyId: number } {
    const { commId } = this.visible(fields.id("commId"));
    const type = fields.oneOf("certType", TYPES, true) ?? "X509";
    const file = Buffer.from(fields.base64("cert", true) ?? "", "base64");
    const usage = fields.oneOf("usage", USAGES) ?? this.#usage;
    const begin = fields.time("beginUsage");
    const labels = {
      ...textField("keyId", fields.text("keyId")),
      ...textField("userId", fields.text("userId")),
      ...textField("partnerId", hasPrivateKey ? undefined : fields.text("partnerCommId")),
      ...textField("partnerUrl", hasPrivateKey ? undefined : validUrl(fields.text("partnerUrl"))),
    };
    const password = hasPrivateKey ? (fields.text("password") ?? "") : undefined;
    const now = this.store.clock.now();
    const read = type === "X509" ? certificateOf(file, password) : this.#opaque(file, hasPrivateKey);
    const made: MadeCertificate = {
      commId,
      type,
      usage,
      status: "Active",
      hasPrivateKey,
      generated: false,
      beginUsage: begin === undefined && !this.#usual ? read.notBefore : seconds(begin ?? now),
      endUsage: read.notAfter,
      ...read,
      ...labels,
    };
    if (this.store.variants.duplicateUpload === "refused" && this.#isThere(made))
      throw duplicate("cert: the comm has this certificate already");
    return { commId, certKeyId: this.store.put(made) };
  }

  /**
   * A PGP or SSH file: not looked into, so nothing is known of it. When the use of one ends is not documented; two
   * years from now, as for a renewal.
   */
  #opaque(file: Buffer, hasPrivateKey: boolean): Windows & Pick<CertificateRecord, "file" | "digest"> {
    const now = this.store.clock.now();
    return {
      notBefore: seconds(now),
      notAfter: seconds(plusYears(now, 2)),
      digest: createHash("sha256").update(file).digest("hex"),
      ...(hasPrivateKey ? {} : { file: file.toString("base64") }),
    };
  }

  /** Whether a comm lists the same file, in whatever state. */
  #isThere({ commId, type, hasPrivateKey, thumbprint, digest }: MadeCertificate): boolean {
    return this.store
      .certificates(commId)
      .some(
        (one) =>
          one.type === type &&
          one.hasPrivateKey === hasPrivateKey &&
          one.thumbprint === thumbprint &&
          one.digest === digest,
      );
  }

  #listed(commId: number, certKeyId: number): CertificateRecord {
    const certificate = this.store.certificate(commId, certKeyId);
    if (certificate === undefined) throw notFound("certKeyId: the comm has no such certificate");
    return certificate;
  }
}

const textField = (name: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [name]: value };

function validUrl(text: string | undefined): string | undefined {
  if (text !== undefined && !URL.canParse(text)) throw invalid("partnerUrl must be a valid URL");
  return text;
}

type Windows = Pick<CertificateRecord, "notBefore" | "notAfter">;

/** What is stored of an X.509 upload: PKCS#12 where there is a password, otherwise a certificate, DER or PEM. */
function certificateOf(
  file: Buffer,
  password: string | undefined,
): Windows & ReturnType<typeof describe> & { secureHashAlgorithm: string } {
  const certificate = password === undefined ? file : opened(file, password);
  try {
    const { notBefore, notAfter, hash } = validity(certificate);
    return {
      ...describe(certificate),
      notBefore: seconds(notBefore),
      notAfter: seconds(notAfter),
      secureHashAlgorithm: hash ?? "SHA256",
    };
  } catch {
    throw invalid("cert is not a certificate");
  }
}

/** The code of a file that cannot be opened is not documented (ecgrid.md 7): taken to be that of any bad field. */
function opened(file: Buffer, password: string): Buffer {
  try {
    return openPfx(file, password);
  } catch (error) {
    throw invalid(`cert ${error instanceof Error ? error.message : "cannot be opened"}`);
  }
}
