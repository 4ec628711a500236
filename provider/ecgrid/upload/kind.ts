import type { z } from "zod";
import { digestOf, type CatalogueEntry } from "../../core/operation.js";
import type { Secrets } from "../../core/perform.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import {
  addPrivate,
  addPublic,
  type AddPrivateArguments,
  type AddPublicArguments,
  type UploadArguments,
} from "../operations.js";
import type { ReadFile } from "./file.js";
import {
  privateInputs,
  publicInputs,
  readPrivate,
  readPublic,
  type PrivateInputs,
  type PublicInputs,
  type UploadInputs,
} from "./inputs.js";

/** What own certificates and partners' certificates differ in. */
export interface UploadKind<Inputs extends UploadInputs, Arguments extends UploadArguments> {
  readonly inputs: z.ZodObject & z.ZodType<Inputs>;
  readonly hasPrivateKey: boolean;
  readonly operation: CatalogueEntry<Arguments>;
  read(inputs: Inputs): ReadFile;
  arguments(common: UploadArguments, inputs: Planned<Inputs>): Arguments;
  /** What is handed over when the call is performed. */
  secrets(inputs: Inputs): Secrets;
}

const secretsOf = ({ cert, password }: Pick<PrivateInputs, "cert" | "password">): Secrets => ({
  cert: cert.replace(/\s+/g, ""),
  ...(password === undefined ? {} : { password }),
});

export const ownUpload: UploadKind<PrivateInputs, AddPrivateArguments> = {
  inputs: privateInputs,
  hasPrivateKey: true,
  operation: addPrivate,
  read: readPrivate,
  arguments: (common, { cert, password }) => ({
    ...common,
    confidential: {
      fields: ["cert", "password"],
      digest: cert === UNKNOWN || password === UNKNOWN ? "" : digestOf(secretsOf({ cert, password })),
    },
  }),
  secrets: secretsOf,
};

export const partnerUpload: UploadKind<PublicInputs, AddPublicArguments> = {
  inputs: publicInputs,
  hasPrivateKey: false,
  operation: addPublic,
  read: readPublic,
  arguments: (common, { cert, certType, partnerCommId, partnerUrl }) => ({
    ...common,
    partnerCommId: known(partnerCommId),
    partnerUrl: known(partnerUrl),
    cert: cert === UNKNOWN || certType === UNKNOWN ? undefined : readPublic({ cert, certType }).der,
  }),
  secrets: () => ({}),
};
