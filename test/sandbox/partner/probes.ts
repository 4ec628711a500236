import { expect } from "chai";
import type { VariantSettings } from "../../../sandbox/index.js";
import type { Probe } from "../probes.js";
import { Caller, DV, EV, ORGANIZATION, OV, states, VERIFIED, type Answer, type Json } from "./client.js";

/** Probes of the switches of the Partner Subscriptions API: what a client sees under each value. */
type PartnerProbes = {
  [Name in keyof VariantSettings as Name extends `pa${string}` ? Name : never]: Record<VariantSettings[Name], Probe>;
};
type Look = (at: Caller) => Promise<unknown>;

/** Probes a value that a look at something gives. */
const shows =
  (look: Look, value: unknown): Probe =>
  async ({ sandbox }) => {
    expect(await look(new Caller(sandbox))).to.deep.equal(value);
  };

/** One look, and what it gives under each value of a switch. */
const each = <Value extends string>(look: Look, seen: Record<Value, unknown>): Record<Value, Probe> =>
  Object.fromEntries(Object.entries(seen).map(([value, shown]) => [value, shows(look, shown)])) as Record<Value, Probe>;

/** For switches whose values are the statuses that are answered. */
const statuses = <Value extends string>(
  act: (at: Caller) => Promise<Answer>,
  ...values: Value[]
): Record<Value, Probe> =>
  each(
    async (at) => (await act(at)).status,
    Object.fromEntries(values.map((value) => [value, Number(value)])) as Record<Value, unknown>,
  );

const keys = (value: unknown): string[] => Object.keys(value as object);
const eabOf = async (at: Caller): Promise<Json> => (await at.regenerate(at.given())).body.eab_set as Json;

/** A contract that is canceled, with its first credential. */
const canceled = (at: Caller): [contract: number, credential: number] => {
  const id = at.given();
  at.partner.cancelOutside(id);
  return [id, at.partner.credentials(id)[0]?.id ?? 0];
};

const revokedTwice = async (at: Caller): Promise<Answer> => {
  const id = at.given();
  const credential = at.partner.credentials(id)[0]?.id ?? 0;
  await at.revoke(id, credential);
  return at.revoke(id, credential);
};

const secondCancel = async (at: Caller): Promise<Answer> => {
  const id = at.given();
  await at.cancel(id);
  return at.cancel(id);
};

/** Whether the decoded HMAC key looks like base64url again. */
const looksEncoded: Look = async (at) => {
  const { ext_act_hmac: hmac } = await eabOf(at);
  return /^[\w-]{64}$/.test(Buffer.from(String(hmac), "base64url").toString("latin1"));
};

const hint: Look = async (at) => {
  const id = at.given();
  const [{ kid_hint: shown } = {}] = await at.listed(id);
  const { kid = "" } = at.partner.credentials(id)[0] ?? {};
  return [shown === kid.slice(0, 4), shown === kid.slice(-4)];
};

const afterOwnRevoke: Look = async (at) => {
  const id = at.given();
  await at.revokeAll(id);
  return (await at.listed(id)).length;
};

const twoReads: Look = async (at) => {
  const id = at.given();
  return [(await at.listed(id)).length, (await at.listed(id)).length];
};

const order: Look = async (at) => {
  const id = at.given();
  const second = at.partner.regenerateOutside(id);
  return (await at.listed(id)).map(({ credential_id: one }) => one === second);
};

const canceledChanges: Look = async (at) => {
  const [id] = canceled(at);
  const ended = at.given();
  at.partner.expire(ended);
  const answers = [await at.regenerate(id), await at.put(id, {}), await at.patch(id, {}), await at.regenerate(ended)];
  return answers.map(({ status }) => status);
};

const shownOrganization: Look = async (at) => {
  const { organization } = await at.get(at.given(OV));
  return organization === null ? null : keys(organization).length;
};

/** Whether a PATCH of the name alone kept the city. */
const patchedCity: Look = async (at) => {
  const id = at.given(OV);
  await at.patch(id, { organization: { name: "Other Inc." } });
  return at.partner.contract(id).organization?.city;
};

const evWithContactsAtTop: Look = async (at) =>
  (await at.create({ ...EV, organization: ORGANIZATION, verified_contacts: VERIFIED })).status;

const certificateFields: Look = async (at) => {
  const id = at.given();
  at.partner.addCertificate(id);
  const { certificates } = (await at.call("GET", `/acme/${id}/certificates`)).body;
  return keys((certificates as Json[])[0])[1];
};

const reportFields: Look = async (at) => {
  at.given();
  at.key = at.partner.parentKey;
  const { accounts } = (await at.call("GET", "/account/reporting")).body;
  return keys((accounts as { acme: Json[] }[])[0]?.acme[0]);
};

const hundredAndOne: Look = async (at) => {
  const answers = await Promise.all(Array.from({ length: 101 }, () => at.call("GET", "/account/settings")));
  return answers.filter(({ status }) => status === 429).length;
};

export const PARTNER_PROBES: PartnerProbes = {
  paEabNames: each(async (at) => keys(await eabOf(at)), {
    ext_act: ["ext_act_kid", "ext_act_hmac", "acme_directory_url"],
    kid: ["kid", "hmac_key", "directory_url"],
    eab: ["eab_kid", "eab_hmac_key", "acme_url"],
    key_id: ["key_id", "mac_key", "directory"],
  }),
  paRegenerateShape: each(
    async (at) => {
      const { body } = await at.regenerate(at.given());
      return [keys(body), Array.isArray(body.eab_set)];
    },
    {
      object: [["eab_set"], false],
      list: [["eab_set"], true],
      flat: [["ext_act_kid", "ext_act_hmac", "acme_directory_url"], false],
    },
  ),
  paCreateShape: each(async (at) => keys((await at.create()).body), {
    nested: ["acme_contract_id", "eab_set"],
    flat: ["acme_contract_id", "ext_act_kid", "ext_act_hmac", "acme_directory_url"],
    whole: [
      ...["acme_contract_id", "account_id", "product_name_id", "created_at", "sans", "valid_till", "organization"],
      ...["is_organization_validated", "auto_renew", "date_canceled", "eab_set"],
    ],
  }),
  paDirectoryUrl: each(
    async (at) => {
      const [created, { body }] = [(await at.create()).body, await at.regenerate(at.given())];
      return [created, body].map((one) => [keys(one).includes("acme_directory_url"), keys(one.eab_set).length]);
    },
    {
      inside: [
        [false, 3],
        [false, 3],
      ],
      beside: [
        [true, 2],
        [true, 2],
      ],
    },
  ),
  paContractIdName: each(async (at) => keys((await at.create()).body)[0], {
    acme_contract_id: "acme_contract_id",
    id: "id",
  }),
  paEabCredentialId: each(
    async (at) => {
      const id = at.given();
      const { credential_id: shown } = (await at.regenerate(id)).body.eab_set as Json;
      return shown === undefined ? undefined : shown === at.partner.credentials(id)[1]?.id;
    },
    { missing: undefined, present: true },
  ),
  paCreateStatus: statuses((at) => at.create(), "201", "200"),
  paRegenerateStatus: statuses((at) => at.regenerate(at.given()), "201", "200"),
  paUpdateAnswer: each(
    async (at) => {
      const id = at.given();
      const answers = [await at.put(id, { auto_renew: true }), await at.patch(id, { auto_renew: false })];
      return answers.map(({ status, text, body }) => [status, text === "", body.auto_renew]);
    },
    {
      "204": [
        [204, true, undefined],
        [204, true, undefined],
      ],
      "200": [
        [200, false, true],
        [200, false, false],
      ],
    },
  ),
  paHmacEncoding: each(looksEncoded, { bytes: false, ascii: true }),
  paKidHint: each(hint, { first: [true, false], last: [false, true] }),
  paCredentialOrder: each(order, { "newest-first": [true, false], "oldest-first": [false, true] }),
  paCredentialZone: each(async (at) => (await at.listed(at.given()))[0]?.created_at, {
    utc: "2026-03-01 10:00:00",
    "utc-7": "2026-03-01 03:00:00",
  }),
  paRevokedListed: each(afterOwnRevoke, { kept: 1, gone: 0 }),
  paVisibility: each(twoReads, { "at-once": [1, 1], "second-read": [0, 1] }),
  paRegenerateEmpty: each(async (at) => (await at.regenerate(at.given())).status, { accepted: 201, "400": 400 }),
  paRevokeOne: each(
    async (at) => {
      const id = at.given();
      const { status, body } = await at.revoke(id, at.partner.credentials(id)[0]?.id ?? 0);
      return [status, body.status];
    },
    { "204": [204, undefined], "200": [200, "revoked"] },
  ),
  paRevokeAllNone: statuses(
    async (at) => {
      const id = at.given();
      await at.revokeAll(id);
      return at.revokeAll(id);
    },
    ...(["204", "400", "404"] as const),
  ),
  paRevokeRevoked: statuses(revokedTwice, "204", "400", "404", "409"),
  paRevokeCanceled: each(
    async (at) => {
      const [id, credential] = canceled(at);
      return [(await at.revoke(id, credential)).status, (await at.revokeAll(id)).status, states(at, id)[0]?.[1]];
    },
    { "204": [204, 204, "revoked"], "400": [400, 400, "active"], "404": [404, 404, "active"] },
  ),
  paUnknownCredential: statuses((at) => at.revoke(at.given(), 1), "404", "400"),
  paUnknownContract: statuses((at) => at.call("GET", "/acme/1"), "404", "400"),
  paOtherAccount: statuses(
    async (at) => {
      const id = at.given();
      at.key = at.partner.issueKey({ account: at.partner.addSubaccount() });
      return at.call("GET", `/acme/${id}`);
    },
    ...(["404", "403"] as const),
  ),
  paCanceledRefusal: each(
    async (at) => {
      const [id] = canceled(at);
      const answers = [await at.addSans(id, "a.example.com"), await at.removeSans(id, "www.example.com")];
      return [...answers, await at.regenerate(id), await at.put(id, {})].map(({ status }) => status);
    },
    { "400": [400, 400, 400, 400], "404": [404, 404, 404, 404], "409": [409, 409, 409, 409] },
  ),
  paCanceledChange: each(canceledChanges, { refused: [400, 400, 400, 400], accepted: [201, 204, 204, 201] }),
  paCanceledCredentials: each(async (at) => (await at.listed(canceled(at)[0]))[0]?.status, {
    active: "active",
    revoked: "revoked",
  }),
  paSecondCancel: statuses(secondCancel, "400", "404", "204"),
  paDateCanceled: each(async (at) => (await at.get(canceled(at)[0])).date_canceled, {
    rfc3339: "2026-03-01T10:00:00Z",
    "no-zone": "2026-03-01 10:00:00",
  }),
  paTerm: each(async (at) => (await at.get(at.given())).valid_till, {
    "1": "2027-03-01T10:00:00Z",
    "2": "2028-03-01T10:00:00Z",
  }),
  paDuplicateSan: statuses((at) => at.addSans(at.given(), "www.example.com"), "204", "400"),
  paUnknownSan: statuses((at) => at.removeSans(at.given(), "other.example.com"), "204", "400", "404"),
  paLastSan: statuses((at) => at.removeSans(at.given(), "www.example.com"), "204", "400"),
  paOrganization: each(shownOrganization, { full: 8, reduced: 7, null: null }),
  paOrganizationFields: each(
    async (at) => (await at.create({ ...OV, organization: { name: "Example Inc." } })).status,
    { name: 201, sample: 400 },
  ),
  paVerifiedContacts: each(evWithContactsAtTop, { organization: 400, top: 201 }),
  paPatchOrganization: each(patchedCity, { merged: "San Francisco", replaced: undefined }),
  paCertificateSans: each(certificateFields, {
    sans: "sans",
    dns_names: "dns_names",
    subject_alternative_names: "subject_alternative_names",
  }),
  paKeyRefused: statuses((at) => at.call("GET", "/acme/1", undefined, {}), "401", "403"),
  paSettings: each(async (at) => (await at.call("GET", "/account/settings")).body.settings, {
    list: [{ name: "auto_renew_subscription", value: "0", is_default: true }],
    object: { auto_renew_subscription: { value: "0", is_default: true } },
  }),
  paReportNames: each(reportFields, {
    details: ["product_name_id", "sans", "acme_contract_id", "valid_till", "created_at", "date_canceled"],
    short: ["product", "sans", "id", "expires", "created", "canceled"],
  }),
  paErrorShape: each(
    async (at) => {
      const { text, body } = await at.create({ ...DV, sans: [] });
      return text === "" ? "" : keys(body);
    },
    { errors: ["errors"], error: ["error"], message: ["message"], empty: "" },
  ),
  paRateLimit: each(hundredAndOne, { none: 0, certcentral: 1 }),
};
