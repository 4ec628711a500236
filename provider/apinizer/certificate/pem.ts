import { X509Certificate } from "node:crypto";
import { wholeSeconds } from "../../core/clock.js";
import { thumbprintOf } from "../wire.js";

/** What a PEM is of. Nothing in it is secret: a private key is refused. */
export interface PemInfo {
  /** SHA-1 of the first certificate, hex, upper case. */
  readonly thumbprint: string;
  readonly subject: string;
  readonly serialNumber: string;
  /** ISO 8601, UTC, whole seconds. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Certificates in the text; what the service makes of more than one is not documented (apinizer.md 2.3). */
  readonly count: number;
  /** SHA-1 of every certificate in it, hex, upper case. */
  readonly chain: readonly string[];
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Reads public certificates, PEM. @returns why it cannot be deployed: the end of a sentence that begins with `pem`. */
export function readPem(text: string): PemInfo | { readonly problem: string } {
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text))
    return { problem: "holds a private key: give the public certificate alone, and treat that key as disclosed" };
  const blocks = text.match(BLOCK) ?? [];
  const [leaf] = blocks;
  if (leaf === undefined) return { problem: "holds no certificate: allowed is PEM, -----BEGIN CERTIFICATE-----" };
  try {
    const certificate = new X509Certificate(leaf);
    const chain = blocks.map((block) => thumbprintOf(new X509Certificate(block).raw));
    return {
      thumbprint: thumbprintOf(certificate.raw),
      subject: certificate.subject.split("\n").reverse().join(", "),
      serialNumber: certificate.serialNumber,
      notBefore: wholeSeconds(new Date(certificate.validFrom)),
      notAfter: wholeSeconds(new Date(certificate.validTo)),
      count: blocks.length,
      chain,
    };
  } catch {
    return { problem: "holds a block that is not an X.509 certificate" };
  }
}

export const whatOf = ({
  subject,
  thumbprint,
  notAfter,
}: Pick<PemInfo, "subject" | "thumbprint" | "notAfter">): string =>
  `${subject}, thumbprint ${thumbprint}, valid till ${notAfter.slice(0, 10)}`;

/** What the PEM of a certificate's inputs is of; undefined where there is none that can be read. */
export function infoOf({ pem }: { readonly pem?: string | undefined }): PemInfo | undefined {
  const read = pem === undefined ? undefined : readPem(pem);
  return read === undefined || "problem" in read ? undefined : read;
}
