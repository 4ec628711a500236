import { UNKNOWN, type Unknown } from "../core/unknown.js";
import type { Held } from "./held.js";

/** How previews say that an existing certificate is taken into the stack: no call changes anything. */

const named = (certKeyId: number | Unknown): string =>
  certKeyId === UNKNOWN ? "the certificate that adopt names" : `certificate ${certKeyId}`;

/** For a new resource; `commId` is undefined while it is not known. */
export const adoption = (certKeyId: number | Unknown, commId: number | undefined): string =>
  `ADOPT ${named(certKeyId)} of comm ${commId ?? "(not known yet)"}: it is read and taken into the stack, no remote call changes anything`;

/** For a resource that has another one in charge. */
export const takeover = (certKeyId: number | Unknown, { commId, current }: Pick<Held, "commId" | "current">): string =>
  `TAKE OVER ${named(certKeyId)} of comm ${commId} as the one in charge: it is read, ${current.certKeyId} becomes a previous one, no remote call changes anything`;

/** The certificate that `adopt` newly names: not the one that it named before, nor the one in charge. */
export const newlyAdopted = <Adopt extends number | Unknown>(
  adopt: Adopt | undefined,
  before: { readonly adopt?: number | undefined } & Pick<Held, "current">,
): Adopt | undefined =>
  adopt === undefined || adopt === before.adopt || adopt === before.current.certKeyId ? undefined : adopt;
