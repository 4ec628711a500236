import { z } from "zod";
import { heldShape } from "../held.js";
import { privateInputs, publicInputs } from "./inputs.js";

const file = z.object({
  /** Thumbprint of X.509, else the SHA-256 of the bytes; hex. */
  id: z.string(),
  /** In words. */
  what: z.string(),
  /** SHA-1 of the DER form, hex, upper case. */
  thumbprint: z.string().optional(),
  notAfter: z.string().optional(),
  /** SHA-256 of the uploaded bytes, hex. */
  bytes: z.string(),
});

/** State of an own uploaded certificate. The file and its password are not in it. */
export const privateState = z.object({
  ...privateInputs.omit({ cert: true, password: true }).shape,
  ...heldShape,
  file,
});

/** State of a partner's certificate. */
export const publicState = z.object({ ...publicInputs.omit({ cert: true }).shape, ...heldShape, file });

export type PrivateState = z.output<typeof privateState>;
export type PublicState = z.output<typeof publicState>;
export type UploadState = PrivateState | PublicState;
