import type { VariantSettings } from "../variants.js";
import type { CertificateRecord, CommRecord } from "./store.js";

/**
 * Unmistakable secrets in places where the documentation says that private material may turn up (ecgrid.md 2.2, trap 3):
 * they must be found nowhere else.
 */
export const CANARIES = {
  pfxPassword: "canary-pfx-password-7f3a9c",
  privatePfx: Buffer.from("canary-private-pfx-b81d04").toString("base64"),
  httpUser: "canary-http-user-52e6",
  httpPassword: "canary-http-password-c09e1b",
} as const;

type Shown = Record<string, unknown>;

/** A time in the form that is switched on (ecgrid.md 4). */
function time(iso: string, { dates }: VariantSettings): string {
  const bare = iso.replace(/Z$/, "");
  return dates === "no-zone" ? bare : dates === "seven-digits" ? `${bare}.0000000Z` : iso;
}

const hash = (name: string, { hashOnRead }: VariantSettings): string =>
  hashOnRead === "SHA256"
    ? name
    : hashOnRead === "sha2"
      ? name === "SHA1"
        ? "sha1"
        : "sha2"
      : `${name.toLowerCase()}RSA`;

/** A certificate under the expected REST names (ecgrid.md 2.2). What is not known of it is left out. */
export function certificate(record: CertificateRecord, variants: VariantSettings): Shown {
  const labelled = variants.labels === "kept";
  const { secureHashAlgorithm } = record;
  const shown: Shown = {
    certKeyId: record.certKeyId,
    partnerId: record.partnerId,
    partnerUrl: record.partnerUrl,
    type: record.type,
    usage: record.usage,
    keyId: labelled ? record.keyId : undefined,
    userId: labelled ? record.userId : undefined,
    secureHashAlgorithm: secureHashAlgorithm === undefined ? undefined : hash(secureHashAlgorithm, variants),
    subject: record.subject,
    issuer: record.issuer,
    hasPrivateKey: record.hasPrivateKey,
    publicCertificate: publicFile(record, variants),
    beginUsage: time(record.beginUsage, variants),
    endUsage: time(record.endUsage, variants),
    notBefore: time(record.notBefore, variants),
    notAfter: time(record.notAfter, variants),
    serialNumber: record.serialNumber,
    thumbprint: record.thumbprint,
    status: record.status,
    rootInfo:
      variants.privateMaterial === "sent" && record.hasPrivateKey
        ? { password: CANARIES.pfxPassword, privatePFX: CANARIES.privatePfx }
        : undefined,
    certType: added(variants) ? "cstAddedLater" : storage(record),
    ...addition(variants),
  };
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
}

/** `publicCertificate`: an X.509 certificate in the form that is switched on, other public files as they came. */
function publicFile({ der, file }: CertificateRecord, { publicCertificate }: VariantSettings): string | undefined {
  if (publicCertificate === "absent") return undefined;
  if (der === undefined || publicCertificate === "der-base64") return der ?? file;
  const lines = (der.match(/.{1,64}/g) ?? []).join("\n");
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`).toString("base64");
}

/** Kind of storage (ecgrid.md 5, CertStoreTypes); which kind PGP and SSH files get is not documented. */
function storage({ type, hasPrivateKey }: CertificateRecord): string {
  if (type === "X509") return hasPrivateKey ? "cstPFXBlob" : "cstPublicKeyBlob";
  if (hasPrivateKey) return "cstPEMKeyBlob";
  return type === "SSH" ? "cstSSHPublicKeyBlob" : "cstPublicKeyBlob";
}

const added = ({ additions }: VariantSettings): boolean => additions === "present";

/** A field that no documentation knows: the vendor may add some at any time (ecgrid.md 10). */
export const addition = (variants: VariantSettings): Shown =>
  added(variants) ? { addedLater: { reason: "a field that the documentation does not know" } } : {};

/** The rest of CommIDInfo as the SOAP WSDL has it (ecgrid.md 2.3). */
const whole = (record: CommRecord, variants: VariantSettings): Shown => ({
  version: "1.2",
  created: time("2019-04-01T08:00:00Z", variants),
  modified: time("2019-04-01T08:00:00Z", variants),
  hosted: true,
  owner: { userId: 1 },
  url: `https://as2.example.com/${record.commId}`,
  mimeTypeOverride: "application/edi-x12",
  signData: true,
  encryptData: true,
  compressData: false,
  beginUsage: time("2019-04-01T08:00:00Z", variants),
  endUsage: time("2039-04-01T08:00:00Z", variants),
  receipt: "SynchronousSigned",
  sslClientAuthentication: false,
});

/**
 * The eight fields that the REST pages show (ecgrid.md 1.6), the comm's HTTP credentials where they are sent, and the
 * rest where that is switched on.
 */
export function comm(record: CommRecord, hasCertificates: boolean, variants: VariantSettings): Shown {
  return {
    commId: record.commId,
    networkId: record.networkId,
    mailboxId: record.mailboxId,
    [variants.commTypeKey]: record.commType,
    identifier: record.identifier,
    status: record.status,
    useType: record.useType,
    privateKeyRequired: true,
    withCerts: hasCertificates,
    ...(variants.privateMaterial === "sent"
      ? { httpAuthentication: { type: "Basic", user: CANARIES.httpUser, password: CANARIES.httpPassword } }
      : {}),
    ...(variants.commFields === "full" ? whole(record, variants) : {}),
    ...addition(variants),
  };
}

/** Spells the keys of an answer's data as switched on; the envelope keeps its own. */
export function spelled(value: unknown, { keyCasing }: VariantSettings): unknown {
  if (keyCasing === "camel") return value;
  if (Array.isArray(value)) return value.map((item) => spelled(item, { keyCasing } as VariantSettings));
  if (typeof value !== "object" || value === null) return value;
  const spell = (key: string): string =>
    keyCasing === "upper-id"
      ? key.replace(/Id$/, "ID")
      : key.charAt(0).toUpperCase() + key.slice(1).replace(/Id$/, "ID");
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [spell(key), spelled(item, { keyCasing } as VariantSettings)]),
  );
}
