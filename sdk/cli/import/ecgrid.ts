import { isoDay } from "../../../provider/core/clock.js";
import { windowReason } from "../../../provider/core/renewalWindow.js";
import { importer, type Importer } from "../../../provider/dynamic/importing.js";
import { KINDS } from "../../../provider/dynamic/kinds.js";
import type { EcgridClient, Snapshot } from "../../../provider/ecgrid/client.js";
import { hashMeant, USAGES } from "../../../provider/ecgrid/fields.js";
import { certificate } from "../../../provider/ecgrid/generated/certificate.js";
import { validFrom, validUntil } from "../../../provider/ecgrid/held.js";
import { isActive } from "../../../provider/ecgrid/roles.js";
import { holding } from "../../../provider/ecgrid/scope.js";
import { partnerCertificate } from "../../../provider/ecgrid/upload/lifecycle.js";
import type { Certificate } from "../../../provider/ecgrid/wire.js";
import { isAskedFor, type Filters } from "./filters.js";
import { given, scanned, type Found, type Row, type Scanned } from "./found.js";

/** Days that a certificate stays valid beside a renewed one, where nobody has said. */
const OVERLAP_DAYS = 30;
/** The window that a program has which says none. */
const WINDOW = { days: 30 };

/** The certificates of an account's comms: of those that are named, otherwise of all of the types. */
export async function scanEcgrid(api: EcgridClient, filters: Filters, now: Date): Promise<Scanned> {
  const importers = {
    own: importer(KINDS.EcgridCertificate, certificate, api),
    partner: importer(KINDS.EcgridPartnerCertificate, partnerCertificate, api),
  };
  const listed = filters.comms.length > 0 ? [] : await Promise.all(filters.commTypes.map((type) => api.comms(type)));
  const ids = filters.comms.length > 0 ? filters.comms : listed.flat().map(({ comm }) => comm.commId);
  const parts: Scanned[] = [];
  for (const commId of new Set(ids)) {
    const snapshot = await api.snapshot(commId, `comm ${commId}`);
    for (const one of snapshot.certificates) parts.push(ofComm(snapshot, one, filters, importers, now));
  }
  return scanned(...parts);
}

function ofComm(
  { comm }: Snapshot,
  one: Certificate,
  filters: Filters,
  importers: { readonly own: Importer; readonly partner: Importer },
  now: Date,
): Scanned {
  const row: Row = {
    kind: one.hasPrivateKey ? "ecgrid.Certificate" : "ecgrid.PartnerCertificate",
    id: `${comm.commId}/${one.certKeyId}`,
    names: [one.subject ?? [], comm.identifier ?? [], one.partnerId ?? []].flat(),
    until: isoDay(validUntil(one)),
    status: one.status,
  };
  if (!isAskedFor(row, filters, isActive(one, now))) return { found: [], others: [], leftOut: 1 };
  const because = needsItsFile(one);
  if (because !== undefined) return { found: [], others: [{ ...row, ...because }], leftOut: 0 };
  const common = {
    ...row,
    adopt: one.certKeyId,
    key: String(one.certKeyId),
    holds: holding(comm.commId, one.certKeyId),
  };
  const found: Found = one.hasPrivateKey
    ? {
        ...common,
        ...ownInputs(comm.commId, one, now),
        importer: importers.own,
        name: `comm-${comm.commId}-${one.usage}`,
      }
    : {
        ...common,
        importer: importers.partner,
        name: `comm-${comm.commId}-partner-${one.usage}`,
        inputs: given({
          commId: comm.commId,
          usage: one.usage,
          cert: one.pem,
          partnerCommId: one.partnerId,
          partnerUrl: one.partnerUrl !== undefined && URL.canParse(one.partnerUrl) ? one.partnerUrl : undefined,
          onDelete: "retain",
        }),
      };
  return { found: [found], others: [], leftOut: 0 };
}

/** Why it is nothing that can be declared without a file that no read brings back. */
function needsItsFile(one: Certificate): { readonly kind?: string; readonly because: string } | undefined {
  if (!one.hasPrivateKey)
    return one.pem === undefined || one.type !== "X509"
      ? { because: `needs its file (cert): ECGrid does not list one for ${one.type}. ${adopting(one)}` }
      : undefined;
  const isUpload = one.keyId !== undefined || one.userId !== undefined;
  const isGenerated = one.type === "X509" && USAGES.some((usage) => usage === one.usage) && !isUpload;
  return isGenerated
    ? undefined
    : {
        kind: "ecgrid.UploadedCertificate",
        because: `needs its file with the private key (cert) and its password, which cannot be read. ${adopting(one)}`,
      };
}

const adopting = ({ certKeyId }: Certificate): string =>
  `Declare it with them and adopt: ${certKeyId}, which sends nothing`;

function ownInputs(commId: number, one: Certificate, now: Date): Pick<Found, "inputs" | "note"> {
  const hash = hashMeant(one.secureHashAlgorithm) ?? "SHA256";
  const due = windowReason(WINDOW, validFrom(one), validUntil(one), now);
  return {
    inputs: given({
      commId,
      usage: one.usage,
      secureHashAlgorithm: hash,
      allowSha1: hash === "SHA1" ? true : undefined,
      partnerAs2Id: one.partnerId,
      overlapDays: OVERLAP_DAYS,
      renewalWindow: due === undefined ? undefined : "never",
      onDelete: "retain",
    }),
    ...(due === undefined
      ? {}
      : { note: `${due}: written with renewalWindow "never", take that out to have it renewed` }),
  };
}
