import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { createHash, randomBytes, webcrypto, X509Certificate } from "node:crypto";

/** A small certificate authority: real X.509 certificates, EC P-256, quickly made. */
x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

/** Keys that certificates are made for. */
export type KeyKind = "ec" | "rsa";

const KEYS = {
  ec: { name: "ECDSA", namedCurve: "P-256" },
  rsa: {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  },
} as const;
const ISSUER = "CN=ECGrid Sandbox CA, O=pulumi-clm sandbox";

export const newKeys = (kind: KeyKind = "ec"): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(KEYS[kind], true, ["sign", "verify"]);

let authority: Promise<webcrypto.CryptoKeyPair> | undefined;
const authorityKeys = (): Promise<webcrypto.CryptoKeyPair> => (authority ??= newKeys());

export interface Issued {
  /** DER, base64. */
  readonly der: string;
  /** Hex, upper case. */
  readonly serialNumber: string;
  /** SHA-1 of the DER form, hex, upper case. */
  readonly thumbprint: string;
  readonly subject: string;
  readonly issuer: string;
}

const HASHES: Readonly<Record<string, string>> = {
  SHA1: "SHA-1",
  SHA256: "SHA-256",
  SHA384: "SHA-384",
  SHA512: "SHA-512",
};

/** Issues a certificate for a new key pair; the private key is forgotten. Seconds are the finest unit of X.509. */
export async function issue(request: {
  commonName: string;
  notBefore: Date;
  notAfter: Date;
  hash: string;
}): Promise<Issued> {
  const [signer, own] = await Promise.all([authorityKeys(), newKeys()]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    // The library reads a quote, a backslash and a leading # as syntax.
    subject: [{ CN: [request.commonName.replace(/["\\]|^#/g, "\\$&")] }],
    issuer: ISSUER,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    signingAlgorithm: { name: "ECDSA", hash: HASHES[request.hash] ?? "SHA-256" },
    publicKey: own.publicKey,
    signingKey: signer.privateKey,
  });
  return describe(Buffer.from(certificate.rawData));
}

export function newSerialNumber(): string {
  const serial = randomBytes(16);
  serial[0] = (serial[0] ?? 0) & 0x7f; // positive
  serial[0] |= 0x40; // and without a leading zero
  return serial.toString("hex");
}

/** A certificate that a new key pair signed itself, DER, and its private key, PKCS#8 in DER. */
export async function selfSigned(request: {
  subject: string;
  notBefore: Date;
  notAfter: Date;
  key: KeyKind;
  /** Host names and addresses that a TLS server answers under. */
  hosts?: readonly { type: "dns" | "ip"; value: string }[];
}): Promise<{ certificate: Buffer; privateKey: Buffer }> {
  const keys = await newKeys(request.key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: request.subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    signingAlgorithm: { name: KEYS[request.key].name, hash: "SHA-256" },
    keys,
    extensions: request.hosts === undefined ? [] : [new x509.SubjectAlternativeNameExtension([...request.hosts])],
  });
  const privateKey = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { certificate: Buffer.from(certificate.rawData), privateKey: Buffer.from(privateKey) };
}

/** What a list shows of a certificate. @throws when it is not X.509. */
export function describe(der: Buffer): Issued {
  const read = new X509Certificate(der);
  return {
    der: read.raw.toString("base64"),
    serialNumber: read.serialNumber.toUpperCase(),
    thumbprint: createHash("sha1").update(read.raw).digest("hex").toUpperCase(),
    subject: read.subject.replaceAll("\n", ", "),
    issuer: read.issuer.replaceAll("\n", ", "),
  };
}

/** Beginning and end of the validity of a certificate, and the hash of its signature where its name says one. */
export function validity(der: Buffer): { notBefore: Date; notAfter: Date; hash: string | undefined } {
  const read = new X509Certificate(der);
  const hash = /sha-?(1|256|384|512)/i.exec(read.signatureAlgorithm ?? "")?.[1];
  return {
    notBefore: new Date(read.validFrom),
    notAfter: new Date(read.validTo),
    hash: hash === undefined ? undefined : `SHA${hash}`,
  };
}
