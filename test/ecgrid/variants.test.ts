import { expect } from "chai";
import { Fault } from "../../provider/core/fault.js";
import { USUAL, type Spelling } from "../../provider/ecgrid/spelling.js";
import { startSandbox, VARIANTS, type Sandbox } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { KINDS } from "./kinds.js";
import { Steps } from "./steps.js";

/** Readings under which a call cannot work as the REST pages spell it: said, not guessed, and a setting makes it work. */
const NEEDS_SETTING: Readonly<Record<string, { calls: string; words: string; setting: Partial<Spelling> }>> = {
  "hashOnWrite soap": { calls: "create", words: "secureHashAlgorithm", setting: { hashNames: "soap" } },
};

describe("the ECGrid lifecycles under every variant of the documentation", () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.ecgrid.addComm({ commId: 5001 });
  });
  afterEach(() => sandbox.close());

  const ids = (): number[] => sandbox.ecgrid.active(5001).map(({ certKeyId }) => certKeyId);
  const made = (since: number): string[] => sandbox.log.made(since).map(({ path }) => path.split("/").at(-1) ?? "");

  for (const { name, values } of VARIANTS.filter(({ section }) => section.startsWith("ecgrid.md"))) {
    for (const value of values) {
      for (const kind of KINDS) {
        const needs = NEEDS_SETTING[`${name} ${value}`];
        const needed = needs?.calls === kind.makes ? needs : undefined;
        const whole = async (spelling: Spelling): Promise<void> => {
          setVariant(sandbox.variants, name, value);
          const since = sandbox.log.last();
          const steps = new Steps(sandbox, kind.lifecycle, { spelling });
          const first = await steps.create(steps.inputs(await kind.first()));
          expect(ids()).to.deep.equal([first.current.certKeyId]);
          const second = await steps.update(first, steps.inputs(await kind.next()));
          expect(second.previous.map(({ certKeyId }) => certKeyId)).to.deep.equal([first.current.certKeyId]);
          expect(ids()).to.include(second.current.certKeyId).and.not.deep.equal([first.current.certKeyId]);
          const read = await steps.read(second);
          expect(read.current).to.deep.equal(second.current);
          expect(read).to.not.have.nested.property("found[0]");
          await steps.delete(read);
          expect(ids()).to.deep.equal([]);
          expect(made(since)).to.deep.equal([kind.makes, kind.makesNext, "terminate", "terminate"]);
        };

        it(`${name} is ${value}: ${kind.name} ${needed === undefined ? "is made, replaced, read and ended, each call once" : "is refused in words, and works by its setting"}`, async () => {
          if (needed === undefined) return whole(USUAL);
          setVariant(sandbox.variants, name, value);
          const steps = new Steps(sandbox, kind.lifecycle);
          const failure = await steps.create(steps.inputs(await kind.first())).catch((error: unknown) => error);
          expect(failure).to.be.instanceOf(Fault);
          expect(String(failure)).to.include(needed.words);
          expect(ids()).to.deep.equal([]);
          await whole({ ...USUAL, ...needed.setting });
        });
      }
    }
  }
});
