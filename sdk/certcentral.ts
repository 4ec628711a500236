import type * as pulumi from "@pulumi/pulumi";
import { KINDS } from "../provider/dynamic/kinds.js";
import { ClmProvider, type ApiKeyProviderArgs } from "./provider.js";
import { ClmResource } from "./resource.js";

/** A validity in one of three ways. The day is `YYYY-MM-DD`. */
export type Validity = { years: number } | { days: number } | { customExpirationDate: string };

/** A person, as far as DigiCert is to know. */
export interface Person {
  firstName?: string;
  lastName?: string;
  jobTitle?: string;
  telephone?: string;
  email?: string;
}

/** Inputs of `certcentral.Order`. None is secret: a private key never goes in. */
export interface OrderArgs {
  /** `product_name_id`, for instance `ssl_basic`. Another product is another order: placed first, then the old one ended. */
  productNameId: pulumi.Input<string>;
  commonName: pulumi.Input<string>;
  /**
   * Further names. Adding one reissues. REMOVING OR CHANGING ONE, or the common name, makes DigiCert revoke every earlier
   * certificate of the order within 72 hours: refused without `allowRemovedNames`.
   */
  dnsNames?: pulumi.Input<pulumi.Input<string>[]>;
  /** Certificate signing request, PEM. A changed one gives a new certificate. DigiCert reads no names out of it. */
  csr: pulumi.Input<string>;
  /** `sha256` (default), `sha384` or `sha512`. A change gives a new certificate. */
  signatureHash?: pulumi.Input<"sha256" | "sha384" | "sha512">;
  /** Id of the server platform, -1 (other) by default. */
  serverPlatformId?: pulumi.Input<number>;
  organizationUnits?: pulumi.Input<pulumi.Input<string>[]>;
  /** Validity of each certificate, inside that of the order. */
  certValidity?: pulumi.Input<Validity>;
  /** Validity of the order, for which it is billed. */
  orderValidity: pulumi.Input<Validity>;
  /** Issuing CA. */
  caCertId?: pulumi.Input<string>;
  /** Extended key usage profile, for instance `server_client_auth_eku`. */
  profileOption?: pulumi.Input<string>;
  /** Organization of the account: for OV, EV and private products. */
  organizationId?: pulumi.Input<number>;
  contacts?: pulumi.Input<
    pulumi.Input<Person & { contactType: "organization_contact" | "technical_contact"; userId?: number }>[]
  >;
  /** The older place of a technical contact. */
  technicalContact?: pulumi.Input<Person>;
  /** Domain control validation. */
  dcvMethod?: pulumi.Input<"email" | "dns-txt-token" | "dns-cname-token" | "http-token">;
  dcvEmails?: pulumi.Input<pulumi.Input<{ dnsName: string; emailDomain?: string; email?: string }>[]>;
  /** Division. */
  containerId?: pulumi.Input<number>;
  customFields?: pulumi.Input<pulumi.Input<{ metadataId: number; value: string }>[]>;
  paymentMethod?: pulumi.Input<"balance" | "card" | "profile" | "wire_transfer">;
  /** For the approver. */
  comments?: pulumi.Input<string>;
  /** Skips the account's approval of orders and reissues; needs the rights for it. Default false. */
  skipApproval?: pulumi.Input<boolean>;
  /** DigiCert renews by itself 30 days before the end, billed. Not together with `renewalWindow`. */
  autoRenew?: pulumi.Input<boolean>;
  /** DigiCert reissues by itself, multi-year plans only. */
  autoReissue?: pulumi.Input<boolean>;
  customRenewalMessage?: pulumi.Input<string>;
  disableRenewalNotifications?: pulumi.Input<boolean>;
  locale?: pulumi.Input<string>;
  /** Leaves the certificate out of Certificate Transparency logs. */
  disableCt?: pulumi.Input<boolean>;

  /** When the clock asks for a new certificate: UTC days before the end, or remaining share. Default `{ days: 30 }`. */
  renewalWindow?: pulumi.Input<{ days: number } | { share: number } | "never">;
  /** Consent to new certificates by the clock for the unchanged CSR. Default false: the plan says "NEW CSR NEEDED". */
  reuseCsr?: pulumi.Input<boolean>;
  /** Any new text asks for a new certificate now; for an order that has ended, for a new order (billed). */
  trigger?: pulumi.Input<string>;
  /**
   * When the order, or the certificate in charge, was revoked outside: `fail` (default; `up` stops in words) or `replace` (a new
   * order is placed, billed; of a certificate alone, the order is reissued). Either asks with the same CSR: give a new one where the
   * key may be known to others. A rejected or canceled order is never placed again by it.
   */
  whenEndedOutside?: pulumi.Input<"fail" | "replace">;
  /** Names whose removal is consented to, although DigiCert then revokes every earlier certificate of the order. */
  allowRemovedNames?: pulumi.Input<pulumi.Input<string>[]>;
  /** Minutes that `up` waits for the certificate. Default 0: an order that waits is a healthy resource. */
  waitMinutes?: pulumi.Input<number>;
  /**
   * What removing the resource does to issued orders: `revokeOrder` (default; irreversible), `revokeCertificate` (only the
   * certificates that this resource had) or `retain`. Orders that wait are canceled, or their request rejected.
   */
  onDelete?: pulumi.Input<"revokeOrder" | "revokeCertificate" | "retain">;
  revocationReason?: pulumi.Input<
    "unspecified" | "keyCompromise" | "affiliationChanged" | "superseded" | "cessationOfOperation"
  >;
  /** For the administrator who approves the revocation; lost when the approval is skipped. */
  revocationComments?: pulumi.Input<string>;
  /** Revokes without approval; needs an administrator's key. Default false. */
  revocationSkipApproval?: pulumi.Input<boolean>;
  /** What a removal does when its revocation waits for an approval: `fail` (default; the resource stays) or `letGo`. */
  whenRevocationWaits?: pulumi.Input<"fail" | "letGo">;
  /** Ids of rejected revocation requests after which another one is to be filed. */
  rejectedRevocations?: pulumi.Input<pulumi.Input<number>[]>;
  /** Whether a `Retirement` may revoke earlier certificates of the order in charge, too. Default false. */
  retireReissued?: pulumi.Input<boolean>;
  /** Id of an existing order to take over; changes nothing at DigiCert. */
  adopt?: pulumi.Input<number>;
  /** Ids of orders that are not this resource's although they look so. */
  orderAnother?: pulumi.Input<pulumi.Input<number>[]>;
}

/** An order. Days are `YYYY-MM-DD`, times ISO 8601, UTC. */
export interface OrderRecord {
  readonly id: number;
  /** DigiCert's word: `needs_approval`, `pending`, `waiting_pickup`, `issued`, `reissue_pending`, `revoked`, ... */
  readonly status: string;
  readonly dateCreated?: string;
  readonly validTill?: string;
  readonly isRenewed: boolean;
  readonly hasDuplicates: boolean;
}

/** A certificate of an order. Hex is upper case without separators. */
export interface OrderCertificate {
  readonly orderId: number;
  readonly certificateId: number;
  readonly status: string;
  readonly serialNumber?: string;
  /** SHA-1. */
  readonly thumbprint?: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly signatureHash?: string;
  readonly validFrom?: string;
  readonly validTill?: string;
  /** SHA-256 of the CSR (DER) that it was made for, where DigiCert shows it. */
  readonly csrDigest?: string;
  /** SHA-256 of its public key. */
  readonly keyDigest?: string;
}

/** A request of the account that is about an order. */
export interface OrderRequest {
  readonly id: number;
  readonly type: string;
  readonly status: string;
  readonly date?: string;
  readonly requester?: string;
}

/** A reissue or duplicate as DigiCert lists it. */
export interface ListedCertificate {
  readonly certificateId: number;
  readonly serialNumber?: string;
  readonly status: string;
  readonly validTill?: string;
}

/**
 * An order of DigiCert CertCentral. Create places it (billed), update reissues or renews it (a renewal is billed), delete
 * revokes, cancels or rejects it. An order that waits for an approver, for validation or for its pickup is a healthy
 * resource: the next `up` or `refresh` moves on, and `current` stays the certificate in charge until the next is issued.
 *
 * @example
 * new certcentral.Order("www", { productNameId: "ssl_basic", commonName: "www.example.com", csr, organizationId: 123, orderValidity: { years: 1 } });
 */
export class Order extends ClmResource {
  /** The order in charge. */
  declare readonly order: pulumi.Output<OrderRecord>;
  /** The certificate in charge with its chain (leaf first, without the root), PEM; missing until the first is issued. */
  declare readonly current: pulumi.Output<
    (OrderCertificate & { readonly pem?: string; readonly chainPem?: string }) | undefined
  >;
  /** What was asked for and waits. */
  declare readonly next: pulumi.Output<
    { readonly kind: "reissue" | "renewal" | "order"; readonly orderId: number; readonly status: string } | undefined
  >;
  declare readonly requests: pulumi.Output<readonly OrderRequest[]>;
  /** What has to be published while names wait for their validation. Not secret. */
  declare readonly validation: pulumi.Output<
    | {
        readonly randomValue?: string;
        readonly domains: readonly {
          readonly name: string;
          readonly method?: string;
          readonly status?: string;
          readonly token?: string;
          readonly expires?: string;
        }[];
      }
    | undefined
  >;
  /** Older certificates, newest first; `revokedBy` is when DigiCert revokes it at the latest because of a removed name. */
  declare readonly previous: pulumi.Output<
    readonly (OrderCertificate & {
      readonly replacedOn: string;
      readonly by: "reissue" | "renewal" | "order";
      readonly revokedBy?: string;
    })[]
  >;
  declare readonly reissues: pulumi.Output<readonly ListedCertificate[]>;
  declare readonly duplicates: pulumi.Output<readonly ListedCertificate[]>;
  /** Orders that could be a renewal of the one in charge, made outside. */
  declare readonly found: pulumi.Output<readonly { readonly orderId: number; readonly linked: boolean }[]>;

  constructor(name: string, args: OrderArgs, opts?: pulumi.CustomResourceOptions) {
    super(KINDS.CertcentralOrder, name, args, opts);
  }
}

/** Settings of another CertCentral account or region. */
export interface ProviderArgs extends ApiKeyProviderArgs {
  /** How long to wait between two looks at an order that waits, seconds. */
  pollSeconds?: pulumi.Input<number>;
  /** How requests spell the validity of an order, `nested` (`order_validity`, default) or `root`. */
  validityFields?: pulumi.Input<"nested" | "root">;
}

/**
 * Another CertCentral account or region than the stack's configuration: pass it as `provider` to resources. Its API key is
 * stored encrypted; the environment variable `CERTCENTRAL_API_KEY_<NAME>` wins over it.
 */
export class Provider extends ClmProvider {
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    super("certcentral", name, args, opts);
  }
}

/** Base URL of accounts whose console says "CertCentral Europe". */
export const EUROPE = "https://certcentral.digicert.eu/services/v2";
