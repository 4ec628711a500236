import type { Minted } from "./contracts.js";
import {
  seconds,
  type AccountRecord,
  type ContractRecord,
  type CredentialRecord,
  type IssuedRecord,
  type KeyRecord,
  type Organization,
  type PartnerStore,
} from "./store.js";

type Json = Readonly<Record<string, unknown>>;

/** Names in `eab_set`, by what `paEabNames` says: of the key id, the HMAC key and the directory URL. */
export const EAB_NAMES = {
  ext_act: ["ext_act_kid", "ext_act_hmac", "acme_directory_url"],
  kid: ["kid", "hmac_key", "directory_url"],
  eab: ["eab_kid", "eab_hmac_key", "acme_url"],
  key_id: ["key_id", "mac_key", "directory"],
} as const;

/** Answers of the Partner Subscriptions API (sections 1, 2, 4). */
export class Present {
  constructor(readonly store: PartnerStore) {}

  /** Details (section 1.2): neither directory URL nor EAB. */
  contract(contract: ContractRecord): Json {
    return {
      acme_contract_id: contract.id,
      account_id: contract.account,
      product_name_id: contract.product,
      created_at: contract.createdAt,
      sans: contract.sans,
      valid_till: contract.validTill,
      organization: this.#organization(contract.organization),
      is_organization_validated: contract.organizationValidated,
      auto_renew: contract.autoRenew,
      date_canceled: this.#canceled(contract),
    };
  }

  #organization(organization: Organization | undefined): Json | null {
    if (organization === undefined || this.store.variants.paOrganization === "null") return null;
    if (this.store.variants.paOrganization === "full") return organization;
    return Object.fromEntries(Object.entries(organization).filter(([, value]) => typeof value === "string"));
  }

  #canceled({ canceledAt }: ContractRecord): string | null {
    if (canceledAt === undefined) return null;
    return this.store.variants.paDateCanceled === "rfc3339" ? canceledAt : noZone(canceledAt);
  }

  /** The answer to create: besides that to regenerate, the only one that shows an HMAC key (section 1.1). */
  created(contract: ContractRecord, minted: Minted): Json {
    const { paCreateShape, paContractIdName } = this.store.variants;
    const { acme_contract_id: id, ...others } = this.contract(contract);
    const { inside, beside } = this.#eab(minted);
    return {
      [paContractIdName]: id,
      ...(paCreateShape === "whole" ? others : {}),
      ...(paCreateShape === "flat" ? inside : { eab_set: inside }),
      ...beside,
    };
  }

  /** The answer to regenerate (section 2). */
  regenerated(minted: Minted): Json {
    const { inside, beside } = this.#eab(minted);
    switch (this.store.variants.paRegenerateShape) {
      case "object":
        return { eab_set: inside, ...beside };
      case "list":
        return { eab_set: [inside], ...beside };
      case "flat":
        return { ...inside, ...beside };
    }
  }

  #eab({ credential, hmac }: Minted): { inside: Json; beside: Json } {
    const { paEabNames, paEabCredentialId, paDirectoryUrl } = this.store.variants;
    const [kid, key, url] = EAB_NAMES[paEabNames];
    const directory = { [url]: this.store.directoryUrl };
    return {
      inside: {
        ...(paEabCredentialId === "present" ? { credential_id: credential.id } : {}),
        [kid]: credential.kid,
        [key]: hmac,
        ...(paDirectoryUrl === "inside" ? directory : {}),
      },
      beside: paDirectoryUrl === "beside" ? directory : {},
    };
  }

  /** A row of the list of credentials (section 2). */
  credential(credential: CredentialRecord): Json {
    const { paKidHint, paCanceledCredentials } = this.store.variants;
    const contract = this.store.get("contract", credential.contractId);
    const over = contract?.canceledAt !== undefined && paCanceledCredentials === "revoked";
    return {
      credential_id: credential.id,
      kid_hint: paKidHint === "first" ? credential.kid.slice(0, 4) : credential.kid.slice(-4),
      status: over ? "revoked" : credential.status,
      created_at: noZone(this.#zoned(credential.createdAt)),
    };
  }

  #zoned(at: string): string {
    const hours = this.store.variants.paCredentialZone === "utc" ? 0 : 7;
    return seconds(new Date(Date.parse(at) - hours * 3_600_000));
  }

  /** A row of the list of certificates (section 1.6): never PEM. */
  certificate({ domain, sans, status, expirationDate, serialNumber }: IssuedRecord): Json {
    return {
      domain,
      [this.store.variants.paCertificateSans]: sans,
      status,
      expiration_date: expirationDate,
      serial_number: serialNumber,
    };
  }

  /** Settings of an account (section 4). */
  settings({ autoRenew }: AccountRecord): Json {
    const name = "auto_renew_subscription";
    const setting = { value: autoRenew === true ? "1" : "0", is_default: autoRenew === undefined };
    return this.store.variants.paSettings === "list"
      ? { settings: [{ name, ...setting }] }
      : { settings: { [name]: setting } };
  }

  /** A row of the list of keys (section 4): the last four characters of a key, no more. */
  key({ id, account, kind, value, status, createdAt, lastUsed }: KeyRecord): Json {
    return {
      id,
      name: `Sandbox ${kind} key`,
      account_id: account,
      status,
      created_at: createdAt,
      last_used_date: lastUsed ?? null,
      api_key_last4: value.slice(-4),
    };
  }

  /** A contract in the parent's report (section 4). */
  reported(contract: ContractRecord): Json {
    const { product, sans, id, validTill, createdAt } = contract;
    const canceled = this.#canceled(contract);
    return this.store.variants.paReportNames === "details"
      ? {
          product_name_id: product,
          sans,
          acme_contract_id: id,
          valid_till: validTill,
          created_at: createdAt,
          date_canceled: canceled,
        }
      : { product, sans, id, expires: validTill, created: createdAt, canceled };
  }
}

/** `YYYY-MM-DD hh:mm:ss` (section 2). */
const noZone = (at: string): string => at.replace("T", " ").replace("Z", "");
