import { X509Certificate } from "node:crypto";
import { Fault } from "../../core/fault.js";
import type { Reading } from "../step.js";
import type { OrderInfo } from "../wire.js";
import { readCsr, sha256 } from "./csr.js";
import type { KeptCertificate, KeptOrder } from "./state.js";

/** What of an answer is kept. */

export const keptOrder = (info: OrderInfo): KeptOrder => ({
  id: info.id,
  status: info.status,
  ...(info.dateCreated === undefined ? {} : { dateCreated: info.dateCreated }),
  ...(info.orderValidTill === undefined ? {} : { validTill: info.orderValidTill }),
  isRenewed: info.isRenewed,
  ...(info.autoRenew ? { autoRenew: true } : {}),
  hasDuplicates: info.hasDuplicates,
});

interface Chain {
  readonly leaf: X509Certificate;
  /** Leaf first. */
  readonly pem: string;
}

/**
 * The order's certificate with its chain; without, while DigiCert says that it is not available yet.
 * @throws Fault when it cannot be downloaded.
 */
export async function keptCertificate(info: OrderInfo, context: Reading): Promise<KeptCertificate> {
  const { id = 0, commonName = "", dnsNames, csr, status, ...rest } = info.certificate;
  const chain = await chainOf(info, id, context);
  const csrDigest = csr === undefined ? undefined : readCsr(csr)?.digest;
  const kept = {
    orderId: info.id,
    certificateId: id,
    status: status ?? (info.status === "revoked" ? "revoked" : "issued"),
    commonName,
    dnsNames: [...dnsNames],
    serialNumber: rest.serialNumber ?? chain?.leaf.serialNumber.toUpperCase(),
    thumbprint: rest.thumbprint ?? chain?.leaf.fingerprint.replaceAll(":", ""),
    signatureHash: rest.signatureHash,
    validFrom: rest.validFrom,
    validTill:
      rest.validTill ?? (chain === undefined ? undefined : new Date(chain.leaf.validTo).toISOString().slice(0, 10)),
    csrDigest,
    keyDigest: chain === undefined ? undefined : sha256(chain.leaf.publicKey.export({ type: "spki", format: "der" })),
    pem: chain?.leaf.toString(),
    chainPem: chain?.pem,
  };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) as KeptCertificate;
}

/** @throws Fault when it cannot be read: no certificate that others use is given up for one that is not at hand. */
async function chainOf(info: OrderInfo, certificateId: number, context: Reading): Promise<Chain | undefined> {
  const of = (blocks: readonly string[]): Chain | undefined => ordered(parsed(blocks), info.certificate.serialNumber);
  try {
    const blocks = await context.api.chain(info.id, certificateId, context.resource, (all) => of(all) !== undefined);
    return blocks === undefined ? undefined : of(blocks);
  } catch (error) {
    // Of a revoked one nobody needs it.
    if (!(error instanceof Fault) || !isRevoked(info)) throw error;
    return undefined;
  }
}

export const isRevoked = ({ status, certificate }: OrderInfo): boolean =>
  status === "revoked" || certificate.status === "revoked";

function parsed(blocks: readonly string[]): X509Certificate[] {
  try {
    return blocks.map((pem) => new X509Certificate(pem));
  } catch {
    return [];
  }
}

/** Leaf first, then its issuers, without the root; whatever order they came in. */
function ordered(all: readonly X509Certificate[], serialNumber: string | undefined): Chain | undefined {
  const bare = (serial: string): string => serial.toUpperCase().replace(/^0+/, "");
  const leaf = all.find((one) =>
    serialNumber === undefined ? !one.ca : bare(one.serialNumber) === bare(serialNumber),
  );
  if (leaf === undefined) return undefined; // not the one that was asked for
  const chain = [leaf];
  for (let at: X509Certificate | undefined = leaf; at !== undefined;) {
    const issued: X509Certificate = at;
    at = all.find((one) => !chain.includes(one) && one.subject !== one.issuer && issued.checkIssued(one));
    if (at !== undefined) chain.push(at);
  }
  return { leaf, pem: chain.map((one) => one.toString()).join("") };
}
