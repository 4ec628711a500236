import { UNKNOWN, type Unknown } from "../core/unknown.js";
import { utc } from "../core/clock.js";
import type { Held } from "./held.js";
import type { Certificate } from "./wire.js";

/** How previews say that an existing certificate is taken into the stack: no call changes anything. */

const named = (certKeyId: number | Unknown): string =>
  certKeyId === UNKNOWN ? "the certificate that adopt names" : `certificate ${certKeyId}`;

/** For a new resource; `commId` is undefined while it is not known. */
export const adoption = (certKeyId: number | Unknown, commId: number | undefined): string =>
  `ADOPT ${named(certKeyId)} of comm ${commId ?? "(not known yet)"}: it is read and taken into the stack, no remote call changes anything`;

/** For a resource that has another one in charge. */
export const takeover = (certKeyId: number | Unknown, { commId, current }: Pick<Held, "commId" | "current">): string =>
  `TAKE OVER ${named(certKeyId)} of comm ${commId} as the one in charge: it is read, ${current.certKeyId} becomes a previous one, no remote call changes anything`;

const SHOWN_AS = {
  partnerAs2Id: "partnerId",
  partnerCommId: "partnerId",
  partnerUrl: "partnerUrl",
  keyId: "keyId",
  userId: "userId",
  beginUsage: "beginUsage",
} as const;

/** What the program says of a certificate and the service shows otherwise; neither need say anything. */
export const otherLabels = (
  found: Certificate,
  inputs: Readonly<Partial<Record<keyof typeof SHOWN_AS, string | undefined>>>,
): string[] =>
  Object.entries(SHOWN_AS).flatMap(([field, as]) => {
    const given = inputs[field as keyof typeof SHOWN_AS];
    const wanted = field === "beginUsage" && given !== undefined ? utc(given) : given;
    const shown = found[as];
    return wanted === undefined || shown === undefined || wanted === shown
      ? []
      : [`its ${field} is ${JSON.stringify(shown)}, not ${JSON.stringify(wanted)}`];
  });

/** The certificate that `adopt` newly names: not the one that it named before, nor the one in charge. */
export const newlyAdopted = <Adopt extends number | Unknown>(
  adopt: Adopt | undefined,
  before: { readonly adopt?: number | undefined } & Pick<Held, "current">,
): Adopt | undefined =>
  adopt === undefined || adopt === before.adopt || adopt === before.current.certKeyId ? undefined : adopt;
