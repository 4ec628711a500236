import { importer } from "../../../provider/dynamic/importing.js";
import { KINDS } from "../../../provider/dynamic/kinds.js";
import type { PartnerClient } from "../../../provider/partner/client.js";
import { acmeContract } from "../../../provider/partner/contract/lifecycle.js";
import { acmeCredential } from "../../../provider/partner/credential/lifecycle.js";
import { nameOf } from "../../../provider/partner/operations.js";
import { holding } from "../../../provider/partner/scope.js";
import { isActive, type ContractInfo, type ListedCredential } from "../../../provider/partner/wire.js";
import { atOnce } from "./atOnce.js";
import { isAskedFor, type Filters } from "./filters.js";
import { given, scanned, type Found, type Row, type Scanned } from "./found.js";

/** Contracts by id, because a subaccount's key cannot list them (digicert-acme.md 1), with their credentials. */
export async function scanPartner(api: PartnerClient, filters: Filters): Promise<Scanned> {
  const contracts = importer(KINDS.PartnerAcmeContract, acmeContract, api);
  const credentials = importer(KINDS.PartnerAcmeCredential, acmeCredential, api);
  const parts = await atOnce(filters.contracts, async (contractId) => {
    const info = await api.contract(contractId, `contract ${contractId}`);
    const list = await api.credentials(contractId, `contract ${contractId}`);
    const row = rowOf(info);
    if (!isAskedFor(row, filters, info.canceledAt === undefined))
      return { found: [], others: [], leftOut: 1 + list.length };
    // The only one that a contract ever had is the one that it was made with, and part of it.
    const separate = list.length > 1 ? list : [];
    return scanned(
      ofContract(info, list, row, contracts),
      ...separate.map((one) => ofCredential(info, one, row, credentials)),
    );
  });
  return scanned(...parts);
}

const rowOf = ({ contractId, sans, validTill, canceledAt }: ContractInfo): Row => ({
  kind: "partner.AcmeContract",
  id: String(contractId),
  names: sans,
  until: validTill?.slice(0, 10),
  status: canceledAt === undefined ? "active" : "canceled",
});

function ofContract(
  { contractId, product, sans }: ContractInfo,
  list: readonly ListedCredential[],
  row: Row,
  contracts: Found["importer"],
): Scanned {
  if (product === undefined)
    return {
      ...{ found: [], leftOut: 0 },
      others: [
        {
          ...row,
          because: `needs its productNameId, which DigiCert does not show. Declare it with that and adopt: ${contractId}, which sends nothing`,
        },
      ],
    };
  const [only, ...more] = list;
  return {
    ...{ others: [], leftOut: 0 },
    found: [
      {
        ...row,
        ...{
          importer: contracts,
          adopt: contractId,
          key: String(contractId),
          name: sans[0] ?? `contract-${contractId}`,
        },
        holds:
          only === undefined || more.length > 0 ? `contract ${contractId}` : holding(contractId, only.credentialId),
        inputs: given({ productNameId: product, sans: [...sans], onDelete: "retain" }),
        ...(only === undefined || more.length > 0
          ? {}
          : { note: `with credential ${nameOf(only)}, whose HMAC key cannot be read` }),
      },
    ],
  };
}

function ofCredential(
  { contractId }: ContractInfo,
  one: ListedCredential,
  contract: Row,
  credentials: Found["importer"],
): Scanned {
  if (!isActive(one)) return { found: [], others: [], leftOut: 1 };
  return {
    ...{ others: [], leftOut: 0 },
    found: [
      {
        kind: "partner.AcmeCredential",
        id: `${contractId}/${one.credentialId}`,
        ...{ names: contract.names, until: contract.until, status: one.status.toLowerCase() },
        ...{ importer: credentials, adopt: one.credentialId, key: String(one.credentialId) },
        ...{ name: `contract-${contractId}`, holds: holding(contractId, one.credentialId) },
        inputs: { contractId, onDelete: "retain" },
        note: "its HMAC key cannot be read: keyId and hmacKey stay empty until a new trigger mints another one",
      },
    ],
  };
}
