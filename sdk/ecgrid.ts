import * as pulumi from "@pulumi/pulumi";
import { KINDS } from "../provider/dynamic/kinds.js";
import { ClmProvider, type ApiKeyProviderArgs } from "./provider.js";
import { ClmResource } from "./resource.js";

/** Inputs of `ecgrid.Certificate`. None is secret. Times are ISO 8601, UTC. */
export interface CertificateArgs {
  /** The comm that carries the certificate. Another comm is another certificate: made first, then the old one ended. */
  commId: pulumi.Input<number>;
  /** `Encryption`, `Signature` or `EncryptionAndSignature` (default). Fixed for the certificate's life. */
  usage?: pulumi.Input<"Encryption" | "Signature" | "EncryptionAndSignature">;
  /** Signature hash: `SHA256` (default), `SHA384`, `SHA512`, or `SHA1` together with `allowSha1`. A change renews. */
  secureHashAlgorithm?: pulumi.Input<"SHA1" | "SHA256" | "SHA384" | "SHA512">;
  /** Consent to the broken hash SHA-1. */
  allowSha1?: pulumi.Input<boolean>;
  /** When ECGrid begins to use the first certificate. */
  beginUsage?: pulumi.Input<string>;
  /** End of the first certificate, a date or a date-time; `years` from creation by default. */
  expires?: pulumi.Input<string>;
  /** The partner's AS2 id that is placed in the certificate. Fixed for its life. */
  partnerAs2Id?: pulumi.Input<string>;
  /** Lifetime in years, of the first certificate and of each renewal. Default 2. */
  years?: pulumi.Input<number>;
  /** Days that the old certificate stays valid beside a renewed one. 0 ends the old one AT ONCE. */
  overlapDays: pulumi.Input<number>;
  /** When to renew by the clock: UTC days before expiry, or remaining share of the lifetime. Default `{ days: 30 }`. */
  renewalWindow?: pulumi.Input<{ days: number } | { share: number } | "never">;
  /** Any new text renews now. */
  trigger?: pulumi.Input<string>;
  /** When the certificate was terminated outside, or is no longer listed: `fail` (default; `up` stops in words) or `replace` (a new one is created). */
  whenEndedOutside?: pulumi.Input<"fail" | "replace">;
  /** What removing the resource does: `terminate` (default; irreversible) or `retain`. */
  onDelete?: pulumi.Input<"terminate" | "retain">;
  /** SHA-1 thumbprint of the successor that the partner has accepted; a termination needs it to be active. */
  partnerAccepted?: pulumi.Input<string>;
  /** Consent to leave the comm without an active certificate of this role when the resource is removed. */
  allowLastTermination?: pulumi.Input<boolean>;
  /** certKeyId of an existing certificate of the comm to take over; changes nothing at ECGrid. */
  adopt?: pulumi.Input<number>;
  /** certKeyIds on the comm that are not this resource's although they look so. */
  createAnother?: pulumi.Input<pulumi.Input<number>[]>;
}

/** A certificate as ECGrid lists it. Times are ISO 8601, UTC, whole seconds; hex is upper case without separators. */
export interface CertificateRecord {
  readonly certKeyId: number;
  readonly usage: string;
  /** ECGrid's word (`Active`, `Terminated`, ...), or `Vanished` when the comm no longer lists it. */
  readonly status: string;
  readonly hasPrivateKey: boolean;
  readonly secureHashAlgorithm?: string;
  readonly serialNumber?: string;
  /** SHA-1, hex. */
  readonly thumbprint?: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly partnerId?: string;
  /** When ECGrid uses it. */
  readonly beginUsage: string;
  readonly endUsage: string;
  /** X.509 validity. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** `X509`, `PGP` or `SSH`. */
  readonly type: string;
  /** Free labels, of uploads. */
  readonly keyId?: string;
  readonly userId?: string;
  /** The partner's AS2 address, of a partner's certificate. */
  readonly partnerUrl?: string;
}

/** An older certificate. */
export interface PreviousRecord extends CertificateRecord {
  /** UTC day on which another one took its place, `YYYY-MM-DD`. */
  readonly replacedOn: string;
}

/** The comm as the last answer showed it. */
export interface CommRecord {
  readonly networkId?: number;
  readonly mailboxId?: number;
  readonly commType?: string;
  readonly identifier?: string;
  readonly status?: string;
  readonly useType?: string;
  readonly privateKeyRequired?: boolean;
  readonly withCerts?: boolean;
}

/**
 * A certificate of an ECGrid comm whose key pair ECGrid generates. Create makes it, update renews it (a new key pair;
 * the old certificate goes to `previous` and stays valid through its overlap), delete terminates it and every previous
 * one. Each of these calls is named by `pulumi preview` first.
 *
 * @example
 * new ecgrid.Certificate("partner-a", { commId: 5001, overlapDays: 30 });
 */
export class Certificate extends ClmResource {
  declare readonly commId: pulumi.Output<number>;
  /** The comm's fields. */
  declare readonly comm: pulumi.Output<CommRecord>;
  /** The certificate in charge, with the public certificate as PEM: the partner needs it. */
  declare readonly current: pulumi.Output<CertificateRecord & { readonly pem?: string }>;
  /** Older certificates that this resource made and that have not ended, newest first. */
  declare readonly previous: pulumi.Output<readonly PreviousRecord[]>;
  /** Certificates that appeared on the comm and could be a renewal of the current one. */
  declare readonly found: pulumi.Output<readonly { readonly certKeyId: number; readonly linked: boolean }[]>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.CustomResourceOptions) {
    super(KINDS.EcgridCertificate, name, args, opts);
  }
}

/** Inputs that both uploads share. Times are ISO 8601, UTC. */
export interface UploadArgs {
  /** The comm that carries the certificate. Another comm is another certificate: uploaded first, then the old one ended. */
  commId: pulumi.Input<number>;
  /** `X509` (default), `PGP` or `SSH`. Fixed for the certificate's life. */
  certType?: pulumi.Input<"X509" | "PGP" | "SSH">;
  /** `SSL`, `Encryption`, `Signature` or `EncryptionAndSignature` (default). Fixed for the certificate's life. */
  usage?: pulumi.Input<"SSL" | "Encryption" | "Signature" | "EncryptionAndSignature">;
  /** Free label of the key. Left out, it carries a mark by which the upload is recognized after a crash. */
  keyId?: pulumi.Input<string>;
  /** Free label of the user. */
  userId?: pulumi.Input<string>;
  /** When ECGrid begins to use the certificate. */
  beginUsage?: pulumi.Input<string>;
  /** Any new text uploads the file again when its certificate was ended outside. */
  trigger?: pulumi.Input<string>;
  /** When the certificate was terminated outside, or is no longer listed: `fail` (default; `up` stops in words) or `replace` (the same file is uploaded again). */
  whenEndedOutside?: pulumi.Input<"fail" | "replace">;
  /** What removing the resource does: `terminate` (default; irreversible) or `retain`. */
  onDelete?: pulumi.Input<"terminate" | "retain">;
  /** Consent to leave the comm without an active certificate of this role when the resource is removed. */
  allowLastTermination?: pulumi.Input<boolean>;
  /** certKeyId of an existing certificate of the comm that holds this very file; changes nothing at ECGrid. */
  adopt?: pulumi.Input<number>;
  /** certKeyIds on the comm that are not this resource's although they look so. */
  createAnother?: pulumi.Input<pulumi.Input<number>[]>;
}

/** Inputs of `ecgrid.UploadedCertificate`. */
export interface UploadedCertificateArgs extends UploadArgs {
  /** The file in Base64: a PKCS#12 container (.pfx, .p12), or a PGP or SSH private key. Secret; never in outputs. */
  cert: pulumi.Input<string>;
  /** Password of the file. Secret; never in outputs. */
  password?: pulumi.Input<string>;
  /** SHA-1 thumbprint of the successor that the partner has accepted; a termination needs it to be active. */
  partnerAccepted?: pulumi.Input<string>;
}

/** Inputs of `ecgrid.PartnerCertificate`. None is secret. */
export interface PartnerCertificateArgs extends UploadArgs {
  /** The partner's public certificate: PEM, or DER in Base64. */
  cert: pulumi.Input<string>;
  /** The partner's AS2 id. */
  partnerCommId?: pulumi.Input<string>;
  /** The partner's AS2 address. */
  partnerUrl?: pulumi.Input<string>;
}

/** What is kept of an uploaded file. */
export interface FileRecord {
  /** Thumbprint of X.509, else the SHA-256 of the bytes; hex. */
  readonly id: string;
  readonly what: string;
  readonly thumbprint?: string;
  readonly notAfter?: string;
  /** SHA-256 of the uploaded bytes, hex. */
  readonly bytes: string;
}

abstract class Upload extends ClmResource {
  declare readonly commId: pulumi.Output<number>;
  /** The comm's fields. */
  declare readonly comm: pulumi.Output<CommRecord>;
  /** The certificate in charge, with the public certificate as PEM where ECGrid lists it. */
  declare readonly current: pulumi.Output<CertificateRecord & { readonly pem?: string }>;
  /** Older certificates that this resource uploaded and that have not ended, newest first. */
  declare readonly previous: pulumi.Output<readonly PreviousRecord[]>;
  /** The uploaded file, without its content. */
  declare readonly file: pulumi.Output<FileRecord>;
}

/**
 * An own certificate with its private key, uploaded to an ECGrid comm. The file is opened at preview: a wrong password, a
 * lost key or an expired certificate is told before anything is sent. A new file is uploaded first; the old certificate
 * goes to `previous` and stays valid. Delete terminates all of them.
 *
 * @example
 * new ecgrid.UploadedCertificate("own", { commId: 5001, cert: config.requireSecret("pfx"), password: config.requireSecret("pfxPassword") });
 */
export class UploadedCertificate extends Upload {
  constructor(name: string, args: UploadedCertificateArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      KINDS.EcgridUploadedCertificate,
      name,
      {
        ...args,
        cert: pulumi.secret(args.cert),
        password: args.password === undefined ? undefined : pulumi.secret(args.password),
      },
      opts,
    );
  }
}

/**
 * A partner's public certificate on an ECGrid comm. A new one is uploaded first; the old one goes to `previous` and stays
 * valid until it is retired or the resource is removed.
 *
 * @example
 * new ecgrid.PartnerCertificate("partner-a", { commId: 5001, cert: readFileSync("partner-a.pem", "utf8") });
 */
export class PartnerCertificate extends Upload {
  constructor(name: string, args: PartnerCertificateArgs, opts?: pulumi.CustomResourceOptions) {
    super(KINDS.EcgridPartnerCertificate, name, args, opts);
  }
}

/** Settings of another ECGrid account or address. */
export interface ProviderArgs extends ApiKeyProviderArgs {
  /** How the service spells hash names in requests, `rest` (`SHA256`, default) or `soap` (`sha2`). */
  hashNames?: pulumi.Input<"rest" | "soap">;
  /** How public certificates are uploaded, Base64 of `der` (default) or of `pem`. */
  publicCertificates?: pulumi.Input<"der" | "pem">;
}

/**
 * Another ECGrid account or address than the stack's configuration: pass it as `provider` to resources. Its API key is
 * stored encrypted; the environment variable `ECGRID_API_KEY_<NAME>` wins over it.
 */
export class Provider extends ClmProvider {
  constructor(name: string, args: ProviderArgs, opts?: pulumi.ResourceOptions) {
    super("ecgrid", name, args, opts);
  }
}
