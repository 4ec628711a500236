import { createHash } from "node:crypto";
import type { Planned } from "../../core/unknown.js";
import type { UploadInputs } from "./inputs.js";

/**
 * How an own upload is recognized after a crash: a free label of the upload carries a mark that is made of the
 * resource's URN and the file, unless the program gives both labels itself (ecgrid.md 1.1, 1.2: `keyId`, `userId`).
 */
export const markOf = (seed: string, fileId: string): string =>
  `pulumi-clm ${createHash("sha256").update(`${seed} ${fileId}`).digest("hex").slice(0, 16)}`;

export type Labels = Pick<Planned<UploadInputs>, "keyId" | "userId">;

/** The labels as they are sent. */
export function labelsWith(mark: string, { keyId, userId }: Labels): Labels {
  if (keyId === undefined) return { keyId: mark, userId };
  return { keyId, userId: userId ?? mark };
}

/** Whether the labels that the program gives leave room for a mark. */
export const carriesMark = ({ keyId, userId }: Labels): boolean => keyId === undefined || userId === undefined;
