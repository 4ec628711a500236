import { organizationOf, patched, reorganize, sharing, type Level } from "./organizations.js";
import { invalid, Refusal, required, unlessSuccess, type Fields } from "./refusal.js";
import { seconds, type ContractRecord, type CredentialRecord, type KeyRecord, type PartnerStore } from "./store.js";

/** Contracts: create, replace, change, cancel, and their names (sections 1.1, 1.3, 1.4, 1.5). */

/** The products that the document names; the full list is not known. */
export const PRODUCTS: Readonly<Record<string, Level>> = {
  ssl_dv_rapidssl: "dv",
  ssl_basic: "ov",
  ssl_ev_basic: "ev",
};
/** Names of one contract, at most. */
const MOST_SANS = 250;
const CANCEL_WITHIN = 30 * 86_400_000;

export interface Minted {
  readonly credential: CredentialRecord;
  readonly hmac: string;
}

/** 400, or whatever is switched on, for changes of a contract that is canceled. */
export const canceledContract = (store: PartnerStore): Refusal =>
  new Refusal(Number(store.variants.paCanceledRefusal), "contract_canceled", "The contract is canceled.");

export class Contracts {
  constructor(readonly store: PartnerStore) {}

  /** `POST /acme`: a contract, and its first credential. */
  create(fields: Fields, { account }: Pick<KeyRecord, "account">): { contract: ContractRecord; minted: Minted } {
    const product = fields.needText("product_name_id");
    const level = PRODUCTS[product];
    if (level === undefined) throw invalid("product_name_id");
    const sans = names(fields);
    if (sans.length > MOST_SANS) throw tooMany();
    const organization = organizationOf(this.store, fields, level);
    if (level !== "dv" && organization === undefined) throw required("organization");
    const autoRenew = fields.flag("auto_renew") ?? this.store.get("account", account)?.autoRenew ?? false;
    const now = this.store.clock.now();
    const validTill = new Date(now);
    validTill.setUTCFullYear(validTill.getUTCFullYear() + Number(this.store.variants.paTerm));
    const contract = this.store.add("contract", {
      account,
      product,
      createdAt: seconds(now),
      validTill: seconds(validTill),
      sans,
      organization,
      organizationValidated: sharing(this.store, { account, organization }).some(
        ({ organizationValidated }) => organizationValidated,
      ),
      autoRenew,
      canceledAt: undefined,
    });
    return { contract, minted: this.store.mint(contract.id) };
  }

  /** `PUT /acme/{id}`: what is left out is reset, and an organization has to be sent. */
  replace(contract: ContractRecord, fields: Fields): ContractRecord {
    this.#changeable(contract);
    const level = levelOf(contract);
    const organization = organizationOf(this.store, fields, level);
    if (level !== "dv" && organization === undefined) throw required("organization");
    const autoRenew = fields.flag("auto_renew") ?? false;
    return this.#saved({ ...reorganize(this.store, contract, organization), autoRenew });
  }

  /** `PATCH /acme/{id}`: only what is sent. */
  change(contract: ContractRecord, fields: Fields): ContractRecord {
    this.#changeable(contract);
    const organization = patched(this.store, contract.organization, fields, levelOf(contract));
    const autoRenew = fields.flag("auto_renew") ?? contract.autoRenew;
    return this.#saved({ ...reorganize(this.store, contract, organization), autoRenew });
  }

  /** `DELETE /acme/{id}`: in the first 30 days. */
  cancel(contract: ContractRecord): void {
    if (contract.canceledAt !== undefined) {
      unlessSuccess(this.store.variants.paSecondCancel, "contract_canceled", "The contract is canceled already.");
      return;
    }
    if (this.store.clock.now().getTime() - Date.parse(contract.createdAt) > CANCEL_WITHIN)
      throw new Refusal(400, "cancellation_period_over", "A contract can be canceled in its first 30 days.");
    this.#saved({ ...contract, canceledAt: this.store.now() });
  }

  /** `PUT /acme/{id}/sans` adds; it does not replace. */
  addSans(contract: ContractRecord, fields: Fields): void {
    this.#inForce(contract);
    const added = names(fields);
    if (added.some((name) => contract.sans.includes(name)))
      unlessSuccess(this.store.variants.paDuplicateSan, "duplicate_san", "The contract has the name already.");
    const sans = [...new Set([...contract.sans, ...added])];
    if (sans.length > MOST_SANS) throw tooMany();
    this.#saved({ ...contract, sans });
  }

  /** `DELETE /acme/{id}/sans`, by its body. */
  removeSans(contract: ContractRecord, fields: Fields): void {
    this.#inForce(contract);
    const removed = names(fields);
    if (removed.some((name) => !contract.sans.includes(name)))
      unlessSuccess(this.store.variants.paUnknownSan, "not_found|san", "The contract does not have the name.");
    const sans = contract.sans.filter((name) => !removed.includes(name));
    if (sans.length === 0)
      unlessSuccess(this.store.variants.paLastSan, "last_san", "The last name of a contract cannot be removed.");
    this.#saved({ ...contract, sans });
  }

  /** Both calls for names fail on a canceled contract (section 1.5). */
  #inForce({ canceledAt }: ContractRecord): void {
    if (canceledAt !== undefined) throw canceledContract(this.store);
  }

  #changeable(contract: ContractRecord): void {
    if (isOver(this.store, contract) && this.store.variants.paCanceledChange === "refused")
      throw canceledContract(this.store);
  }

  #saved(contract: ContractRecord): ContractRecord {
    this.store.save("contract", contract);
    return contract;
  }
}

/** Whether a contract is canceled or has ended. */
export const isOver = (store: PartnerStore, contract: ContractRecord): boolean =>
  contract.canceledAt !== undefined || store.hasEnded(contract);

const levelOf = ({ product }: ContractRecord): Level => PRODUCTS[product] ?? "dv";
const tooMany = (): Refusal => new Refusal(400, "too_many_sans", `A contract has at most ${MOST_SANS} names.`);
const names = (fields: Fields): string[] => [...new Set(fields.needTexts("sans"))];
