import { expect } from "chai";
import { label } from "../../provider/core/operation.js";
import type { Plan } from "../../provider/core/plan.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { acmeContract } from "../../provider/partner/contract/lifecycle.js";
import type { ContractState } from "../../provider/partner/contract/state.js";
import { acmeCredential } from "../../provider/partner/credential/lifecycle.js";
import type { CredentialState } from "../../provider/partner/credential/state.js";

const NOW = new Date("2026-06-01T10:00:00Z");
const ORG = { name: "Example", address: "1 Way", city: "Town", country: "US" };
const EV = {
  ...ORG,
  verifiedContacts: [{ firstName: "A", lastName: "B", email: "a@example.com" }],
};
const shown = ({ operations }: Plan): string[] =>
  operations.map(
    (operation) =>
      `${label(operation).replace("partner.", "")}${operation.certainty.kind === "conditional" ? " ?" : ""}${operation.destructive ? " !" : ""}`,
  );
const problems = (lifecycle: typeof acmeContract | typeof acmeCredential, raw: object): string[] => {
  const checked = lifecycle.normalize(raw as Record<string, unknown>);
  return checked.ok ? [] : checked.problems.map(({ reason }) => reason);
};

describe("plan of an ACME contract", () => {
  const DV = { productNameId: "ssl_dv_rapidssl", sans: ["a.example.com", "b.example.com"] };
  const inputs = (more: object = {}) => {
    const checked = acmeContract.normalize({ ...DV, ...more });
    if (!checked.ok) throw new Error(checked.problems[0]?.reason);
    return checked.inputs;
  };
  const state = (more: object = {}, inputsToo: object = {}): ContractState =>
    ({
      ...inputs(inputsToo),
      contract: {
        id: 7,
        accountId: 9,
        sans: DV.sans,
        createdAt: "2026-01-29T10:30:00Z",
        validTill: "2027-01-29T10:30:00Z",
        autoRenew: false,
      },
      credential: { credentialId: 1, kidHint: "ab12", status: "active" },
      keyId: "kid",
      organizationSent: true,
      ...more,
    }) as ContractState;
  const plan = (before: ContractState | undefined, after?: object): Plan =>
    acmeContract.plan(
      {
        seed: "urn",
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after: after as ReturnType<typeof inputs> }),
      },
      NOW,
    );

  it("bad inputs are told with what is allowed", () => {
    expect(problems(acmeContract, { ...DV, sans: [] })[0]).to.include("1 to 250 DNS names");
    expect(
      problems(acmeContract, { ...DV, sans: Array.from({ length: 251 }, (_, at) => `h${at}.example.com`) })[0],
    ).to.include("1 to 250");
    expect(problems(acmeContract, { ...DV, sans: ["bad name"] })[0]).to.include("DNS name");
    expect(problems(acmeContract, { ...DV, productNameId: "SSL" })[0]).to.include("ssl_dv_rapidssl");
    expect(problems(acmeContract, { ...DV, productNameId: "ssl_basic" })[0]).to.include("organization is missing");
    expect(problems(acmeContract, { ...DV, productNameId: "ssl_ev_basic", organization: ORG })[0]).to.include(
      "verified contact",
    );
    expect(problems(acmeContract, { ...DV, organization: { ...ORG, country: "USA" } })[0]).to.include("two letters");
    expect(problems(acmeContract, { ...DV, onDelete: "revoke" })[0]).to.include("expire, cancel, retain");
    expect(problems(acmeContract, { ...DV, autoRenw: true })[0]).to.include("did you mean autoRenew?");
    expect(problems(acmeContract, { ...DV, productNameId: "ssl_ev_basic", organization: EV })).to.deep.equal([]);
  });

  it("names are compared without case and order, and each once", () => {
    expect(
      plan(state(), inputs({ sans: ["B.example.com", "a.example.com", "b.example.com"] })).operations,
    ).to.deep.equal([]);
  });

  it("names are added before others are removed, in requests of at most 100", () => {
    const many = Array.from({ length: 230 }, (_, at) => `h${at}.example.com`);
    const made = plan(state(), inputs({ sans: many }));
    expect(
      made.operations.map(({ name, call }) => `${name} ${String((call.body?.sans as string[]).length)}`),
    ).to.deep.equal(["partner.sans.add 100", "partner.sans.add 100", "partner.sans.add 30", "partner.sans.remove 2"]);
    expect(made.operations.map(({ destructive, billed }) => [destructive, billed])).to.deep.equal([
      [false, true],
      [false, true],
      [false, true],
      [true, false],
    ]);
  });

  it("only contacts of an organization can be changed without a warning", () => {
    const before = state({}, { organization: EV });
    const change = (organization: object) => plan(before, inputs({ organization }));
    const contact = { firstName: "C", lastName: "D", email: "c@example.com" };
    for (const harmless of [
      { ...EV, technicalContact: contact },
      { ...EV, organizationContact: contact },
      { ...EV, verifiedContacts: [...EV.verifiedContacts, contact] },
    ]) {
      expect(shown(change(harmless))).to.deep.equal(["contracts.update contractId=7"]);
      expect(change(harmless).operations[0]?.sentence).to.not.include("VOIDS");
    }
    for (const field of [
      "name",
      "assumedName",
      "address",
      "address2",
      "city",
      "state",
      "zip",
      "country",
      "telephone",
    ]) {
      const made = change({ ...EV, [field]: field === "country" ? "CA" : "other" });
      expect(shown(made), field).to.deep.equal(["contracts.update contractId=7 !"]);
      expect(made.operations[0]?.sentence).to.include("FOR EVERY CONTRACT of the account");
    }
    expect(change({ ...EV, address2: "x" }).operations[0]?.call).to.deep.include({ method: "PATCH" });
    expect(change({ ...EV, address2: "x" }).operations[0]?.call.body).to.deep.equal({
      organization: {
        name: "Example",
        address: "1 Way",
        address2: "x",
        city: "Town",
        country: "US",
        verified_contacts: [{ first_name: "A", last_name: "B", email: "a@example.com" }],
      },
    });
  });

  it("what nobody knows of an organization may be voided, and what DigiCert has otherwise is said", () => {
    const contact = { firstName: "C", lastName: "D", email: "c@example.com" };
    const after = inputs({ organization: { ...EV, technicalContact: contact } });
    const adopted = plan(state({ organizationSent: false }, { organization: EV }), after);
    expect(shown(adopted)).to.deep.equal(["contracts.update contractId=7 !"]);
    expect(adopted.operations[0]?.sentence).to.include("nobody knows what DigiCert has");
    const read = state({}, { organization: EV });
    const other = { ...read, contract: { ...read.contract, organization: { name: "Another" } } } as ContractState;
    expect(plan(other, after).operations[0]?.sentence)
      .to.include("whose name DigiCert has otherwise")
      .and.include("VOIDS");
    expect(plan(other, inputs({ organization: EV })).operations, "never by itself").to.deep.equal([]);
  });

  it("a full contract gives room before it takes names, and no more than it must", () => {
    const full = Array.from({ length: 250 }, (_, at) => `h${at}.example.com`);
    const before = state({ contract: { id: 7, sans: full } }, { sans: full });
    const made = plan(before, inputs({ sans: [...full.slice(2), "x.example.com"] }));
    expect(shown(made)).to.deep.equal([
      "sans.remove contractId=7 sans=h0.example.com !",
      "sans.add contractId=7 sans=x.example.com",
      "sans.remove contractId=7 sans=h1.example.com !",
    ]);
  });

  it("auto renew: only a declared one is set, and only that field is sent", () => {
    expect(plan(state(), inputs()).changes).to.equal(false);
    const on = plan(state(), inputs({ autoRenew: true }));
    expect(on.operations[0]?.call.body).to.deep.equal({ auto_renew: true });
    expect(on.operations[0]?.sentence).to.include("BILLED");
    const left = plan(state({}, { autoRenew: true }), inputs());
    expect(left.operations).to.deep.equal([]);
    expect(left.remarks.join()).to.include("no remote call for it");
  });

  it("what is not known yet is said as a condition; an unknown product says both halves", () => {
    expect(shown(plan(state(), { ...inputs(), sans: UNKNOWN }))).to.deep.equal([
      "sans.add contractId=7 sans=? ?",
      "sans.remove contractId=7 sans=? ? !",
    ]);
    expect(shown(plan(state(), { ...inputs(), autoRenew: UNKNOWN }))).to.deep.equal([
      "contracts.update contractId=7 ?",
    ]);
    expect(shown(plan(state(), { ...inputs(), organization: UNKNOWN }))).to.deep.equal([
      "contracts.update contractId=7 ? !",
    ]);
    expect(shown(plan(state(), { ...inputs(), firstCredential: UNKNOWN }))).to.deep.equal([
      "credentials.revoke contractId=7 credentialId=1 ? !",
    ]);
    expect(shown(plan(state(), { ...inputs(), productNameId: UNKNOWN }))).to.deep.equal([
      "contracts.create product=? san=a.example.com ?",
      "contracts.update contractId=7 ?",
    ]);
    expect(shown(plan(undefined, { ...inputs(), sans: UNKNOWN }))).to.deep.equal([
      "contracts.create product=ssl_dv_rapidssl san=?",
    ]);
    expect(shown(plan(undefined, { ...inputs(), adopt: UNKNOWN }))).to.deep.equal([
      "contracts.create product=ssl_dv_rapidssl san=a.example.com ?",
    ]);
  });

  it("another product is another contract; the end of the old one is what onDelete says", () => {
    const made = plan(state({}, { onDelete: "cancel" }), inputs({ productNameId: "ssl_dv_other", onDelete: "cancel" }));
    expect(made.replaces).to.deep.equal(["productNameId"]);
    expect(shown(made)).to.deep.equal(["contracts.cancel contractId=7 !"]);
  });

  it("one that was canceled outside stops, also while something is not known yet that may stay as it is", () => {
    const before = state();
    const canceled = {
      ...before,
      contract: { ...before.contract, canceledAt: "2026-05-01T00:00:00Z" },
    } as ContractState;
    expect(plan(canceled, { ...inputs(), onDelete: UNKNOWN }).refusal)
      .to.include("it stops unless onDelete, not known yet, turns out to change")
      .and.include("Change trigger");
    expect(plan(canceled, inputs()).refusal).to.include("Change trigger").and.not.include("unless");
    expect(plan(canceled, inputs({ onDelete: "cancel" })).refusal).to.equal(undefined);
    const perhaps = plan(canceled, { ...inputs(), sans: UNKNOWN });
    expect(perhaps.remarks.join()).to.include("refused if what sans turns out to be asks for it");
  });

  it("a deletion says until when the contract and its credentials live, whatever the state says of them", () => {
    const expired = plan(state());
    expect(shown(expired)).to.deep.equal(["contracts.update contractId=7"]);
    expect(expired.operations[0]?.sentence).to.include("EXPIRES on 2027-01-29");
    expect(expired.remarks.join()).to.include("KEEP credential 1 (key id hint ab12)");
    expect(shown(plan(state({}, { firstCredential: "revokeOnDelete" })))).to.deep.equal([
      "contracts.update contractId=7",
      "credentials.revoke contractId=7 credentialId=1 !",
    ]);
    expect(plan(state({}, { onDelete: "cancel" })).operations[0]?.sentence).to.include("until 2026-02-28 only");
    const retained = plan(state({}, { onDelete: "retain" }));
    expect(retained.operations).to.deep.equal([]);
    expect(retained.remarks.join()).to.include("KEEP contract 7");
  });
});

describe("plan of an ACME credential", () => {
  const inputs = (more: object = {}) => {
    const checked = acmeCredential.normalize({ contractId: 7, ...more });
    if (!checked.ok) throw new Error(checked.problems[0]?.reason);
    return checked.inputs;
  };
  const state = (more: object = {}, inputsToo: object = {}): CredentialState =>
    ({
      ...inputs(inputsToo),
      current: { credentialId: 3, kidHint: "ab12", status: "active", mintedOn: "2026-05-01" },
      keyId: "kid",
      previous: [{ credentialId: 2, status: "active", replacedOn: "2026-05-01" }],
      strays: [],
      active: [
        { credentialId: 1, status: "active", createdAt: "2026-01-29T10:30:00Z", mintedBy: "others" },
        { credentialId: 2, status: "active", mintedBy: "this resource" },
        { credentialId: 3, kidHint: "ab12", status: "active", mintedBy: "this resource" },
      ],
      ...more,
    }) as CredentialState;
  const plan = (before: CredentialState | undefined, after?: object): Plan =>
    acmeCredential.plan(
      {
        seed: "urn",
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after: after as ReturnType<typeof inputs> }),
      },
      NOW,
    );
  const MINT = "credentials.regenerate contractId=7";
  const revoke = (id: number): string => `credentials.revoke contractId=7 credentialId=${id} !`;

  it("bad inputs are told with what is allowed; the id of a contract's resource is taken", () => {
    expect(problems(acmeCredential, { contractId: "lost 1" })[0]).to.include("the id of an AcmeContract");
    expect(problems(acmeCredential, { contractId: 0 })[0]).to.include("the id of an AcmeContract");
    expect(problems(acmeCredential, { contractId: 7, rotateAfterDays: 0 })[0]).to.include("1 to 3650");
    expect(problems(acmeCredential, { contractId: 7, onDelete: "revokeall" })[0]).to.include(
      "revoke, revokeAll, retain",
    );
    expect(problems(acmeCredential, { contractId: 7, contractDirectoryUrl: "javascript:1" })[0]).to.include("https");
    expect(inputs({ contractId: "12" })).to.include({ contractId: 12 });
  });

  it("regenerate is never sent without revoke_existing: false, whose default ends the siblings", () => {
    for (const made of [plan(undefined, inputs()), plan(state(), inputs({ trigger: "2" }))])
      expect(made.operations[0]?.call.body).to.deep.equal({ revoke_existing: false });
  });

  it("a trigger, or the age by the decision clock, rotates; nothing is revoked by it", () => {
    expect(plan(state(), inputs()).changes).to.equal(false);
    expect(shown(plan(state(), inputs({ trigger: "2" })))).to.deep.equal([MINT]);
    expect(shown(plan(state(), inputs({ rotateAfterDays: 31 })))).to.deep.equal([MINT]);
    const later = plan(state(), inputs({ rotateAfterDays: 32 }));
    expect(later.operations).to.deep.equal([]);
    expect(later.remarks.join()).to.include("decides when the next rotation is due");
    expect(plan(state(), inputs({ trigger: "2" })).operations[0]?.sentence).to.include(
      "3 (key id hint ab12) stays active",
    );
  });

  it("what is not known yet is said as a condition", () => {
    for (const field of ["trigger", "rotateAfterDays"])
      expect(shown(plan(state(), { ...inputs(), [field]: UNKNOWN })), field).to.deep.equal([`${MINT} ?`]);
    expect(shown(plan(state(), { ...inputs(), emergency: UNKNOWN }))).to.deep.equal([
      "credentials.revoke-all contractId=7 credentials=1,2,3 ? !",
      `${MINT} ?`,
    ]);
    expect(shown(plan(state(), { ...inputs(), contractId: UNKNOWN }))).to.deep.equal([
      "credentials.regenerate contractId=? ?",
      revoke(2).replace(" !", " ? !"),
      revoke(3).replace(" !", " ? !"),
    ]);
    const revoked = state({ current: { credentialId: 3, status: "revoked", mintedOn: "2026-05-01" } });
    expect(shown(plan(revoked, { ...inputs(), whenEndedOutside: UNKNOWN }))).to.deep.equal([`${MINT} ?`]);
    const vanished = state({ current: { credentialId: 3, status: "vanished", mintedOn: "2026-05-01" } });
    const stops = plan(vanished, inputs({ whenEndedOutside: "replace" }));
    expect(shown(stops), "nobody has said that it was revoked").to.deep.equal([]);
    expect(stops.remarks.join()).to.include("was vanished outside; nothing is minted by itself");
  });

  it("one that was revoked outside stops, also while something is not known yet that may stay as it is", () => {
    const before = { ...state(), contractDirectoryUrl: "https://a.example/dir", rotateAfterDays: 90 };
    const revoked = { ...before, current: { credentialId: 3, status: "revoked", mintedOn: "2026-05-01" } };
    const after = { ...inputs({ rotateAfterDays: 90 }), contractDirectoryUrl: "https://a.example/dir" };
    const stops = plan(revoked, { ...after, contractDirectoryUrl: UNKNOWN });
    expect(stops.refusal)
      .to.include("it stops unless contractDirectoryUrl, not known yet, turns out to change")
      .and.include("Change trigger");
    expect(plan(revoked, after).refusal).to.include("Change trigger").and.not.include("unless");
    const stored = plan(revoked, { ...after, contractDirectoryUrl: "https://b.example/dir" });
    expect(stored.refusal).to.equal(undefined);
    expect(stored.remarks.join()).to.include("nothing is minted by itself").and.not.include("unless");
    const perhaps = plan(revoked, { ...after, rotateAfterDays: UNKNOWN });
    expect(perhaps.refusal).to.equal(undefined);
    expect(perhaps.remarks.join("\n")).to.include("refused if what rotateAfterDays turns out to be asks for it");
    // What the up ends when it goes on was shown.
    const stray = { ...revoked, strays: [{ credentialId: 9 }] } as CredentialState;
    const open = plan(stray, { ...after, contractDirectoryUrl: UNKNOWN });
    expect(shown(open)).to.deep.equal(shown(plan(stray, { ...after, contractDirectoryUrl: "https://b.example/dir" })));
    expect(open.remarks.join()).to.include("it stops unless contractDirectoryUrl");
    expect(shown(plan(revoked, { ...after, revokeAlso: UNKNOWN }))).to.have.length(1);
  });

  it("another contract is another credential", () => {
    const made = plan(state(), inputs({ contractId: 8 }));
    expect(made.replaces).to.deep.equal(["contractId"]);
    expect(shown(made)).to.deep.equal([revoke(2), revoke(3)]);
  });

  it("an emergency lists everybody who dies, and marks whom this stack did not mint", () => {
    const [all] = plan(state(), inputs({ emergency: "leak" })).operations;
    expect(all?.sentence).to.include(
      "1 (of 2026-01-29) NOT MINTED BY THIS STACK; 2 minted by this resource; 3 (key id hint ab12) minted by this resource",
    );
    expect(all?.sentence).to.include("product and billing go on").and.include("a new credential resumes service");
  });

  it("what revokeAlso newly names is revoked, by its own line; never the one in charge", () => {
    expect(shown(plan(state(), inputs({ revokeAlso: [1] })))).to.deep.equal([revoke(1)]);
    expect(plan(state({}, { revokeAlso: [1] }), inputs({ revokeAlso: [1] })).changes).to.equal(false);
    expect(plan(state(), inputs({ revokeAlso: [3] })).refusal).to.include("which is in charge");
  });

  it("an own stray is revoked, and what is owed is minted", () => {
    const owing = state({ owed: "lost", strays: [{ credentialId: 4, status: "active" }] });
    expect(shown(plan(owing, inputs()))).to.deep.equal([MINT, revoke(4)]);
  });

  it("while the id of the one in charge is not known nothing is minted, but for a trigger or an emergency", () => {
    const open = state({ unidentified: [1, 2] });
    expect(shown(plan(open, inputs({ revokeAlso: [1] })))).to.deep.equal([]);
    expect(plan(open, inputs()).changes).to.equal(true);
    expect(shown(plan(open, inputs({ trigger: "2" })))).to.deep.equal([MINT]);
    expect(shown(plan(open, inputs({ emergency: "leak" })))).to.deep.equal([
      "credentials.revoke-all contractId=7 credentials=1,2,3 !",
      MINT,
    ]);
  });

  it("what a security team has revoked is not minted because of an older wish, or by the clock", () => {
    const revoked = { credentialId: 3, status: "revoked", mintedOn: "2020-05-01" };
    expect(plan(state({ owed: "lost", current: revoked }), inputs()).refusal).to.include("was revoked outside");
    expect(plan(state({ current: revoked }), inputs({ rotateAfterDays: 1 })).operations).to.deep.equal([]);
    expect(shown(plan(state({ owed: "emergency", current: revoked }), inputs()))).to.deep.equal([MINT]);
  });

  it("an unknown revokeAlso is a revocation on condition; a known one says no more than that", () => {
    expect(shown(plan(state(), { ...inputs(), revokeAlso: UNKNOWN }))).to.deep.equal([
      "credentials.revoke contractId=7 credentialId=? ? !",
    ]);
    expect(shown(plan(undefined, { ...inputs(), revokeAlso: UNKNOWN }))).to.deep.equal([
      MINT,
      "credentials.revoke contractId=7 credentialId=? ? !",
    ]);
    expect(plan(state(), inputs({ revokeAlso: [1] })).remarks).to.deep.equal([]);
    expect(plan(state({}, { revokeAlso: [1] }), inputs()).remarks.join()).to.include("no remote call for it");
  });

  it("what another resource of the stack holds is neither a stray nor named in revokeAlso", () => {
    const held = new Set(["contract 7 credential 4"]);
    const planned = (before: CredentialState, after: object): Plan =>
      acmeCredential.plan({ seed: "urn", before, after: after as ReturnType<typeof inputs>, heldByOthers: held }, NOW);
    expect(shown(planned(state({ strays: [{ credentialId: 4, status: "active" }] }), inputs()))).to.deep.equal([]);
    expect(planned(state(), inputs({ revokeAlso: [4] })).refusal).to.include("another resource of this stack holds");
  });

  it("a deletion revokes each of its own, oldest first; retain keeps them, revokeAll is one call", () => {
    expect(shown(plan(state()))).to.deep.equal([revoke(2), revoke(3)]);
    expect(
      shown(plan(state({ current: { credentialId: 3, status: "revoked", mintedOn: "2026-05-01" } }))),
    ).to.deep.equal([revoke(2), revoke(3)]);
    expect(plan(state({}, { onDelete: "retain" })).remarks).to.have.length(2);
    expect(shown(plan(state({}, { onDelete: "revokeAll" })))).to.deep.equal([
      "credentials.revoke-all contractId=7 credentials=1,2,3 !",
    ]);
  });
});
