import { expect } from "chai";
import { gatewayCertificate } from "../../provider/apinizer/certificate/lifecycle.js";
import type { CertificateInputs } from "../../provider/apinizer/certificate/inputs.js";
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import { PartialFault } from "../../provider/core/fault.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";
import { executed, GatewaySteps, newPems, shown, trustOthers } from "./steps.js";

const BOTH = ["production", "staging"];
const TRUSTSTORES = "GET /apiops/projects/admin/certificates/truststore/*";

describe("what is believed of a certificate on gateways", () => {
  let sandbox: Sandbox;
  let steps: GatewaySteps;
  let pems: string[];
  before(async () => {
    pems = await newPems(3);
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.apinizer.inGap = () => undefined;
    steps = new GatewaySteps(sandbox);
    await trustOthers(sandbox);
  });
  afterEach(() => sandbox.close());

  const wanted = (more: object = {}): CertificateInputs =>
    steps.inputs({ project: "partners", name: "gw", alias: "gw-alias", environments: BOTH, pem: pems[0], ...more });
  const partly = (work: Promise<unknown>): Promise<PartialFault<CertificateState>> => failure(work);
  const outcomes = ({ outcomes: all }: CertificateState): string =>
    all.map(({ environment, outcome }) => `${environment} ${outcome}`).join();
  /** What each worker of an environment serves. */
  const serves = (environment: string): (string | undefined)[] =>
    sandbox.apinizer.serving(environment, "gw").map(({ thumbprint }) => thumbprint);
  const uses = (state: CertificateState) => {
    const use = gatewayCertificate.uses?.(state);
    if (use === undefined) throw new Error("a gateway uses certificates");
    return use;
  };
  /** Environments cannot be reached while a call is made. */
  const lostIn = (method: string, target: string, back = false): void => {
    sandbox.hostile.add({
      match: `${method} *`,
      mode: "hook",
      before: () => {
        sandbox.apinizer.unreachable(target);
      },
      ...(back
        ? {
            after: () => {
              sandbox.apinizer.reachable(target);
            },
          }
        : {}),
    });
  };

  it("one worker of two: its environment has failed although its truststore shows the new one, until a call says yes", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.unreachable("staging-worker-2");
    const { state } = await partly(steps.update(made, wanted({ pem: pems[1] })));
    const [old, now] = [made.deployed?.thumbprint, state.deployed?.thumbprint];
    expect(serves("staging")).to.deep.equal([now, old]);
    expect(outcomes(state)).to.equal("production deployed,staging failed");
    expect(uses(state)).to.deep.include({ thumbprints: [now, old], unsettled: "staging is failed" });
    const read = await steps.read(state);
    expect([outcomes(read), uses(read).thumbprints]).to.deep.equal([outcomes(state), [now, old]]);
    sandbox.apinizer.reachable("staging-worker-2");
    expect(shown(steps.plan(read, wanted({ pem: pems[1] })))).to.deep.equal(["update"]);
    const whole = await steps.update(read, wanted({ pem: pems[1] }));
    expect(uses(whole)).to.deep.equal({ what: "certificate gw of project partners", thumbprints: [now] });
    expect(serves("staging")).to.deep.equal([now, now]);
  });

  it("one worker of two: a deletion fails until the service says yes of its environment, also when it is run again", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.unreachable("staging-worker-2");
    for (let at = 0; at < 3; at++) {
      const left = await failure(steps.delete(made));
      expect(left.message).to.include(
        "still trust it: staging (Connection refused); the record is made again for staging",
      );
      expect(serves("staging")[1]).to.equal(made.deployed?.thumbprint);
      expect(serves("production")).to.deep.equal([undefined, undefined]);
    }
    sandbox.apinizer.reachable("staging-worker-2");
    await steps.delete(made);
    for (const environment of BOTH) expect(serves(environment)).to.deep.equal([undefined, undefined]);
    expect(sandbox.apinizer.certificates("partners")).to.deep.equal([]);
  });

  it("one worker of two: a repair does not come to its end while it is away", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.unreachable("staging-worker-2");
    sandbox.apinizer.deleteOutside("gw");
    sandbox.apinizer.reachable("staging-worker-2");
    sandbox.apinizer.unreachable("staging-worker-1");
    for (let at = 0; at < 3; at++) {
      expect((await failure(steps.delete(made))).message).to.include("Connection refused");
      expect(serves("staging")[1]).to.equal(made.deployed?.thumbprint);
    }
    sandbox.apinizer.reachable("staging-worker-1");
    await steps.delete(made);
    expect(serves("staging")).to.deep.equal([undefined, undefined]);
  });

  it("a creation that is refused because another one was made meanwhile does not take that over", async () => {
    sandbox.hostile.add({
      match: "POST *",
      mode: "hook",
      before: async () => {
        await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "theirs", pem: pems[2] ?? "" });
      },
    });
    const fault = await failure(steps.create(wanted()));
    expect(fault).to.not.be.instanceOf(PartialFault);
    expect(fault.message).to.include("that this call has not made; nothing is kept");
  });

  it("a creation whose answer is lost is kept, also where nothing is seen of it", async () => {
    sandbox.hostile.add({ match: "POST *", mode: "500" });
    const { state } = await partly(steps.create(wanted()));
    expect(outcomes(state)).to.equal("production unknown,staging unknown");
    expect(uses(state).thumbprints).to.have.length(1);
    expect(shown(steps.plan(state, wanted()))).to.deep.equal(["create ?"]);
    expect(await steps.read(state)).to.deep.equal(state);
    const made = await steps.update(state, wanted());
    expect(uses(made).unsettled).to.equal(undefined);
    await steps.delete(state);
  });

  it("a failed deletion of which nobody says where is not believed to be clean", async () => {
    Object.assign(sandbox.variants, { apFailedList: "empty" });
    const made = await steps.create(wanted());
    sandbox.apinizer.unreachable("staging-worker-2");
    expect((await failure(steps.delete(made))).message).to.include("still trust it: production");
    sandbox.apinizer.reachable("staging-worker-2");
    await steps.delete(made);
    for (const environment of BOTH) expect(serves(environment)).to.deep.equal([undefined, undefined]);
  });

  for (const apDeploymentShape of ["D1", "D3", "D5"])
    it(`an empty truststore proves nothing of an environment that should have it: ${apDeploymentShape}`, async () => {
      Object.assign(sandbox.variants, { apTruststoreUnreachable: "empty", apDeploymentShape });
      const made = await steps.create(wanted());
      sandbox.apinizer.unreachable("staging");
      const since = sandbox.log.last();
      expect((await failure(steps.delete(made))).message).to.include("the workers of staging do not tell");
      expect(executed(sandbox, since)).to.deep.equal([]);
      sandbox.apinizer.deleteOutside("gw");
      expect((await steps.read(made)).missing, "not gone").to.equal(true);
      sandbox.apinizer.reachable("staging");
      await steps.delete(made);
      for (const environment of BOTH) expect(serves(environment)).to.deep.equal([undefined, undefined]);
    });

  for (const apTruststoreUnreachable of ["400", "empty"])
    for (const apDeploymentShape of ["D1", "D2", "D3", "D4", "D5"])
      it(`gateways that trust nothing else: deleted in the end, and what was left is repaired (${apTruststoreUnreachable}, ${apDeploymentShape})`, async () => {
        sandbox.apinizer.distrustEverywhere("root");
        Object.assign(sandbox.variants, { apDeploymentShape });
        await steps.delete(await steps.create(wanted()));
        const made = await steps.create(wanted());
        Object.assign(sandbox.variants, { apTruststoreUnreachable });
        sandbox.apinizer.unreachable("staging");
        sandbox.apinizer.deleteOutside("gw");
        sandbox.apinizer.reachable("staging");
        await steps.delete(made);
        for (const environment of BOTH) expect(serves(environment)).to.deep.equal([undefined, undefined]);
      });

  for (const apDropped of ["shown", "silent", "kept"])
    it(`a dropped environment stays until it is clean (${apDropped})`, async () => {
      Object.assign(sandbox.variants, { apDropped });
      const made = await steps.create(wanted());
      const fewer = wanted({ pem: pems[1], environments: ["production"] });
      sandbox.apinizer.unreachable("staging");
      const state = await steps.update(made, fewer).catch((fault: unknown) => {
        expect(fault).to.be.instanceOf(PartialFault);
        return (fault as PartialFault<CertificateState>).state;
      });
      expect(outcomes(state)).to.equal(`production deployed,staging ${apDropped === "shown" ? "left" : "unknown"}`);
      expect(uses(state).thumbprints).to.include(made.deployed?.thumbprint);
      expect(uses(state).unsettled).to.include("staging");
      sandbox.apinizer.reachable("staging");
      const read = await steps.read(state);
      expect(outcomes(read)).to.equal("production deployed,staging left");
      expect(steps.plan(read, fewer).remarks.join()).to.include("was dropped from staging, which may still have it");
      expect(await failure(steps.delete(read)))
        .to.have.property("message")
        .that.includes("still trust it: staging");
      await steps.delete(read);
      for (const environment of BOTH) expect(serves(environment)).to.deep.equal([undefined, undefined]);
    });

  it("a dropped environment that is clean is nobody's business any more", async () => {
    for (const apDropped of ["shown", "silent"]) {
      Object.assign(sandbox.variants, { apDropped });
      const made = await steps.create(wanted());
      const fewer = await steps.update(made, wanted({ environments: ["production"] }));
      expect(outcomes(fewer)).to.equal("production deployed");
      expect(uses(fewer).unsettled).to.equal(undefined);
      await steps.delete(fewer);
    }
  });

  it("what was put there outside stops a replacement before anything is sent, and the next preview names it", async () => {
    sandbox.apinizer.addEnvironment("dr");
    const made = await steps.create(wanted());
    const environments = [...BOTH, "dr"];
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "gw-alias", pem: pems[2] ?? "", environments });
    const since = sandbox.log.last();
    const { message, state } = await partly(steps.update(made, wanted({ pem: pems[1] })));
    expect(message).to.include("it is in dr, too").and.include("production has thumbprint");
    expect(executed(sandbox, since)).to.deep.equal([]);
    const theirs = state.entries[0]?.thumbprint;
    const [operation] = steps.plan(state, wanted({ pem: pems[1] })).operations;
    expect(operation?.sentence)
      .to.include(`thumbprint ${theirs ?? ""} goes`)
      .and.include("DROPPED from dr");
    const whole = await steps.update(state, wanted({ pem: pems[1] }));
    expect(whole.entries.map(({ environment }) => environment)).to.deep.equal(BOTH);
  });

  it("a deletion does not end what somebody has put there: a refresh names it first", async () => {
    const made = await steps.create(wanted());
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "gw-alias", pem: pems[2] ?? "" });
    const since = sandbox.log.last();
    expect((await failure(steps.delete(made))).message).to.include('run "pulumi refresh"');
    expect(executed(sandbox, since)).to.deep.equal([]);
    const read = await steps.read(made);
    const theirs = read.entries[0]?.thumbprint;
    expect(uses(read).thumbprints).to.include(theirs);
    expect(steps.plan(read, undefined).operations[0]?.sentence).to.include(`(thumbprint ${theirs ?? ""})`);
    await steps.delete(read);
    expect(serves("production")).to.deep.equal([undefined, undefined]);
  });

  it("one that failed keeps what it had: a deletion whose undeployment fails finds the old one", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.unreachable("staging");
    const { state } = await partly(steps.update(made, wanted({ pem: pems[1] })));
    sandbox.apinizer.reachable("staging");
    lostIn("DELETE", "staging", true);
    expect((await failure(steps.delete(state))).message).to.include("still trust it: staging");
    expect(serves("staging")).to.not.include(undefined);
    await steps.delete(state);
    expect(serves("staging")).to.deep.equal([undefined, undefined]);
  });

  it("an adopted certificate: its truststores are read, its alias counts, and what the workers lack is named", async () => {
    const theirs = { name: "gw", alias: "theirs", pem: pems[0] ?? "" };
    await sandbox.apinizer.addCertificateOutside(theirs);
    sandbox.apinizer.undeployOutside("gw", ["staging"]);
    const adopt = wanted({ adopt: true, alias: "theirs" });
    const adopted = await steps.create(adopt);
    expect(outcomes(adopted)).to.equal("production deployed,staging failed");
    expect(adopted.truststores).to.equal("readable");
    expect(steps.told.at(-1)).to.include("staging is failed");
    expect(steps.plan(adopted, adopt).operations[0]?.sentence).to.include("its deployment has failed in staging");
    await sandbox.apinizer.addCertificateOutside(theirs);
    lostIn("DELETE", "staging", true);
    expect((await failure(steps.delete(adopted))).message).to.include("still trust it: staging");
    const whole = await steps.update(adopted, adopt).catch(() => adopted);
    await steps.delete(whole);
    for (const environment of BOTH) expect(serves(environment)).to.deep.equal([undefined, undefined]);
  });

  it("one that is missing keeps its environments: a deletion looks at them, and a refresh can say that none has it", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.unreachable("staging");
    sandbox.apinizer.deleteOutside("gw");
    sandbox.apinizer.reachable("staging");
    const { state } = await partly(steps.update(made, wanted({ pem: pems[1] })));
    expect([state.missing, state.entries.length]).to.deep.equal([true, 2]);
    expect((await steps.read(state)).missing).to.equal(true);
    await steps.delete(state);
    expect(serves("staging")).to.deep.equal([undefined, undefined]);
    expect(await steps.read(state)).to.deep.include({ missing: true, entries: [], outcomes: [] });
  });

  for (const [how, refuse] of [
    [
      "for want of rights",
      (): void => {
        sandbox.apinizer.setRights(["SECRETS+VIEW"], "partners");
      },
    ],
    [
      "with a fault",
      (): void => {
        sandbox.hostile.add({ match: "PUT *", mode: "500" });
      },
    ],
  ] as const)
    for (const [what, change] of [
      ["a trigger", { trigger: "again" }],
      ["a description", { description: "another" }],
      ["a dropped environment", { environments: ["production"] }],
      ["another alias", { alias: "another" }],
      ["another certificate", {}],
    ] as const)
      it(`a replacement that is refused ${how} is named again: ${what}`, async () => {
        const made = await steps.create(wanted());
        const after = wanted(what === "another certificate" ? { pem: pems[1] } : change);
        refuse();
        const { state, message } = await partly(steps.update(made, after));
        expect(message).to.not.include("has stored it");
        expect(executed(sandbox)).to.deep.equal(["create"]);
        expect(serves("staging")).to.deep.equal([made.deployed?.thumbprint, made.deployed?.thumbprint]);
        expect(state.deployed?.thumbprint).to.equal(made.deployed?.thumbprint);
        expect(shown(steps.plan(state, after)).map((one) => one.replace(" !", ""))).to.deep.equal(["update"]);
        expect(state.writes).to.equal(made.writes + 1);
        sandbox.apinizer.setRights(["SECRETS+VIEW", "SECRETS+MANAGE", "SECRETS+DEPLOY_UNDEPLOY"], "partners");
        const whole = await steps.update(state, after);
        expect(steps.plan(whole, after).changes).to.equal(false);
        expect(uses(whole).unsettled).to.equal(undefined);
      });

  it("a replacement that is rolled back is not stored: the added environment is without it", async () => {
    const made = await steps.create(wanted({ environments: ["production"] }));
    Object.assign(sandbox.variants, { apFailedUpdate: "rolled-back" });
    sandbox.apinizer.unreachable("staging");
    const { state } = await partly(steps.update(made, wanted()));
    expect(outcomes(state)).to.equal("production unknown,staging failed");
    expect(state.entries.map(({ environment }) => environment)).to.deep.equal(["production"]);
    const again = steps.plan(state, wanted());
    expect(again.operations[0]?.sentence).to.include("added to staging");
    expect(again.remarks, "it was not dropped").to.deep.equal([]);
    sandbox.apinizer.reachable("staging");
    expect(uses(await steps.update(state, wanted())).unsettled).to.equal(undefined);
  });

  it("a refused alias: the project is said to have what it had", async () => {
    const made = await steps.create(wanted());
    await sandbox.apinizer.addCertificateOutside({ name: "other", alias: "taken", pem: pems[2] ?? "" });
    const { message, state } = await partly(steps.update(made, wanted({ alias: "taken" })));
    expect(message).to.include("is already used").and.include("the project has what it had before");
    expect([state.alias, outcomes(state)]).to.deep.equal([made.alias, outcomes(made)]);
    const { state: read } = { state: await steps.read(state) };
    expect(read.alias).to.equal("gw-alias");
  });

  for (const mode of ["drop-after", "html", "500"] as const)
    it(`a truststore that cannot be read after a write does not lose the write (${mode})`, async () => {
      Object.assign(sandbox.variants, { apDeploymentShape: "D5" });
      sandbox.hostile.add({ match: TRUSTSTORES, mode, times: 99 });
      const made = await steps.create(wanted());
      expect(outcomes(made)).to.equal("production unknown,staging unknown");
      expect(made.entries).to.have.length(2);
      const replaced = await steps.update(made, wanted({ pem: pems[1] }));
      expect(uses(replaced).thumbprints).to.have.members([made.deployed?.thumbprint, replaced.deployed?.thumbprint]);
      expect(executed(sandbox)).to.deep.equal(["create", "update"]);
    });

  for (const [mode, executes] of [
    ["429", false],
    ["drop-after", true],
  ] as const)
    it(`mending double entries: what comes after the deletion is kept in the state (${mode})`, async () => {
      Object.assign(sandbox.variants, { apUpdateEntries: "appended" });
      const doubled = await steps.update(await steps.create(wanted()), wanted({ pem: pems[1] }));
      const again = wanted({ pem: pems[1] });
      sandbox.hostile.add({ match: "POST /apiops/projects/partners/certificates/", mode, times: 9 });
      const step = steps.update(doubled, again);
      if (executes) {
        expect((await step).entries).to.have.length(2);
        return;
      }
      const { state, message } = await partly(step);
      expect(message).to.include("the one with double entries is deleted");
      expect(message).to.not.include("nothing was changed");
      expect([state.entries, state.writes]).to.deep.equal([[], doubled.writes + 1]);
      expect(shown(steps.plan(state, again))).to.deep.equal(["create ?"]);
      expect(await steps.read(state)).to.deep.equal(state);
      sandbox.hostile.clear();
      expect((await steps.update(state, again)).entries).to.have.length(2);
    });

  it("counts the writes that JWKs follow", async () => {
    const { pem, ...none } = wanted();
    const waiting = await steps.create(none);
    const made = await steps.update(waiting, wanted());
    const triggered = await steps.update(made, wanted({ trigger: "again" }));
    const settings = await steps.update(triggered, wanted({ trigger: "again", onDelete: "retain" }));
    expect([waiting, made, triggered, settings].map(({ writes }) => writes)).to.deep.equal([0, 1, 2, 2]);
    const { writes, ...older } = settings;
    expect(gatewayCertificate.state.parse(older).writes).to.equal(0);
  });
});
