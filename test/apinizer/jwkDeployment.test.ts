import { expect } from "chai";
import { PartialFault } from "../../provider/core/fault.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";
import { executed, JwkSteps, newPems, shown } from "./steps.js";

const SHAPES = ["D1", "D2", "D3", "D3-pods", "D3-nested", "D4", "D5", "null"] as const;
const LISTS = ["full", "failed", "empty", "missing"] as const;
const FLAGS = [{}, { apFailedOverall: "true" }, { apFailedSuccess: "false" }, { apFailedStatus: "500" }] as const;

/** How a failure is answered, and whether the answer names the environment. */
const ANSWERS = SHAPES.flatMap(
  (apDeploymentShape) =>
    LISTS.flatMap((apFailedList) =>
      FLAGS.map((flags) => ({
        variants: { apDeploymentShape, apFailedList, ...flags },
        named:
          !["D5", "null"].includes(apDeploymentShape) &&
          ["full", "failed"].includes(apFailedList) &&
          !("apFailedStatus" in flags),
      })),
    ),
  // A fault says nothing, whatever the shape.
).filter(({ variants }) => !("apFailedStatus" in variants) || variants.apFailedList === "full");

describe("a JWK that is not deployed, or not undeployed, everywhere", () => {
  let sandbox: Sandbox;
  let steps: JwkSteps;
  let pem: string;
  before(async () => {
    [pem = ""] = await newPems(1);
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    steps = new JwkSteps(sandbox);
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "gw-alias", pem });
  });
  afterEach(() => sandbox.close());

  const wanted = (more: object = {}) => steps.fromCertificate({}, { certificateThumbprint: undefined, ...more });
  const holds = (environment: string): boolean =>
    Object.values(sandbox.apinizer.heldJwks(environment)).every((held) => held.includes("signer"));
  const outcomes = ({ outcomes: all }: JwkState): string[] =>
    all.map(({ environment, outcome }) => `${environment} ${outcome}`);
  const titled = (variants: object): string => Object.values(variants).join(", ");

  for (const { variants, named } of ANSWERS) {
    it(`deployment failed in one environment: ${named ? "a failed step that keeps the JWK, redeployed by the next run" : "told, since nobody says where"} (${titled(variants)})`, async () => {
      Object.assign(sandbox.variants, variants);
      sandbox.apinizer.unreachable("staging");
      if (!named) {
        const made = await steps.create(wanted());
        expect(steps.told.join()).to.include("where JWK signer of project partners is deployed is not known");
        expect([made.made, made.attached, made.outcomes]).to.deep.equal([true, true, []]);
        expect(steps.plan(made, wanted()).changes).to.equal(false);
        // Of an update nothing more is known; what was known before does not count any more.
        const before: JwkState = { ...made, outcomes: [{ environment: "production", outcome: "deployed" }] };
        const described = await steps.update(before, wanted({ description: "d" }));
        expect(outcomes(described)).to.deep.equal(["production unknown"]);
        expect(steps.told).to.have.length(2);
        expect(executed(sandbox)).to.deep.equal(["jwks.create", "jwks.update"]);
        return;
      }
      const partly = await failure<PartialFault<JwkState>>(steps.create(wanted()));
      expect(partly).to.be.instanceOf(PartialFault);
      expect(partly.id).to.equal("partners/jwks/signer");
      expect(partly.message).to.include("deploy it to staging").and.include("the resource is kept");
      expect(outcomes(partly.state)).to.include("staging failed");
      expect([holds("production"), holds("staging")]).to.deep.equal([true, false]);

      const plan = steps.plan(partly.state, wanted());
      expect(shown(plan)).to.deep.equal(["jwks.update !"]);
      expect(plan.operations[0]?.sentence)
        .to.include("because its deployment has failed in staging")
        .and.include("redeployed to all environments")
        .and.include("DETACHED from certificate gw");
      const still = await failure<PartialFault<JwkState>>(steps.update(partly.state, wanted()));
      expect(outcomes(still.state)).to.include("staging failed");
      expect(still.state.attached, "the update was made, and detaches").to.equal(false);
      expect(sandbox.apinizer.jwk("signer").sourceId).to.equal(null);

      sandbox.apinizer.reachable("staging");
      expect(shown(steps.plan(still.state, wanted()))).to.deep.equal(["jwks.update"]);
      const whole = await steps.update(still.state, wanted());
      expect(outcomes(whole)).to.deep.equal(["production deployed", "staging deployed"]);
      expect([holds("production"), holds("staging")]).to.deep.equal([true, true]);
      expect(steps.plan(whole, wanted()).operations).to.deep.equal([]);
      expect(executed(sandbox)).to.deep.equal(["jwks.create", "jwks.update", "jwks.update"]);
    });

    it(`undeployment failed in one environment, the record is gone: ${named ? "told once as a failure, and let go by the next run" : "told, since nobody says where"} (${titled(variants)})`, async () => {
      const made = await steps.create(wanted());
      Object.assign(sandbox.variants, variants);
      sandbox.apinizer.unreachable("staging");
      const deletion = steps.delete(made);
      if (named) {
        const { message } = await failure(deletion);
        expect(message)
          .to.include("these environments have not undeployed it: staging (")
          .and.include("the resource stays in the state until the next run");
        await steps.delete(made);
      } else {
        await deletion;
        expect(steps.told.join()).to.include("where it was undeployed is not known");
      }
      expect(sandbox.apinizer.jwks()).to.deep.equal([]);
      expect([holds("production"), holds("staging")]).to.deep.equal([false, true]);
      expect(executed(sandbox)).to.deep.equal(["jwks.create", "jwks.delete"]);
    });

    it(`undeployment failed in one environment, the record is kept: a failed deletion, done by the next run (${titled(variants)})`, async () => {
      const made = await steps.create(wanted());
      Object.assign(sandbox.variants, { ...variants, apJwkDelete: "kept" });
      sandbox.apinizer.unreachable("staging");
      const { message } = await failure(steps.delete(made));
      expect(message).to.include("the project still has it").and.include("the resource stays in the state");
      expect(message.includes("undeployment failed in staging"), message).to.equal(named);
      sandbox.apinizer.reachable("staging");
      await steps.delete(made);
      expect(sandbox.apinizer.jwks()).to.deep.equal([]);
      expect([holds("production"), holds("staging")]).to.deep.equal([false, false]);
      expect(executed(sandbox)).to.deep.equal(["jwks.create", "jwks.delete", "jwks.delete"]);
    });
  }

  it("an answer that is lost while an environment has failed leaves it failed, and others not known", async () => {
    sandbox.apinizer.unreachable("staging");
    const partly = await failure<PartialFault<JwkState>>(steps.create(wanted()));
    sandbox.hostile.add({ match: "PUT /apiops/projects/partners/jwks/*", mode: "drop-after" });
    const lost = await failure<PartialFault<JwkState>>(steps.update(partly.state, wanted()));
    expect(outcomes(lost.state)).to.deep.equal(["production unknown", "staging failed"]);
    expect(shown(steps.plan(lost.state, wanted()))).to.deep.equal(["jwks.update"]);
  });

  it("a flag alone that says yes after a failure: the failure is over, and where it is deployed is not known", async () => {
    sandbox.apinizer.unreachable("staging");
    const partly = await failure<PartialFault<JwkState>>(steps.create(wanted()));
    sandbox.apinizer.reachable("staging");
    Object.assign(sandbox.variants, { apDeploymentShape: "D5" });
    const after = await steps.update(partly.state, wanted());
    expect(outcomes(after)).to.deep.equal(["production unknown", "staging unknown"]);
    expect(steps.told.join()).to.include("is deployed is not known");
    expect(steps.plan(after, wanted()).operations).to.deep.equal([]);
  });

  it("a flag alone that says no after a failure: it stays one", async () => {
    sandbox.apinizer.unreachable("staging");
    const partly = await failure<PartialFault<JwkState>>(steps.create(wanted()));
    Object.assign(sandbox.variants, { apDeploymentShape: "D5" });
    const still = await failure<PartialFault<JwkState>>(steps.update(partly.state, wanted()));
    expect(outcomes(still.state)).to.deep.equal(["production unknown", "staging failed"]);
    expect(steps.told.join()).to.include("said that it failed, and not where");
  });

  it("made anew while an environment cannot be undeployed: failed once, and made by the next run", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.unreachable("staging");
    const again = wanted({ trigger: "again" });
    const { message, state } = await failure<PartialFault<JwkState>>(steps.update(made, again));
    expect(message).to.include("staging (").and.include("the next preview names the call that makes it");
    for (const after of [again, wanted()]) expect(shown(steps.plan(state, after))).to.deep.equal(["jwks.create ?"]);
    sandbox.apinizer.reachable("staging");
    const after = await steps.update(state, again);
    expect([after.attached, holds("production"), holds("staging")]).to.deep.equal([true, true, true]);
    expect(executed(sandbox)).to.deep.equal(["jwks.create", "jwks.delete", "jwks.create"]);
  });

  it("the first deployment of one that is attached failed: a new trigger keeps it so, which the update says that detaches it", async () => {
    sandbox.apinizer.unreachable("staging");
    const partly = await failure<PartialFault<JwkState>>(steps.create(wanted()));
    expect(partly.message).to.include("detaches it; a new trigger makes it anew instead, attached");
    expect(steps.plan(partly.state, wanted()).operations[0]?.sentence).to.include(
      "a new trigger has it deleted and made anew instead, attached",
    );
    sandbox.apinizer.reachable("staging");
    const again = wanted({ trigger: "again" });
    expect(shown(steps.plan(partly.state, again))).to.deep.equal(["jwks.delete ? !", "jwks.create"]);
    const after = await steps.update(partly.state, again);
    expect([after.attached, outcomes(after)]).to.deep.equal([true, ["production deployed", "staging deployed"]]);
    expect(sandbox.apinizer.jwk("signer").sourceId).to.equal(sandbox.apinizer.certificate("gw").objectId);
    expect([holds("production"), holds("staging")]).to.deep.equal([true, true]);
  });

  it("one who may not deploy: refused in words, or saved and told", async () => {
    sandbox.apinizer.setRights(["SECRETS+VIEW", "SECRETS+MANAGE"], "partners");
    expect((await failure(steps.create(wanted()))).message).to.include("the project has no such JWK");
    Object.assign(sandbox.variants, { apNoDeployRight: "saved" });
    await steps.create(wanted());
    expect(steps.told.join()).to.include("is deployed is not known");
    expect(holds("production")).to.equal(false);
  });
});
