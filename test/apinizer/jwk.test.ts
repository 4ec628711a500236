import { expect } from "chai";
import type { PartialFault } from "../../provider/core/fault.js";
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import { startSandbox, VARIANTS, type Sandbox } from "../../sandbox/index.js";
import { setVariant } from "../../sandbox/variants.js";
import { executed, GatewaySteps, JwkSteps, keyOf, newPems, shown, type Options } from "./steps.js";

describe("a JWK on a gateway, under every variant of the documentation", () => {
  let sandbox: Sandbox;
  let pems: string[];
  before(async () => {
    pems = await newPems(3);
  });
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    sandbox.apinizer.inGap = () => undefined;
  });
  afterEach(() => sandbox.close());

  const optionsOf = (name: string, value: string): Options => ({
    fields: name === "apFields" && value === "query" ? "query" : "form",
    how: name === "apAuthorization" && value === "bare" ? "bare" : "bearer",
  });

  /** What the manager has of JWK `signer`: whether it refers to a certificate, and which certificate's key it has. */
  const signer = (): [boolean, number] => {
    const { sourceId, members } = sandbox.apinizer.jwk("signer");
    const key = JSON.stringify(members);
    return [sourceId !== null, pems.findIndex((pem) => JSON.stringify(keyOf(pem)) === key)];
  };
  /** The state says the same as the manager. */
  const agrees = (state: JwkState): void => {
    const { sourceId, members, kid } = sandbox.apinizer.jwk(state.name);
    expect(state.made).to.equal(true);
    // Where no reference is shown, nothing says that there is one.
    const hidden = sandbox.variants.apSourceId === "hidden" && state.attached !== false;
    expect(state.attached).to.equal(hidden ? undefined : sourceId !== null);
    expect(state.publicJwk).to.deep.equal({ ...members, kid, use: "sig", alg: "ES256" });
  };
  const everywhere = (name: string): boolean =>
    ["production", "staging"]
      .flatMap((environment) => Object.values(sandbox.apinizer.heldJwks(environment)))
      .every((held) => held.includes(name));

  for (const { name, values } of VARIANTS.filter(({ section }) => section.startsWith("apinizer.md")))
    for (const value of values) {
      it(`${name} is ${value}: made from a certificate, read, taken along and left behind by its replacements, made anew, described and deleted`, async () => {
        setVariant(sandbox.variants, name, value);
        const held: { state?: JwkState } = {};
        const options = optionsOf(name, value);
        const jwks = new JwkSteps(sandbox, options);
        const certificates = new GatewaySteps(sandbox, {
          ...options,
          heldByOthers: () => new Set(held.state === undefined ? [] : jwks.lifecycle.holds(held.state)),
        });
        const wanted = (at: number, more: object = {}) =>
          certificates.inputs({
            ...{ project: "partners", name: "gw", alias: "gw-alias", environments: ["production", "staging"] },
            ...{ pem: pems[at], ...more },
          });
        const first = await certificates.create(wanted(0));
        const made = await jwks.create(jwks.fromCertificate(first));
        agrees(made);
        expect(signer()).to.deep.equal([true, 0]);
        expect(everywhere("signer")).to.equal(true);
        expect(jwks.plan(made, jwks.fromCertificate(first)).changes).to.equal(false);
        held.state = await jwks.read(made);
        expect(held.state).to.deep.equal(made);

        const [replacing] = certificates.plan(first, wanted(1)).operations;
        expect(replacing?.sentence).to.include("signer of this stack").and.include("are re-parsed");
        const second = await certificates.update(first, wanted(1));
        const follows = jwks.plan(held.state, jwks.fromCertificate(second));
        expect([follows.operations, follows.changes]).to.deep.equal([[], true]);
        const following = jwks.update(held.state, jwks.fromCertificate(second));
        if (name === "apJwkParameters" && value === "none") {
          // The service knows none of the parameters: it detaches the JWK, which keeps the old key.
          expect(signer()[1]).to.equal(0);
          held.state = await following;
          expect(jwks.told.at(-1)).to.include("is detached from certificate gw and keeps the old key");
        } else {
          held.state = await following;
          expect(signer()).to.deep.equal([true, 1]);
          expect(jwks.plan(held.state, jwks.fromCertificate(second)).changes).to.equal(false);
        }
        agrees(held.state);

        const old = signer()[1];
        const third = await replaceAndDetach(certificates, second, wanted(2, { jwkUpdateAction: "NULLIFY" }));
        const following2 = jwks.update(held.state, jwks.fromCertificate(third));
        held.state = await following2.catch((error: unknown) => (error as PartialFault<JwkState>).state);
        agrees(held.state);
        // Where an update is a flag, its default may keep the reference.
        expect(signer()).to.deep.equal([name === "apJwkParameters" && value === "flag", old]);
        const left = jwks.plan(held.state, jwks.fromCertificate(third));
        expect(left.remarks.join()).to.include(
          held.state.attached === false
            ? "is DETACHED from certificate gw and keeps key"
            : "HAS ANOTHER KEY than certificate gw",
        );
        expect([left.changes, left.operations, held.state.outdated]).to.deep.equal([false, [], true]);

        const again = jwks.fromCertificate(third, { trigger: "again" });
        expect(shown(jwks.plan(held.state, again))).to.deep.equal(["jwks.delete ? !", "jwks.create"]);
        held.state = await jwks.update(held.state, again);
        expect(signer()).to.deep.equal([true, 2]);
        agrees(held.state);
        expect(jwks.plan(held.state, again).changes).to.equal(false);

        const described = jwks.fromCertificate(third, { trigger: "again", description: "for partners" });
        const [update] = jwks.plan(held.state, described).operations;
        expect([update?.destructive, update?.sentence.includes("DETACHED from certificate gw")]).to.deep.equal([
          true,
          true,
        ]);
        held.state = await jwks.update(held.state, described);
        expect(signer()).to.deep.equal([false, 2]);
        expect(sandbox.apinizer.jwk("signer").description).to.equal("for partners");
        agrees(held.state);
        expect(jwks.plan(held.state, described).changes).to.equal(false);

        await jwks.delete(await jwks.read(held.state));
        expect(sandbox.apinizer.jwks()).to.deep.equal([]);
        expect(executed(sandbox).filter((one) => one.startsWith("jwks."))).to.deep.equal([
          ...["jwks.create", "jwks.delete", "jwks.create", "jwks.update", "jwks.delete"],
        ]);
      });

      it(`${name} is ${value}: generated, read, described, generated anew and deleted`, async () => {
        setVariant(sandbox.variants, name, value);
        const steps = new JwkSteps(sandbox, optionsOf(name, value));
        const made = await steps.create(steps.generated({ description: "first" }));
        agrees(made);
        expect([everywhere("own"), made.attached]).to.deep.equal([true, false]);
        const read = await steps.read(made);
        expect(read).to.deep.equal(made);
        const more = steps.generated({ description: "second" });
        const [update] = steps.plan(read, more).operations;
        expect([update?.destructive, update?.sentence.includes("DETACHED")]).to.deep.equal([false, false]);
        const described = await steps.update(read, more);
        expect(sandbox.apinizer.jwk("own").description).to.equal("second");
        expect(described.thumbprint).to.equal(made.thumbprint);
        const again = steps.generated({ description: "second", trigger: "again" });
        expect(steps.plan(described, again).operations[0]?.sentence).to.include("ITS KEY IS LOST");
        const anew = await steps.update(described, again);
        agrees(anew);
        expect(anew.thumbprint).to.not.equal(made.thumbprint);
        expect(steps.plan(anew, again).changes).to.equal(false);
        await steps.delete(anew);
        expect(sandbox.apinizer.jwks()).to.deep.equal([]);
        await steps.delete(anew); // settled by reading
        expect(executed(sandbox)).to.deep.equal([
          ...["jwks.create", "jwks.update", "jwks.delete", "jwks.create", "jwks.delete"],
        ]);
      });
    }

  /** The certificate with another key, whose JWKs are detached; double entries are mended on the way. */
  async function replaceAndDetach(
    steps: GatewaySteps,
    before: CertificateState,
    after: ReturnType<GatewaySteps["inputs"]>,
  ): Promise<CertificateState> {
    const { sentence = "" } = steps.plan(before, after).operations[0] ?? {};
    expect(sentence).to.match(/are DETACHED AND KEEP THE OLD KEY|lose their reference and keep their key/);
    return steps.update(before, after);
  }
});
