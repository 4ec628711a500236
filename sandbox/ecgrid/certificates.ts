import { describe, validity, type Issued } from "../pki.js";
import { type Fields, invalid, notFound } from "./refusal.js";
import { plusDays, plusYears, seconds, type CertificateRecord, type CommRecord, type EcgridStore } from "./store.js";

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

  /** ecgrid.md 1.3. */
  async create(fields: Fields): Promise<{ commId: number; certKeyId: number }> {
    const { commId } = this.visible(fields.id("commId"));
    const now = this.store.clock.now();
    const usage = fields.oneOf("usage", USAGES.slice(1)) ?? (this.#usual ? "EncryptionAndSignature" : "Signature");
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
    const secureHashAlgorithm = this.#hash(fields) ?? old.secureHashAlgorithm;
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

  /**
   * ecgrid.md 1.1 and 1.2. The container of a private upload is not opened: what is stored is a certificate of the
   * sandbox's own, valid for two years. A public upload is stored as it came, DER or PEM.
   */
  async add(fields: Fields, hasPrivateKey: boolean): Promise<{ commId: number; certKeyId: number }> {
    const { commId } = this.visible(fields.id("commId"));
    const type = fields.oneOf("certType", TYPES, true) ?? "X509";
    const file = Buffer.from(fields.base64("cert", true) ?? "", "base64");
    const now = this.store.clock.now();
    const optional = {
      ...textField("keyId", fields.text("keyId")),
      ...textField("userId", fields.text("userId")),
      ...textField("partnerId", hasPrivateKey ? undefined : fields.text("partnerCommId")),
      ...textField("partnerUrl", hasPrivateKey ? undefined : validUrl(fields.text("partnerUrl"))),
    };
    if (hasPrivateKey) fields.text("password");
    const base = {
      commId,
      type,
      usage: fields.oneOf("usage", USAGES) ?? (this.#usual ? "EncryptionAndSignature" : "Signature"),
      status: "Active",
      hasPrivateKey,
      generated: false,
      secureHashAlgorithm: "SHA256",
      beginUsage: seconds(fields.time("beginUsage") ?? now),
      ...optional,
    };
    if (hasPrivateKey) {
      const end = seconds(plusYears(now, 2));
      return {
        commId,
        certKeyId: await this.store.issue({ ...base, endUsage: end, notBefore: seconds(now), notAfter: end }),
      };
    }
    return { commId, certKeyId: this.store.put({ ...base, ...uploaded(file) }) };
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

/** What is stored of a public certificate that somebody uploads. */
function uploaded(
  file: Buffer,
): Issued & Pick<CertificateRecord, "endUsage" | "notBefore" | "notAfter"> & { secureHashAlgorithm: string } {
  try {
    const { notBefore, notAfter, hash } = validity(file);
    const end = seconds(notAfter);
    return {
      ...describe(file),
      endUsage: end,
      notBefore: seconds(notBefore),
      notAfter: end,
      secureHashAlgorithm: hash ?? "SHA256",
    };
  } catch {
    throw invalid("cert is not a certificate");
  }
}
