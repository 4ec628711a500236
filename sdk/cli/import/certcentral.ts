import type { CertcentralClient } from "../../../provider/certcentral/client.js";
import { order } from "../../../provider/certcentral/order/lifecycle.js";
import { endedHow } from "../../../provider/certcentral/order/statuses.js";
import { holding } from "../../../provider/certcentral/scope.js";
import type { OrderInfo } from "../../../provider/certcentral/wire.js";
import { importer, type Importer } from "../../../provider/dynamic/importing.js";
import { KINDS } from "../../../provider/dynamic/kinds.js";
import { isAskedFor, type Filters } from "./filters.js";
import { given, scanned, type Row, type Scanned } from "./found.js";
import { atOnce } from "./atOnce.js";

/** From so many orders on it takes minutes. */
const MANY = 300;

/** The account's orders: the list says which, and each of them is read, because the list has no CSR (section 10). */
export async function scanCertcentral(
  api: CertcentralClient,
  filters: Filters,
  tell: (text: string) => void,
): Promise<Scanned> {
  const orders = importer(KINDS.CertcentralOrder, order, api);
  const rows = await api.orders();
  const wanted = rows.filter((info) => isAskedFor(rowOf(info), filters, endedHow(info.status) === undefined));
  if (wanted.length > MANY)
    tell(`${wanted.length} orders, each by three reads or four; a key is permitted 1,000 in three minutes`);
  const parts = await atOnce(wanted, async ({ id }) => ofOrder(await api.order(id, `order ${id}`), orders));
  return scanned(...parts, { found: [], others: [], leftOut: rows.length - wanted.length });
}

const rowOf = ({ id, status, certificate, orderValidTill }: OrderInfo): Row => ({
  kind: "certcentral.Order",
  id: String(id),
  names: [...new Set([certificate.commonName ?? [], ...certificate.dnsNames].flat())],
  until: certificate.validTill ?? orderValidTill,
  status,
});

function ofOrder(info: OrderInfo, orders: Importer): Scanned {
  const { id, product, certificate, autoRenew, organizationId, containerId } = info;
  const { commonName, dnsNames, csr, signatureHash } = certificate;
  const row = rowOf(info);
  const missing = [
    ...(product === undefined ? ["productNameId"] : []),
    ...(commonName === undefined ? ["commonName"] : []),
    ...(csr === undefined ? ["csr"] : []),
  ];
  if (missing.length > 0)
    return {
      ...{ found: [], leftOut: 0 },
      others: [
        {
          ...row,
          because: `needs its ${missing.join(", ")}, which DigiCert does not show. Declare it with that and adopt: ${id}, which sends nothing`,
        },
      ],
    };
  return {
    ...{ others: [], leftOut: 0 },
    found: [
      {
        ...row,
        ...{ importer: orders, adopt: id, key: String(id), holds: holding(id), name: commonName ?? String(id) },
        inputs: given({
          productNameId: product,
          commonName,
          dnsNames: dnsNames.length === 0 ? undefined : [...dnsNames],
          csr,
          signatureHash: signatureHash === "sha256" ? undefined : signatureHash,
          orderValidity: { years: yearsOf(info) },
          organizationId,
          containerId,
          autoRenew: autoRenew ? true : undefined,
          onDelete: "retain",
        }),
      },
    ],
  };
}

const YEAR = 365.25 * 86_400_000;
/** Longest validity of a new order for public TLS, years (section 3.1). */
const LONGEST = 3;

/** What the next order asks for: what this one has, in whole years. */
function yearsOf({ dateCreated, orderValidTill }: OrderInfo): number {
  const years =
    dateCreated === undefined || orderValidTill === undefined
      ? 1
      : Math.round((Date.parse(orderValidTill) - Date.parse(dateCreated)) / YEAR);
  return Math.min(LONGEST, Math.max(1, years));
}
