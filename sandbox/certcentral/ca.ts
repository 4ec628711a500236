import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { webcrypto } from "node:crypto";
import { createHash, X509Certificate } from "node:crypto";
import { newKeys, newSerialNumber } from "../pki.js";

/** The sandbox's own public CA: a root, an intermediate, and real leaves for the keys of CSRs. */

const PUBLIC = { name: "ECDSA", hash: "SHA-256" };
const HASHES: Readonly<Record<string, string>> = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" };
const ROOT = "CN=Sandbox Root CA, O=pulumi-clm sandbox";
const ISSUING = "CN=Sandbox TLS Issuing CA, O=pulumi-clm sandbox";

interface Authority {
  readonly issuer: webcrypto.CryptoKeyPair;
  /** PEM. */
  readonly intermediate: string;
  readonly root: string;
}

let made: Promise<Authority> | undefined;
/** One a process; its validity is wide enough for every clock of a test. */
export const authority = (): Promise<Authority> => (made ??= makeAuthority());

async function makeAuthority(): Promise<Authority> {
  const [top, issuer] = await Promise.all([newKeys(), newKeys()]);
  const years = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2060-01-01T00:00:00Z") };
  const ca = [new x509.BasicConstraintsExtension(true, undefined, true)];
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...years,
    serialNumber: newSerialNumber(),
    name: ROOT,
    keys: top,
    signingAlgorithm: PUBLIC,
    extensions: ca,
  });
  const intermediate = await x509.X509CertificateGenerator.create({
    ...years,
    serialNumber: newSerialNumber(),
    subject: ISSUING,
    issuer: ROOT,
    publicKey: issuer.publicKey,
    signingKey: top.privateKey,
    signingAlgorithm: PUBLIC,
    extensions: ca,
  });
  return { issuer, root: root.toString("pem"), intermediate: intermediate.toString("pem") };
}

/** Whether a text is a certificate signing request, PEM (section 12: `csr_invalid_cannot_parse`). */
export function parsedCsr(pem: string): x509.Pkcs10CertificateRequest | undefined {
  try {
    return new x509.Pkcs10CertificateRequest(pem);
  } catch {
    return undefined;
  }
}

export interface Leaf {
  /** PEM. */
  readonly pem: string;
  readonly serialNumber: string;
  /** SHA-1, hex, upper case. */
  readonly thumbprint: string;
}

/** Issues a certificate for the key of a CSR; the names are those of the order, never of the CSR (section 3). */
export async function issueLeaf(request: {
  csr: string;
  commonName: string;
  dnsNames: readonly string[];
  signatureHash: string;
  notBefore: Date;
  notAfter: Date;
}): Promise<Leaf> {
  const { issuer } = await authority();
  const names = [...new Set([request.commonName, ...request.dnsNames])];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: [{ CN: [request.commonName] }],
    issuer: ISSUING,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    publicKey: new x509.Pkcs10CertificateRequest(request.csr).publicKey,
    signingKey: issuer.privateKey,
    signingAlgorithm: { name: "ECDSA", hash: HASHES[request.signatureHash] ?? "SHA-256" },
    extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value })))],
  });
  const read = new X509Certificate(Buffer.from(certificate.rawData));
  return {
    pem: read.toString(),
    serialNumber: read.serialNumber.toUpperCase(),
    thumbprint: createHash("sha1").update(read.raw).digest("hex").toUpperCase(),
  };
}

/** A certificate signing request for a new key, which is forgotten. PEM. */
export async function makeCsr(commonName: string, names: readonly string[] = []): Promise<string> {
  const keys = await newKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: PUBLIC,
    ...(names.length === 0
      ? {}
      : {
          extensions: [
            new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns" as const, value }))),
          ],
        }),
  });
  return request.toString("pem");
}
