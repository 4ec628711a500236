import { createHash } from "node:crypto";
import type { Reading } from "../step.js";
import type { Jwk, Members } from "../wire.js";
import type { JwkInputs } from "./inputs.js";
import type { JwkState } from "./state.js";

/** RFC 7638: SHA-256 over the public members in the order of their names, base64url. */
export const thumbprintOf = (members: Members): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)))))
    .digest("base64url");

/**
 * Whether a JWK refers to its certificate now; undefined where nobody can say. Only a reference that is shown says yes. A
 * service that has shown one of this JWK, and shows none any more, leaves nulls out of its answers (apinizer.md 3.2): it is
 * cleared. One that has never shown any says nothing.
 */
export function refers(before: JwkState, { attached }: Pick<Jwk, "attached">): boolean | undefined {
  if (before.certificateName === undefined) return false;
  // What was cleared does not come back: only a JWK that is made anew refers to its certificate again.
  if (before.made && before.attached === false) return false;
  return attached ?? (before.attached === true ? false : undefined);
}

/**
 * A state with what the service tells of the JWK. Lists leave the members out: those of before are kept then.
 *
 * @param wanted the key of its certificate, where that was read.
 */
export function taken(before: JwkState, found: Jwk, wanted?: Members): JwkState {
  const { kid, type, members } = found;
  const { keyType, kid: oldKid, publicJwk, thumbprint, attached: old, ...others } = before;
  const fits = hasKey(found, wanted);
  const known =
    members === undefined
      ? { publicJwk, thumbprint }
      : { publicJwk: publicJwkOf(members, kid ?? oldKid, before), thumbprint: thumbprintOf(members) };
  return {
    ...others,
    made: true,
    missing: false,
    outdated: fits === undefined ? before.outdated : !fits,
    ...defined({ attached: refers(before, found), keyType: type ?? keyType, kid: kid ?? oldKid, ...known }),
  };
}

function publicJwkOf(members: Members, kid: string | undefined, { use, algorithm, usageUnknown }: JwkState): Members {
  return {
    ...members,
    ...(kid === undefined ? {} : { kid }),
    ...(usageUnknown === true ? {} : { use: use === "SIGNATURE" ? "sig" : "enc" }),
    ...(usageUnknown === true || algorithm === undefined ? {} : { alg: algorithm }),
  };
}

const defined = <T extends object>(fields: T): { [Key in keyof T]?: NonNullable<T[Key]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: NonNullable<T[Key]>;
  };

/**
 * The state as the service has it now; missing when it says by the JWK's name that there is none. One from a certificate is
 * read, since its key can be another one under the same key id; of a generated one the list is enough, which does not show
 * the private members.
 */
export async function reread(before: JwkState, context: Reading): Promise<JwkState> {
  if (!before.made) return before;
  const { api, resource } = context;
  const { project, name } = before;
  const listed = (await api.listedJwks(project, resource)).find((one) => one.name === name);
  const unchanged =
    listed !== undefined &&
    before.certificateName === undefined &&
    (listed.kid ?? before.kid) === before.kid &&
    (listed.type ?? before.keyType) === before.keyType &&
    before.publicJwk !== undefined;
  const found = unchanged ? listed : await api.jwk(project, name, resource, true);
  if (found === undefined) return { ...before, missing: true };
  const state = taken(before, found, before.outdated ? await keyOfSource(before, context) : undefined);
  return before.description === undefined || found.description === undefined
    ? state
    : { ...state, description: found.description };
}

/** The public key of the certificate that a JWK is made from; undefined when the service does not show it. */
export async function keyOfSource(inputs: JwkInputs, { api, resource }: Reading): Promise<Members | undefined> {
  const { project, certificateName, environment } = inputs;
  if (certificateName === undefined) return undefined;
  const certificate = await api.certificate(project, certificateName, resource);
  return certificate?.entries.findLast((entry) => entry.environment === environment)?.key;
}

/** Whether a JWK has a key; undefined when either is not shown. */
export const hasKey = ({ members }: Jwk, key: Members | undefined): boolean | undefined =>
  members === undefined || key === undefined ? undefined : thumbprintOf(members) === thumbprintOf(key);
