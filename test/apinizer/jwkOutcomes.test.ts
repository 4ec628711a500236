import { expect } from "chai";
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";
import { executed, GatewaySteps, JwkSteps, keyOf, newPems } from "./steps.js";

/**
 * What the plan of a certificate says of the JWKs that were made from it is what the manager then has (apinizer.md 2.4, 2.5,
 * 3.4): of a JWK of this stack, of one of others in the same project, and of one in another project.
 */
describe("JWKs of a certificate that is replaced or deleted", () => {
  let sandbox: Sandbox;
  let jwks: JwkSteps;
  let certificates: GatewaySteps;
  let pems: string[];
  let certificate: CertificateState;
  let own: JwkState;
  /** JWKs of this stack that stay, as the adapter hands their names over. */
  let staying: JwkState[];

  before(async () => {
    pems = await newPems(2);
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.apinizer.inGap = () => undefined;
    sandbox.apinizer.addProject("elsewhere");
    jwks = new JwkSteps(sandbox);
    certificates = new GatewaySteps(sandbox, {
      heldByOthers: () => new Set(staying.flatMap((state) => jwks.lifecycle.holds(state))),
    });
    staying = [];
  });
  afterEach(() => sandbox.close());

  const wanted = (pem: string | undefined, more: object = {}) =>
    certificates.inputs({
      ...{ project: "partners", name: "gw", alias: "gw-alias", environments: ["production"], pem, ...more },
    });

  /** The certificate with the given inputs, JWK `signer` of this stack, and `near` and `far` of others. */
  async function given(more: object = {}): Promise<void> {
    certificate = await certificates.create(wanted(pems[0], more));
    own = await jwks.create(jwks.fromCertificate(certificate));
    const record = sandbox.apinizer.certificate("gw");
    sandbox.apinizer.addJwkOutside("near", record);
    sandbox.apinizer.addJwkOutside("far", record, "elsewhere");
    staying = [own];
  }

  type Fate = "new key, attached" | "new key, detached" | "old key, attached" | "old key, detached" | "gone";
  function fateOf(name: string): Fate {
    const found = sandbox.apinizer.jwks().find((one) => one.name === name);
    if (found === undefined) return "gone";
    const which = JSON.stringify(found.members) === JSON.stringify(keyOf(pems[0] ?? "")) ? "old" : "new";
    return `${which} key, ${found.sourceId === null ? "detached" : "attached"}`;
  }
  const fates = (): Fate[] => ["signer", "near", "far"].map(fateOf);

  /** What a sentence says of JWKs in the certificate's project, and in others. */
  function said(sentence: string): { readonly here: Fate; readonly elsewhere: readonly Fate[] } {
    if (sentence.includes("are re-parsed from the new certificate in this project, and KEEP THE OLD KEY in others"))
      return { here: "new key, attached", elsewhere: ["old key, detached", "old key, attached"] };
    if (sentence.includes("are re-parsed from the new certificate in ALL projects"))
      return { here: "new key, attached", elsewhere: ["new key, attached"] };
    if (
      sentence.includes("are DETACHED AND KEEP THE OLD KEY") ||
      sentence.includes("lose their reference and keep their key")
    )
      return { here: "old key, detached", elsewhere: ["old key, detached"] };
    if (sentence.includes("are DELETED FOR GOOD, perhaps in other projects, too"))
      return { here: "gone", elsewhere: ["gone", "old key, detached"] };
    throw new Error(`nothing is said of JWKs: ${sentence}`);
  }

  for (const jwkUpdateAction of ["UPDATE", "NULLIFY"] as const)
    for (const jwkUpdateScope of ["SAME_PROJECT", "ALL_PROJECTS"] as const)
      for (const apUpdateId of ["kept", "new"])
        it(`replaced with ${jwkUpdateAction} and ${jwkUpdateScope}: as the sentence says, where the internal id is ${apUpdateId}`, async () => {
          Object.assign(sandbox.variants, { apUpdateId });
          const how = { jwkUpdateAction, jwkUpdateScope };
          await given(how);
          const [operation] = certificates.plan(certificate, wanted(pems[1], how)).operations;
          expect(operation?.sentence).to.include("JWKs made from it (signer of this stack, and others that this API");
          expect(operation?.destructive).to.equal(jwkUpdateAction === "NULLIFY");
          const { here, elsewhere } = said(operation?.sentence ?? "");
          const after = await certificates.update(certificate, wanted(pems[1], how));
          expect(fates().slice(0, 2)).to.deep.equal([here, here]);
          expect(elsewhere).to.include(fateOf("far"));
          const followed = await jwks.update(own, jwks.fromCertificate(after));
          expect([followed.attached, followed.thumbprint !== own.thumbprint]).to.deep.equal(
            here === "new key, attached" ? [true, true] : [false, false],
          );
          expect(executed(sandbox)).to.deep.equal(["create", "jwks.create", "update"]);
        });

  it("deleted with NULLIFY: all of them lose their reference and keep their key", async () => {
    await given();
    const [operation] = certificates.plan(certificate, undefined).operations;
    expect(operation?.sentence).to.include("signer of this stack");
    const { here, elsewhere } = said(operation?.sentence ?? "");
    await certificates.delete(certificate);
    expect(fates()).to.deep.equal([here, here, elsewhere[0]]);
    expect((await jwks.read(own)).attached).to.equal(false);
  });

  for (const apJwkDeleteScope of ["SAME_PROJECT", "ALL_PROJECTS"])
    it(`deleted with DELETE after this stack's own JWK: those of others are deleted for good, ${apJwkDeleteScope}`, async () => {
      Object.assign(sandbox.variants, { apJwkDeleteScope });
      await given({ jwkDeleteAction: "DELETE", allowJwkDeletion: true });
      await jwks.delete(own);
      staying = [];
      const { operations, refusal } = certificates.plan(certificate, undefined);
      expect(refusal).to.equal(undefined);
      const [operation] = operations;
      expect(operation?.sentence).to.include("none that stays in this stack, and others");
      const { here, elsewhere } = said(operation?.sentence ?? "");
      await certificates.delete(certificate);
      expect(fates().slice(0, 2)).to.deep.equal([here, here]);
      expect(elsewhere).to.include(fateOf("far"));
      expect(executed(sandbox)).to.deep.equal(["create", "jwks.create", "jwks.delete", "delete"]);
    });

  it("deleted with DELETE by a run that does not know which JWKs stay: refused while the project has one with a certificate", async () => {
    await given({ jwkDeleteAction: "DELETE", allowJwkDeletion: true });
    staying = [];
    const alone = (): GatewaySteps => new GatewaySteps(sandbox, { knowsWhatStays: false });
    const refused = await failure(alone().delete(certificate));
    expect(refused.message).to.include("signer").and.include("nothing was sent");
    expect(executed(sandbox)).to.deep.equal(["create", "jwks.create"]);
    for (const name of ["signer", "near"]) sandbox.apinizer.deleteJwkOutside(name);
    await alone().delete(certificate);
    expect(executed(sandbox)).to.deep.equal(["create", "jwks.create", "delete"]);
  });

  it("deleted with DELETE while a JWK of this stack stays: refused in words, and nothing is sent", async () => {
    await given({ jwkDeleteAction: "DELETE", allowJwkDeletion: true });
    const since = sandbox.log.last();
    const { operations, refusal, changes } = certificates.plan(certificate, undefined);
    expect([operations, changes]).to.deep.equal([[], true]);
    expect(refusal).to.include("jwkDeleteAction DELETE would delete JWK signer, which this stack keeps");
    await certificates.delete(certificate);
    expect(sandbox.log.made(since)).to.deep.equal([]);
    expect(fates()).to.deep.equal(["old key, attached", "old key, attached", "old key, attached"]);
  });

  it("a certificate of another name or project has none of them", async () => {
    await given();
    const others = [
      { ...certificate, name: "g" },
      { ...certificate, name: "gw x" },
      { ...certificate, project: "elsewhere" },
    ];
    for (const other of others)
      expect(certificates.plan(other, undefined).operations[0]?.sentence).to.include("none that stays in this stack");
  });

  it("a JWK that is detached is not named any more, and one that is not made yet is not either", async () => {
    await given();
    const detached = await jwks.update(own, jwks.fromCertificate(certificate, { description: "d" }));
    expect(jwks.lifecycle.holds(detached)).to.deep.equal(["project partners jwk signer"]);
    expect(jwks.lifecycle.holds(own)).to.deep.equal([
      "project partners jwk signer",
      "project partners jwk made from gw is signer",
    ]);
    const waiting = await jwks.create(jwks.fromCertificate({}, { name: "later" }));
    expect(jwks.lifecycle.holds(waiting)).to.deep.equal([]);
  });

  for (const [apUnfitKey, fate] of [
    ["refused", "old key, attached"],
    ["nullified", "old key, detached"],
    ["updated", "new key, attached"],
  ] as const)
    it(`a new key that does not fit the JWK's algorithm, ${apUnfitKey}: what the manager has is what is told`, async () => {
      await given();
      Object.assign(sandbox.variants, { apUnfitKey });
      const rsa = wanted(await sandbox.apinizer.newPem("gw", "rsa"));
      const outcome = await certificates.update(certificate, rsa).catch((error: unknown) => error);
      expect(outcome instanceof Error).to.equal(apUnfitKey === "refused");
      expect(fateOf("signer")).to.equal(fate);
      if (outcome instanceof Error) {
        expect(outcome.message).to.include("does not fit the key").and.include("the project has what it had before");
        return;
      }
      const followed = await jwks.update(own, jwks.fromCertificate(outcome as CertificateState));
      expect([followed.attached, followed.keyType]).to.deep.equal(
        apUnfitKey === "updated" ? [true, "RSA"] : [false, "EC"],
      );
    });
});
