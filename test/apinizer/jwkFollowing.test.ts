import { expect } from "chai";
import { PartialFault } from "../../provider/core/fault.js";
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";
import { executed, GatewaySteps, JwkSteps, keyOf, newPems, shown } from "./steps.js";

const JWKS = "/apiops/projects/partners/jwks/";

describe("a JWK after every write of its certificate, and after a removal of its own", () => {
  let sandbox: Sandbox;
  let jwks: JwkSteps;
  let certificates: GatewaySteps;
  let pems: string[];
  let certificate: CertificateState;
  before(async () => {
    pems = await newPems(2);
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.apinizer.inGap = () => undefined;
    jwks = new JwkSteps(sandbox);
    certificates = new GatewaySteps(sandbox);
    certificate = await certificates.create(gateway());
  });
  afterEach(() => sandbox.close());

  const gateway = (more: object = {}) =>
    certificates.inputs({
      ...{ project: "partners", name: "gw", alias: "gw-alias", environments: ["production"], pem: pems[0], ...more },
    });
  const wanted = (more: object = {}) => jwks.fromCertificate(certificate, more);
  const replaced = async (more: object): Promise<void> => {
    certificate = await certificates.update(certificate, gateway(more));
  };
  /** From now on no read is answered, but for the next ones. */
  const blind = (afterMatches = 0): void => {
    sandbox.hostile.add({ match: "GET *", mode: "500", times: 99, afterMatches });
  };
  const source = (): string | null => sandbox.apinizer.jwk("signer").sourceId;

  for (const [action, attached] of [
    ["NULLIFY", false],
    ["UPDATE", true],
  ] as const)
    it(`a write that keeps the thumbprint, ${action}: it is read again, and the state says what the manager has`, async () => {
      const made = await jwks.create(wanted());
      const thumbprint = certificate.deployed?.thumbprint;
      await replaced({ description: "other", jwkUpdateAction: action });
      expect(certificate.deployed?.thumbprint).to.equal(thumbprint);
      const plan = jwks.plan(made, wanted());
      expect([plan.changes, plan.operations]).to.deep.equal([true, []]);
      expect(plan.remarks.join()).to.include("is replaced, or written again");
      const after = await jwks.update(made, wanted());
      expect([after.attached, after.outdated, source() !== null]).to.deep.equal([attached, false, attached]);
      expect(jwks.told.join().includes("is detached from certificate gw and keeps the key that it has")).to.equal(
        !attached,
      );
      expect(jwks.plan(after, wanted()).changes).to.equal(false);
      await replaced({ description: "other", pem: pems[1] });
      const next = await jwks.update(after, wanted());
      expect([next.attached, next.outdated]).to.deep.equal([attached, !attached]);
      expect(sandbox.apinizer.jwk("signer").members).to.deep.equal(keyOf(pems[attached ? 1 : 0] ?? ""));
      expect(next.publicJwk).to.include(sandbox.apinizer.jwk("signer").members);
      expect(executed(sandbox)).to.deep.equal(["create", "jwks.create", "update", "update"]);
    });

  it("one with another key than its certificate is told, until a read finds that key or a trigger makes it anew", async () => {
    const made = await jwks.create(wanted());
    await replaced({ pem: pems[1] });
    const stale: JwkState = { ...made, ...wanted(), outdated: true };
    expect(jwks.plan(stale, wanted()).remarks.join()).to.include("HAS ANOTHER KEY than certificate gw");
    sandbox.apinizer.deleteJwkOutside("signer");
    sandbox.apinizer.addJwkOutside("signer", sandbox.apinizer.certificate("gw"));
    const read = await jwks.read(stale);
    expect([read.outdated, read.publicJwk?.x]).to.deep.equal([false, sandbox.apinizer.jwk("signer").members.x]);
    expect(jwks.plan(read, wanted()).remarks).to.deep.equal([]);
    const again = wanted({ trigger: "again" });
    expect(shown(jwks.plan(stale, again))).to.deep.equal(["jwks.delete ? !", "jwks.create"]);
    expect(await jwks.update(stale, again)).to.include({ attached: true, outdated: false });
  });

  describe("where answers leave nulls out", () => {
    it("a reference that was shown and is not any more is cleared", async () => {
      sandbox.variants.apSourceId = "left-out";
      const made = await jwks.create(wanted());
      expect(made.attached).to.equal(true);
      await replaced({ description: "other", jwkUpdateAction: "NULLIFY" });
      for (const after of [await jwks.read(made), await jwks.update(made, wanted())])
        expect([after.attached, source()]).to.deep.equal([false, null]);
      expect(jwks.told.join()).to.include("is detached from certificate gw");
    });

    it("no reference is shown: nothing is said of one, and what is documented of an update counts", async () => {
      sandbox.variants.apSourceId = "hidden";
      const made = await jwks.create(wanted());
      expect([made.made, made.attached]).to.deep.equal([true, undefined]);
      expect(jwks.told.join()).to.include("refers to certificate gw is not known: the service does not show it");
      expect(jwks.lifecycle.holds(made), "it may refer to it").to.include(
        "project partners jwk made from gw is signer",
      );
      await replaced({ description: "other", jwkUpdateAction: "NULLIFY" });
      const after = await jwks.update(made, wanted());
      expect(after.attached).to.equal(undefined);
      const described = wanted({ description: "d" });
      expect(shown(jwks.plan(after, described))).to.deep.equal(["jwks.update !"]);
      const detached = await jwks.update(after, described);
      expect([detached.attached, (await jwks.read(detached)).attached]).to.deep.equal([false, false]);
      expect(jwks.lifecycle.holds(detached)).to.deep.equal(["project partners jwk signer"]);
    });

    it("a creation that could not be read back is not said to refer to anything", async () => {
      sandbox.hostile.add({
        match: `POST ${JWKS}`,
        mode: "hook",
        after: () => {
          blind();
        },
      });
      const { state } = await failure<PartialFault<JwkState>>(jwks.create(wanted()));
      expect([state.made, state.attached]).to.deep.equal([true, undefined]);
      sandbox.hostile.clear();
      expect(await jwks.update(state, wanted())).to.include({ made: true, attached: true });
    });
  });

  for (const [what, more] of [
    ["a new trigger", { trigger: "again" }],
    ["another source", { algorithm: "ES256", environment: "staging" }],
  ] as const) {
    for (const [how, match, mode] of [
      ["is not looked at", `POST ${JWKS}`, "429"],
      ["is refused", `POST ${JWKS}`, "403"],
      ["is not executed, and nobody says so", `POST ${JWKS}`, "500"],
      ["is lost on its way", `POST ${JWKS}`, "drop-before"],
    ] as const)
      it(`${what} after whose removal the creation ${how}: that there is none is kept, and made also when the change is taken back`, async () => {
        await replaced({ environments: ["production", "staging"] });
        const made = await jwks.create(wanted());
        const since = sandbox.log.last();
        sandbox.hostile.add({ match, mode, times: 9 });
        const partly = await failure<PartialFault<JwkState>>(jwks.update(made, wanted(more)));
        expect(partly).to.be.instanceOf(PartialFault);
        expect(partly.message)
          .to.include("the old one is deleted")
          .and.include("the next preview names the call that makes it")
          .and.not.include("the state is left as it was");
        expect(partly.state).to.include({ made: false, attached: false });
        expect(partly.state.kid).to.equal(undefined);
        expect([sandbox.apinizer.jwks(), jwks.lifecycle.holds(partly.state)]).to.deep.equal([[], []]);
        sandbox.hostile.clear();
        for (const after of [wanted(), wanted(more)])
          expect(shown(jwks.plan(partly.state, after))).to.deep.equal(["jwks.create ?"]);
        expect(await jwks.update(partly.state, wanted())).to.include({ made: true, attached: true });
        expect(executed(sandbox, since)).to.deep.equal(["jwks.delete", "jwks.create"]);
      });

    it(`${what} after whose removal nothing can be read: kept, and made by the next run`, async () => {
      await replaced({ environments: ["production", "staging"] });
      const made = await jwks.create(wanted());
      // The read that settles the deletion passes, and the one before the creation does not.
      sandbox.hostile.add({
        match: `DELETE ${JWKS}signer/`,
        mode: "hook",
        after: () => {
          blind(1);
        },
      });
      const partly = await failure<PartialFault<JwkState>>(jwks.update(made, wanted(more)));
      expect(partly.message).to.include("the old one is deleted, and no call that makes the new one was answered");
      expect(partly.state.made).to.equal(false);
      sandbox.hostile.clear();
      expect(await jwks.update(partly.state, wanted())).to.include({ made: true, attached: true });
    });
  }

  it("a source that cannot be read: nothing is deleted", async () => {
    const made = await jwks.create(wanted());
    const since = sandbox.log.last();
    sandbox.hostile.add({ match: "GET /apiops/projects/partners/certificates/gw/", mode: "500", times: 9 });
    await failure(jwks.update(made, wanted({ trigger: "again" })));
    expect(sandbox.log.made(since)).to.deep.equal([]);
    expect(source()).to.be.a("string");
  });

  for (const mode of ["drop-after", "drop-before"] as const)
    it(`a removal of which nobody knows whether it was executed (${mode}): read by the next run, also when the trigger is taken back`, async () => {
      const made = await jwks.create(wanted());
      sandbox.hostile.add({
        match: `GET ${JWKS}signer/`,
        mode: "hook",
        after: () => {
          sandbox.hostile.add({ match: `DELETE ${JWKS}signer/`, mode, times: 9 });
          blind();
        },
      });
      const open = await failure<PartialFault<JwkState>>(jwks.update(made, wanted({ trigger: "again" })));
      expect(open.message).to.include("whether it was deleted is not known");
      expect(open.state).to.include({ made: true });
      sandbox.hostile.clear();
      expect(jwks.plan(open.state, wanted()).changes, "there is something to be read").to.equal(true);
      const next = jwks.update(open.state, wanted());
      if (mode === "drop-before") {
        expect(await next).to.deep.equal(made);
        return;
      }
      const gone = await failure<PartialFault<JwkState>>(next);
      expect(shown(jwks.plan(gone.state, wanted()))).to.deep.equal(["jwks.create ?"]);
      expect(await jwks.update(gone.state, wanted())).to.include({ made: true, attached: true });
    });

  it("an update of one that is gone keeps that, and the next preview names what makes it", async () => {
    const made = await jwks.create(wanted());
    sandbox.apinizer.deleteJwkOutside("signer");
    const described = wanted({ description: "d" });
    const gone = await failure<PartialFault<JwkState>>(jwks.update(made, described));
    expect(gone.message).to.include("THE JWK IS GONE from the project").and.include("the next preview names the call");
    expect(shown(jwks.plan(gone.state, described))).to.deep.equal(["jwks.create ?"]);
  });
});
