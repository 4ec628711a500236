import { differing, type Drift } from "../../core/drift.js";
import { VANISHED } from "../binding.js";
import { nameOf } from "../operations.js";
import type { CredentialState } from "./state.js";

/** Whether the contract's list no longer has the credential in charge. */
export const isMissing = ({ current }: CredentialState): boolean => current?.status === VANISHED;

/** Whether the contract's list had the credential in charge as active, and no longer has it. */
export const vanishes = (before: CredentialState, after: CredentialState): boolean =>
  before.current?.status === "active" && isMissing(after);

/** What the list of a contract says otherwise of a credential, and who else has minted some. Older ones may end at any time. */
export function drift(before: CredentialState, after: CredentialState): Drift[] {
  const { contractId, current, active } = after;
  const known = new Set(before.active.map(({ credentialId }) => credentialId));
  return [
    ...(before.current === undefined || current === undefined
      ? []
      : differing(
          current.status === "active" ? "status" : "ended",
          `credential ${nameOf(current)} of contract ${contractId}`,
          before.current.status,
          current.status,
        )),
    ...active
      .filter(({ credentialId, mintedBy }) => mintedBy === "others" && !known.has(credentialId))
      .flatMap((one) =>
        differing(
          "strays",
          `contract ${contractId}`,
          "no such credential",
          `credential ${nameOf(one)}, minted by others`,
          one.createdAt,
        ),
      ),
  ];
}
