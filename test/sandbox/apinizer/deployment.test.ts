import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../../sandbox/index.js";
import {
  calling,
  CERTS,
  deployment,
  entries,
  list,
  message,
  outcomes,
  pemOf,
  thumbprintOf,
  type Caller,
} from "./client.js";

const truststore = (at: Caller, environment: string, more = ""): ReturnType<Caller["get"]> =>
  at.get(`/projects/admin/certificates/truststore/${environment}/${more}`);
const thumbprints = async (): Promise<string[]> =>
  Promise.all(["first", "second"].map(async (name) => thumbprintOf(await pemOf(name))));

describe("sandbox: workers of Apinizer that cannot be reached (apinizer.md 5.3)", () => {
  it(
    "a partial deployment of a PUT is stored, answered with 200, and leaves the old certificate on the worker",
    calling(async (at) => {
      await at.given();
      const [first, second] = await thumbprints();
      at.apinizer.unreachable("staging-worker-2");
      const answer = await at.update();
      expect([answer.status, answer.body.success, deployment(answer).success]).to.deep.equal([200, true, false]);
      expect(outcomes(answer)).to.deep.equal([
        ["production", true],
        ["staging", false],
      ]);
      expect(at.served("staging")).to.deep.equal([second, first]);
      expect(entries(list(await at.get(CERTS))[0]).map((entry) => entry.sha1Thumbprint)).to.deep.equal([
        second,
        second,
      ]);
      at.apinizer.reachable("staging-worker-2");
      expect(at.served("staging")).to.deep.equal([second, first]);
      expect(deployment(await at.update()).success).to.equal(true);
      expect(at.served("staging")).to.deep.equal([second, second]);
    }),
  );

  it(
    "a partial undeployment of a DELETE leaves the certificate on workers, which only a new one of its name ends",
    calling(async (at) => {
      await at.given();
      const [first] = await thumbprints();
      at.apinizer.unreachable("staging");
      const answer = await at.remove();
      expect([answer.status, answer.body.success, deployment(answer).success]).to.deep.equal([200, true, false]);
      expect(outcomes(answer)).to.deep.equal([
        ["production", true],
        ["staging", false],
      ]);
      expect(message(await at.remove())).to.equal("Certificate (name: edge) is not found!");
      at.apinizer.reachable("staging");
      const [row] = list(await truststore(at, "staging"));
      expect([row?.name, entries(row)[0]?.sha1Thumbprint]).to.deep.equal(["edge", first]);
      expect(list(await truststore(at, "production"))).to.deep.equal([]);
      await at.create({ environmentList: "staging" });
      expect(deployment(await at.remove()).success).to.equal(true);
      expect(list(await truststore(at, "staging"))).to.deep.equal([]);
    }),
  );

  it(
    "an environment without a worker that is reached fails, and others do not",
    calling(async (at) => {
      at.apinizer.unreachable("production");
      expect(outcomes(await at.create())).to.deep.equal([
        ["production", false],
        ["staging", true],
      ]);
      expect(at.served("production")).to.deep.equal([undefined, undefined]);
      expect(() => {
        at.apinizer.unreachable("elsewhere");
      }).to.throw("there is no environment or worker elsewhere");
    }),
  );

  it(
    "form A names the failure in resultMessage",
    calling(
      async (at) => {
        at.apinizer.unreachable("staging");
        expect((await at.create()).body).to.include({
          status: "FAILURE",
          resultMessage:
            "Certificate was saved successfully but deployment to environments failed. Details: Connection refused",
        });
        expect(message(await at.remove())).to.include("Certificate was deleted successfully but undeployment");
      },
      { apSuccess: "status", apFailedSuccess: "false" },
    ),
  );

  it(
    "nothing to deploy to is no result",
    calling(async (at) => {
      at.apinizer.addEnvironment("empty", { workers: 0 });
      const answer = await at.create({ environmentList: "empty" });
      expect([answer.status, answer.body]).to.deep.equal([200, { success: true, deploymentResult: null }]);
    }),
  );
});

describe("sandbox: truststores of Apinizer (apinizer.md 2.8, 2.9)", () => {
  it(
    "show what workers hold, whatever the manager says",
    calling(async (at) => {
      await at.given();
      const [first, second] = await thumbprints();
      at.apinizer.unreachable("staging-worker-2");
      await at.update();
      at.apinizer.reachable("staging-worker-2");
      const shown = list(await truststore(at, "staging")).map((row) => entries(row)[0]);
      expect(shown.map((entry) => entry?.sha1Thumbprint)).to.deep.equal([second, first]);
      expect(shown.map((entry) => [entry?.environmentName, entry?.alias])).to.deep.equal([
        ["staging", "edge-alias"],
        ["staging", "edge-alias"],
      ]);
      at.apinizer.undeployOutside("edge", ["staging"]);
      expect(list(await truststore(at, "staging"))).to.deep.equal([]);
      expect(list(await truststore(at, "production"))).to.have.length(1);
      expect(at.apinizer.certificate("edge").entries).to.have.length(2);
    }),
  );

  it(
    "leave out the workers that cannot be reached, and refuse when none can",
    calling(async (at) => {
      await at.given();
      at.apinizer.unreachable("staging-worker-1");
      expect(list(await truststore(at, "staging"))).to.have.length(1);
      at.apinizer.unreachable("staging");
      const words =
        "Environment (staging) reported no truststore certificate! The workers may be unreachable, or nothing is deployed to them.";
      expect(message(await truststore(at, "staging"))).to.equal(words);
      expect(message(await truststore(at, "staging", "export-file/"))).to.equal(words);
      expect(message(await truststore(at, "none"))).to.include("Environment (none) is not found or");
    }),
  );

  it(
    "are exported as a ZIP of PEM",
    calling(async (at) => {
      await at.given();
      const { bytes, headers } = await truststore(at, "production", "export-file/");
      expect(headers.get("content-disposition")).to.include("production-truststore.zip");
      expect(bytes.includes("edge-alias.cer")).to.equal(true);
      expect(bytes.includes(await pemOf("first"))).to.equal(true);
    }),
  );
});

describe("sandbox: what a client of a gateway of Apinizer meets", () => {
  const sampled = async (at: Caller): Promise<unknown[]> => {
    const answer = await fetch(`${at.sandbox.url}/__sandbox/serving?environment=production&name=edge`);
    return ((await answer.json()) as { status: string }[]).map(({ status }) => status);
  };

  it(
    "is nothing, a certificate, or a revoked one; by worker",
    calling(async (at) => {
      const pem = await pemOf("first");
      expect(await sampled(at)).to.deep.equal(["missing", "missing"]);
      await at.given();
      expect(at.apinizer.serving("production", "edge")[0]).to.include({
        worker: "production-worker-1",
        status: "served",
      });
      at.apinizer.markRevoked(thumbprintOf(pem).toLowerCase());
      expect(await sampled(at)).to.deep.equal(["revoked", "revoked"]);
      at.apinizer.unreachable("production-worker-2");
      await at.update();
      expect(await sampled(at)).to.deep.equal(["served", "revoked"]);
      await at.remove();
      expect(await sampled(at)).to.deep.equal(["missing", "revoked"]);
      expect(at.apinizer.serving("production", "edge", "others")[1]?.status).to.equal("missing");
    }),
  );

  it(
    "is not asked of an environment that is not there",
    calling(async ({ sandbox }) => {
      const answer = await fetch(`${sandbox.url}/__sandbox/serving?environment=none&name=edge`);
      expect([answer.status, await answer.json()]).to.deep.equal([400, { message: "there is no environment none" }]);
    }),
  );

  it(
    "is nothing in the gap of a PUT, and afterwards on a worker that was lost in it",
    calling(
      async (at) => {
        await at.given();
        const seen: unknown[] = [];
        at.apinizer.inGap = async () => {
          seen.push(await sampled(at), (await at.get(`${CERTS}edge/`)).status);
          at.apinizer.unreachable("production-worker-1");
        };
        const answer = await at.update();
        expect(seen).to.deep.equal([["missing", "missing"], 400]);
        expect(deployment(answer).success).to.equal(false);
        expect(await sampled(at)).to.deep.equal(["missing", "served"]);
        expect(list(await at.get(CERTS))).to.have.length(1);
      },
      { apUpdateGap: "gap" },
    ),
  );

  it("is what it was when the sandbox starts again on its file; passwords are new", async () => {
    const folder = mkdtempSync(join(tmpdir(), "clm-apinizer-"));
    try {
      const file = join(folder, "sandbox.db");
      const first = await startSandbox({ file });
      await first.apinizer.addCertificateOutside({ name: "edge", pem: await pemOf("first") });
      const { token, clientSecret } = first.apinizer;
      await first.close();
      const second = await startSandbox({ file });
      expect(second.apinizer.serving("production", "edge")[0]?.status).to.equal("served");
      expect(second.apinizer.environments()).to.have.length(2);
      expect(second.apinizer.clientSecret).to.not.equal(clientSecret);
      const old = await fetch(`${second.apinizer.url}/environments/`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(old.status).to.equal(200);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
