import { expect } from "chai";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";
import { executed, GatewaySteps, JwkSteps, newPems, shown, trustOthers } from "./steps.js";

/** What was deleted outside stays in the state: a read that is wrong, or one that is wrongly believed, loses nothing. */
describe("what the manager does not have any more", () => {
  let sandbox: Sandbox;
  let jwks: JwkSteps;
  let gateways: GatewaySteps;
  let pem: string | undefined;
  before(async () => {
    [pem] = await newPems(1);
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    [jwks, gateways] = [new JwkSteps(sandbox), new GatewaySteps(sandbox)];
  });
  afterEach(() => sandbox.close());

  it("a JWK: missing, made anew by the next plan, removed without a call, and there again when it is back", async () => {
    const inputs = jwks.generated();
    const made = await jwks.create(inputs);
    sandbox.apinizer.deleteJwkOutside("own");
    const missing = await jwks.read(made);
    expect(missing).to.deep.equal({ ...made, missing: true });
    expect(jwks.lifecycle.drift?.(made, missing, sandbox.clock.now())).to.deep.equal([
      { kind: "deleted", what: "JWK own of project partners", before: "there", now: "not there" },
    ]);
    expect(await jwks.read(missing), "found once").to.deep.equal(missing);
    expect(shown(jwks.plan(missing, inputs))).to.deep.equal(["jwks.create ?"]);

    const removal = jwks.plan(missing, undefined);
    expect(shown(removal)).to.deep.equal([]);
    expect(removal.remarks).to.deep.equal(["JWK own of project partners was deleted outside: no remote call"]);
    const since = sandbox.log.last();
    await jwks.delete(missing);
    expect(executed(sandbox, since)).to.deep.equal([]);

    const again = await jwks.update(missing, inputs);
    expect(again).to.include({ made: true, missing: false });
    const back = await jwks.read({
      ...missing,
      kid: again.kid,
      thumbprint: again.thumbprint,
      publicJwk: again.publicJwk,
    });
    expect(back, "the next read finds it").to.deep.include({ missing: false, kid: again.kid });
    expect(jwks.plan(back, inputs).changes).to.equal(false);
  });

  it("a certificate that no environment has: the same, without a new trigger", async () => {
    await trustOthers(sandbox);
    const inputs = gateways.inputs({
      ...{
        project: "partners",
        name: "gw",
        alias: "gw",
        description: "x",
        environments: ["production", "staging"],
        pem,
      },
    });
    const made = await gateways.create(inputs);
    sandbox.apinizer.deleteOutside("gw");
    const missing = await gateways.read(made);
    expect(missing).to.deep.include({ missing: true, entries: [], outcomes: [], deployed: made.deployed });
    expect(await gateways.read(missing), "found once").to.deep.equal(missing);
    const plan = gateways.plan(missing, inputs);
    expect(shown(plan)).to.deep.equal(["create ?"]);
    expect(plan.operations[0]?.sentence).to.include("because it was deleted outside");
    expect(shown(gateways.plan(missing, undefined))).to.deep.equal([]);
    const again = await gateways.update(missing, inputs);
    expect(again.missing).to.equal(false);
    expect(gateways.plan(again, inputs).changes).to.equal(false);
    const back = await gateways.read(missing);
    expect(back.missing, "the next read finds it").to.equal(false);
    expect(gateways.plan(back, inputs).operations).to.deep.equal([]);
  });

  it("a gateway certificate that an environment may still have stops, also while a setting is not known yet", async () => {
    const args = { project: "partners", name: "gw", alias: "gw", description: "x", environments: ["production"] };
    const inputs = gateways.inputs({ ...args, pem: await sandbox.apinizer.newPem("gw") });
    const made = await gateways.create(inputs);
    sandbox.apinizer.unreachable("production");
    sandbox.apinizer.deleteOutside("gw");
    const missing = await gateways.read(made);
    const refusal = (more: object): string | undefined => gateways.plan(missing, { ...inputs, ...more }).refusal;
    expect(refusal({})).to.include("Change trigger").and.not.include("unless");
    expect(refusal({ onDelete: UNKNOWN })).to.include("it stops unless onDelete, not known yet, turns out to change");
    expect(refusal({ onDelete: "retain" })).to.equal(undefined);
    expect(gateways.plan(missing, { ...inputs, ...{ description: UNKNOWN } } as never).remarks.join()).to.include(
      "refused if what description turns out to be asks for it",
    );
  });

  it("a JWK is not missing by a no without words and an empty list: nothing shows that the project is seen", async () => {
    const made = await jwks.create(jwks.generated());
    sandbox.apinizer.deleteJwkOutside("own");
    sandbox.variants.apNotFound = "404-empty";
    expect((await failure(jwks.read(made))).message).to.include("HTTP 404, an empty body");
    await jwks.create(jwks.generated({ name: "other" }));
    expect(await jwks.read(made), "next to others it is").to.include({ missing: true });
  });
});
