import { expect } from "chai";
import { label } from "../../provider/core/operation.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { readCsr } from "../../provider/certcentral/order/csr.js";
import { plan } from "../../provider/certcentral/order/plan.js";
import type { OrderState } from "../../provider/certcentral/order/state.js";
import { CSR, former, inputs, inStatus, kept, NOW, OTHER_CSR, state, URN } from "./states.js";

type After = Parameters<typeof plan>[0]["after"];

const planned = (before: OrderState | undefined, after: After, now = NOW): ReturnType<typeof plan> =>
  plan({ ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }), seed: URN }, now);

const PLACE = "certcentral.orders.place product=ssl_basic commonName=www.example.com";
const RENEW = "certcentral.orders.renew orderId=700";
const REISSUE = "certcentral.orders.reissue orderId=700";
const CANCEL = "if: certcentral.orders.cancel orderId=700";
const revoke = (id: number): string => `if: certcentral.orders.revoke orderId=${id}`;
const revokeOne = (id: number): string => `if: certcentral.certificates.revoke certificateId=${id}`;
const WAITS =
  "revocation request 5 of order 700 of 2026-02-20T10:00:00Z waits for an approver: once approved, every certificate of the order ends";
/** So many days before the end of certificate and order. */
const before = (days: number): Date => new Date(Date.parse("2027-02-01T10:00:00Z") - days * 86_400_000);

/** A multi-year order: the order ends two years after its certificate. */
const multiYear = (more: Partial<OrderState> = {}): OrderState => {
  const made = state(more);
  return { ...made, order: { ...made.order, validTill: "2029-02-01" } };
};

const digestsOf = (csr: string): { csrDigest: string | undefined; keyDigest: string | undefined } => ({
  csrDigest: readCsr(csr)?.digest,
  keyDigest: readCsr(csr)?.keyDigest,
});

interface Row {
  readonly name: string;
  readonly before?: OrderState;
  readonly after?: After;
  readonly now?: Date;
  readonly operations?: readonly string[];
  readonly remark?: string;
  readonly refusal?: string;
  readonly changes?: boolean;
  readonly replaces?: readonly string[];
  readonly sentence?: string;
}

const ROWS: readonly Row[] = [
  { name: "create", after: inputs(), operations: [PLACE], sentence: "BILLED" },
  { name: "create without approval", after: inputs({ skipApproval: true }), operations: [PLACE] },
  { name: "create that may wait for an approver", after: inputs(), operations: [PLACE], remark: "may have to approve" },
  {
    name: "create with a CSR that names something else",
    after: inputs({ commonName: "shop.example.com" }),
    operations: ["certcentral.orders.place product=ssl_basic commonName=shop.example.com"],
    remark: "the CSR names www.example.com, and the order asks for shop.example.com",
  },
  { name: "adopt", after: inputs({ adopt: 90 }), operations: [], remark: "ADOPT order 90" },
  { name: "adopt what is not known yet", after: { ...inputs(), adopt: UNKNOWN }, operations: [`if: ${PLACE}`] },
  { name: "nothing", before: state(), after: inputs(), operations: [], changes: false },

  {
    name: "another CSR",
    before: state(),
    after: inputs({ csr: OTHER_CSR }),
    operations: [REISSUE],
    sentence: "nothing is revoked",
  },
  { name: "a trigger", before: state(), after: inputs({ trigger: "1" }), operations: [REISSUE] },
  { name: "another hash", before: state(), after: inputs({ signatureHash: "sha384" }), operations: [REISSUE] },
  {
    name: "a CSR that is not known yet",
    before: state(),
    after: { ...inputs(), csr: UNKNOWN },
    operations: [`if: ${REISSUE}`],
  },
  {
    name: "a name more",
    before: state(),
    after: inputs({ dnsNames: ["a.example.com"] }),
    operations: [REISSUE],
    sentence: "nothing is revoked",
  },
  {
    name: "a name less",
    before: state({
      dnsNames: ["a.example.com"],
      current: kept(88, { dnsNames: ["a.example.com"] }),
      previous: [former(87)],
    }),
    after: inputs(),
    operations: [],
    refusal:
      "REVOKES every earlier certificate of order 700 within 72 hours, irreversibly: certificate 88, serial 088, valid till 2027-02-01; certificate 87",
  },
  {
    name: "a name less, and the refusal names the alternative",
    before: state({ dnsNames: ["a.example.com"], current: kept(88, { dnsNames: ["a.example.com"] }) }),
    after: inputs(),
    refusal: "place a new order (billed) by a second resource with the new names",
  },
  {
    name: "a name less, consented to",
    before: state({
      dnsNames: ["a.example.com"],
      current: kept(88, { dnsNames: ["a.example.com"] }),
      duplicates: [{ certificateId: 77, status: "issued" }],
    }),
    after: inputs({ allowRemovedNames: ["A.example.com"] }),
    operations: [REISSUE],
    sentence: "DIGICERT REVOKES, WITHIN 72 HOURS",
    remark: "WILL BE REVOKED BY DIGICERT within 72 hours, irreversible: duplicate certificate 77",
  },
  {
    name: "a name less, and whether it is consented to is not known yet",
    before: state({ dnsNames: ["a.example.com"], current: kept(88, { dnsNames: ["a.example.com"] }) }),
    after: { ...inputs(), allowRemovedNames: UNKNOWN },
    operations: [`if: ${REISSUE}`],
    sentence: "DIGICERT REVOKES, WITHIN 72 HOURS",
  },
  {
    name: "names and a consent that are not known yet",
    before: state({ dnsNames: ["a.example.com"], current: kept(88, { dnsNames: ["a.example.com"] }) }),
    after: { ...inputs(), dnsNames: UNKNOWN, allowRemovedNames: UNKNOWN },
    operations: [`if: ${REISSUE}`],
    sentence: "DIGICERT REVOKES, WITHIN 72 HOURS",
  },
  {
    name: "another common name",
    before: state(),
    after: inputs({ commonName: "shop.example.com", dnsNames: ["www.example.com"] }),
    refusal: "no longer have www.example.com (as its common name or at all)",
  },
  {
    name: "another CSR while the certificate has a name that the program does not give",
    before: state({ current: kept(88, { dnsNames: ["extra.example.com"] }) }),
    after: inputs({ csr: OTHER_CSR }),
    refusal: "extra.example.com",
  },

  {
    name: "a day before the window",
    before: state(),
    after: inputs({ csr: OTHER_CSR, reuseCsr: true }),
    now: before(31),
    operations: [REISSUE],
  },
  {
    name: "in the window with the same CSR",
    before: state(),
    after: inputs(),
    now: before(30),
    operations: [],
    remark: "NEW CSR NEEDED",
    changes: false,
  },
  {
    name: "in the window, re-use allowed",
    before: state(),
    after: inputs({ reuseCsr: true }),
    now: before(30),
    operations: [RENEW],
    sentence: "BILLED",
  },
  {
    name: "in the window with another CSR",
    before: state(),
    after: inputs({ csr: OTHER_CSR }),
    now: before(30),
    operations: [RENEW],
  },
  {
    name: "in the window of an order that covers a reissue",
    before: multiYear(),
    after: inputs({ reuseCsr: true }),
    now: before(30),
    operations: [REISSUE],
  },
  {
    name: "in the window of an order whose last reissue gave nothing",
    before: multiYear({ previous: [former(87, { validTill: "2027-02-01", replacedOn: "2027-01-10" })] }),
    after: inputs({ reuseCsr: true }),
    now: before(30),
    operations: ["due 2028-11-03: certcentral.orders.renew orderId=700"],
    changes: true,
  },
  {
    name: "in the window of an order that was reissued for another reason long before",
    before: multiYear({ previous: [former(87, { validTill: "2027-02-01" })] }),
    after: inputs({ reuseCsr: true }),
    now: before(30),
    operations: [REISSUE],
  },
  {
    name: "in the window of an order that DigiCert renews by itself",
    before: state({ order: { ...state().order, autoRenew: true } }),
    after: inputs({ reuseCsr: true }),
    now: before(30),
    operations: [],
    refusal: "auto renew is on for order 700",
  },
  {
    name: "a window of more days than DigiCert renews in",
    before: state({ renewalWindow: { days: 200 } }),
    after: inputs({ renewalWindow: { days: 200 }, reuseCsr: true }),
    now: before(150),
    operations: ["due 2026-11-03: certcentral.orders.renew orderId=700"],
  },
  {
    name: "the last day",
    before: state(),
    after: inputs({ csr: OTHER_CSR }),
    now: before(0),
    operations: [],
    refusal: "DigiCert renews from 90 days to 1 day before that",
  },
  {
    name: "the last day, by a trigger",
    before: state(),
    after: inputs({ trigger: "1" }),
    now: before(0),
    operations: [PLACE],
  },
  {
    name: "never by the clock",
    before: state(),
    after: inputs({ renewalWindow: "never", reuseCsr: true }),
    now: before(1),
    operations: [],
  },
  {
    name: "auto renew",
    before: state({ autoRenew: true }),
    after: inputs({ autoRenew: true, reuseCsr: true }),
    now: before(5),
    operations: [],
  },
  {
    name: "an order without a shown end: as it was asked for",
    before: state({
      order: { id: 700, status: "issued", dateCreated: "2026-02-01T10:00:00Z", isRenewed: false, hasDuplicates: false },
    }),
    after: inputs({ reuseCsr: true }),
    now: before(30),
    operations: [RENEW],
  },

  ...["needs_approval", "pending", "waiting_pickup", "approved", "processing", "needs_csr"].map((status): Row => ({
    name: `an order that waits: ${status}`,
    before: inStatus(status),
    after: inputs(),
    operations: [],
    remark: `order 700 waits (${status})`,
    changes: true,
  })),
  {
    name: "another CSR while a reissue waits",
    before: inStatus("reissue_pending", { next: { kind: "reissue", orderId: 700, status: "reissue_pending" } }),
    after: inputs({ csr: OTHER_CSR }),
    operations: [],
    remark: "csr changed while the reissue of order 700 waits",
  },
  {
    name: "a renewal that waits",
    before: state({ next: { kind: "renewal", orderId: 701, status: "needs_approval" } }),
    after: inputs(),
    operations: [],
    remark: "certificate 88, serial 088, valid till 2027-02-01 stays in charge",
  },
  {
    name: "a renewal that was rejected",
    before: state({ next: { kind: "renewal", orderId: 701, status: "rejected" } }),
    after: inputs(),
    operations: [],
    refusal: "order 701 (for order 700) was rejected",
  },
  {
    name: "a rejected reissue, asked for again",
    before: state({ next: { kind: "reissue", orderId: 700, status: "rejected" } }),
    after: inputs({ trigger: "1" }),
    operations: [REISSUE],
  },
  ...["rejected", "canceled", "revoked", "expired"].map((status): Row => ({
    name: `an order that is ${status}`,
    before: inStatus(status),
    after: inputs(),
    operations: [],
    refusal: "no second order is placed by itself",
  })),
  ...(
    [
      ["a renewal", before(30), inputs({ renewalWindow: { days: 40 }, reuseCsr: true }), { operations: [RENEW] }],
      [
        "a renewal that is due later",
        before(100),
        inputs({ renewalWindow: { days: 120 }, reuseCsr: true }),
        { remark: WAITS },
      ],
      ["a renewal without a new CSR", before(30), inputs({ renewalWindow: { days: 40 } }), { remark: WAITS }],
      ["nothing", NOW, inputs(), { operations: [], remark: WAITS }],
      [
        "a reissue",
        NOW,
        inputs({ trigger: "1" }),
        { operations: [], refusal: `${WAITS}, one that is reissued meanwhile` },
      ],
    ] as const
  ).map(([what, now, after, more]): Row => ({
    name: `a revocation that waits, and ${what}`,
    before: state({ requests: [{ id: 5, type: "revoke", status: "pending", date: "2026-02-20T10:00:00Z" }] }),
    after,
    now,
    ...more,
  })),
  {
    name: "a revocation that waits, and a renewal, which it does not end",
    before: state({ requests: [{ id: 5, type: "revoke", status: "submitted", date: "2026-02-20T10:00:00Z" }] }),
    after: inputs({ renewalWindow: { days: 40 }, reuseCsr: true }),
    now: before(30),
    operations: [RENEW],
    remark: `${WAITS}; those of the renewal do not`,
  },
  {
    name: "a revoked order, and a setting that is not known yet and may stay as it is",
    before: inStatus("revoked"),
    after: { ...inputs(), containerId: UNKNOWN },
    operations: [],
    refusal: "(it stops unless containerId, not known yet, turns out to change, which is stored then)",
  },
  {
    name: "a revoked order, and a setting that changes",
    before: inStatus("revoked"),
    after: { ...inputs(), containerId: 4 },
    operations: [],
    remark: "no second order is placed by itself",
  },
  {
    name: "a revoked order and a trigger",
    before: inStatus("revoked"),
    after: inputs({ trigger: "1" }),
    operations: [PLACE],
  },
  {
    name: "a revoked order, to be replaced",
    before: inStatus("revoked"),
    after: inputs({ whenEndedOutside: "replace" }),
    operations: [PLACE],
    sentence:
      "order 700 is revoked, with all of its certificates, and whenEndedOutside is replace: a new order, BILLED",
  },
  ...["rejected", "canceled", "expired"].map((status): Row => ({
    name: `an order that is ${status} is never replaced by itself`,
    before: inStatus(status),
    after: inputs({ whenEndedOutside: "replace" }),
    operations: [],
    remark: "no second order is placed by itself",
  })),
  {
    name: "a revoked order whose replacement was rejected",
    before: {
      ...inStatus("revoked"),
      whenEndedOutside: "replace",
      next: { kind: "order", orderId: 701, status: "rejected" },
    },
    after: inputs({ whenEndedOutside: "replace" }),
    operations: [],
    refusal: "order 701 (for order 700) was rejected",
  },
  {
    name: "a revoked order whose replacement was rejected, and a trigger",
    before: { ...inStatus("revoked"), next: { kind: "order", orderId: 701, status: "rejected" } },
    after: inputs({ trigger: "1" }),
    operations: [PLACE],
  },
  {
    name: "a revoked order whose replacement was revoked, too",
    before: { ...inStatus("revoked"), next: { kind: "order", orderId: 701, status: "revoked" } },
    after: inputs({ whenEndedOutside: "replace" }),
    operations: [PLACE],
  },
  {
    name: "a lost renewal",
    before: state({ lost: { operation: "renew", before: [700] } }),
    after: inputs({ reuseCsr: true }),
    now: before(30),
    operations: [`if: ${RENEW}`],
  },
  {
    name: "a lost reissue",
    before: state({ lost: { operation: "reissue", before: [], trigger: "1" } }),
    after: inputs({ trigger: "1" }),
    operations: [`if: ${REISSUE}`],
  },
  {
    name: "renewed outside, linked",
    before: state({ found: [{ orderId: 702, linked: true }] }),
    after: inputs({ reuseCsr: true }),
    now: before(30),
    operations: [],
    remark: "TAKE OVER order 702",
  },
  {
    name: "perhaps renewed outside",
    before: state({ found: [{ orderId: 702, linked: false }] }),
    after: inputs({ reuseCsr: true }),
    now: before(30),
    operations: [],
    refusal: "order 702 could be a renewal of order 700",
  },
  {
    name: "perhaps renewed outside, and dismissed",
    before: state({ found: [{ orderId: 702, linked: false }] }),
    after: inputs({ reuseCsr: true, orderAnother: [702] }),
    now: before(30),
    operations: [RENEW],
  },
  {
    name: "a reissue while a revocation waits",
    before: state({ requests: [{ id: 9, type: "revoke", status: "submitted" }] }),
    after: inputs({ csr: OTHER_CSR }),
    operations: [],
    refusal: "revocation request 9 of order 700 waits",
  },
  {
    name: "a revocation that waits",
    before: state({ requests: [{ id: 9, type: "revoke", status: "pending" }] }),
    after: inputs(),
    operations: [],
    remark: "revocation request 9 of order 700",
    changes: false,
  },
  {
    name: "a certificate that was revoked outside",
    before: state({ current: kept(88, { status: "revoked" }) }),
    after: inputs(),
    operations: [],
    refusal: "is revoked, and nothing is made by itself",
  },
  {
    name: "a certificate that was revoked outside, to be replaced",
    before: state({ current: kept(88, { status: "revoked" }) }),
    after: inputs({ whenEndedOutside: "replace" }),
    operations: [REISSUE],
    sentence: "is revoked, and whenEndedOutside is replace",
  },
  {
    name: "a certificate that was revoked outside, and a new CSR",
    before: state({ current: kept(88, { status: "revoked" }) }),
    after: inputs({ csr: OTHER_CSR }),
    operations: [REISSUE],
  },
  {
    name: "reissued outside for another key",
    before: state({ current: kept(89, { csrDigest: "0", keyDigest: "0" }) }),
    after: inputs(),
    operations: [],
    remark: "was made for another key",
    changes: false,
  },
  {
    name: "a setting",
    before: state(),
    after: inputs({ comments: "new" }),
    operations: [],
    remark: "sent with the next order, no remote call",
    changes: true,
  },

  {
    name: "another product",
    before: state(),
    after: inputs({ productNameId: "ssl_ev_basic" }),
    operations: [revoke(700)],
    replaces: ["productNameId"],
  },
  {
    name: "a product that is not known yet",
    before: state(),
    after: { ...inputs(), productNameId: UNKNOWN },
    operations: ["if: certcentral.orders.place product=? commonName=www.example.com", revoke(700)],
    replaces: [],
  },

  {
    name: "delete",
    before: state(),
    operations: [revoke(700)],
    sentence: "an administrator must approve it first",
    remark: "fails this step",
  },
  {
    name: "delete, letting go",
    before: state({ whenRevocationWaits: "letGo" }),
    operations: [revoke(700)],
    remark: "lets the resource go",
  },
  {
    name: "delete without approval: the comment is lost",
    before: state({ revocationSkipApproval: true, revocationComments: "bye", revocationReason: "superseded" }),
    operations: [revoke(700)],
    sentence: "reason superseded; without approval, so DigiCert does not keep the comment",
  },
  {
    name: "delete with an older order and a renewal that waits",
    before: state({
      previous: [former(80, { orderId: 600, by: "renewal" })],
      next: { kind: "renewal", orderId: 701, status: "needs_approval", requestId: 5 },
    }),
    operations: [
      revoke(600),
      revoke(700),
      "if: certcentral.requests.reject requestId=5",
      "if: certcentral.orders.cancel orderId=701",
      revoke(701),
    ],
  },
  {
    name: "delete of single certificates",
    before: state({ onDelete: "revokeCertificate", previous: [former(87)] }),
    operations: [revokeOne(87), revokeOne(88)],
    sentence: "takes the WHOLE ORDER along",
  },
  {
    name: "delete while it waits for its approval",
    before: inStatus("needs_approval", { requests: [{ id: 5, type: "new_request", status: "pending" }] }),
    operations: ["if: certcentral.requests.reject requestId=5", CANCEL, revoke(700)],
  },
  { name: "delete while it waits", before: inStatus("pending"), operations: [CANCEL, revoke(700)] },
  { name: "delete while a reissue waits", before: inStatus("reissue_pending"), operations: [CANCEL, revoke(700)] },
  ...["revoked", "canceled", "rejected", "expired"].map((status): Row => ({
    name: `delete when ${status}`,
    before: inStatus(status),
    operations: [],
    remark: "no remote call for it",
  })),
  { name: "delete, retained", before: state({ onDelete: "retain" }), operations: [], remark: "KEEP order 700" },
  {
    name: "delete of a code signing certificate",
    before: state({ productNameId: "code_signing" }),
    operations: [revoke(700)],
    sentence: "INVALIDATES PAST SIGNATURES",
  },
];

describe("plan of a CertCentral order", () => {
  for (const row of ROWS) {
    it(row.name, () => {
      const { operations, remarks, refusal, changes, replaces } = planned(row.before, row.after, row.now);
      if (row.operations !== undefined)
        expect(
          operations.map((operation) => {
            const { certainty } = operation;
            const when = {
              certain: "",
              conditional: "if: ",
              due: certainty.kind === "due" ? `due ${certainty.from}: ` : "",
            };
            return when[certainty.kind] + label(operation);
          }),
        ).to.deep.equal(row.operations);
      if (row.remark !== undefined) expect(remarks.join("\n")).to.include(row.remark);
      if (row.sentence !== undefined)
        expect(operations.map(({ sentence }) => sentence).join("\n")).to.include(row.sentence);
      if (row.refusal === undefined) expect(refusal).to.equal(undefined);
      else expect(refusal).to.include(row.refusal);
      if (row.changes !== undefined) expect(changes).to.equal(row.changes);
      expect(replaces).to.deep.equal(row.replaces ?? []);
    });
  }

  it("says nothing of a CSR that an earlier run has asked with and that was issued since", () => {
    const asked = planned(state(), inputs({ csr: OTHER_CSR })).operations[0]?.call.body as {
      certificate: { csr: string };
    };
    expect(asked.certificate.csr).to.equal(OTHER_CSR);
    const issued = state({ csr: CSR, current: kept(89, { ...digestsOf(OTHER_CSR) }) });
    expect(planned(issued, inputs({ csr: OTHER_CSR })).operations).to.deep.equal([]);
    const withoutCsr = state({
      csr: CSR,
      current: kept(89, { csrDigest: undefined, keyDigest: digestsOf(OTHER_CSR).keyDigest }),
    });
    expect(planned(withoutCsr, inputs({ csr: OTHER_CSR })).operations).to.deep.equal([]);
  });
});
