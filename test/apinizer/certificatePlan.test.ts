import { expect } from "chai";
import type { CertificateInputs } from "../../provider/apinizer/certificate/inputs.js";
import { ApinizerClient } from "../../provider/apinizer/client.js";
import { READS } from "../../provider/apinizer/operations.js";
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import type { PartialFault } from "../../provider/core/fault.js";
import { label, type Operation } from "../../provider/core/operation.js";
import type { Answer } from "../../provider/core/perform.js";
import { UNKNOWN, type Planned } from "../../provider/core/unknown.js";
import { Transport } from "../../provider/http/transport.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";
import { executed, GatewaySteps, newPems, shown, trustOthers } from "./steps.js";

const BOTH = ["production", "staging"];

describe("what is planned and read of a certificate on gateways", () => {
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

  const raw = (more: object = {}) => ({
    ...{ project: "partners", name: "gw", alias: "gw-alias", environments: BOTH, pem: pems[0] },
    ...more,
  });
  const wanted = (more: object = {}): CertificateInputs => steps.inputs(raw(more));
  const planned = (before: Parameters<GatewaySteps["plan"]>[0], more: Planned<Partial<CertificateInputs>>) =>
    steps.plan(before, { ...wanted(), ...more } as CertificateInputs);
  const paths = (since: number): string[] => sandbox.log.since(since).map(({ method, path }) => `${method} ${path}`);

  it("a PEM that is not known yet may turn out not to be issued: nothing is certain", async () => {
    const made = await steps.create(wanted());
    for (const more of [{ trigger: "again" }, { alias: "another" }, {}]) {
      const plan = planned(made, { ...more, pem: UNKNOWN });
      expect(shown(plan).join()).to.match(/^update \?/);
      expect(plan.remarks.join()).to.include("the certificate is not there yet");
    }
  });

  it("a chain that changes after the same certificate is deployed; the same one is not", async () => {
    const chain = (at: number): string => `${pems[0] ?? ""}${pems[at] ?? ""}`;
    const made = await steps.create(wanted({ pem: chain(1) }));
    expect(shown(steps.plan(made, wanted({ pem: `\n${chain(1)}` })))).to.deep.equal([]);
    const after = wanted({ pem: chain(2) });
    expect(steps.plan(made, after).operations[0]?.sentence).to.include(
      "the certificates after it in its PEM have changed",
    );
    expect(steps.plan(await steps.update(made, after), after).changes).to.equal(false);
  });

  it("a description that was changed outside is seen, and named", async () => {
    const made = await steps.create(wanted());
    sandbox.apinizer.describeOutside("gw", "changed in the console");
    const read = await steps.read(made);
    expect(read.description).to.equal("changed in the console");
    expect(shown(steps.plan(read, wanted()))).to.deep.equal(["update"]);
    await steps.update(read, wanted());
    expect(sandbox.apinizer.certificate("gw").description).to.equal(made.description);
  });

  it("another name with the same alias is said to be refused by the service", async () => {
    const made = await steps.create(wanted());
    const plan = (more: object) => steps.plan(made, wanted({ name: "other", ...more }));
    expect(plan({}).remarks.join()).to.include("alias gw-alias is used by certificate gw in production, staging");
    expect(plan({ alias: "other" }).remarks).to.deep.equal([]);
    expect(plan({}).replaces).to.deep.equal(["name"]);
  });

  it("names that mean something else in a path, and blanks at their ends, are refused", () => {
    const problem = (more: object): string => {
      const checked = steps.lifecycle.normalize(raw(more));
      return checked.ok ? "" : checked.problems.map(({ reason }) => reason).join();
    };
    for (const name of [".", "..", "truststore", "import-file", " gw", "gw "])
      expect(problem({ name }), name).to.include("allowed is the name of a certificate");
    for (const project of [".", ".."]) expect(problem({ project })).to.include("allowed is the name of a project");
    for (const environment of ["staging ", " staging", "..", "."])
      expect(problem({ environments: [environment] })).to.include("without blanks at its ends");
    expect(problem({ name: "..gw", alias: "a b" })).to.equal("");
  });

  it("UPDATE is sent in the words of both generations, and the preview says so", async () => {
    for (const apJwkParameters of ["actions", "flag", "none"]) {
      Object.assign(sandbox.variants, { apJwkParameters });
      const made = await steps.create(wanted());
      sandbox.apinizer.addJwkOutside("signer", sandbox.apinizer.certificate("gw"));
      const { members } = sandbox.apinizer.jwk("signer");
      const after = wanted({ pem: pems[1] });
      const [operation] = steps.plan(made, after).operations;
      expect(operation?.call.path).to.include(
        "?jwkUpdateAction=UPDATE&updateReferencedJwks=true&updateScope=SAME_PROJECT",
      );
      expect(operation?.sentence).to.include(
        "as far as the installation knows the call's parameters, JWKs made from it",
      );
      const replaced = await steps.update(made, after);
      const isNew = JSON.stringify(sandbox.apinizer.jwk("signer").members) !== JSON.stringify(members);
      expect(isNew).to.equal(apJwkParameters !== "none");
      await steps.delete(replaced);
      sandbox.apinizer.deleteJwkOutside("signer");
    }
  });

  it("JWKs that were to be deleted and are still there are told", async () => {
    for (const [apJwkParameters, told] of [
      ["actions", false],
      ["flag", true],
    ] as const) {
      Object.assign(sandbox.variants, { apJwkParameters });
      const made = await steps.create(wanted({ jwkDeleteAction: "DELETE", allowJwkDeletion: true }));
      sandbox.apinizer.addJwkOutside("signer", sandbox.apinizer.certificate("gw"));
      await steps.delete(made);
      expect(sandbox.apinizer.jwks()).to.have.length(told ? 1 : 0);
      expect(steps.told.some((text) => text.includes("JWK signer of project partners lost the reference"))).to.equal(
        told,
      );
    }
  });

  it("truststores that were never read are not said to be readable", async () => {
    const { pem, ...none } = raw();
    const waiting = await steps.create(steps.inputs(none));
    expect(waiting.truststores).to.equal("unread");
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "gw-alias", pem: pems[0] ?? "" });
    sandbox.apinizer.setRights([], "admin");
    const adopted = await steps.create(wanted({ adopt: true }));
    expect(adopted.truststores).to.equal("refused");
    expect(steps.plan(adopted, undefined).operations[0]?.sentence).to.include("truststores could not be read");
    expect(steps.plan({ ...adopted, truststores: "unread" }, undefined).operations[0]?.sentence).to.include(
      "truststores have not been read yet",
    );
  });

  it("a global certificate of the same name in the project's list is not taken for ours", async () => {
    const made = await steps.create(wanted());
    const theirs = { name: "gw", project: "admin", alias: "glob", pem: pems[2] ?? "", environments: ["production"] };
    await sandbox.apinizer.addCertificateOutside(theirs);
    sandbox.variants.apGlobalListed = "listed";
    expect(await steps.read(made)).to.deep.equal(made);
    sandbox.apinizer.deleteOutside("gw");
    // A process asks for a list once: another one refreshes.
    const gone = await new GatewaySteps(sandbox).read(made);
    expect(gone).to.deep.include({ missing: true, entries: [], outcomes: [] });
  });

  it("a certificate of project admin is not taken for one of another project that its list shows, too", async () => {
    sandbox.variants.apAdminLists = "all";
    await sandbox.apinizer.addCertificateOutside({ name: "gw", alias: "p", pem: pems[2] ?? "" });
    const inputs = wanted({ project: "admin", alias: "g" });
    const made = await steps.create(inputs);
    const read = await steps.read(made);
    expect(read).to.deep.equal(made);
    expect(steps.plan(read, inputs).changes).to.equal(false);
  });

  it("a refresh of what is as it was asks one list, and one truststore for each environment", async () => {
    const made = await steps.create(wanted());
    const since = sandbox.log.last();
    expect(await steps.read(made)).to.deep.equal(made);
    expect(paths(since)).to.deep.equal([
      "GET /apiops/projects/partners/certificates/",
      "GET /apiops/projects/admin/certificates/truststore/production/",
      "GET /apiops/projects/admin/certificates/truststore/staging/",
    ]);
  });

  it("odd names, aliases, environments and descriptions reach the service as they are, in every call", async () => {
    const name = `a/b ü "q" [x]; (y)'%25 & + #?`;
    const environment = `e/ü "1" [2]; %2C & + #?`;
    sandbox.apinizer.addEnvironment(environment);
    await trustOthers(sandbox);
    for (const fields of ["form", "query"] as const) {
      const odd = new GatewaySteps(sandbox, { fields });
      const inputs = wanted({
        ...{ name, alias: `al "ü" [1]; & + %`, description: `d "ü" & + % [x]` },
        environments: ["production", environment],
      });
      const made = await odd.create(inputs);
      expect(made.entries.map((one) => [one.environment, one.alias])).to.deep.equal(
        inputs.environments.map((one) => [one, inputs.alias]),
      );
      expect(sandbox.apinizer.certificate(name).description).to.equal(inputs.description);
      expect(odd.plan(made, inputs).changes).to.equal(false);
      const replaced = await odd.update(made, { ...inputs, pem: pems[1] });
      expect(await odd.read(replaced)).to.deep.equal(replaced);
      for (const one of inputs.environments)
        expect(sandbox.apinizer.serving(one, name)[0]?.thumbprint).to.equal(replaced.deployed?.thumbprint);
      for (const operation of odd.plan(replaced, undefined).operations) {
        const [, ...parts] = label(operation).split(" ");
        expect(parts.map((part) => decodeURIComponent(part.replace(/^[a-z]+=/, "")))).to.deep.equal(["partners", name]);
      }
      sandbox.apinizer.unreachable(environment);
      expect((await failure(odd.delete(replaced))).message).to.include(environment);
      sandbox.apinizer.reachable(environment);
      await odd.delete(replaced);
      expect(sandbox.apinizer.certificates("partners")).to.deep.equal([]);
    }
  });

  it("two generations, end to end: neither asks for anything when nothing has changed", async () => {
    const generations = [
      { apError: "oauth", apSuccess: "success", apJwkParameters: "flag", apDeploymentShape: "D1", apNotFound: "404" },
      { apError: "FAILURE", apSuccess: "page", apJwkParameters: "actions", apDeploymentShape: "D3", apNotFound: "400" },
    ];
    for (const generation of generations) {
      Object.assign(sandbox.variants, generation);
      const since = sandbox.log.last();
      const made = await steps.create(wanted());
      sandbox.apinizer.unreachable("staging-worker-2");
      const { state } = await failure<PartialFault<CertificateState>>(steps.update(made, wanted({ pem: pems[1] })));
      sandbox.apinizer.reachable("staging-worker-2");
      const whole = await steps.update(state, wanted({ pem: pems[1] }));
      expect(steps.plan(await steps.read(whole), wanted({ pem: pems[1] })).changes).to.equal(false);
      await steps.delete(whole);
      expect(executed(sandbox, since)).to.deep.equal(["create", "update", "update", "delete"]);
    }
  });

  describe("answers that the sandbox does not give", () => {
    type Alter = (path: string, answer: Answer) => Answer;
    /** Steps whose answers are altered on their way. */
    function altered(alter: Alter): GatewaySteps {
      const { token, url: base } = sandbox.apinizer;
      const url = new URL(base);
      const headers = { authorization: `Bearer ${token}` };
      const transport = new Transport({ system: "Apinizer", url, headers, timeout: 2000, backoff: 1 });
      const other = new GatewaySteps(sandbox);
      const api = new ApinizerClient(
        async (call, traceId) => alter(call.path, await transport.send(call, READS, traceId)),
        url.href,
        0,
      );
      Object.assign(other.driven, { api });
      return other;
    }
    const rowsBefore =
      (row: object, where: RegExp): Alter =>
      (path, answer) => {
        if (!where.test(path) || answer.status !== 200) return answer;
        const read = JSON.parse(answer.body) as { resultList: object[] };
        return { ...answer, body: JSON.stringify({ ...read, resultList: [row, ...read.resultList] }) };
      };

    it("one foreign certificate that cannot be read does not block a refresh, and is told rightly where it is ours", async () => {
      const made = await steps.create(wanted());
      const theirs = rowsBefore({ name: "theirs", certificateEnvironmentList: null }, /\/certificates\/$/);
      expect(await altered(theirs).read(made)).to.deep.equal(made);
      const nameless = rowsBefore({ certificateEnvironmentList: [] }, /\/certificates\/$/);
      expect(await altered(nameless).read(made)).to.deep.equal(made);
      const ours = altered((path, answer) =>
        /\/certificates\/(gw\/)?$/.test(path)
          ? {
              ...answer,
              body: answer.body.replace(/"certificateEnvironmentList":\[[^\]]*\]/, '"certificateEnvironmentList":null'),
            }
          : answer,
      );
      const fault = await failure(ours.read(made));
      expect(fault.message).to.include("certificateEnvironmentList is missing or of another type");
      expect(fault.message).to.not.include("resultList is missing");
    });

    it("an empty answer that says nothing of a name is not a no while a row cannot be read", async () => {
      const made = await steps.create(wanted());
      sandbox.apinizer.deleteOutside("gw");
      sandbox.variants.apNotFound = "404-empty";
      const unread = altered(
        rowsBefore({ name: "gw", certificateEnvironmentList: null }, /\/partners\/certificates\/$/),
      );
      expect((await failure(unread.read(made))).message).to.include("HTTP 404, an empty body");
      expect((await steps.read(made)).missing).to.equal(true);
    });

    it("rows of a truststore that cannot be read prove nothing, and do not lose a write", async () => {
      sandbox.variants.apDeploymentShape = "D5";
      const opaque = altered(
        rowsBefore({ certificateEnvironmentList: [{ environmentName: 1, sha1Thumbprint: "AB" }] }, /\/truststore\//),
      );
      const made = await opaque.create(wanted());
      expect(made.outcomes.map(({ outcome }) => outcome)).to.deep.equal(["deployed", "deployed"]);
      expect((await failure(opaque.delete(made))).message).to.include("is not known");
      await steps.delete(made);
    });

    it("a clean environment that is answered like an unreachable one: a row that says yes counts, and nothing else", async () => {
      sandbox.apinizer.distrustEverywhere("root");
      const nothing = altered((path, answer) =>
        path.includes("/truststore/") && /"resultList":(\[\]|null)/.test(answer.body)
          ? {
              ...answer,
              status: 400,
              body: JSON.stringify({
                status: "FAILURE",
                resultMessage:
                  "Environment (x) reported no truststore certificate! The workers may be unreachable, or nothing is deployed to them.",
              }),
            }
          : answer,
      );
      await nothing.delete(await nothing.create(wanted()));
      expect(sandbox.apinizer.certificates("partners")).to.deep.equal([]);
      const made = await nothing.create(wanted());
      sandbox.apinizer.deleteOutside("gw");
      const since = sandbox.log.last();
      expect((await failure(nothing.delete(made))).message).to.include("do not tell what they trust");
      expect(sandbox.log.made(since)).to.deep.equal([]);
      await nothing.delete({ ...made, whenUndeployUnknown: "letGo" });
      expect(nothing.told.at(-1)).to.include("let go");
    });
  });

  it("a deletion lists every environment that may have it", async () => {
    const made = await steps.create(wanted());
    sandbox.variants.apDropped = "kept";
    const { state } = await failure<PartialFault<CertificateState>>(
      steps.update(made, wanted({ environments: ["production"] })),
    );
    const [operation] = steps.plan(state, undefined).operations as [Operation];
    expect(operation.sentence).to.include("UNDEPLOYED FROM ALL ENVIRONMENTS, production, staging and undeclared ones");
  });
});
