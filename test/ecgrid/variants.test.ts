import { expect } from "chai";
import { Fault } from "../../provider/core/fault.js";
import { startSandbox, VARIANTS, type Sandbox } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { inputs } from "./states.js";
import { Steps } from "./steps.js";

const NOW = "2026-03-01T10:00:00Z";

/** Readings of the documentation under which a call cannot work as it is written down elsewhere: said, not guessed. */
const REFUSED: Readonly<Record<string, string>> = { "hashOnWrite soap": "secureHashAlgorithm" };

describe("the ECGrid lifecycle under every variant of the documentation", () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ now: NOW });
    sandbox.ecgrid.addComm({ commId: 5001 });
  });
  afterEach(() => sandbox.close());

  const ids = (): number[] => sandbox.ecgrid.active(5001).map(({ certKeyId }) => certKeyId);
  const made = (): string[] => sandbox.log.made().map(({ path }) => path.split("/").at(-1) ?? "");

  for (const { name, values } of VARIANTS) {
    for (const value of values) {
      const refused = REFUSED[`${name} ${value}`];
      it(`${name} is ${value}: ${refused === undefined ? "created, renewed, read, terminated, each once" : "refused in words"}`, async () => {
        setVariant(sandbox.variants, name, value);
        const steps = new Steps(sandbox);
        const wanted = inputs({ allowLastTermination: true });
        if (refused !== undefined) {
          const failure = await steps.create(wanted).catch((error: unknown) => error);
          expect(failure).to.be.instanceOf(Fault);
          expect(String(failure)).to.include(refused);
          expect(ids()).to.deep.equal([]);
          return;
        }
        const first = await steps.create(wanted);
        expect(ids()).to.deep.equal([first.current.certKeyId]);
        sandbox.clock.advance({ days: 710 });
        const second = await steps.update(first, wanted);
        expect(second.previous.map(({ certKeyId }) => certKeyId)).to.deep.equal([first.current.certKeyId]);
        expect(ids()).to.include(second.current.certKeyId).and.not.deep.equal([first.current.certKeyId]);
        const read = await steps.read(second);
        expect(read).to.not.equal("gone");
        if (read === "gone") return;
        expect(read.current).to.deep.equal(second.current);
        expect(read.found).to.deep.equal([]);
        await steps.delete(read);
        expect(ids()).to.deep.equal([]);
        expect(made()).to.deep.equal(["create", "renew", "terminate", "terminate"]);
      });
    }
  }
});
