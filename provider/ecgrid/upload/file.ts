import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import type forge from "node-forge";
import { wholeSeconds } from "../../core/clock.js";
import { nodeForge } from "../../core/onDemand.js";
import { sha256 } from "../wire.js";

/**
 * The file of an upload, as far as it can be told without the service. Opened at preview, so that a wrong password, a
 * lost key or an expired certificate is found before anything is sent. Holds nothing secret.
 */
export interface UploadFile {
  /** What tells one file from another: the thumbprint of X.509, else the SHA-256 of the bytes. Hex. */
  readonly id: string;
  /** In words, for people. */
  readonly what: string;
  /** SHA-1 of the DER form, hex, upper case; X.509 only. */
  readonly thumbprint?: string | undefined;
  /** End of validity, ISO 8601, UTC, whole seconds; X.509 only. */
  readonly notAfter?: string | undefined;
  /** SHA-256 of the bytes, hex. */
  readonly bytes: string;
}

/** The file, or why it cannot be uploaded: the end of a sentence that begins with the field's name. Never repeats it. */
export type ReadFile = UploadFile | { readonly problem: string };

const KEY_BAGS = ["pkcs8ShroudedKeyBag", "keyBag"] as const;

/** Base64 of a private key with its certificate: PKCS#12 (RFC 7292) for X.509; PGP and SSH keys are not opened. */
export function readPrivateFile(cert: string, password: string | undefined, certType: string): ReadFile {
  const bytes = decoded(cert);
  if (bytes === undefined) return { problem: "is not Base64: give the file's bytes in Base64" };
  if (certType !== "X509") return opaque(bytes, certType);
  if (bytes.includes("-----BEGIN"))
    return { problem: "is PEM: ECGrid takes a PKCS#12 container (.pfx, .p12) of the certificate and its key" };
  let bags: { certificates: X509Certificate[]; keys: KeyObject[] };
  try {
    bags = openPkcs12(bytes, password ?? "");
  } catch (error) {
    return {
      problem: isSealBroken(error)
        ? "is a PKCS#12 container that the password does not open"
        : "cannot be read as a PKCS#12 container (.pfx, .p12)",
    };
  }
  const [key] = bags.keys;
  if (key === undefined) return { problem: "holds no private key" };
  if (bags.keys.length > 1) return { problem: "holds several private keys: give a container with one" };
  const own = bags.certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (own === undefined)
    return {
      problem:
        bags.certificates.length === 0
          ? "holds no certificate"
          : "holds a private key that belongs to none of its certificates",
    };
  return x509File(own, bytes);
}

/** PEM, or Base64 of DER or PEM, of one partner's public certificate; PGP and SSH keys are not opened. */
export function readPublicFile(cert: string, certType: string): ReadFile & { readonly der?: string } {
  const bytes = cert.includes("-----BEGIN") ? Buffer.from(cert, "utf8") : decoded(cert);
  if (bytes === undefined) return { problem: "is neither PEM nor Base64" };
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(bytes.toString("latin1")))
    return { problem: "holds a private key: give the public certificate alone, and treat that key as disclosed" };
  if (certType !== "X509") return { ...opaque(bytes, certType), der: bytes.toString("base64") };
  if ((bytes.toString("latin1").match(/-----BEGIN/g) ?? []).length > 1)
    return { problem: "holds several certificates: give the partner's own one, without its chain" };
  try {
    const certificate = new X509Certificate(bytes);
    return { ...x509File(certificate, certificate.raw), der: certificate.raw.toString("base64") };
  } catch {
    return { problem: "is not an X.509 certificate" };
  }
}

function decoded(text: string): Buffer | undefined {
  const plain = text.replace(/\s+/g, "");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(plain) ? Buffer.from(plain, "base64") : undefined;
}

const opaque = (bytes: Buffer, certType: string): UploadFile => ({
  id: sha256(bytes),
  what: `${certType} key (SHA-256 ${sha256(bytes).slice(0, 16)})`,
  bytes: sha256(bytes),
});

function x509File(certificate: X509Certificate, bytes: Buffer): UploadFile {
  const thumbprint = certificate.fingerprint.replaceAll(":", "");
  const notAfter = wholeSeconds(new Date(certificate.validTo));
  const subject = certificate.subject.replaceAll("\n", ", ");
  return {
    id: thumbprint,
    // Brackets delimit operations in previews, and a subject is whatever somebody typed.
    what: `certificate ${subject.replace(/[^\x20-\x7e]|[[\]]/g, "?").slice(0, 80)} (serial ${certificate.serialNumber}, valid until ${notAfter.slice(0, 10)})`,
    thumbprint,
    notAfter,
    bytes: sha256(bytes),
  };
}

/**
 * The seal takes a password in UTF-16 (RFC 7292 appendix B), and so do the old ciphers; AES takes it in UTF-8 as OpenSSL
 * has it, while the library hands the same text to both. So a container whose seal is right and whose content does not
 * open is opened once more, without its seal.
 */
function decrypted(container: forge.asn1.Asn1, password: string): forge.pkcs12.Pkcs12Pfx {
  const { pkcs12, util } = nodeForge();
  try {
    return pkcs12.pkcs12FromAsn1(container, true, password);
  } catch (error) {
    const utf8 = util.encodeUtf8(password);
    if (isSealBroken(error) || utf8 === password || !Array.isArray(container.value)) throw error;
    return pkcs12.pkcs12FromAsn1({ ...container, value: container.value.slice(0, 2) }, true, utf8);
  }
}

const isSealBroken = (error: unknown): boolean =>
  error instanceof Error && /mac could not be verified|invalid password/i.test(error.message);

/** @throws Error when it is not PKCS#12, or the password is wrong. */
function openPkcs12(bytes: Buffer, password: string): { certificates: X509Certificate[]; keys: KeyObject[] } {
  const { asn1: codec, pki } = nodeForge();
  const container = decrypted(codec.fromDer(bytes.toString("latin1")), password);
  const bagsOf = (name: string): forge.pkcs12.Bag[] => {
    const type = pki.oids[name] ?? "";
    return container.getBags({ bagType: type })[type] ?? [];
  };
  const der = (asn1: forge.asn1.Asn1): Buffer => Buffer.from(codec.toDer(asn1).getBytes(), "latin1");
  return {
    certificates: bagsOf("certBag").map(
      ({ cert, asn1 }) => new X509Certificate(der(cert == null ? asn1 : pki.certificateToAsn1(cert))),
    ),
    keys: KEY_BAGS.flatMap(bagsOf).map(({ key, asn1 }) =>
      createPrivateKey({
        key: der(key == null ? asn1 : pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(key))),
        format: "der",
        type: "pkcs8",
      }),
    ),
  };
}
