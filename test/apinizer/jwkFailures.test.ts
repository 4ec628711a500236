import { expect } from "chai";
import { Fault, PartialFault } from "../../provider/core/fault.js";
import { receiptBook } from "../../provider/core/receipts.js";
import type { JwkInputs } from "../../provider/apinizer/jwk/inputs.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure, misbehave, PLACES, WAYS } from "../instrument/misbehaving.js";
import { executed, JwkSteps, keyOf, newPems, shown, type Options } from "./steps.js";

const JWKS = "/apiops/projects/partners/jwks/";

describe("calls for a JWK when the service misbehaves", () => {
  let sandbox: Sandbox;
  let steps: JwkSteps;
  let pems: string[];
  before(async () => {
    pems = await newPems(2);
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    steps = new JwkSteps(sandbox);
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "gw-alias", pem: pems[0] ?? "" });
  });
  afterEach(() => sandbox.close());

  const wanted = (more: object = {}): JwkInputs =>
    steps.fromCertificate({}, { certificateThumbprint: undefined, ...more });
  const only = (name: string): object => {
    expect(sandbox.apinizer.jwks().map((one) => one.name)).to.deep.equal([name]);
    return sandbox.apinizer.jwk(name).members;
  };

  /** A fault answers three questions, and shows no private member. */
  function answers(fault: unknown): Fault {
    expect(fault).to.be.instanceOf(Fault);
    const { message } = fault as Fault;
    expect(message).to.match(/^Could not .*\. Known: .*\. Next: /s);
    for (const { name } of sandbox.apinizer.jwks())
      for (const member of Object.values(sandbox.apinizer.privateMembers(name))) expect(message).to.not.include(member);
    return fault as Fault;
  }

  interface Call {
    readonly name: string;
    readonly match: string;
    readonly before?: () => JwkInputs;
    readonly after: (() => JwkInputs) | undefined;
    /** What is executed in all, when nothing was executed in vain. */
    readonly executes: readonly string[];
    readonly settled: (state: JwkState | undefined) => void;
  }
  const generated = (more: object = {}): JwkInputs => steps.generated(more);
  const CALLS: readonly Call[] = [
    {
      name: "create from a certificate",
      match: `POST ${JWKS}`,
      after: () => wanted(),
      executes: ["jwks.create"],
      settled: (state) => {
        expect(only("signer")).to.deep.equal(keyOf(pems[0] ?? ""));
        expect([state?.made, state?.attached]).to.deep.equal([true, true]);
      },
    },
    {
      name: "generate",
      match: `POST ${JWKS}generate`,
      after: () => generated(),
      executes: ["jwks.create"],
      settled: (state) => {
        const { kid } = sandbox.apinizer.jwk("own");
        expect(state?.publicJwk).to.deep.equal({ ...only("own"), kid, use: "sig", alg: "ES256" });
      },
    },
    {
      name: "update",
      match: `PUT ${JWKS}signer/`,
      before: () => wanted(),
      after: () => wanted({ description: "d" }),
      executes: ["jwks.update"],
      settled: (state) => {
        only("signer");
        expect(sandbox.apinizer.jwk("signer")).to.include({ description: "d", sourceId: null });
        expect([state?.description, state?.attached]).to.deep.equal(["d", false]);
      },
    },
    {
      name: "delete",
      match: `DELETE ${JWKS}signer/`,
      before: () => wanted(),
      after: undefined,
      executes: ["jwks.delete"],
      settled: () => {
        expect(sandbox.apinizer.jwks()).to.deep.equal([]);
      },
    },
    ...["DELETE", "POST"].map((method): Call => ({
      name: `make anew, ${method}`,
      match: `${method} ${JWKS}${method === "POST" ? "generate" : "own/"}`,
      before: () => generated(),
      after: () => generated({ trigger: "again" }),
      executes: ["jwks.delete", "jwks.create"],
      settled: (state) => {
        expect(state?.trigger).to.equal("again");
        const { kid } = sandbox.apinizer.jwk("own");
        expect(state?.publicJwk).to.deep.equal({ ...only("own"), kid, use: "sig", alg: "ES256" });
      },
    })),
  ];

  for (const call of CALLS)
    for (const place of PLACES)
      for (const way of WAYS)
        it(`${call.name}, ${place}: ${way.mode}${way.executed === true ? " after it was executed" : ""}`, async () => {
          let book = "";
          const kept = new JwkSteps(sandbox, {
            receipts: () => book,
            book: receiptBook((line) => (book += line)),
          });
          const before = call.before === undefined ? undefined : await kept.create(call.before());
          const since = sandbox.log.last();
          const run = async (state: JwkState | undefined): Promise<JwkState | undefined> => {
            if (state === undefined) return call.after && kept.create(call.after());
            if (call.after !== undefined) return kept.update(state, call.after());
            await kept.delete(state);
            return undefined;
          };
          misbehave(sandbox, call.match, place, way);
          let state = before;
          let failed: unknown;
          try {
            state = await run(before);
          } catch (error) {
            failed = error;
            if (answers(error) instanceof PartialFault) state = (error as PartialFault<JwkState>).state;
          }
          const first = executed(sandbox, since);
          expect(call.executes, "in order, each once").to.deep.equal([...first, ...call.executes.slice(first.length)]);
          sandbox.hostile.clear();
          if (failed !== undefined) {
            const next = kept.plan(state, call.after?.());
            // An update that the service said yes to is kept, and needs nothing more.
            const done = call.name === "update" && failed instanceof PartialFault;
            expect(next.changes, "the next run has what is missing in its plan").to.equal(!done);
            state = await run(state);
          }
          expect(executed(sandbox, since)).to.deep.equal(call.executes);
          call.settled(state);
          if (state !== undefined) expect(kept.plan(await kept.read(state), call.after?.()).changes).to.equal(false);
        });

  it("a generated one whose answer and reads were lost is asked about where no receipts are kept, and adopted", async () => {
    sandbox.hostile.add({
      match: `POST ${JWKS}generate`,
      mode: "drop-after",
      after: () => {
        sandbox.hostile.add({ match: "GET *", mode: "500", times: 99 });
      },
    });
    expect((await failure(steps.create(generated()))).message).to.include("whether it was stored is not known");
    sandbox.hostile.clear();
    const { message } = await failure(steps.create(generated()));
    expect(message).to.include("the project has another JWK of this name").and.include("set adopt: true");
    const adopted = await steps.create(generated({ adopt: true }));
    expect(adopted.thumbprint).to.be.a("string");
    expect(executed(sandbox)).to.deep.equal(["jwks.create"]);
    expect(steps.plan(adopted, generated({ adopt: true })).changes).to.equal(false);
  });

  it("a JWK of the name that is there already: with the certificate's key it is taken over, with another it is asked about", async () => {
    sandbox.apinizer.addJwkOutside("signer", sandbox.apinizer.certificate("gw"));
    const taken = await steps.create(wanted());
    expect([taken.made, taken.attached]).to.deep.equal([true, true]);
    expect(steps.told.join()).to.include("with the key that is wanted: taken over");
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "gw-alias", pem: pems[1] ?? "" });
    const { message, outcome } = await failure(steps.create(wanted()));
    expect(message)
      .to.include("the project has another JWK of this name")
      .and.include("it has another key than the certificate");
    expect(outcome).to.equal("not executed");
    expect(executed(sandbox)).to.deep.equal([]);
  });

  it("a detached JWK with the certificate's key is not the one that is wanted", async () => {
    const made = await steps.create(wanted());
    await steps.update(made, wanted({ description: "d" }));
    expect((await failure(steps.create(wanted()))).message).to.include("another JWK of this name");
  });

  it("one that appears between the read and the call is not taken for what the call has made", async () => {
    const other = await sandbox.apinizer.addCertificateOutside({ name: "other", pem: pems[1] ?? "" });
    sandbox.hostile.add({
      match: `POST ${JWKS}`,
      mode: "hook",
      before: () => void sandbox.apinizer.addJwkOutside("signer", other),
    });
    const { message } = await failure(steps.create(wanted()));
    expect(message).to.include("is already exist").and.include("that this call has not made");
    sandbox.hostile.add({
      match: `POST ${JWKS}generate`,
      mode: "hook",
      before: () => void sandbox.apinizer.addJwkOutside("own", other),
    });
    expect((await failure(steps.create(generated()))).message).to.include("that this call has not made");
    expect(executed(sandbox)).to.deep.equal([]);
  });

  it("adopt reads what is there and sends nothing; a missing one is told, and one that is otherwise, too", async () => {
    expect((await failure(steps.create(wanted({ adopt: true })))).message).to.include("no JWK of this name");
    sandbox.apinizer.addJwkOutside("signer", sandbox.apinizer.certificate("gw"));
    expect(steps.plan(undefined, wanted({ adopt: true })).remarks.join()).to.include("ADOPT JWK signer");
    expect(await steps.create(wanted({ adopt: true }))).to.include({ made: true, attached: true });
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "gw-alias", pem: pems[1] ?? "" });
    const unlike = await failure(steps.create(wanted({ adopt: true, description: "of others" })));
    expect(unlike.message).to.include("it has another key than certificate gw");
    expect(executed(sandbox)).to.deep.equal([]);
  });

  it("a JWK waits for its certificate; what is there by then can be adopted", async () => {
    const waits = wanted({ certificateThumbprint: "" });
    expect(steps.plan(undefined, waits).remarks.join()).to.include("WAIT");
    const waiting = await steps.create(waits);
    expect([waiting.made, sandbox.log.all().length]).to.deep.equal([false, 0]);
    expect(steps.plan(waiting, waits).changes).to.equal(false);
    expect(await steps.read(waiting)).to.deep.equal(waiting);
    expect(steps.plan(waiting, undefined).remarks.join()).to.include("was never made: no remote call");
    await steps.delete(waiting);
    const other = await sandbox.apinizer.addCertificateOutside({ name: "other", pem: pems[1] ?? "" });
    sandbox.apinizer.addJwkOutside("signer", other);
    const deployed = wanted({ certificateThumbprint: "AB" });
    expect(shown(steps.plan(waiting, deployed))).to.deep.equal(["jwks.create ?"]);
    expect((await failure(steps.update(waiting, deployed))).message).to.include("it has another key");
    const adopting = { ...deployed, adopt: true };
    expect(steps.plan(waiting, adopting).remarks.join()).to.include("ADOPT JWK signer");
    expect((await failure(steps.update(waiting, adopting))).message).to.include("another key than certificate gw");
    sandbox.apinizer.deleteJwkOutside("signer");
    sandbox.apinizer.addJwkOutside("signer", sandbox.apinizer.certificate("gw"));
    expect((await steps.update(waiting, adopting)).made).to.equal(true);
    sandbox.apinizer.deleteJwkOutside("signer");
    const made = await steps.update(waiting, deployed);
    expect([made.made, made.attached]).to.deep.equal([true, true]);
    expect(executed(sandbox)).to.deep.equal(["jwks.create"]);
  });

  it("nothing is deleted for a new one whose certificate is not deployed", async () => {
    const made = await steps.create(wanted());
    for (const more of [{ trigger: "again" }, { certificateName: "later" }]) {
      const after = wanted({ ...more, certificateThumbprint: "" });
      expect(steps.plan(made, after).refusal).to.include("so the old JWK would be deleted and none made");
      expect((await failure(steps.update(made, after))).message).to.include("Deploy the certificate first");
    }
    expect(executed(sandbox)).to.deep.equal(["jwks.create"]);
  });

  it("replaced and deleted outside: the next read has the new key, or lets it go", async () => {
    const made = await steps.create(wanted());
    const own = await steps.create(generated());
    const at = sandbox.apinizer.certificate("gw");
    sandbox.apinizer.deleteJwkOutside("signer");
    const after = await sandbox.apinizer.addCertificateOutside({
      name: at.name,
      alias: "gw-alias",
      pem: pems[1] ?? "",
    });
    sandbox.apinizer.addJwkOutside("signer", after);
    expect((await steps.read(made)).publicJwk).to.include(keyOf(pems[1] ?? ""));
    sandbox.apinizer.deleteJwkOutside("signer");
    expect((await steps.read(made)).missing).to.equal(true);
    const followed = failure<PartialFault<JwkState>>(steps.update(made, wanted({ certificateThumbprint: "AB" })));
    const gone = await followed;
    expect(gone.message).to.include("does not have it any more").and.include("the next preview names the call");
    expect([gone.state.made, shown(steps.plan(gone.state, wanted()))]).to.deep.equal([false, ["jwks.create ?"]]);
    sandbox.apinizer.setRights([], "partners");
    for (const state of [made, own])
      expect((await failure(new JwkSteps(sandbox).read(state))).message).to.include("nothing is taken for gone");
  });

  describe("after a run that was killed", () => {
    let book: string;
    let dying: boolean;
    const keeping = (): Options => ({
      receipts: () => book,
      book: receiptBook((line) => (book += line)),
      killed: () => dying,
    });
    const killed = async (work: Promise<unknown>): Promise<void> => {
      dying = true;
      expect(await work.catch(String)).to.equal("Error: killed");
      dying = false;
      // A process that is killed writes no end.
      book = book
        .split("\n")
        .filter((line) => !line.includes('"unknown"'))
        .join("\n");
    };
    beforeEach(() => {
      book = "";
      dying = false;
    });

    it("a generated JWK is taken over by its receipt, once", async () => {
      const first = new JwkSteps(sandbox, keeping());
      await killed(first.create(first.generated()));
      const made = await first.create(first.generated());
      expect(first.told.join()).to.include("made by a run that did not come to its end");
      expect(made.publicJwk).to.include({ ...sandbox.apinizer.jwk("own").members });
      expect(executed(sandbox)).to.deep.equal(["jwks.create"]);
      sandbox.apinizer.deleteJwkOutside("own");
      sandbox.apinizer.addJwkOutside("own", sandbox.apinizer.certificate("gw"));
      expect((await failure(first.create(first.generated()))).message, "the receipt is used up").to.include(
        "another JWK of this name",
      );
    });

    it("what was made anew is taken over, and not deleted and made again", async () => {
      const all = new JwkSteps(sandbox, keeping());
      const made = await all.create(all.generated());
      const again = all.generated({ trigger: "again" });
      sandbox.hostile.add({
        match: `POST ${JWKS}generate`,
        mode: "hook",
        before: () => {
          dying = true;
        },
      });
      expect(await all.update(made, again).catch(String)).to.include("killed");
      await killed(Promise.reject(new Error("killed")));
      const after = await all.update(made, again);
      expect(after.thumbprint).to.not.equal(made.thumbprint);
      expect(after.publicJwk).to.include({ ...sandbox.apinizer.jwk("own").members });
      expect(executed(sandbox)).to.deep.equal(["jwks.create", "jwks.delete", "jwks.create"]);
    });

    it("a call that was never executed leaves no receipt behind that a later JWK could be taken for", async () => {
      sandbox.hostile.add({ match: `POST ${JWKS}generate`, mode: "500" });
      const all = new JwkSteps(sandbox, keeping());
      await failure(all.create(all.generated()));
      const made = await all.create(all.generated());
      const after = await all.update(made, all.generated({ trigger: "again" }));
      expect(after.thumbprint, "made anew, although an old receipt had no end").to.not.equal(made.thumbprint);
      expect(executed(sandbox)).to.deep.equal(["jwks.create", "jwks.delete", "jwks.create"]);
    });
  });
});
