import type { HttpCall } from "../core/operation.js";
import { Fault } from "../core/fault.js";

/**
 * How requests spell what the documentation spells in two ways. Plans use the spelling of the REST pages; a service that
 * wants another one is told so by a setting (ecgrid.md 10: "must stay configurable").
 */
export interface Spelling {
  /** Hash names: the REST pages', or those of the WSDL (ecgrid.md 5, 10.4). Setting `ecgrid:hashNames`. */
  readonly hashNames: "rest" | "soap";
  /** Base64 of DER, or of PEM, in uploads of public X.509 certificates (ecgrid.md 1.2). Setting `ecgrid:publicCertificates`. */
  readonly publicCertificates: "der" | "pem";
}

export const USUAL: Spelling = { hashNames: "rest", publicCertificates: "der" };

const SOAP_HASHES: Readonly<Record<string, string>> = { SHA1: "sha1", SHA256: "sha2" };

/**
 * The body as the service wants it spelled.
 * @throws Fault when it has no word for what is asked for; nothing is sent then.
 */
export function spelled(call: HttpCall, spelling: Spelling): HttpCall {
  const { body } = call;
  if (body === undefined) return call;
  const changed: Record<string, unknown> = { ...body };
  const { secureHashAlgorithm: hash, cert, certType } = body;
  if (spelling.hashNames === "soap" && typeof hash === "string") {
    const word = SOAP_HASHES[hash];
    if (word === undefined) {
      throw new Fault({
        action: `call ${call.method} ${call.path}`,
        resource: `secureHashAlgorithm ${hash}`,
        system: "ECGrid",
        cameBack: "ecgrid:hashNames is soap, and that interface knows sha1 and sha2 only",
        known: "nothing was sent",
        next: "set secureHashAlgorithm to SHA256, or ecgrid:hashNames to rest",
        outcome: "not executed",
      });
    }
    changed.secureHashAlgorithm = word;
  }
  if (spelling.publicCertificates === "pem" && call.path.endsWith("/add-public") && certType === "X509")
    changed.cert = pemOf(String(cert));
  return { ...call, body: changed };
}

const pemOf = (der: string): string =>
  Buffer.from(
    `-----BEGIN CERTIFICATE-----\n${(der.match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`,
  ).toString("base64");
