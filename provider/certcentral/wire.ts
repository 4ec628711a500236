import { z } from "zod";
import type { Answer } from "../core/perform.js";
import { integer, missing, optionalText, reader, time, withoutMissing } from "../http/answerFields.js";
import { readJsonReply, type Reply, type ServiceError } from "../http/jsonReply.js";

/**
 * What CertCentral sends, read tolerantly: unknown fields are dropped, ids may be texts (digicert-certcentral.md 12),
 * flags 0/1, booleans or texts, and what an observed field says is used where it is there. What must be there is named.
 */

const optionalId = integer("id").nullish().catch(undefined);
/** Flags come as booleans, as 0/1 and as texts (section 12). */
const flag = z
  .union([z.boolean(), z.number(), z.string()])
  .transform((value) => value === true || value === 1 || value === "1" || value === "true")
  .nullish()
  .catch(undefined);
const optionalTime = time("time").nullish().catch(undefined);
const day = (value: string | null | undefined): string | undefined => value?.slice(0, 10);
const hex = (value: string | null | undefined): string | undefined =>
  value == null ? undefined : value.replace(/[\s:]/g, "").toUpperCase();

/** A request of an account (section 9). */
export interface AccountRequest {
  readonly id: number;
  /** `new_request`, `revoke`, `duplicate`, `reissue`, or what DigiCert adds. */
  readonly type: string;
  /** `submitted`, `pending`, `approved`, `rejected`. */
  readonly status: string;
  /** ISO 8601, UTC. */
  readonly date?: string | undefined;
  /** First and last name. */
  readonly requester?: string | undefined;
  /** Of lists: the order that it is about. */
  readonly orderId?: number | undefined;
}

const person = z
  .object({ first_name: optionalText, last_name: optionalText })
  .transform(
    ({ first_name, last_name }) => [first_name, last_name].filter((part) => part != null).join(" ") || undefined,
  )
  .nullish()
  .catch(undefined);

const requestSchema = z
  .object({
    id: integer("request id"),
    type: optionalText,
    status: optionalText,
    date: optionalTime,
    requester: person,
    order: z.object({ id: optionalId }).nullish().catch(undefined),
  })
  .transform(({ id, type, status, date, requester, order }): AccountRequest => ({
    id,
    type: type ?? "new_request",
    status: status ?? "pending",
    ...(date == null ? {} : { date }),
    ...(requester == null ? {} : { requester }),
    ...(order?.id == null ? {} : { orderId: order.id }),
  }));
const requestList = z.array(requestSchema).nullish().catch(undefined);

/** The certificate of an order, as far as it is there yet. */
export interface CertificateInfo {
  readonly id?: number | undefined;
  /** SHA-1, hex, upper case. */
  readonly thumbprint?: string | undefined;
  /** Hex, upper case. */
  readonly serialNumber?: string | undefined;
  readonly commonName?: string | undefined;
  readonly dnsNames: readonly string[];
  /** PEM. */
  readonly csr?: string | undefined;
  readonly signatureHash?: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly validFrom?: string | undefined;
  readonly validTill?: string | undefined;
  /** ISO 8601, UTC. */
  readonly dateIssued?: string | undefined;
  /** Absent or empty for a plain issued one (section 4). */
  readonly status?: string | undefined;
}

/** An order (section 4). */
export interface OrderInfo {
  readonly id: number;
  readonly status: string;
  readonly certificate: CertificateInfo;
  readonly product?: string | undefined;
  readonly dateCreated?: string | undefined;
  /** `YYYY-MM-DD`; observed, not documented. */
  readonly orderValidTill?: string | undefined;
  readonly isRenewal: boolean;
  readonly isRenewed: boolean;
  readonly renewedOrderId?: number | undefined;
  readonly requests: readonly AccountRequest[];
  readonly hasDuplicates: boolean;
  readonly autoRenew?: boolean | undefined;
  readonly organizationId?: number | undefined;
  /** The division. */
  readonly containerId?: number | undefined;
}

const certificateSchema = z
  .object({
    id: optionalId,
    thumbprint: optionalText,
    serial_number: optionalText,
    common_name: optionalText,
    dns_names: z.array(z.string()).nullish().catch(undefined),
    csr: optionalText,
    signature_hash: optionalText,
    valid_from: optionalText,
    valid_till: optionalText,
    date_issued: optionalTime,
    status: optionalText,
  })
  .transform((raw): CertificateInfo =>
    withoutMissing({
      id: raw.id,
      thumbprint: hex(raw.thumbprint),
      serialNumber: hex(raw.serial_number),
      commonName: raw.common_name,
      // Before mid-2022 a list with one blank text stood for none (section 4).
      dnsNames: (raw.dns_names ?? []).filter((name) => name.trim() !== ""),
      csr: raw.csr,
      signatureHash: raw.signature_hash,
      validFrom: day(raw.valid_from),
      validTill: day(raw.valid_till),
      dateIssued: raw.date_issued,
      status: raw.status,
    }),
  );

const orderSchema = z
  .object({
    id: integer("order id"),
    status: z.string(missing("status")).min(1, missing("status")),
    certificate: certificateSchema.nullish().transform((value) => value ?? { dnsNames: [] }),
    product: z.object({ name_id: optionalText }).nullish().catch(undefined),
    product_name_id: optionalText,
    date_created: optionalTime,
    order_valid_till: optionalText,
    is_renewal: flag,
    is_renewed: flag,
    renewed_order_id: optionalId,
    requests: requestList,
    has_duplicates: flag,
    auto_renew: flag,
    organization: z.object({ id: optionalId }).nullish().catch(undefined),
    container: z.object({ id: optionalId }).nullish().catch(undefined),
  })
  .transform((raw): OrderInfo => ({
    id: raw.id,
    status: raw.status,
    certificate: raw.certificate,
    ...withoutMissing({
      product: raw.product?.name_id ?? raw.product_name_id,
      dateCreated: raw.date_created,
      orderValidTill: day(raw.order_valid_till),
      // 0 when there is none.
      renewedOrderId: raw.renewed_order_id === 0 ? undefined : raw.renewed_order_id,
      organizationId: raw.organization?.id,
      containerId: raw.container?.id,
      autoRenew: raw.auto_renew ?? undefined,
    }),
    isRenewal: raw.is_renewal === true,
    isRenewed: raw.is_renewed === true,
    requests: raw.requests ?? [],
    hasDuplicates: raw.has_duplicates === true,
  }));

/** The answer to an order, a renewal or a reissue (section 3.2). */
export interface Placed {
  readonly id: number;
  readonly requestId?: number | undefined;
  readonly certificateId?: number | undefined;
  readonly randomValue?: string | undefined;
  readonly domains: readonly DomainToken[];
}

/** What has to be published for a domain (section 13). Not secret: it is to be published. */
export interface DomainToken {
  readonly name: string;
  readonly token?: string | undefined;
  readonly status?: string | undefined;
  /** ISO 8601, UTC. */
  readonly expires?: string | undefined;
}

const tokenSchema = z
  .object({ token: optionalText, status: optionalText, expiration_date: optionalTime })
  .nullish()
  .catch(undefined);

const domainSchema = z
  .object({ name: optionalText, dns_name: optionalText, dcv_token: tokenSchema })
  .transform(({ name, dns_name, dcv_token }): DomainToken => ({
    name: dns_name ?? name ?? "a domain without a name",
    ...withoutMissing({ token: dcv_token?.token, status: dcv_token?.status, expires: dcv_token?.expiration_date }),
  }));

const placedSchema = z
  .object({
    id: integer("order id"),
    requests: requestList,
    certificate_id: optionalId,
    dcv_random_value: optionalText,
    domains: z.array(domainSchema).nullish().catch(undefined),
  })
  .transform(({ id, requests, certificate_id, dcv_random_value, domains }): Placed => ({
    id,
    ...withoutMissing({ requestId: requests?.[0]?.id, certificateId: certificate_id, randomValue: dcv_random_value }),
    domains: domains ?? [],
  }));

/** A certificate in the lists of reissues and duplicates (section 7). */
export interface ListedCertificate {
  readonly id: number;
  readonly serialNumber?: string | undefined;
  /** `issued`, `pending`, `rejected`, `approved`; `revoked` is not documented, and comes. */
  readonly status: string;
  readonly validTill?: string | undefined;
}

const listedSchema = z
  .object({
    id: integer("certificate id"),
    serial_number: optionalText,
    status: optionalText,
    valid_till: optionalText,
  })
  .transform((raw): ListedCertificate => ({
    id: raw.id,
    status: raw.status ?? "issued",
    ...withoutMissing({ serialNumber: hex(raw.serial_number), validTill: day(raw.valid_till) }),
  }));

const validationSchema = z.object({
  dns_name_validations: z
    .array(
      z.object({
        domain_id: optionalId,
        status: optionalText,
        method: optionalText,
        name_scope: optionalText,
        dns_names: z.array(z.string()).nullish().catch(undefined),
      }),
    )
    .nullish()
    .catch(undefined),
});

const page = z
  .object({ total: integer("total").optional().catch(undefined) })
  .nullish()
  .catch(undefined);

/** One page of a list. */
export interface ListPage<Row> {
  readonly rows: readonly Row[];
  /** How many rows the list has in all, where the answer says so. */
  readonly total: number | undefined;
}

export const readOrderInfo = reader<OrderInfo>(orderSchema);
export const readPlaced = reader<Placed>(placedSchema);
/** An empty page may leave its list out. */
export const readOrderRows = reader(
  z.object({ orders: z.array(orderSchema).nullish(), page }).transform(({ orders, page: at }) => ({
    rows: orders ?? [],
    total: at?.total,
  })),
);
export const readRequestRows = reader(
  z.object({ requests: z.array(requestSchema).nullish(), page }).transform(({ requests, page: at }) => ({
    rows: requests ?? [],
    total: at?.total,
  })),
);
export const readCertificateRows = reader(
  z.object({ certificates: z.array(listedSchema).nullish() }).transform(({ certificates }) => certificates ?? []),
);
export const readDomainAnswer = reader<DomainToken>(domainSchema);
export const readValidationAnswer = reader(
  validationSchema.transform(({ dns_name_validations }) =>
    (dns_name_validations ?? []).map((one) => ({
      domainId: one.domain_id ?? undefined,
      status: one.status ?? undefined,
      method: one.method ?? undefined,
      names: one.dns_names ?? (one.name_scope == null ? [] : [one.name_scope]),
    })),
  ),
);
export const readChainAnswer = reader(
  z
    .object({ intermediates: z.array(z.object({ pem: z.string() })) })
    .transform(({ intermediates }) => intermediates.map(({ pem }) => pem)),
);
/** A revocation that became a request (section 8). */
export const readRevocationRequest = reader<AccountRequest>(requestSchema);

const oneError = z.object({ code: optionalText, message: optionalText });
/** An array by the documentation, a single object in older material (section 12). */
const errorsSchema = z.object({ errors: z.union([z.array(oneError), oneError.transform((one) => [one])]) });

const errorsOf = (json: unknown): readonly ServiceError[] => {
  const parsed = errorsSchema.safeParse(json);
  return parsed.success ? parsed.data.errors : [];
};

export const readReply = (answer: Answer): Reply => readJsonReply(answer, errorsOf);
