import { createHash } from "node:crypto";
import { peculiarX509 } from "../../core/onDemand.js";

/** A certificate signing request (RFC 2986), read offline. A private key never goes in. */

export interface Csr {
  /** SHA-256 of the DER form, hex: whether it is the same request. */
  readonly digest: string;
  /** SHA-256 of the public key's SubjectPublicKeyInfo, hex: whether a certificate was made for it. */
  readonly keyDigest: string;
  /** DNS names in it, small letters: DigiCert does not read them (section 3). */
  readonly names: readonly string[];
}

const BLOCK =
  /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----/;

export const isPrivateKey = (text: string): boolean => text.includes("PRIVATE KEY-----");

/** Whether nothing stands beside the request: what does may have been meant for something else. */
export const isOneBlock = (text: string): boolean => text.replace(BLOCK, "").trim() === "";

/** @returns undefined when the text is not one request in PEM. */
export function readCsr(text: string): Csr | undefined {
  const block = BLOCK.exec(text)?.[1];
  if (block === undefined || isPrivateKey(text)) return undefined;
  const der = Buffer.from(block, "base64");
  const { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } = peculiarX509();
  try {
    const request = new Pkcs10CertificateRequest(der);
    const alternative = request.extensions.find((one) => one instanceof SubjectAlternativeNameExtension);
    const names = [
      ...request.subjectName.getField("CN"),
      ...(alternative?.names.items ?? []).flatMap(({ type, value }) => (type === "dns" ? [value] : [])),
    ];
    return {
      digest: sha256(der),
      keyDigest: sha256(Buffer.from(request.publicKey.rawData)),
      names: [...new Set(names.map((name) => name.toLowerCase()))],
    };
  } catch {
    return undefined; // not the DER form of a request: told by `normalize`
  }
}

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
