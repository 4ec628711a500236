import type { PartnerApi } from "./api.js";
import { setValidated } from "./organizations.js";
import { Fields } from "./refusal.js";
import { seconds, type ContractRecord, type IssuedRecord, type KeyRecord } from "./store.js";

/** A credential with what only its owner may know: what an ACME server that stands in for DigiCert's is configured with. */
export interface OutsideCredential {
  readonly id: number;
  readonly kid: string;
  /** Unpadded base64url; undefined when it was minted by a sandbox before this one, on the same file. */
  readonly hmac: string | undefined;
  readonly status: "active" | "revoked";
  /** Whether ACME clients can use it: active, on a contract in force (section 1.4). */
  readonly usable: boolean;
  readonly createdAt: string;
}

/** What happens at DigiCert without our doing, and what is there: straight from the store. */
export class PartnerSandbox {
  /** Base URL of the API. */
  readonly url: string;
  /** Key of the default subaccount. */
  readonly apiKey: string;
  /** Key of the parent of all subaccounts. */
  readonly parentKey: string;
  /** Id of the default subaccount. */
  readonly accountId: number;
  readonly #api: PartnerApi;
  readonly #parentId: number;

  constructor(url: string, api: PartnerApi) {
    this.url = `${url}/partner/partner-subscription/api/v1`;
    this.#api = api;
    // On a file that was used before, the accounts and keys that programs were given stay good.
    const accounts = api.store.all("account");
    this.#parentId =
      accounts.find(({ parent }) => parent === undefined)?.id ??
      api.store.add("account", { parent: undefined, name: "Sandbox partner", autoRenew: undefined }).id;
    this.accountId = accounts.find(({ parent }) => parent !== undefined)?.id ?? this.addSubaccount();
    this.apiKey = this.#oldest("subaccount") ?? this.issueKey({});
    this.parentKey = this.#oldest("parent") ?? this.issueKey({ kind: "parent" });
  }

  #oldest = (kind: KeyRecord["kind"]): string | undefined =>
    this.#api.store.all("key").find((key) => key.kind === kind && key.status === "active")?.value;

  /** Another subaccount of the parent. @returns its id. */
  addSubaccount(name = "Sandbox subaccount"): number {
    return this.#api.store.add("account", { parent: this.#parentId, name, autoRenew: undefined }).id;
  }

  /** A key of a subaccount, the default one unless told otherwise, or of the parent. */
  issueKey(given: { account?: number; kind?: KeyRecord["kind"] }): string {
    const { kind = "subaccount" } = given;
    const account = given.account ?? (kind === "parent" ? this.#parentId : this.accountId);
    const record = this.#api.store.get("account", account);
    if (record === undefined) throw new Error(`there is no account ${account}`);
    if ((record.parent === undefined) !== (kind === "parent"))
      throw new Error(`account ${account} has no ${kind} keys`);
    return this.#api.store.issueKey(account, kind).value;
  }

  revokeKey(value: string): void {
    const key = this.#api.store.key(value);
    if (key !== undefined) this.#api.store.save("key", { ...key, status: "inactive" });
  }

  /** The account's own value of `auto_renew_subscription`; undefined for the system's default. */
  setAutoRenewSetting(autoRenew: boolean | undefined, accountId = this.accountId): void {
    const account = this.#api.store.get("account", accountId);
    if (account === undefined) throw new Error(`there is no account ${accountId}`);
    this.#api.store.save("account", { ...account, autoRenew });
  }

  /** The ACME directory that create and regenerate name, for a server that stands in for DigiCert's. */
  get directoryUrl(): string {
    return this.#api.store.directoryUrl;
  }
  set directoryUrl(url: string) {
    this.#api.store.directoryUrl = url;
  }

  contracts(): ContractRecord[] {
    return this.#api.store.all("contract");
  }

  contract(id: number): ContractRecord {
    const contract = this.#api.store.get("contract", id);
    if (contract === undefined) throw new Error(`there is no contract ${id}`);
    return contract;
  }

  /** Oldest first, with their HMAC keys. */
  credentials(contractId: number): OutsideCredential[] {
    const { store } = this.#api;
    return store.all("credential", this.contract(contractId).id).map((credential) => ({
      id: credential.id,
      kid: credential.kid,
      hmac: store.hmacs.get(credential.id),
      status: credential.status,
      usable: store.isUsable(credential),
      createdAt: credential.createdAt,
    }));
  }

  /** A contract that is made by hand, with its first credential; DV unless told otherwise. @returns its id. */
  addContract(given: Readonly<Record<string, unknown>> = {}, account = this.accountId): number {
    const body = { product_name_id: "ssl_dv_rapidssl", sans: ["www.example.com"], ...given };
    return this.#api.contracts.create(Fields.of(body), { account }).contract.id;
  }

  revokeCredentialOutside(contractId: number, credentialId: number): void {
    this.#api.store.revoke(this.#credential(contractId, credentialId));
  }

  /** A credential that is not listed any more. */
  vanishCredential(contractId: number, credentialId: number): void {
    this.#api.store.remove("credential", this.#credential(contractId, credentialId).id);
  }

  /** Somebody else regenerates. @returns the new credential's id. */
  regenerateOutside(contractId: number, revokeExisting = true): number {
    const body = { revoke_existing: revokeExisting };
    return this.#api.credentials.regenerate(this.contract(contractId), body, Fields.of(body)).credential.id;
  }

  /** Canceled at any time, by DigiCert, too. */
  cancelOutside(contractId: number): void {
    const { store } = this.#api;
    store.save("contract", { ...this.contract(contractId), canceledAt: store.now() });
  }

  addSanOutside(contractId: number, ...sans: string[]): void {
    this.#api.contracts.addSans(this.contract(contractId), Fields.of({ sans }));
  }

  removeSanOutside(contractId: number, ...sans: string[]): void {
    this.#api.contracts.removeSans(this.contract(contractId), Fields.of({ sans }));
  }

  setAutoRenewOutside(contractId: number, autoRenew: boolean): void {
    this.#api.store.save("contract", { ...this.contract(contractId), autoRenew });
  }

  /** For every contract of the account with the same organization. */
  validateOrganization(contractId: number): void {
    setValidated(this.#api.store, this.contract(contractId), true);
  }

  /** For every contract of the account with the same organization. */
  voidOrganization(contractId: number): void {
    setValidated(this.#api.store, this.contract(contractId), false);
  }

  /** The contract's term ends now. */
  expire(contractId: number): void {
    const { store } = this.#api;
    store.save("contract", { ...this.contract(contractId), validTill: store.now() });
  }

  /** An ACME client was issued a certificate, for 90 days unless told otherwise. @returns what is listed of it. */
  addCertificate(contractId: number, given: Partial<Omit<IssuedRecord, "id" | "contractId">> = {}): IssuedRecord {
    const { store } = this.#api;
    const contract = this.contract(contractId);
    const count = store.all("issued").length + 1;
    return store.add("issued", {
      contractId,
      domain: contract.sans[0] ?? "",
      sans: contract.sans,
      status: "issued",
      expirationDate: seconds(new Date(store.clock.now().getTime() + 90 * 86_400_000)),
      serialNumber: `0A1B2C3D4E5F6A7B8C9D0${count.toString(16).toUpperCase().padStart(11, "0")}`,
      ...given,
    });
  }

  #credential(contractId: number, credentialId: number) {
    const credential = this.#api.store.get("credential", credentialId);
    if (credential?.contractId !== contractId)
      throw new Error(`contract ${contractId} has no credential ${credentialId}`);
    return credential;
  }
}
