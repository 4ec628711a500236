import { expect } from "chai";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";
import { GatewaySteps, JwkSteps } from "./steps.js";

describe("a manager that is not the one of the state", () => {
  let sandbox: Sandbox;
  let elsewhere: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    elsewhere = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  after(async () => {
    await sandbox.close();
    await elsewhere.close();
  });

  it("proves nothing gone and changes nothing: refresh, update and removal say what to do", async () => {
    const pem = await sandbox.apinizer.newPem("gw", "ec");
    const steps = new GatewaySteps(sandbox);
    const wanted = (more: object = {}) =>
      steps.inputs({ project: "partners", name: "gw", alias: "gw", environments: ["production"], pem, ...more });
    const made = await steps.create(wanted());
    expect(made.manager).to.equal(sandbox.apinizer.managerUrl);
    const there = new GatewaySteps(elsewhere);
    const jwks = new JwkSteps(sandbox);
    const generated = (more: object = {}) =>
      jwks.inputs({
        project: "partners",
        name: "own",
        generate: { type: "EC", curve: "P-256" },
        algorithm: "ES256",
        ...more,
      });
    const key = await jwks.create(generated());
    const jwksThere = new JwkSteps(elsewhere);
    for (const step of [
      () => there.read(made),
      () => there.update(made, wanted({ alias: "other" })),
      () => there.delete(made),
      () => jwksThere.read(key),
      () => jwksThere.update(key, generated({ description: "other" })),
      () => jwksThere.delete(key),
    ]) {
      const { message } = await failure(step());
      expect(message).to.include(`the manager ${elsewhere.apinizer.managerUrl}, and the state knows it of`);
      expect(message).to.include("adopt: true");
    }
    expect(elsewhere.log.all()).to.deep.equal([]);
  });

  it("is learnt by the first read of a state from before", async () => {
    const pem = await sandbox.apinizer.newPem("old", "ec");
    const steps = new GatewaySteps(sandbox);
    const inputs = steps.inputs({ project: "partners", name: "old", alias: "old", environments: ["production"], pem });
    const { manager, ...old } = await steps.create(inputs);
    expect((await steps.read(old)).manager).to.equal(manager);
  });
});
