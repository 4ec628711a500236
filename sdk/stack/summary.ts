import type { CertificateState as Gateway } from "../../provider/apinizer/certificate/state.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import type { OrderState } from "../../provider/certcentral/order/state.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";
import type { ContractState } from "../../provider/partner/contract/state.js";
import type { CredentialState } from "../../provider/partner/credential/state.js";
import { isoDay } from "../../provider/core/clock.js";
import { validUntil } from "../../provider/ecgrid/held.js";
import { dropNulls } from "../../provider/dynamic/wire.js";
import type { StackType } from "./types.js";

/** What a stack's output says of a certificate, contract, credential or JWK. No secret, and nothing that depends on the clock. */
export interface CertificateSummary {
  /** Serial number, hex; of a JWK its key id, of a credential what DigiCert shows of it. Missing until there is one. */
  readonly serial?: string;
  /** Subject, or the names that it is for. */
  readonly names: readonly string[];
  /** UTC day, `YYYY-MM-DD`. */
  readonly expiry?: string;
  /** The service's word; of a gateway that of each environment. */
  readonly status: string;
  /** What was asked for and waits. */
  readonly pending?: string;
}

/** The same, with what is missing spelled out. */
interface Found {
  readonly serial?: string | undefined;
  readonly names: readonly (string | undefined)[];
  readonly expiry?: string | undefined;
  readonly status: string;
  readonly pending?: string | undefined;
}

const ofComm = ({ current }: CertificateState): Found => ({
  serial: current.serialNumber,
  names: [current.subject],
  expiry: isoDay(validUntil(current)),
  status: current.status,
});

/** `dnsNames` is no output of the program's resource where the program has not given it. */
type Order = Omit<OrderState, "dnsNames"> & { readonly dnsNames?: readonly string[] };

const ofOrder = ({ current, order, next, commonName, dnsNames = [] }: Order): Found => ({
  serial: current?.serialNumber,
  names: current === undefined ? [commonName, ...dnsNames] : [current.commonName, ...current.dnsNames],
  expiry: current?.validTill ?? order.validTill,
  status: order.status,
  pending:
    next === undefined
      ? current === undefined
        ? `order ${order.id} is ${order.status}`
        : undefined
      : `${next.kind} ${next.orderId} is ${next.status}`,
});

const ofGateway = ({ deployed, outcomes, missing, name }: Gateway): Found => ({
  serial: deployed?.serialNumber,
  names: [deployed?.subject ?? name],
  expiry: deployed?.notAfter.slice(0, 10),
  status: missing ? "missing" : outcomes.map((one) => `${one.environment} ${one.outcome}`).join(", ") || "not deployed",
  pending: deployed === undefined ? "a certificate that is not issued yet" : undefined,
});

const ofJwk = ({ kid, name, made, outcomes }: JwkState): Found => ({
  serial: kid,
  names: [name],
  status: outcomes.map((one) => `${one.environment} ${one.outcome}`).join(", ") || (made ? "made" : "not made"),
  pending: made ? undefined : "a certificate that is not deployed yet",
});

const ofContract = ({ contract, sans, lost }: ContractState): Found => ({
  serial: contract === undefined ? undefined : String(contract.id),
  names: contract?.sans ?? sans,
  expiry: contract?.validTill?.slice(0, 10),
  status: contract === undefined ? "unknown" : contract.canceledAt === undefined ? "active" : "canceled",
  pending: lost === undefined ? undefined : "a creation whose answer was lost",
});

const ofCredential = ({ current, contractId, owed }: CredentialState): Found => ({
  serial: current === undefined ? undefined : String(current.credentialId),
  names: [`contract ${contractId}`],
  status: current?.status ?? "missing",
  pending: owed === undefined ? undefined : "a new credential",
});

interface Summary {
  /** What it is made of. One of them at least is an output that every state has, and that is not known before a creation. */
  readonly fields: readonly string[];
  of(state: never): Found;
}

const COMM: Summary = { fields: ["current"], of: ofComm };

/** By type; types that are no certificate, contract, credential or JWK have none. */
const SUMMARIES: Readonly<Record<string, Summary>> = {
  "ecgrid.Certificate": COMM,
  "ecgrid.UploadedCertificate": COMM,
  "ecgrid.PartnerCertificate": COMM,
  "certcentral.Order": { fields: ["order", "current", "next", "commonName", "dnsNames"], of: ofOrder },
  "apinizer.Certificate": { fields: ["outcomes", "deployed", "missing", "name"], of: ofGateway },
  "apinizer.Jwk": { fields: ["outcomes", "kid", "made", "name"], of: ofJwk },
  "partner.AcmeContract": { fields: ["organizationSent", "contract", "sans", "lost"], of: ofContract },
  "partner.AcmeCredential": { fields: ["previous", "current", "contractId", "owed"], of: ofCredential },
};

/** Fields of a type's state that its summary is made of; undefined where there is no summary. */
export const summaryFields = ({ name }: StackType): readonly string[] | undefined => SUMMARIES[name]?.fields;

/** @returns undefined where there is no summary. */
export function summaryOf({ name }: StackType, outputs: unknown): CertificateSummary | undefined {
  const summary = SUMMARIES[name];
  if (summary === undefined) return undefined;
  const { names, status, ...others } = summary.of(dropNulls(outputs) as never);
  return {
    names: [...new Set(names.filter((one) => one !== undefined))],
    status,
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)),
  };
}
