import { expect } from "chai";
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import { Fault, PartialFault } from "../../provider/core/fault.js";
import { startSandbox, VARIANTS, type Sandbox } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { executed, GatewaySteps, newPems, trustOthers } from "./steps.js";

/**
 * Switches that matter only when something fails. Whatever the variant: no step is green while an environment has what it
 * should not, nothing is sent while workers do not answer, and the next run brings it to its end.
 */
describe("gateways that fail, under every variant of the documentation", () => {
  const BOTH = ["production", "staging"];
  let pems: string[];
  before(async () => {
    pems = await newPems(2);
  });

  interface Given {
    readonly sandbox: Sandbox;
    readonly steps: GatewaySteps;
    readonly wanted: (at: number) => ReturnType<GatewaySteps["inputs"]>;
    /** Thumbprints that staging's workers serve. */
    readonly staging: () => (string | undefined)[];
    readonly made: CertificateState;
    readonly old: string;
  }

  const faultOf = (work: Promise<unknown>): Promise<Fault | undefined> =>
    work.then(
      () => undefined,
      (fault: unknown) => {
        expect(fault).to.be.instanceOf(Fault);
        return fault as Fault;
      },
    );

  const SCENARIOS: Readonly<Record<string, (given: Given) => Promise<void>>> = {
    "an environment that is lost in a replacement": async ({ sandbox, steps, wanted, staging, made, old }) => {
      sandbox.apinizer.unreachable("staging");
      const fault = await faultOf(steps.update(made, wanted(1)));
      expect(fault, "it serves the old one").to.be.instanceOf(PartialFault);
      sandbox.apinizer.reachable("staging");
      const { state } = fault as PartialFault<CertificateState>;
      const after = await steps.update(state, wanted(1));
      expect(staging()).to.not.include(old);
      expect(steps.lifecycle.uses?.(after).unsettled).to.equal(undefined);
    },
    "an environment that is lost in a deletion": async ({ sandbox, steps, staging, made, old }) => {
      sandbox.hostile.add({
        match: "DELETE *",
        mode: "hook",
        before: () => {
          sandbox.apinizer.unreachable("staging");
        },
      });
      const fault = await faultOf(steps.delete(made));
      if (fault === undefined) expect(staging()).to.not.include(old);
      sandbox.apinizer.reachable("staging");
      await steps.delete(made);
      expect(staging()).to.deep.equal([undefined, undefined]);
    },
    "an environment that is lost before a deletion": async ({ sandbox, steps, made }) => {
      sandbox.apinizer.unreachable("staging");
      const since = sandbox.log.last();
      expect(await faultOf(steps.delete(made))).to.be.instanceOf(Fault);
      expect(executed(sandbox, since)).to.deep.equal([]);
    },
    "an environment that is lost and dropped": async ({ sandbox, steps, wanted, staging, made, old }) => {
      sandbox.apinizer.unreachable("staging");
      const less = { ...wanted(1), environments: ["production"] };
      const state = await steps.update(made, less).catch((fault: unknown) => {
        expect(fault).to.be.instanceOf(PartialFault);
        return (fault as PartialFault<CertificateState>).state;
      });
      expect(staging()).to.include(old);
      expect(steps.lifecycle.uses?.(state)).to.have.property("unsettled");
      expect(steps.lifecycle.uses?.(state).thumbprints).to.include(old);
      expect(await faultOf(steps.delete(state))).to.be.instanceOf(Fault);
    },
    "a token that may not deploy": async ({ sandbox, steps, wanted, staging, made, old }) => {
      sandbox.apinizer.setRights(["SECRETS+VIEW", "SECRETS+MANAGE"], "partners");
      const fault = await faultOf(steps.update(made, wanted(1)));
      expect(fault?.message).to.include("SECRETS+DEPLOY_UNDEPLOY");
      expect(staging()).to.deep.equal([old, old]);
    },
  };

  for (const { name, values } of VARIANTS.filter(({ section }) => section.startsWith("apinizer.md")))
    for (const value of values)
      for (const [scenario, run] of Object.entries(SCENARIOS))
        it(`${name} is ${value}: ${scenario}`, async () => {
          const sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
          try {
            sandbox.apinizer.inGap = () => undefined;
            await trustOthers(sandbox);
            setVariant(sandbox.variants, name, value);
            const steps = new GatewaySteps(sandbox, {
              fields: name === "apFields" && value === "query" ? "query" : "form",
              how: name === "apAuthorization" && value === "bare" ? "bare" : "bearer",
            });
            const wanted = (at: number) =>
              steps.inputs({ project: "partners", name: "gw", alias: "gw", environments: BOTH, pem: pems[at] });
            const made = await steps.create(wanted(0));
            const staging = () => sandbox.apinizer.serving("staging", "gw").map(({ thumbprint }) => thumbprint);
            await run({ sandbox, steps, wanted, staging, made, old: made.deployed?.thumbprint ?? "" });
          } finally {
            await sandbox.close();
          }
        });
});
