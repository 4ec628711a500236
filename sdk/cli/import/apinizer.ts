import type { ApinizerClient } from "../../../provider/apinizer/client.js";
import { gatewayCertificate } from "../../../provider/apinizer/certificate/lifecycle.js";
import { holding } from "../../../provider/apinizer/scope.js";
import type { Certificate } from "../../../provider/apinizer/wire.js";
import { importer, type Importer } from "../../../provider/dynamic/importing.js";
import { KINDS } from "../../../provider/dynamic/kinds.js";
import { isAskedFor, type Filters } from "./filters.js";
import { given, scanned, type Row, type Scanned } from "./found.js";

/** The certificates of projects. JWKs are listed: what one was made from is not told (apinizer.md 3.2). */
export async function scanApinizer(api: ApinizerClient, filters: Filters, now: Date): Promise<Scanned> {
  const certificates = importer(KINDS.ApinizerCertificate, gatewayCertificate, api);
  const parts: Scanned[] = [];
  for (const project of new Set(filters.projects)) {
    const all = await api.all(project);
    for (const { name } of all.certificates.rows) {
      // A list can leave the content out (section 2.1).
      const found = await api.certificate(project, name, `certificate ${name}`);
      if (found !== undefined) parts.push(ofProject(project, found, certificates, filters, now));
    }
    for (const { name, kid } of all.jwks.rows)
      parts.push(
        notWhole(
          { kind: "apinizer.Jwk", id: `${project}/jwks/${name}`, names: [name, kid ?? []].flat(), status: "" },
          filters,
          "what it was made from is not told (certificateName, or generate). Declare it with that and adopt: true, which sends nothing",
        ),
      );
    for (const [kind, { unread }] of [
      ["apinizer.Certificate", all.certificates],
      ["apinizer.Jwk", all.jwks],
    ] as const)
      for (const name of unread)
        parts.push(
          notWhole(
            { kind, id: `${project}/${name ?? "?"}`, names: [name ?? []].flat(), status: "" },
            filters,
            "its entry in the list cannot be read",
          ),
        );
  }
  return scanned(...parts);
}

const notWhole = (row: Row, filters: Filters, because: string): Scanned =>
  isAskedFor(row, filters, true)
    ? { found: [], others: [{ ...row, because }], leftOut: 0 }
    : { found: [], others: [], leftOut: 1 };

function ofProject(
  project: string,
  { name, description, entries }: Certificate,
  certificates: Importer,
  filters: Filters,
  now: Date,
): Scanned {
  const each = <T>(values: readonly (T | undefined)[]): T[] => [
    ...new Set(values.filter((value) => value !== undefined)),
  ];
  const ends = each(entries.map(({ notAfter }) => notAfter)).sort();
  const row: Row = {
    kind: "apinizer.Certificate",
    id: `${project}/${name}`,
    names: [name, ...each(entries.map(({ subject }) => subject))],
    until: ends[0]?.slice(0, 10),
    status: ends[0] !== undefined && new Date(ends[0]) <= now ? "expired" : "deployed",
  };
  if (!isAskedFor(row, filters, row.status !== "expired")) return { found: [], others: [], leftOut: 1 };
  const [alias, ...otherAliases] = each(entries.map((entry) => entry.alias));
  const environments = each(entries.map(({ environment }) => environment));
  if (alias === undefined || otherAliases.length > 0)
    return notWhole(
      row,
      filters,
      `${alias === undefined ? "its alias is not told" : `it has several aliases (${[alias, ...otherAliases].join(", ")})`}. Declare it with one alias and adopt: true, and look at the preview: it names what becomes of that`,
    );
  const [pem, ...otherPems] = each(entries.map((entry) => entry.pem));
  const same = otherPems.length === 0 && entries.every((entry) => entry.pem !== undefined);
  return {
    ...{ others: [], leftOut: 0 },
    found: [
      {
        ...row,
        ...{ importer: certificates, adopt: true, name, key: project, holds: holding(project, name) },
        inputs: given({
          project,
          name,
          alias,
          description,
          environments,
          pem: same ? pem : undefined,
          onDelete: "retain",
        }),
        ...(same
          ? {}
          : {
              note: `written without pem, ${pem === undefined ? "which the manager does not show" : "because its environments have different certificates"}: what is deployed stays`,
            }),
      },
    ],
  };
}
