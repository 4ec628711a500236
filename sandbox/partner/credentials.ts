import { canceledContract, isOver, type Minted } from "./contracts.js";
import { notFound, Refusal, unlessSuccess, type Fields } from "./refusal.js";
import type { ContractRecord, CredentialRecord, PartnerStore } from "./store.js";

/** EAB credentials of a contract (section 2). */
export class Credentials {
  constructor(readonly store: PartnerStore) {}

  /** `GET /acme/{id}/credentials`: what the list shows, in its order. */
  list({ id }: ContractRecord): CredentialRecord[] {
    const { paCredentialOrder, paRevokedListed, paVisibility } = this.store.variants;
    const oldestFirst = this.store.all("credential", id);
    const listed = oldestFirst
      .filter(({ unseen }) => !unseen || paVisibility === "at-once")
      .filter(({ status }) => status === "active" || paRevokedListed === "kept");
    for (const credential of oldestFirst)
      if (credential.unseen) this.store.save("credential", { ...credential, unseen: false });
    return paCredentialOrder === "newest-first" ? listed.reverse() : listed;
  }

  /** `POST /acme/{id}/credentials/regenerate`: revokes the existing ones unless told otherwise. */
  regenerate(contract: ContractRecord, body: unknown, fields: Fields): Minted {
    if (body === undefined && this.store.variants.paRegenerateEmpty === "400")
      throw new Refusal(400, "bad_request_format", "A JSON body is required.");
    const revokeExisting = fields.flag("revoke_existing") ?? true;
    if (isOver(this.store, contract) && this.store.variants.paCanceledChange === "refused")
      throw canceledContract(this.store);
    if (revokeExisting) for (const one of this.#active(contract)) this.store.revoke(one);
    return this.store.mint(contract.id);
  }

  /** `POST /acme/{id}/credentials/revoke`. */
  revokeAll(contract: ContractRecord): void {
    this.#refuseCanceled(contract);
    const active = this.#active(contract);
    if (active.length === 0)
      unlessSuccess(this.store.variants.paRevokeAllNone, "no_active_credentials", "No credential is active.");
    for (const one of active) this.store.revoke(one);
  }

  /** `POST /acme/{id}/credentials/revoke/{credential_id}`. */
  revoke(contract: ContractRecord, credentialId: number): CredentialRecord {
    const { paRevokeRevoked, paUnknownCredential } = this.store.variants;
    const credential = this.store.get("credential", credentialId);
    if (credential?.contractId !== contract.id) throw notFound("credential", Number(paUnknownCredential));
    this.#refuseCanceled(contract);
    if (credential.status === "active") return this.store.revoke(credential);
    unlessSuccess(paRevokeRevoked, "credential_revoked", "The credential is revoked already.");
    return credential;
  }

  #active({ id }: ContractRecord): CredentialRecord[] {
    return this.store.all("credential", id).filter(({ status }) => status === "active");
  }

  /** What revocations on a canceled contract answer; where that is a success, they are carried out. */
  #refuseCanceled({ canceledAt }: ContractRecord): void {
    if (canceledAt !== undefined)
      unlessSuccess(this.store.variants.paRevokeCanceled, "contract_canceled", "The contract is canceled.");
  }
}
