import { expect } from "chai";
import type { CertificateInputs } from "../../provider/apinizer/certificate/inputs.js";
import { jwk } from "../../provider/apinizer/jwk/lifecycle.js";
import { announcement, type Operation } from "../../provider/core/operation.js";
import { UNKNOWN, type Planned } from "../../provider/core/unknown.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { GatewaySteps } from "../apinizer/steps.js";
import { unnamedRequests } from "./gatewayWords.js";

describe("what a request to a gateway asks for, held against the words of a preview", () => {
  let sandbox: Sandbox;
  let steps: GatewaySteps;
  let pems: string[];
  const ALL = ["production", "staging"];
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    steps = new GatewaySteps(sandbox);
    pems = [await sandbox.apinizer.newPem("gw"), await sandbox.apinizer.newPem("gw")];
  });
  afterEach(() => sandbox.close());

  const inputs = (more: Partial<CertificateInputs> = {}): CertificateInputs =>
    steps.inputs({ project: "partners", name: "gw", alias: "gw", environments: ALL, pem: pems[0], ...more });
  const said = (operations: readonly Operation[]): string =>
    operations.map((operation) => `    warning: ${announcement(operation)}`).join("\n");
  const unnamed = (text: string, trusting: readonly string[] = []): string[] =>
    unnamedRequests(text, sandbox.log.made(), new Map([["project=partners name=gw", trusting]]));

  const CREATED = "apinizer.certificates.create project=partners name=gw asked for";

  it("accepts what was named, of every operation", async () => {
    const words: string[] = [];
    const planned = (before: Parameters<GatewaySteps["plan"]>[0], after: Parameters<GatewaySteps["plan"]>[1]) =>
      words.push(said(steps.plan(before, after).operations));
    const [first, second] = [
      inputs(),
      inputs({ pem: pems[1] ?? "", environments: ["staging"], jwkUpdateAction: "NULLIFY" }),
    ];
    planned(undefined, first);
    const made = await steps.create(first);
    planned(made, second);
    const replaced = await steps.update(made, second);
    planned(replaced, undefined);
    await steps.delete(replaced);
    expect(unnamed(words.join("\n"))).to.deep.equal([]);
    expect(sandbox.log.made()).to.have.length(3);
  });

  it("finds another certificate, and other environments", async () => {
    const words = said(steps.plan(undefined, inputs({ pem: pems[1] ?? "" })).operations);
    const fewer = said(steps.plan(undefined, inputs({ environments: ["staging"] })).operations);
    await steps.create(inputs());
    expect(unnamed(words)).to.have.length(1);
    expect(unnamed(fewer)[0]).to.contain(`${CREATED} environments production,staging`);
  });

  for (const [what, named] of [
    ["another JWK action", { jwkUpdateAction: "NULLIFY" }],
    ["another scope", { jwkUpdateScope: "ALL_PROJECTS" }],
    ["fewer environments", { environments: ["production"] }],
  ] as const)
    it(`finds a replacement with ${what}`, async () => {
      const made = await steps.create(inputs());
      const created = said(steps.plan(undefined, inputs()).operations);
      const changed = { pem: pems[1] ?? "" };
      await steps.update(made, inputs(changed));
      const told = (more: Partial<CertificateInputs>): string =>
        `${created}\n${said(steps.plan(made, inputs({ ...changed, ...more })).operations)}`;
      expect(unnamed(told({}))).to.deep.equal([]);
      expect(
        unnamed(told({ ...named, environments: [...(("environments" in named && named.environments) || ALL)] })),
      ).to.have.length(1);
    });

  it("takes for anything what is told to be unknown, and nothing else", async () => {
    const made = await steps.create(inputs());
    const after = { ...inputs(), ...{ environments: UNKNOWN, jwkUpdateAction: UNKNOWN, pem: UNKNOWN } };
    const words = said(steps.plan(made, after as Planned<CertificateInputs> as CertificateInputs).operations);
    await steps.update(made, inputs({ pem: pems[1] ?? "", environments: ["staging"], jwkUpdateAction: "NULLIFY" }));
    expect(words).to.contain("its environments are not known yet").and.contain("is not known yet: re-parsed");
    expect(unnamed(words)).to.deep.equal([]);
  });

  it("lets a repair go to those alone that trusted the certificate before", async () => {
    const made = await steps.create(inputs());
    sandbox.apinizer.unreachable("staging");
    sandbox.apinizer.deleteOutside("gw");
    sandbox.apinizer.reachable("staging");
    const words = `${said(steps.plan(undefined, inputs()).operations)}\n${said(steps.plan(made, undefined).operations)}`;
    await steps.delete(made);
    expect(unnamed(words, ["staging"])).to.deep.equal([]);
  });

  it("finds a JWK of another source", () => {
    const wanted = {
      name: "j",
      project: "partners",
      certificateName: "gw",
      environment: "staging",
      algorithm: "RS256",
    };
    const plan = (more: object) => {
      const checked = jwk.normalize({ ...wanted, ...more });
      if (!checked.ok) throw new Error("not allowed");
      return said(jwk.plan({ after: checked.inputs, seed: "j" }, new Date()).operations);
    };
    const request = {
      ...{ operation: "apinizer.jwks.create project=partners name=j", query: "" },
      body: { certificateName: "gw", environmentName: "staging", useType: "SIGNATURE", algorithm: "RS256" },
    } as unknown as Parameters<typeof unnamedRequests>[1][number];
    expect(unnamedRequests(plan({}), [request], new Map())).to.deep.equal([]);
    expect(unnamedRequests(plan({ environment: "production" }), [request], new Map())).to.have.length(1);
  });
});
