import type * as pulumi from "@pulumi/pulumi";
import { KINDS } from "../provider/dynamic/kinds.js";
import { ClmProvider, type ApiKeyProviderArgs } from "./provider.js";
import { ClmResource } from "./resource.js";

/** A person of an organization. */
export interface Person {
  firstName: string;
  lastName: string;
  email: string;
  telephone?: string;
  jobTitle?: string;
}

/** What OV and EV contracts are validated for. CHANGING ANYTHING BUT CONTACTS VOIDS THE VALIDATION, for all contracts that use it. */
export interface Organization {
  name: string;
  assumedName?: string;
  address: string;
  address2?: string;
  city: string;
  state?: string;
  zip?: string;
  /** Two letters. */
  country: string;
  telephone?: string;
  organizationContact?: Person;
  technicalContact?: Person;
  /** Of EV contracts. */
  verifiedContacts?: Person[];
}

/** Inputs of `partner.AcmeContract`. None is secret. */
export interface AcmeContractArgs {
  /** `product_name_id`, for instance `ssl_dv_rapidssl`. Another product is another contract (billed): made first, then the old one ended. */
  productNameId: pulumi.Input<string>;
  /** 1 to 250 DNS names. Adding one is billed; removing one is shown as destructive. */
  sans: pulumi.Input<pulumi.Input<string>[]>;
  /** DigiCert renews the contract at its end (billed). Left out: the account's setting at the creation, later as it is. */
  autoRenew?: pulumi.Input<boolean>;
  /** For OV and EV products. */
  organization?: pulumi.Input<Organization>;
  /**
   * What removing the resource does: `expire` (default; auto renew off, the contract lives until its end), `cancel` (within
   * 30 days of the creation; the directory dies at once; irreversible, and a late one fails) or `retain`.
   */
  onDelete?: pulumi.Input<"expire" | "cancel" | "retain">;
  /** What becomes of the credential that the contract is made with: `keep` (default; lives as long as the contract), `revokeOnDelete`, or `revoke` (by the `up` after the one that made it). */
  firstCredential?: pulumi.Input<"keep" | "revokeOnDelete" | "revoke">;
  /** Any new text makes a new contract in place of one that was canceled outside (billed). */
  trigger?: pulumi.Input<string>;
  /** When the contract was canceled outside: `fail` (default; `up` stops in words) or `replace` (a new contract is made, billed). */
  whenEndedOutside?: pulumi.Input<"fail" | "replace">;
  /** Id of an existing contract to take over; changes nothing at DigiCert. */
  adopt?: pulumi.Input<number>;
  /** The trace id that the message names: allows another creation after one whose answer was lost and that made nothing. */
  createAnother?: pulumi.Input<string>;
}

/** An ACME contract as DigiCert has it. Times are ISO 8601, UTC. */
export interface AcmeContractRecord {
  /** `acme_contract_id`. */
  readonly id: number;
  /** The owning subaccount. */
  readonly accountId?: number;
  readonly sans: readonly string[];
  readonly createdAt?: string;
  readonly validTill?: string;
  readonly autoRenew?: boolean;
  readonly organizationValidated?: boolean;
  /** When it was canceled, as DigiCert writes it. */
  readonly canceledAt?: string;
}

/** A credential without its secrets. Times are ISO 8601; DigiCert does not say their zone. */
export interface Credential {
  readonly credentialId: number;
  /** Four characters of the key id. */
  readonly kidHint?: string;
  readonly createdAt?: string;
  /** `active`, `revoked`, or `vanished` when the contract's list no longer has it. */
  readonly status: string;
}

/** SECRET: how ACME clients take a credential. Each text holds the HMAC key. */
export interface ClientSnippets {
  /** Shell command. */
  readonly certbot: string;
  /** Shell command. */
  readonly acmeSh: string;
  /** Shell command. */
  readonly lego: string;
  /** Manifest: a Secret and a ClusterIssuer. */
  readonly certManager: string;
  /** Global options of a Caddyfile. */
  readonly caddy: string;
  /** Static configuration, YAML. */
  readonly traefik: string;
}

/**
 * An ACME contract of DigiCert's Partner Subscriptions API, with the credential that it is made with. Create is billed;
 * update adds and removes names, and changes auto renew and the organization; delete lets it expire, or cancels it.
 *
 * @example
 * const contract = new partner.AcmeContract("web", { productNameId: "ssl_dv_rapidssl", sans: ["www.example.com"], autoRenew: true });
 */
export class AcmeContract extends ClmResource {
  /** The contract; missing while it is not known whether it was made. */
  declare readonly contract: pulumi.Output<AcmeContractRecord | undefined>;
  /** The credential that the contract was made with. */
  declare readonly credential: pulumi.Output<Credential | undefined>;
  /** ACME directory; DigiCert tells it only when it issues a credential. */
  declare readonly directoryUrl: pulumi.Output<string | undefined>;
  /** Key identifier (`kid`) of the first credential. */
  declare readonly keyId: pulumi.Output<string | undefined>;
  /** SECRET: HMAC key of the first credential, exactly as issued: base64url without padding. */
  declare readonly hmacKey: pulumi.Output<string | undefined>;
  /** SECRET. */
  declare readonly clients: pulumi.Output<ClientSnippets | undefined>;

  constructor(name: string, args: AcmeContractArgs, opts?: pulumi.CustomResourceOptions) {
    super(KINDS.PartnerAcmeContract, name, args, opts);
  }
}

/** Inputs of `partner.AcmeCredential`. None is secret. */
export interface AcmeCredentialArgs {
  /** The contract: `contract.id` of an `AcmeContract`, which stays known in previews while the contract is changed, or its number. */
  contractId: pulumi.Input<string | number>;
  /** `contract.directoryUrl`: used where DigiCert's answer does not name the directory. */
  contractDirectoryUrl?: pulumi.Input<string | undefined>;
  /** Any new text rotates: a new credential is minted, and the old one stays active until a `Retirement` ends it. */
  trigger?: pulumi.Input<string>;
  /** Age in UTC days at which the credential is rotated by the clock. */
  rotateAfterDays?: pulumi.Input<number>;
  /**
   * EMERGENCY: any new text REVOKES EVERY CREDENTIAL of the contract, whoever minted it, and mints one afresh. The preview
   * lists what dies; a credential that it did not list stops the run.
   */
  emergency?: pulumi.Input<string>;
  /** Ids of credentials that nobody needs, for instance those of a run that was killed: revoked by the next up. */
  revokeAlso?: pulumi.Input<pulumi.Input<number>[]>;
  /** When the credential was revoked outside, or is no longer listed: `fail` (default; `up` stops in words) or `replace` (another is minted). */
  whenEndedOutside?: pulumi.Input<"fail" | "replace">;
  /** What removing the resource does: `revoke` (default; its own ones), `revokeAll` (every one of the contract) or `retain`. */
  onDelete?: pulumi.Input<"revoke" | "revokeAll" | "retain">;
  /**
   * Id of an active credential of the contract to take over, retained by default; changes nothing at DigiCert. Its secret cannot
   * be read: `keyId` and `hmacKey` stay empty until a new `trigger` mints another one.
   */
  adopt?: pulumi.Input<number>;
}

/**
 * An ACME credential (external account binding) of a contract. Create mints it beside the others, update rotates it with
 * overlap, delete revokes it. Clients need a new ACME account key for each credential.
 *
 * @example
 * const credential = new partner.AcmeCredential("web", { contractId: contract.id, contractDirectoryUrl: contract.directoryUrl, rotateAfterDays: 90 });
 * new Retirement("web-old", { of: credential, delayDays: 14 });
 */
export class AcmeCredential extends ClmResource {
  /** The credential in charge. */
  declare readonly current: pulumi.Output<(Credential & { readonly mintedOn: string }) | undefined>;
  /** Older ones that are still active, newest first. */
  declare readonly previous: pulumi.Output<readonly (Credential & { readonly replacedOn: string })[]>;
  /** Credentials whose secret was lost with an answer: the next `up` revokes them. */
  declare readonly strays: pulumi.Output<readonly Credential[]>;
  /** Every active credential of the contract as of the last read. */
  declare readonly active: pulumi.Output<
    readonly (Credential & { readonly mintedBy: "this resource" | "this stack" | "others" })[]
  >;
  /** ACME directory. */
  declare readonly directoryUrl: pulumi.Output<string | undefined>;
  /** Key identifier (`kid`). */
  declare readonly keyId: pulumi.Output<string | undefined>;
  /** SECRET: HMAC key exactly as issued: base64url without padding. */
  declare readonly hmacKey: pulumi.Output<string | undefined>;
  /** SECRET. */
  declare readonly clients: pulumi.Output<ClientSnippets | undefined>;

  constructor(name: string, args: AcmeCredentialArgs, opts?: pulumi.CustomResourceOptions) {
    super(KINDS.PartnerAcmeCredential, name, args, opts);
  }
}

/** Settings of another subaccount of the Partner API. */
export type ProviderArgs = ApiKeyProviderArgs;

/**
 * Another subaccount than the stack's configuration: pass it as `provider` to resources. Its API key is stored encrypted;
 * the environment variable `PARTNER_API_KEY_<NAME>` wins over it.
 */
export class Provider extends ClmProvider {
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    super("partner", name, args, opts);
  }
}
