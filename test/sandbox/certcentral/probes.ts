import { expect } from "chai";
import type { VariantSettings } from "../../../sandbox/index.js";
import type { Probe } from "../probes.js";
import { Caller, codes, csrFor, type Json } from "./client.js";

/** Probes of the switches of CertCentral: what a client sees under each value. */
type CertcentralProbes = {
  [Name in keyof VariantSettings as Name extends `cc${string}` ? Name : never]: Record<VariantSettings[Name], Probe>;
};

const probe =
  (look: (at: Caller) => Promise<void>): Probe =>
  ({ sandbox }) =>
    look(new Caller(sandbox));

/** Probes a value that a look at something gives. */
const shows = (look: (at: Caller) => Promise<unknown>, value: unknown): Probe =>
  probe(async (at) => {
    expect(await look(at)).to.deep.equal(value);
  });

const ofOrder =
  (field: string) =>
  async (at: Caller): Promise<unknown> =>
    (await at.info(await at.issued()))[field] !== undefined;
const ofCertificate =
  (field: string) =>
  async (at: Caller): Promise<unknown> =>
    (await at.certificate(await at.issued()))[field];
const statusOf =
  (act: (at: Caller) => Promise<{ status: number }>) =>
  async (at: Caller): Promise<unknown> =>
    (await act(at)).status;

async function renewed(at: Caller): Promise<number> {
  const old = await at.issued();
  at.sandbox.clock.advance({ days: 330 });
  await at.place({}, { renewal_of_order_id: old });
  return old;
}

const renewedTwice = async (at: Caller): Promise<unknown[]> => {
  const old = await renewed(at);
  const { status } = await at.place({}, { renewal_of_order_id: old });
  return [status, (await at.info(old)).renewed_order_id, at.cc.orders().length];
};

async function revokedTwice(at: Caller): Promise<number> {
  const id = await at.issued();
  await at.revoke(id);
  return (await at.revoke(id)).status;
}

async function waitingTwice(at: Caller): Promise<[number, number]> {
  const id = await at.issued();
  await at.revoke(id, {});
  const { status } = await at.revoke(id, {});
  return [status, at.cc.requests(id).filter(({ type }) => type === "revoke").length];
}

const silentSkip = async (at: Caller): Promise<[number, number]> => {
  const id = await at.issued();
  at.key = at.cc.issueKey({ role: "standard" });
  const { status } = await at.revoke(id);
  return [status, at.cc.requests(id).length];
};

const expired = async (at: Caller): Promise<number> => {
  const id = await at.issued();
  at.sandbox.clock.advance({ days: 400 });
  return id;
};

const listedRevoked = async (at: Caller): Promise<unknown> => {
  const id = await at.issued();
  await at.reissue(id);
  const [first] = at.cc.certificates(id);
  at.cc.revokeCertificateOutside(first?.id ?? 0);
  const { certificates } = (await at.call("GET", `/order/certificate/${id}/reissue`)).body as { certificates: Json[] };
  return certificates.find((one) => one.id === first?.id)?.status;
};

const many = async (at: Caller): Promise<number> => {
  for (let count = 0; count < 101; count++) await at.cc.addOrder();
  return (await at.rows()).length;
};

const requestOrder = async (at: Caller): Promise<unknown> => {
  const id = await at.issued();
  await at.revoke(id, {});
  const { requests } = (await at.call("GET", "/request?filters[type]=revoke")).body as { requests: { order: Json }[] };
  return requests[0]?.order.status;
};

const hundredAndOne = async (at: Caller): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: 101 }, () => at.call("GET", "/user/me")));
  return answers.filter(({ status }) => status === 429).length;
};

export const CERTCENTRAL_PROBES: CertcentralProbes = {
  ccOrderCsr: {
    present: shows(async (at) => (await ofCertificate("csr")(at)) === (await csrFor("www.example.com")), true),
    missing: shows(ofCertificate("csr"), undefined),
  },
  ccOrderRequests: { present: shows(ofOrder("requests"), true), missing: shows(ofOrder("requests"), false) },
  ccOrderValidTill: {
    present: shows(ofOrder("order_valid_till"), true),
    missing: shows(ofOrder("order_valid_till"), false),
  },
  ccRenewedOrderId: {
    present: shows(async (at) => (await at.info(await renewed(at))).renewed_order_id, 700_002),
    missing: shows(async (at) => (await at.info(await renewed(at))).renewed_order_id, undefined),
  },
  ccIsRenewedAt: {
    placed: shows(async (at) => (await at.info(await renewed(at))).is_renewed, 1),
    issued: shows(
      async (at) => {
        const old = await renewed(at);
        const before = (await at.info(old)).is_renewed;
        await at.cc.approveAll();
        return [before, (await at.info(old)).is_renewed];
      },
      [0, 1],
    ),
  },
  ccRenewAgain: {
    accepted: shows(renewedTwice, [201, 700_003, 3]),
    refused: shows(renewedTwice, [400, 700_002, 2]),
  },
  ccReissueResponse: {
    certificate: shows(async (at) => (await at.reissue(await at.issued())).body.certificate_id, 800_002),
    request: shows(async (at) => (await at.reissue(await at.issued())).body.certificate_id, undefined),
  },
  ccReissueSameCsr: {
    accepted: shows(
      statusOf(async (at) => at.reissue(await at.issued(), { csr: await csrFor("www.example.com") })),
      201,
    ),
    refused: shows(
      statusOf(async (at) => at.reissue(await at.issued(), { csr: await csrFor("www.example.com") })),
      400,
    ),
  },
  ccReissueListRevoked: {
    revoked: shows(listedRevoked, "revoked"),
    issued: shows(listedRevoked, "issued"),
    hidden: shows(listedRevoked, undefined),
  },
  ccServerPlatform: {
    optional: shows(
      statusOf((at) => at.place({ server_platform: undefined })),
      201,
    ),
    required: shows(
      async (at) => codes(await at.place({ server_platform: undefined })),
      ["required_param:certificate.server_platform"],
    ),
  },
  ccValidityFields: {
    nested: shows(
      statusOf((at) => at.place()),
      201,
    ),
    root: shows(
      statusOf((at) => at.place({}, { order_validity: undefined, validity_years: 1 })),
      201,
    ),
  },
  ccCertificateCap: {
    "397": shows(async (at) => (await at.certificate(await at.issued())).valid_till, "2027-03-01"),
    "199": shows(async (at) => (await at.certificate(await at.issued())).valid_till, "2026-09-16"),
  },
  ccCertificateStatus: { absent: shows(ofCertificate("status"), undefined), empty: shows(ofCertificate("status"), "") },
  ccDnsNames: { list: shows(ofCertificate("dns_names"), []), blank: shows(ofCertificate("dns_names"), [""]) },
  ccExpired: {
    expired: shows(async (at) => (await at.info(await expired(at))).status, "expired"),
    issued: shows(async (at) => (await at.info(await expired(at))).status, "issued"),
  },
  ccCancelCase: {
    exact: shows(
      statusOf((at) => canceled(at, "CANCELED")),
      400,
    ),
    any: shows(
      statusOf((at) => canceled(at, "CANCELED")),
      204,
    ),
  },
  ccCancelOther: {
    error: shows(
      statusOf(async (at) => cancel(at, await at.issued(), "canceled")),
      400,
    ),
    "204": shows(
      statusOf(async (at) => cancel(at, await at.issued(), "canceled")),
      204,
    ),
  },
  ccSilentSkip: { "403": shows(silentSkip, [403, 0]), request: shows(silentSkip, [201, 1]) },
  ccRevokedRepeat: {
    error: shows(revokedTwice, 400),
    "204": shows(revokedTwice, 204),
    "201": shows(revokedTwice, 201),
  },
  ccSecondRevoke: {
    another: shows(waitingTwice, [201, 2]),
    error: shows(waitingTwice, [400, 1]),
    same: shows(waitingTwice, [201, 1]),
  },
  ccRevoke204: {
    done: shows(async (at) => afterRevoke(at, false), "revoked"),
    later: shows(async (at) => [await afterRevoke(at, false), await afterRevoke(at, true)], ["issued", "revoked"]),
  },
  ccRevokeRequestStatus: {
    pending: shows(async (at) => (await at.revoke(await at.issued(), {})).body.status, "pending"),
    submitted: shows(async (at) => (await at.revoke(await at.issued(), {})).body.status, "submitted"),
  },
  ccRevokeExpired: {
    accepted: shows(
      statusOf(async (at) => at.revoke(await expired(at))),
      204,
    ),
    error: shows(
      statusOf(async (at) => at.revoke(await expired(at))),
      400,
    ),
  },
  ccListedNeedsApproval: {
    listed: shows(async (at) => (await at.place(), (await at.rows()).length), 1),
    hidden: shows(async (at) => (await at.place(), (await at.rows()).length), 0),
  },
  ccListLimit: { "1000": shows(many, 101), "100": shows(many, 100) },
  ccStatusChangesEmpty: {
    list: shows(async (at) => (await at.call("GET", "/order/certificate/status-changes?minutes=5")).body, {
      orders: [],
    }),
    object: shows(async (at) => (await at.call("GET", "/order/certificate/status-changes?minutes=5")).body, {}),
  },
  ccDownload: {
    order: shows(
      statusOf(async (at) => downloaded(at)),
      200,
    ),
    chain: shows(async (at) => codes(await downloaded(at)), ["cert_unavailable_processing"]),
  },
  ccErrorsShape: {
    array: shows(async (at) => Array.isArray((await at.call("GET", "/order/certificate/1")).body.errors), true),
    object: shows(async (at) => Array.isArray((await at.call("GET", "/order/certificate/1")).body.errors), false),
  },
  ccIdTypes: { int: shows(validationId, "number"), string: shows(validationId, "string") },
  ccFlagTypes: {
    number: shows(async (at) => (await at.info(await at.issued())).auto_renew, 0),
    boolean: shows(async (at) => (await at.info(await at.issued())).auto_renew, false),
  },
  ccRequestStale: { fresh: shows(requestOrder, "issued"), stale: shows(requestOrder, "pending") },
  ccRateLimit: { none: shows(hundredAndOne, 0), documented: shows(hundredAndOne, 1) },
};

const cancel = (at: Caller, id: number, status: string): Promise<{ status: number }> =>
  at.call("PUT", `/order/certificate/${id}/status`, { status, note: "no longer needed" });

async function canceled(at: Caller, word: string): Promise<{ status: number }> {
  at.cc.settings.validation = "manual";
  return cancel(at, await at.issued(), word);
}

async function afterRevoke(at: Caller, settled: boolean): Promise<unknown> {
  const id = await at.issued();
  await at.revoke(id);
  if (settled) at.cc.settleRevocations();
  return (await at.info(id)).status;
}

const downloaded = async (at: Caller) =>
  at.call("GET", `/certificate/download/order/${await at.issued()}/format/pem_all`);

async function validationId(at: Caller): Promise<string> {
  const id = await at.issued();
  const { dns_name_validations: rows } = (await at.call("GET", `/order/certificate/${id}/validation`)).body as {
    dns_name_validations: Json[];
  };
  return typeof rows[0]?.domain_id;
}
