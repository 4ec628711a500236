import { expect } from "chai";
import { gatewayCertificate } from "../../provider/apinizer/certificate/lifecycle.js";
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import { PartialFault } from "../../provider/core/fault.js";
import { label } from "../../provider/core/operation.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";
import { executed, GatewaySteps, trustOthers } from "./steps.js";

describe("a certificate on gateways that fail", () => {
  let sandbox: Sandbox;
  let steps: GatewaySteps;
  let pems: string[];
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.apinizer.inGap = () => undefined;
    steps = new GatewaySteps(sandbox);
    await trustOthers(sandbox);
    pems = [await sandbox.apinizer.newPem("one", "ec"), await sandbox.apinizer.newPem("two", "ec")];
  });
  afterEach(() => sandbox.close());

  const BOTH = ["production", "staging"];
  const wanted = (more: object = {}) =>
    steps.inputs({ project: "partners", name: "gw", alias: "gw-alias", environments: BOTH, pem: pems[0], ...more });
  const served = (environment: string): (string | undefined)[] => [
    ...new Set(sandbox.apinizer.serving(environment, "gw").map(({ thumbprint }) => thumbprint)),
  ];
  const outcomes = ({ outcomes: all }: CertificateState): string[] =>
    all.map(({ environment, outcome }) => `${environment} ${outcome}`);
  const shown = (before: CertificateState | undefined, after?: ReturnType<typeof wanted>): string[] =>
    steps
      .plan(before, after)
      .operations.map(
        (operation) =>
          `${label(operation).replace("apinizer.certificates.", "")}${operation.certainty.kind === "conditional" ? " ?" : ""}`,
      );

  for (const apDeploymentShape of ["D1", "D2", "D3", "D3-pods", "D3-nested", "D4", "D5", "null"])
    for (const apFailedList of ["full", "failed", "empty", "missing"]) {
      it(`a partial deploy is a failed step that keeps the resource, and the next one deploys to all: ${apDeploymentShape}, ${apFailedList}`, async () => {
        Object.assign(sandbox.variants, { apDeploymentShape, apFailedList });
        const made = await steps.create(wanted());
        sandbox.apinizer.unreachable("staging");
        const partly = await failure<PartialFault<CertificateState>>(steps.update(made, wanted({ pem: pems[1] })));
        expect(partly).to.be.instanceOf(PartialFault);
        expect(outcomes(partly.state)[0]).to.equal("production deployed");
        expect(outcomes(partly.state)[1]).to.match(/^staging (?:failed|unknown)$/);
        expect(served("staging")).to.deep.equal([made.deployed?.thumbprint]);
        sandbox.apinizer.reachable("staging");
        expect(shown(partly.state, wanted({ pem: pems[1] }))).to.deep.equal(["update project=partners name=gw"]);
        const whole = await steps.update(partly.state, wanted({ pem: pems[1] }));
        expect(outcomes(whole)).to.deep.equal(["production deployed", "staging deployed"]);
        for (const environment of BOTH) expect(served(environment)).to.deep.equal([whole.deployed?.thumbprint]);
        expect(steps.plan(whole, wanted({ pem: pems[1] })).changes).to.equal(false);
      });

      it(`a partial undeploy is a failed delete, and the next one touches only what still trusts it: ${apDeploymentShape}, ${apFailedList}`, async () => {
        Object.assign(sandbox.variants, { apDeploymentShape, apFailedList });
        const made = await steps.create(wanted());
        sandbox.hostile.add({
          match: "DELETE *",
          mode: "hook",
          before: () => {
            sandbox.apinizer.unreachable("staging");
          },
        });
        const left = await failure(steps.delete(made));
        expect(left.message).to.include("staging").and.include("the record is deleted");
        expect(served("production")).to.deep.equal([undefined]);
        expect(served("staging")).to.deep.equal([made.deployed?.thumbprint]);
        // Where the service has named staging, its record says what the next run has to do.
        const named = sandbox.apinizer.certificates("partners").length === 1;
        expect(named).to.equal(
          /^D[1-4]/.test(apDeploymentShape) && (apFailedList === "full" || apFailedList === "failed"),
        );
        const since = sandbox.log.last();
        const stopped = await failure(steps.delete(made));
        expect(stopped.message).to.include("the workers of staging do not tell");
        expect(executed(sandbox, since), "nothing is sent while they cannot be reached").to.deep.equal([]);
        sandbox.apinizer.reachable("staging");
        await steps.delete(made);
        const repair = named ? ["delete"] : ["create", "delete"];
        expect(executed(sandbox, since)).to.deep.equal(repair);
        for (const environment of BOTH) expect(served(environment)).to.deep.equal([undefined]);
        await steps.delete(made);
        expect(executed(sandbox, since), "clean: nothing more is sent").to.deep.equal(repair);
      });
    }

  it("a deletion names its repair as a condition, and what becomes of others", async () => {
    const made = await steps.create(wanted());
    expect(shown(made)).to.deep.equal([
      "delete project=partners name=gw ?",
      "create project=partners name=gw ?",
      "delete project=partners name=gw ?",
      "create project=partners name=gw ?",
    ]);
    const [first] = steps.plan(made, undefined).operations;
    expect(first?.sentence).to.include("UNDEPLOYED FROM ALL ENVIRONMENTS, production, staging and undeclared ones");
    expect(first?.sentence).to.include("others that this API cannot list) lose their reference and keep their key");
  });

  it("an unreachable environment stops the delete before anything is sent", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.unreachable("staging");
    const since = sandbox.log.last();
    expect((await failure(steps.delete(made))).message).to.include("the workers of staging");
    expect(sandbox.log.made(since)).to.deep.equal([]);
    for (const environment of BOTH) expect(served(environment)).to.deep.equal([made.deployed?.thumbprint]);
  });

  it("without a PEM nothing is deployed, and what is deployed stays while the next one is not issued", async () => {
    const { pem, ...none } = wanted();
    expect(shown(undefined, none)).to.deep.equal([]);
    const waiting = await steps.create(none);
    expect(sandbox.log.made()).to.deep.equal([]);
    const made = await steps.update(waiting, wanted());
    expect(made.entries).to.have.length(2);
    const kept = await steps.update(made, none);
    expect(kept.deployed).to.deep.equal(made.deployed);
    expect(steps.plan(made, none).remarks.join()).to.include("stays deployed");
    expect(executed(sandbox)).to.deep.equal(["create"]);
  });

  it("a certificate of the name that is there already: the very same is taken over, another one is asked about", async () => {
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "gw-alias", pem: pems[0] ?? "" });
    const taken = await steps.create(wanted());
    expect(outcomes(taken)).to.deep.equal(["production deployed", "staging deployed"]);
    expect((await failure(steps.create(wanted({ pem: pems[1] })))).message).to.include("set adopt: true");
    const unlike = { adopt: true, pem: pems[1], alias: "another", environments: ["staging"], description: "of others" };
    const refused = await failure(steps.create(wanted(unlike)));
    expect(refused.message).to.match(
      /its thumbprint is \w+, and that of pem \w+; it is in production, staging, not in staging/,
    );
    expect(refused.message).to.include("its alias is gw-alias, not another");
    const adopted = await steps.create(wanted({ adopt: true }));
    expect(shown(adopted, wanted({ adopt: true }))).to.deep.equal([]);
    expect(executed(sandbox)).to.deep.equal([]);
    expect(shown(adopted, wanted({ pem: pems[1], adopt: true }))).to.deep.equal(["update project=partners name=gw"]);
    await steps.update(adopted, wanted({ pem: pems[1], adopt: true }));
    expect(executed(sandbox)).to.deep.equal(["update"]);
  });

  it("a certificate that was not issued yet when another one of its name was made: adopted when the program says so", async () => {
    const { pem, ...none } = wanted();
    const waiting = await steps.create(none);
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "gw-alias", pem: pems[1] ?? "" });
    expect((await failure(steps.update(waiting, wanted()))).message).to.include("set adopt: true");
    const adopting = wanted({ adopt: true });
    expect(steps.plan(waiting, adopting).remarks.join()).to.include("ADOPT certificate gw");
    expect((await failure(steps.update(waiting, adopting))).message).to.include("its thumbprint is");
    const adopted = await steps.update(waiting, wanted({ adopt: true, pem: pems[1] }));
    expect(executed(sandbox)).to.deep.equal([]);
    expect(shown(adopted, adopting)).to.deep.equal(["update project=partners name=gw"]);
    await steps.update(adopted, adopting);
    expect(executed(sandbox)).to.deep.equal(["update"]);
    for (const environment of BOTH) expect(served(environment)).to.have.length(1);
  });

  it("double entries are reported, and mended by operations that the next preview names", async () => {
    Object.assign(sandbox.variants, { apUpdateEntries: "appended" });
    const made = await steps.create(wanted());
    const doubled = await steps.update(made, wanted({ pem: pems[1] }));
    expect(steps.told.join()).to.include("twice for");
    expect(shown(doubled, wanted({ pem: pems[1] }))).to.deep.equal([
      "delete project=partners name=gw ?",
      "create project=partners name=gw",
    ]);
    const mended = await steps.update(doubled, wanted({ pem: pems[1] }));
    expect(mended.entries).to.have.length(2);
    for (const environment of BOTH) expect(served(environment)).to.deep.equal([mended.deployed?.thumbprint]);
    expect(steps.plan(mended, wanted({ pem: pems[1] })).changes).to.equal(false);
  });

  it("double entries of a certificate that was deleted meanwhile are deployed without a deletion", async () => {
    Object.assign(sandbox.variants, { apUpdateEntries: "appended" });
    const doubled = await steps.update(await steps.create(wanted()), wanted({ pem: pems[1] }));
    sandbox.apinizer.deleteOutside("gw");
    const since = sandbox.log.last();
    await steps.update(doubled, wanted({ pem: pems[1] }));
    expect(executed(sandbox, since)).to.deep.equal(["create"]);
  });

  it("a deletion that takes JWKs along is another operation than one that does not", async () => {
    const mild = await steps.create(wanted());
    const harsh = { ...mild, jwkDeleteAction: "DELETE" as const, allowJwkDeletion: true };
    expect(shown(mild)[0]).to.equal("delete project=partners name=gw ?");
    expect(shown(harsh)[0]).to.equal("delete project=partners name=gw jwks=DELETE ?");
    await steps.delete(harsh);
    expect(sandbox.log.made().at(-1)?.operation).to.include("name=gw jwks=DELETE");
  });

  it("deleted outside: gone when every truststore is clean, missing while one cannot be seen or still trusts it", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.unreachable("staging");
    sandbox.apinizer.deleteOutside("gw");
    const missing = await steps.read(made);
    expect(missing.missing).to.equal(true);
    expect(steps.plan(missing, wanted()).refusal).to.include("was deleted outside");
    const [made1] = steps.plan(missing, wanted({ whenEndedOutside: "replace" })).operations;
    expect(made1?.sentence).to.include("it was deleted outside, and whenEndedOutside is replace");
    sandbox.apinizer.reachable("staging");
    expect((await steps.read(missing)).missing, "staging still trusts it").to.equal(true);
    const again = await steps.update(missing, wanted({ trigger: "again" }));
    expect(outcomes(again)).to.deep.equal(["production deployed", "staging deployed"]);
    sandbox.apinizer.deleteOutside("gw");
    expect(await steps.read(again)).to.deep.include({ missing: true, entries: [], outcomes: [] });
  });

  it("a project that cannot be seen, and rights that are missing, are errors that name what is needed", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.setRights([], "partners");
    const hidden = await failure(steps.read(made));
    expect(hidden.message).to.include("SECRETS+MANAGE").and.include("nothing is taken for gone");
    expect((await failure(steps.delete(made))).message).to.include("SECRETS+DEPLOY_UNDEPLOY");
    expect(sandbox.apinizer.certificates("partners")).to.have.length(1);
  });

  for (const mode of ["500", "429", "html", "empty", "drop-before"] as const)
    it(`a refresh whose look at a truststore is answered by ${mode} fails, one that may not look does not`, async () => {
      const made = await steps.create(wanted());
      sandbox.hostile.add({ match: "GET /apiops/projects/admin/*", mode, times: 99 });
      const reread = (): Promise<CertificateState> => new GatewaySteps(sandbox).read(made);
      const failed = await failure(reread());
      expect(failed.message).to.match(/Could not read the truststore of environment \w+ \(a, Apinizer\)/);
      expect(failed.message).to.include("the state is left as it was");
      sandbox.hostile.clear();
      expect(await reread()).to.deep.equal(made);
      sandbox.apinizer.setRights([], "admin");
      expect(await reread()).to.deep.equal({ ...made, truststores: "refused" });
    });

  it("without the right to see truststores a result that is not said is unknown: said before, and a delete fails or lets go", async () => {
    sandbox.apinizer.setRights([], "admin");
    Object.assign(sandbox.variants, { apDeploymentShape: "D5" });
    const made = await steps.create(wanted());
    expect(outcomes(made)).to.deep.equal(["production unknown", "staging unknown"]);
    expect(made.truststores).to.equal("refused");
    expect(steps.plan(made, undefined).operations[0]?.sentence).to.include("truststores could not be read");
    expect((await failure(steps.delete(made))).message).to.include("is not known");
    const again = await steps.create(wanted({ whenUndeployUnknown: "letGo" }));
    await steps.delete(again);
    expect(steps.told.at(-1)).to.include("let go");
  });

  it("a refresh looks at the truststore of each environment, also of those that were known to be deployed", async () => {
    sandbox.variants.apDeploymentShape = "D5";
    sandbox.apinizer.setRights([], "admin");
    const unknown = await steps.create(wanted());
    expect(outcomes(unknown)).to.deep.equal(["production unknown", "staging unknown"]);
    expect(gatewayCertificate.uses?.(unknown).unsettled).to.include("production is unknown");
    expect(outcomes(await steps.read(unknown)), "it still may not look").to.deep.equal(outcomes(unknown));
    sandbox.apinizer.setRights(["SECRETS+VIEW"], "admin");
    sandbox.apinizer.undeployOutside("gw", ["staging"]);
    // Truststores are asked for once in a run: this is the next one.
    steps = new GatewaySteps(sandbox);
    const looked = await steps.read(unknown);
    expect(outcomes(looked)).to.deep.equal(["production deployed", "staging failed"]);
    expect(looked.truststores).to.equal("readable");
    expect(shown(looked, wanted())).to.deep.equal(["update project=partners name=gw"]);
    const whole = await steps.update(looked, wanted());
    const position = sandbox.log.last();
    const store = "/apiops/projects/admin/certificates/truststore";
    expect([await steps.read(whole), await steps.read(whole)]).to.deep.equal([whole, whole]);
    expect(sandbox.log.since(position).map(({ path }) => path)).to.deep.equal([
      ...["/apiops/projects/partners/certificates/", `${store}/production/`, `${store}/staging/`],
    ]);
    expect(gatewayCertificate.uses?.(whole)).to.deep.equal({
      what: "certificate gw of project partners",
      thumbprints: [whole.deployed?.thumbprint],
    });
  });

  it("undeployed outside: seen where its truststore shows others, named, and deployed again to the declared list", async () => {
    const made = await steps.create(wanted());
    const reread = (): Promise<CertificateState> => new GatewaySteps(sandbox).read(made);
    sandbox.apinizer.undeployOutside("gw", ["staging"]);
    const seen = await reread();
    expect(outcomes(seen)).to.deep.equal(["production deployed", "staging failed"]);
    expect(gatewayCertificate.drift?.(made, seen, new Date("2026-03-01"))).to.deep.equal([
      {
        kind: "deployment",
        what: "workers of staging with certificate gw of project partners",
        before: "deployed",
        now: "failed (its workers no longer have it)",
      },
    ]);
    const [operation] = steps.plan(seen, wanted()).operations;
    expect(operation?.sentence).to.include("because it was undeployed outside in staging");
    expect(outcomes(await steps.update(seen, wanted()))).to.deep.equal(["production deployed", "staging deployed"]);
    expect(served("staging").every((one) => one === made.deployed?.thumbprint)).to.equal(true);
    // Workers that show nothing at all, or do not answer, or may not be asked, prove nothing.
    sandbox.apinizer.undeployOutside("gw", ["staging"]);
    sandbox.apinizer.distrustEverywhere("root");
    expect(outcomes(await reread()), "an empty truststore").to.deep.equal(["production deployed", "staging deployed"]);
    sandbox.apinizer.setRights([], "admin");
    expect(outcomes(await reread()), "no rights").to.deep.equal(["production deployed", "staging deployed"]);
    sandbox.apinizer.setRights(["SECRETS+VIEW"], "admin");
    sandbox.hostile.add({ match: "GET /apiops/projects/admin/*", mode: "500", times: 99 });
    expect((await failure(reread())).message, "a fault").to.include("Could not read the truststore");
  });

  it("bad input is told before any call", () => {
    const problem = (more: object): string => {
      const checked = steps.lifecycle.normalize({ project: "p", name: "n", alias: "a", environments: ["e"], ...more });
      return checked.ok ? "" : checked.problems.map(({ property, reason }) => `${property}|${reason}`).join();
    };
    const key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----";
    expect(problem({ pem: `${pems[0] ?? ""}${key}` }))
      .to.include("|pem holds a private key")
      .and.not.include("MIIE");
    expect(problem({ pem: "nothing" })).to.include("holds no certificate");
    expect(problem({ environments: [] })).to.include("at least one environment");
    expect(problem({ environments: ["a,b"] })).to.include("without a comma");
    expect(problem({ jwkDeleteAction: "DELETE" })).to.include("allowJwkDeletion: true");
    expect(problem({ jwkDeleteAction: "DELETE", allowJwkDeletion: true })).to.equal("");
  });

  for (const mode of ["drop-after", "500", "html", "truncate"] as const)
    it(`an answer that is lost (${mode}) is settled by reading: deployed, replaced and deleted once`, async () => {
      const rule = { mode, ...(mode === "500" || mode === "html" ? { executed: true } : {}) };
      const at = "/apiops/projects/partners/certificates/";
      sandbox.hostile.add({ ...rule, match: `POST ${at}` });
      const made = await steps.create(wanted());
      sandbox.hostile.add({ ...rule, match: `PUT ${at}*` });
      const replaced = await steps.update(made, wanted({ pem: pems[1] }));
      expect(outcomes(replaced)).to.deep.equal(["production deployed", "staging deployed"]);
      sandbox.hostile.add({ ...rule, match: `DELETE ${at}*` });
      await steps.delete(replaced);
      expect(executed(sandbox)).to.deep.equal(["create", "update", "delete"]);
      for (const environment of BOTH) expect(served(environment)).to.deep.equal([undefined]);
    });
});
