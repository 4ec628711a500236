import { z } from "zod";
import { clientsFor, clientsSchema } from "./clients.js";
import { registerMacKey } from "../http/redaction.js";
import type { Binding, ListedCredential } from "./wire.js";

/** What resources keep of a credential (digicert-acme.md 2), and how an issued one is told from the others of its contract. */

const text = z.string().optional();

/** A credential without its secrets. Times are ISO 8601, as the service has them in a zone that it does not say. */
export const keptCredential = z.object({
  credentialId: z.number().int(),
  kidHint: text,
  createdAt: text,
  /** `active`, `revoked`, DigiCert's word, or `vanished` when the list of its contract no longer has it. */
  status: z.string(),
});
export type KeptCredential = z.output<typeof keptCredential>;

/** Outputs that the binding of a credential gives. Those of `SECRET_OUTPUTS` are missing in what lists are made of. */
export const bindingShape = {
  /** ACME directory. */
  directoryUrl: text,
  /** `kid`. Not secret. */
  keyId: text,
  /** SECRET: the HMAC key exactly as issued. It cannot be read again. */
  hmacKey: text,
  /** SECRET: how common ACME clients take it. */
  clients: clientsSchema.optional(),
};

/** Outputs that hold the HMAC key, under whatever name. */
export const SECRET_OUTPUTS = ["hmacKey", "clients"] as const;

export interface BindingOutputs {
  readonly directoryUrl?: string | undefined;
  readonly keyId?: string | undefined;
  readonly hmacKey?: string | undefined;
  readonly clients?: z.output<typeof clientsSchema> | undefined;
}

/** @param directoryUrl where the answer does not name it. */
export function bindingOutputs(binding: Binding, directoryUrl: string | undefined): BindingOutputs {
  registerMacKey(binding.hmacKey);
  const url = binding.directoryUrl ?? directoryUrl;
  return {
    keyId: binding.keyId,
    hmacKey: binding.hmacKey,
    ...(url === undefined
      ? {}
      : {
          directoryUrl: url,
          clients: clientsFor({ directoryUrl: url, keyId: binding.keyId, hmacKey: binding.hmacKey }),
        }),
  };
}

export const keep = ({ credentialId, kidHint, createdAt, status }: ListedCredential): KeptCredential => ({
  credentialId,
  status: status.toLowerCase(),
  ...(kidHint === undefined ? {} : { kidHint }),
  ...(createdAt === undefined ? {} : { createdAt }),
});

export const VANISHED = "vanished";

/** A kept credential as a list has it now. */
export function lookedUp<Kept extends KeptCredential>(kept: Kept, list: readonly ListedCredential[]): Kept {
  const found = list.find(({ credentialId }) => credentialId === kept.credentialId);
  return found === undefined ? { ...kept, status: VANISHED } : { ...kept, ...keep(found) };
}

/** Which end of the key id the hint is, is not documented (section 2). */
const hints = (kidHint: string, keyId: string): boolean => {
  const [hint, kid] = [kidHint.toLowerCase(), keyId.toLowerCase()];
  return kid.startsWith(hint) || kid.endsWith(hint);
};

/**
 * The listed credential of an issued binding: by the id that the answer gave, or the only one among `candidates` that the
 * hint allows.
 */
export function ownAmong(
  { credentialId, keyId }: Pick<Binding, "credentialId" | "keyId">,
  candidates: readonly ListedCredential[],
): ListedCredential | undefined {
  if (credentialId !== undefined) return candidates.find((one) => one.credentialId === credentialId);
  const fitting = candidates.filter(({ kidHint }) => kidHint === undefined || hints(kidHint, keyId));
  return fitting.length === 1 ? fitting[0] : undefined;
}
