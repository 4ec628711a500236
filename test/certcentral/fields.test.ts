import { expect } from "chai";
import { makeCsr, startSandbox, type Sandbox } from "../../sandbox/index.js";
import { recordKept, recordRequests } from "../instrument/fieldsLog.js";
import { Caller, type Json } from "../sandbox/certcentral/client.js";
import { Steps } from "./steps.js";

/** Every input of an order, in the three ways to give a validity. */
const everything = async (validity: object): Promise<Record<string, unknown>> => ({
  productNameId: "ssl_basic",
  commonName: "www.example.com",
  dnsNames: ["a.example.com"],
  csr: await makeCsr("www.example.com"),
  signatureHash: "sha384",
  serverPlatformId: 2,
  organizationUnits: ["IT"],
  certValidity: validity,
  orderValidity: validity,
  caCertId: "ABC",
  profileOption: "server_auth_only_eku",
  organizationId: 9001,
  contacts: [
    {
      contactType: "organization_contact",
      userId: 1,
      firstName: "Ann",
      lastName: "Own",
      jobTitle: "Admin",
      telephone: "1",
      email: "a@example.com",
    },
  ],
  technicalContact: { firstName: "Tec", lastName: "Own", jobTitle: "Admin", telephone: "2", email: "t@example.com" },
  dcvMethod: "email",
  dcvEmails: [{ dnsName: "www.example.com", emailDomain: "example.com", email: "admin@example.com" }],
  containerId: 1,
  customFields: [{ metadataId: 7, value: "cost center" }],
  paymentMethod: "balance",
  comments: "please",
  skipApproval: false,
  autoRenew: false,
  autoReissue: false,
  customRenewalMessage: "soon",
  disableRenewalNotifications: true,
  locale: "en",
  disableCt: false,
  revocationReason: "superseded",
  revocationComments: "bye",
});

/** What of an order's answer is in a state, by the place where it is kept. */
const PLACES: Readonly<Record<string, string>> = {
  id: "order.id",
  status: "order.status",
  date_created: "order.dateCreated",
  order_valid_till: "order.validTill",
  is_renewed: "order.isRenewed",
  "certificate.id": "current.certificateId",
  "certificate.thumbprint": "current.thumbprint",
  "certificate.serial_number": "current.serialNumber",
  "certificate.common_name": "current.commonName",
  "certificate.dns_names": "current.dnsNames",
  "certificate.signature_hash": "current.signatureHash",
  "certificate.valid_from": "current.validFrom",
  "certificate.valid_till": "current.validTill",
  "requests[].id": "requests.0.id",
  "requests[].type": "requests.0.type",
  "requests[].status": "requests.0.status",
  "requests[].date": "requests.0.date",
};

const at = (value: unknown, path: string): unknown =>
  path
    .replace("[]", ".0")
    .split(".")
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);

/** Times and flags are written in more than one way. */
const same = (value: unknown): string =>
  JSON.stringify(typeof value === "number" && value < 2 ? value === 1 : value).replace("+00:00", "Z");

describe("fields of orders", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  afterEach(async () => {
    recordRequests(sandbox.log.all());
    await sandbox.close();
  });

  for (const validity of [{ years: 1 }, { days: 200 }, { customExpirationDate: "2026-12-24" }])
    for (const validityFields of ["nested", "root"] as const)
      it(`every one is sent as it is documented, with ${JSON.stringify(validity)}, ${validityFields}`, async () => {
        sandbox.variants.ccValidityFields = validityFields;
        const steps = new Steps(sandbox, { validityFields });
        const state = await steps.create(steps.inputs(await everything(validity)));
        const { body } = sandbox.certcentral.order(state.order.id);
        const order = validityFields === "nested" ? body.order_validity : body;
        const spelled = {
          years: ["years", "validity_years"],
          days: ["days", "validity_days"],
          customExpirationDate: ["custom_expiration_date", "custom_expiration_date"],
        };
        const [unit, value] = Object.entries(validity).flat() as [string, unknown];
        const name = spelled[unit as keyof typeof spelled][validityFields === "nested" ? 0 : 1] ?? "";
        expect((order as Json)[name]).to.equal(value);
        expect(at(body, "certificate.organization_units.0")).to.equal("IT");
        expect(at(body, "custom_fields[].metadata_id")).to.equal(7);
        expect(body.auto_renew).to.equal(0);
      });

  it("what an answer says of order, certificate and requests is kept with its value", async () => {
    const steps = new Steps(sandbox);
    const waiting = await steps.create(
      steps.inputs({ ...(await everything({ years: 1 })), dcvMethod: "dns-txt-token", dcvEmails: undefined }),
    );
    await sandbox.certcentral.approveAll();
    const state = await steps.read(waiting);
    const { body } = await new Caller(sandbox).call("GET", `/order/certificate/${state.order.id}`);
    const kept = Object.entries(PLACES).filter(([field, place]) => same(at(body, field)) === same(at(state, place)));
    expect(kept.map(([field]) => field)).to.have.members(Object.keys(PLACES));
    recordKept(
      "GET /services/v2/order/certificate/{id}",
      kept.map(([field]) => field),
    );
  });

  it("tokens of names that wait are kept from the answer to an order", async () => {
    Object.assign(sandbox.certcentral.settings, { approval: "auto", validation: "dcv" });
    const steps = new Steps(sandbox);
    sandbox.hostile.add({ match: "GET /services/v2/order/certificate/700001/validation", mode: "500", times: 9 });
    const { validation, order } = await steps.create(
      steps.inputs({ ...(await everything({ years: 1 })), dcvMethod: "dns-txt-token", dcvEmails: undefined }),
    );
    expect(validation?.randomValue).to.match(new RegExp(`^token-${order.id}-`));
    expect(validation?.domains[0]).to.include.keys("name", "token", "status", "expires");
    recordKept("POST /services/v2/order/certificate/{product}", [
      "id",
      "dcv_random_value",
      "domains[].name",
      "domains[].dcv_token.token",
      "domains[].dcv_token.expiration_date",
    ]);
  });

  it("revocations send reason, comments and skip_approval; `comment` never", async () => {
    for (const onDelete of ["revokeOrder", "revokeCertificate"]) {
      sandbox.certcentral.settings.approval = "auto";
      const steps = new Steps(sandbox);
      const inputs = { ...(await everything({ years: 1 })), onDelete, whenRevocationWaits: "letGo" };
      const state = await steps.create(
        steps.inputs({
          ...inputs,
          commonName: `${onDelete.toLowerCase()}.example.com`,
          dcvEmails: undefined,
          dcvMethod: undefined,
        }),
      );
      await steps.delete(state);
      const body = sandbox.log.made().at(-1)?.body as Json;
      expect(body).to.deep.equal({ revocation_reason: "superseded", comments: "bye", skip_approval: false });
    }
  });

  it("a rejection and a cancel carry their note", async () => {
    const steps = new Steps(sandbox);
    await steps.delete(await steps.create(steps.inputs(await everything({ years: 1 }))));
    Object.assign(sandbox.certcentral.settings, { approval: "auto", validation: "manual" });
    await steps.delete(await steps.create(steps.inputs(await everything({ years: 1 }))));
    const bodies = sandbox.log.made().map(({ body }) => body as Json);
    expect(bodies[1]).to.include.keys("status", "processor_comment");
    expect(bodies[3]).to.include.keys("status", "note").and.to.include({ status: "canceled" });
  });
});
