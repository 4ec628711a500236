import { expect } from "chai";
import { certificate } from "../../provider/ecgrid/generated/certificate.js";
import type { CertificateInputs } from "../../provider/ecgrid/generated/inputs.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { Steps } from "./steps.js";

/**
 * What ECGrid holds and the state does not say, in every reading of the documentation. How Pulumi shows it and keeps it:
 * test/engine/createFaults.test.ts and terminateFaults.test.ts, for one reading.
 */
describe("an ECGrid certificate of which the state does not know all", () => {
  let sandbox: Sandbox;
  let steps: Steps<CertificateInputs, CertificateState>;

  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.ecgrid.addComm({ commId: 5001 });
    steps = new Steps(sandbox, certificate);
  });
  afterEach(() => sandbox.close());

  const inputs = (more: object = {}): CertificateInputs =>
    steps.inputs({ commId: 5001, overlapDays: 30, allowLastTermination: true, ...more });
  const made = (): string[] => sandbox.log.made().map(({ path }) => path.split("/").at(-1) ?? "");

  for (const precision of ["exact", "day", "ignored"] as const)
    it(`created by a run that was killed, expires kept ${precision}: it is named, and no second one is made`, async () => {
      sandbox.variants.expiresPrecision = precision;
      // What became of it never came into a state.
      const { current } = await steps.create(inputs());
      const stopped = await steps.create(inputs()).catch((error: unknown) => error);
      expect(String(stopped)).to.include(`set adopt: ${current.certKeyId}`);
      const adopted = await steps.create(inputs({ adopt: current.certKeyId }));
      expect(adopted.current.certKeyId).to.equal(current.certKeyId);
      expect(made()).to.deep.equal(["create"]);
    });

  for (const repeat of ["false", "404", "400", "true"] as const)
    for (const listed of ["listed", "hidden"] as const)
      it(`terminated outside, answered ${repeat}, ${listed}: its deletion succeeds`, async () => {
        const state = await steps.create(inputs());
        Object.assign(sandbox.variants, { repeatTerminate: repeat, terminatedOnRead: listed });
        sandbox.ecgrid.terminateOutside(5001, state.current.certKeyId);
        await steps.delete(state);
        expect(sandbox.ecgrid.active(5001)).to.deep.equal([]);
      });
});
