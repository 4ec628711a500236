import { expect } from "chai";
import { calling, code, DV, EV, ORGANIZATION, OV, type Caller, type Json } from "./client.js";

const contact = { ...ORGANIZATION.organization_contact, first_name: "Bob" };
const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}.example.com`);

describe("sandbox: ACME contracts are created (digicert-acme.md 1.1)", () => {
  it(
    "with their first credential in the answer, and as GET shows them, which shows neither URL nor key (section 1.2)",
    calling(async (at) => {
      const { status, body } = await at.create();
      expect(status).to.equal(201);
      expect(body.acme_contract_id).to.equal(20_001);
      const [{ kid, hmac } = {}] = at.partner.credentials(20_001);
      expect(body.eab_set).to.deep.equal({
        ext_act_kid: kid,
        ext_act_hmac: hmac,
        acme_directory_url: at.partner.directoryUrl,
      });
      expect(kid).to.match(/^[\w-]{43}$/);
      expect(hmac).to.match(/^[\w-]{86}$/);
      expect(await at.get(20_001)).to.deep.equal({
        acme_contract_id: 20_001,
        account_id: at.partner.accountId,
        product_name_id: "ssl_dv_rapidssl",
        created_at: "2026-03-01T10:00:00Z",
        sans: ["example.com", "www.example.com"],
        valid_till: "2027-03-01T10:00:00Z",
        organization: null,
        is_organization_validated: false,
        auto_renew: false,
        date_canceled: null,
      });
    }),
  );

  it(
    "for OV and EV with an organization, which is validated by people, or as for another contract of the account",
    calling(async (at) => {
      for (const body of [OV, EV]) {
        const { acme_contract_id: id } = (await at.create(body)).body;
        expect(await at.get(Number(id))).to.deep.include({
          organization: body.organization,
          is_organization_validated: false,
        });
      }
      at.partner.validateOrganization(20_001);
      expect(at.partner.contracts().map((one) => one.organizationValidated)).to.deep.equal([true, true]);
      await at.create(OV);
      expect((await at.get(20_003)).is_organization_validated).to.equal(true);
      at.key = at.partner.issueKey({ account: at.partner.addSubaccount() });
      await at.create(OV);
      expect((await at.get(20_004)).is_organization_validated).to.equal(false);
    }),
  );

  it(
    "with auto_renew from the setting of the account where it is left out (sections 1.1, 4)",
    calling(async (at) => {
      at.partner.setAutoRenewSetting(true);
      expect((await at.call("GET", "/account/settings")).body.settings).to.deep.equal([
        { name: "auto_renew_subscription", value: "1", is_default: false },
      ]);
      await at.create();
      await at.create({ ...DV, auto_renew: false });
      expect(at.partner.contracts().map(({ autoRenew }) => autoRenew)).to.deep.equal([true, false]);
    }),
  );

  for (const [name, body, wanted] of [
    ["no product", { product_name_id: undefined }, "required_param:product_name_id"],
    ["another product", { product_name_id: "ssl_gold" }, "invalid_value:product_name_id"],
    ["a product that is no text", { product_name_id: 1 }, "invalid_value:product_name_id"],
    ["no names", { sans: undefined }, "required_param:sans"],
    ["an empty list of names", { sans: [] }, "required_param:sans"],
    ["names that are no list", { sans: "example.com" }, "invalid_value:sans"],
    ["a name that is no text", { sans: [1] }, "invalid_value:sans"],
    ["251 names", { sans: many(251) }, "too_many_sans"],
    ["auto_renew as a text", { auto_renew: "1" }, "invalid_value:auto_renew"],
    ["OV without an organization", { ...OV, organization: undefined }, "required_param:organization"],
    ["OV with a text for one", { ...OV, organization: "Example" }, "invalid_value:organization"],
    ["an organization without a name", { ...OV, organization: {} }, "required_param:organization.name"],
    [
      "a contact that is none",
      { ...OV, organization: { ...ORGANIZATION, technical_contact: [] } },
      "invalid_value:organization.technical_contact",
    ],
    ["EV without an organization", { ...EV, organization: undefined }, "required_param:organization"],
    [
      "EV without a verified contact",
      { ...EV, organization: { ...ORGANIZATION, verified_contacts: [] } },
      "required_param:organization.verified_contacts",
    ],
    [
      "verified contacts that are none",
      { ...EV, organization: { ...ORGANIZATION, verified_contacts: ["Vera"] } },
      "invalid_value:organization.verified_contacts",
    ],
  ] as const)
    it(
      `not with ${name}`,
      calling(async (at) => {
        const answer = await at.create({ ...DV, ...body });
        expect([answer.status, code(answer)]).to.deep.equal([400, wanted]);
        expect(at.partner.contracts()).to.deep.equal([]);
        expect(at.sandbox.log.made()[0]).to.include({ outcome: "refused" });
      }),
    );

  it(
    "with 250 names, wildcards among them",
    calling(async (at) => {
      expect((await at.create({ ...DV, sans: ["*.example.com", ...many(249)] })).status).to.equal(201);
    }),
  );

  it(
    "without an organization for DV, whatever is sent",
    calling(async (at) => {
      await at.create({ ...DV, organization: ORGANIZATION });
      expect((await at.get(20_001)).organization).to.equal(null);
    }),
  );
});

describe("sandbox: ACME contracts are changed (digicert-acme.md 1.3)", () => {
  it(
    "PUT resets auto_renew that is left out, PATCH keeps it",
    calling(async (at) => {
      const id = at.given({ auto_renew: true });
      expect(await at.patch(id, {})).to.include({ status: 204, text: "" });
      expect((await at.get(id)).auto_renew).to.equal(true);
      expect((await at.put(id, { auto_renew: true })).status).to.equal(204);
      expect((await at.get(id)).auto_renew).to.equal(true);
      await at.put(id, {});
      expect((await at.get(id)).auto_renew).to.equal(false);
      await at.patch(id, { auto_renew: true });
      expect((await at.get(id)).auto_renew).to.equal(true);
      expect(code(await at.patch(id, { auto_renew: 1 }))).to.equal("invalid_value:auto_renew");
    }),
  );

  it(
    "PUT needs the organization for OV and EV, and changes neither names nor product",
    calling(async (at) => {
      for (const body of [OV, EV]) {
        const id = at.given(body);
        expect(code(await at.put(id, { auto_renew: true }))).to.equal("required_param:organization");
        const changed = { organization: body.organization, sans: ["x.example.com"], product_name_id: "ssl_gold" };
        expect((await at.put(id, changed)).status).to.equal(204);
        expect(await at.get(id)).to.deep.include({ sans: body.sans, product_name_id: body.product_name_id });
      }
    }),
  );

  for (const [verb, change] of [
    ["PUT", (at: Caller, id: number, organization: Json) => at.put(id, { organization })],
    ["PATCH", (at: Caller, id: number, organization: Json) => at.patch(id, { organization })],
  ] as const) {
    it(
      `${verb} of contacts leaves the validation`,
      calling(async (at) => {
        const id = at.given(EV);
        at.partner.validateOrganization(id);
        const verified_contacts = [...EV.organization.verified_contacts, contact];
        await change(at, id, {
          ...EV.organization,
          organization_contact: contact,
          technical_contact: contact,
          verified_contacts,
        });
        expect(await at.get(id)).to.deep.include({
          is_organization_validated: true,
          organization: {
            ...EV.organization,
            organization_contact: contact,
            technical_contact: contact,
            verified_contacts,
          },
        });
      }),
    );

    for (const field of [
      ...["name", "address", "address2", "city", "state", "zip", "country"],
      "telephone",
      "assumed_name",
    ])
      it(
        `${verb} of the organization's ${field} voids the validation of every contract of the account that has the same`,
        calling(async (at) => {
          const other = at.partner.addSubaccount();
          const ids = [at.given(OV), at.given(OV), at.given({ ...OV, organization: { name: "Other Inc." } })];
          ids.push(at.partner.addContract(OV, other));
          for (const id of ids) at.partner.validateOrganization(id);
          expect((await change(at, ids[0] ?? 0, { ...ORGANIZATION, [field]: "another" })).status).to.equal(204);
          expect(ids.map((id) => at.partner.contract(id).organizationValidated)).to.deep.equal([
            false,
            false,
            true,
            true,
          ]);
        }),
      );
  }

  it(
    "PATCH of an organization that is left without what it needs is refused",
    calling(async (at) => {
      const id = at.given(EV);
      expect(code(await at.patch(id, { organization: { verified_contacts: [] } }))).to.equal(
        "required_param:organization.verified_contacts",
      );
      at.sandbox.variants.paPatchOrganization = "replaced";
      expect(code(await at.patch(id, { organization: { city: "Paris" } }))).to.equal(
        "required_param:organization.name",
      );
      expect((await at.patch(id, { organization: { name: "Other Inc." } })).status).to.equal(204);
      expect((await at.get(id)).organization).to.deep.equal({
        name: "Other Inc.",
        verified_contacts: EV.organization.verified_contacts,
      });
    }),
  );

  it(
    "PATCH takes verified contacts at the top where they are given there",
    calling(
      async (at) => {
        const id = at.given({ ...EV, organization: ORGANIZATION, verified_contacts: [contact] });
        at.partner.validateOrganization(id);
        expect((await at.patch(id, { verified_contacts: [contact, contact] })).status).to.equal(204);
        expect(at.partner.contract(id).organization?.verified_contacts).to.deep.equal([contact, contact]);
        expect(at.partner.contract(id).organizationValidated).to.equal(true);
        expect((await at.patch(id, { organization: { city: "Paris" } })).status).to.equal(204);
        expect(at.partner.contract(id).organizationValidated).to.equal(false);
      },
      { variants: { paVerifiedContacts: "top" } },
    ),
  );
});
