import { expect } from "chai";
import { gatewayCertificate } from "../../provider/apinizer/certificate/lifecycle.js";
import { jwk } from "../../provider/apinizer/jwk/lifecycle.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import { PartialFault } from "../../provider/core/fault.js";
import { apinizer } from "../../provider/dynamic/apinizer.js";
import { Settings } from "../../provider/dynamic/settings.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { recordKept, recordRequests } from "../instrument/fieldsLog.js";
import { Steps } from "../instrument/steps.js";

const ROOT = "/apiops/projects/{project}";

describe("documented fields of Apinizer's management API", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  afterEach(async () => {
    recordRequests(sandbox.log.all());
    await sandbox.close();
  });

  /** As a stack is connected that has a console user's name and password. */
  const driven = () => ({
    ...apinizer(
      new Settings(() => undefined, {
        APINIZER_URL: sandbox.apinizer.managerUrl,
        APINIZER_CLIENT_ID: sandbox.apinizer.clientId,
        APINIZER_CLIENT_SECRET: sandbox.apinizer.clientSecret,
        APINIZER_VISIBILITY_SECONDS: "0",
      }),
    ),
    now: () => sandbox.clock.now(),
    urn: "urn:pulumi:dev::test::pulumi-nodejs:dynamic/apinizer:Any::gw",
  });
  const keptOf = (endpoint: string, kept: readonly string[]): void => {
    recordKept(endpoint.replace(" ", ` ${ROOT}`), kept);
  };
  const rows = ["environmentName", "success", "message"].map(
    (field) => `deploymentResult.environmentResults[].${field}`,
  );
  /** The state that a step leaves which reaches only some environments. */
  const partly = async <State>(work: Promise<unknown>): Promise<State> => {
    const fault: unknown = await work.catch((error: unknown) => error);
    if (!(fault instanceof PartialFault)) throw new Error(`not a partial result: ${String(fault)}`);
    return fault.state as State;
  };

  it("every input of a certificate reaches the service, and what is told of it is in the state", async () => {
    const steps = new Steps(gatewayCertificate, driven());
    const wanted = async (more: object = {}) =>
      steps.inputs({
        ...{ project: "partners", name: "gw", alias: "gw-alias", description: "d" },
        ...{ environments: ["production", "staging"], pem: await sandbox.apinizer.newPem("gw"), ...more },
      });
    const made = await steps.create(await wanted());
    sandbox.apinizer.unreachable("staging");
    const state = await partly<typeof made>(steps.update(made, await wanted()));
    const [old, now] = [made.deployed?.thumbprint, state.deployed?.thumbprint];
    expect(state.outcomes).to.deep.equal([
      { environment: "production", outcome: "deployed", message: "Deployed successfully", thumbprints: [now] },
      { environment: "staging", outcome: "failed", message: "Connection refused", thumbprints: [old, now] },
    ]);
    keptOf("POST /certificates/", rows);
    keptOf("PUT /certificates/{name}/", rows);
    sandbox.apinizer.reachable("staging");
    const { entries, name } = sandbox.apinizer.certificate("gw");
    const read = await steps.read(state);
    expect([read.name, read.alias]).to.deep.equal([name, entries[0]?.alias]);
    expect(read.entries.map(({ environment, alias }) => [environment, alias])).to.deep.equal(
      entries.map(({ environmentName, alias }) => [environmentName, alias]),
    );
    expect(read.entries[0]).to.deep.include({
      thumbprint: read.deployed?.thumbprint,
      notAfter: read.deployed?.notAfter,
    });
    for (const endpoint of ["GET /certificates/", "GET /certificates/{name}/"])
      keptOf(endpoint, [
        "resultList[].name",
        ...["environmentName", "endDate", "sha1Thumbprint", "alias"].map(
          (field) => `resultList[].certificateEnvironmentList[].${field}`,
        ),
      ]);
    await steps.delete(read);
  });

  it("every input of a JWK reaches the service, and its public members are in the state", async () => {
    const steps = new Steps(jwk, driven());
    const source = await sandbox.apinizer.addCertificateOutside({ name: "gw" });
    const from = { project: "partners", certificateName: source.name, environment: "staging", algorithm: "RS256" };
    const described = (description: string) => steps.inputs({ ...from, name: "described", description });
    const made = await steps.update(await steps.create(described("one")), described("two"));
    const read = await steps.read(made);
    const { members, kid, description, name } = sandbox.apinizer.jwk("described");
    expect(read).to.deep.include({ name, description, kid, keyType: "RSA", attached: false });
    expect(read.publicJwk).to.deep.include(members);
    const shown = ["name", "description", "type", "kid", "sourceId"].map((field) => `resultList[].${field}`);
    keptOf("GET /jwks/", shown);
    keptOf("GET /jwks/{name}/", [...shown, "resultList[].rsa.n", "resultList[].rsa.e"]);

    sandbox.apinizer.unreachable("staging");
    const plain = steps.inputs({ ...from, name: "plain" });
    const failed = await partly<JwkState>(steps.create(plain));
    expect(failed.outcomes.map(({ environment, outcome }) => `${environment} ${outcome}`)).to.deep.equal([
      "production deployed",
      "staging failed",
    ]);
    sandbox.apinizer.reachable("staging");
    const again = await steps.update(failed, plain);
    expect(again.outcomes.map(({ outcome }) => outcome)).to.deep.equal(["deployed", "deployed"]);
    for (const endpoint of ["POST /jwks/", "POST /jwks/generate", "PUT /jwks/{name}/"]) keptOf(endpoint, rows);

    const generated = steps.inputs({
      ...{ project: "partners", name: "own", description: "d", algorithm: "RS256" },
      generate: { type: "RSA", size: 2048, kid: "k" },
    });
    const own = await steps.create(generated);
    expect(own).to.deep.include({ kid: "k", attached: false });
    expect(own.outcomes).to.have.length(2);
    for (const state of [read, again, own]) await steps.delete(state);
  });
});
