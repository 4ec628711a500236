import { expect } from "chai";
import { X509Certificate } from "node:crypto";
import { calling, CERTS, entries, JWKS, list, message, outcomes, pemOf, thumbprintOf } from "./client.js";

const BOTH = [
  ["production", true],
  ["staging", true],
];
const twice = <T>(one: T): T[] => [one, one];

describe("sandbox: certificates of Apinizer (apinizer.md 2)", () => {
  it(
    "create makes a certificate, deploys it to every worker of its environments, and does not echo it",
    calling(async (at) => {
      const answer = await at.create();
      expect(answer.status).to.equal(200);
      expect(answer.body).to.deep.equal({
        success: true,
        deploymentResult: {
          success: true,
          message: "Deployment completed successfully",
          environmentResults: ["production", "staging"].map((environmentName) => ({
            ...{ environmentName, success: true },
            message: "Deployed successfully",
          })),
        },
      });
      const first = thumbprintOf(await pemOf("first"));
      for (const environment of ["production", "staging"]) {
        expect(at.served(environment)).to.deep.equal(twice(first));
        expect(at.apinizer.trusted(environment)).to.deep.equal({
          [`${environment}-worker-1`]: ["edge"],
          [`${environment}-worker-2`]: ["edge"],
        });
      }
    }),
  );

  it(
    "list and get show it by environment, with what is read of the certificate",
    calling(async (at) => {
      await at.create();
      const pem = await pemOf("first");
      const row = {
        name: "edge",
        description: "TLS of the edge",
        certificateEnvironmentList: ["production", "staging"].map((environmentName) => ({
          environmentName,
          startDate: "2025-01-25T10:00:00.000Z",
          endDate: "2026-05-30T10:00:00.000Z",
          base64EncodedContent: new X509Certificate(pem).raw.toString("base64"),
          sha1Thumbprint: thumbprintOf(pem),
          subjectDn: "CN=first, O=Example Inc, C=US",
          alias: "edge-alias",
        })),
      };
      expect((await at.get(CERTS)).body).to.deep.equal({ status: "SUCCESS", resultList: [row] });
      expect((await at.get(`${CERTS}edge/`)).body).to.deep.equal({ success: true, resultList: [row] });
    }),
  );

  it(
    "names are percent-encoded in paths, and are told apart by case",
    calling(async (at) => {
      for (const name of ["test certificate", "a/b", "Zürich", "50%"]) {
        expect((await at.create({ certificateName: name, alias: name })).status, name).to.equal(200);
        const path = `${CERTS}${encodeURIComponent(name)}/`;
        expect(list(await at.get(path))[0]?.name).to.equal(name);
        expect(at.sandbox.log.made().at(-1)?.operation).to.equal(
          `apinizer.certificates.create project=partners name=${name}`,
        );
      }
      expect((await at.create({ certificateName: "zürich", alias: "z" })).status).to.equal(200);
      expect((await at.get(`${CERTS}%E0%A4%A/`)).status).to.equal(404);
    }),
  );

  for (const [what, more, words] of [
    ["no name", { certificateName: undefined }, "certificateName value can not be empty!"],
    ["a blank name", { certificateName: " " }, "certificateName value can not be empty!"],
    ["no alias", { alias: undefined }, "alias value can not be empty!"],
    ["no environments", { environmentList: undefined }, "environmentList value can not be empty!"],
    ["a list of nothing", { environmentList: "," }, "environmentList value can not be empty!"],
    ["no description", { certificateDescription: undefined }, "certificateDescription value can not be empty!"],
    ["no file", { pemEncodedFile: undefined }, "pemEncodedFile value can not be empty!"],
    ["an empty file", { pemEncodedFile: "" }, "pemEncodedFile value can not be empty!"],
    ["a file that is no PEM", { pemEncodedFile: "hello" }, "Could not parse certificate!"],
    [
      "a PEM that is no certificate",
      { pemEncodedFile: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
      "Could not parse certificate!",
    ],
    [
      "an environment that is not there",
      { environmentList: "production,other" },
      "Environment (other) is not found or user does not have privilege to access it!",
    ],
  ] as const) {
    it(
      `create with ${what} is refused, and makes nothing`,
      calling(async (at) => {
        const answer = await at.create(more);
        expect([answer.status, message(answer)]).to.deep.equal([400, words]);
        expect(at.apinizer.certificates()).to.deep.equal([]);
        expect(at.sandbox.log.made()[0]?.outcome).to.equal("refused");
      }),
    );

    if (!what.endsWith("name"))
      it(
        `update with ${what} is refused, and changes nothing`,
        calling(async (at) => {
          await at.given();
          const before = at.apinizer.certificates();
          const answer = await at.update(more);
          expect([answer.status, message(answer)]).to.deep.equal([400, words]);
          expect(at.apinizer.certificates()).to.deep.equal(before);
          expect(at.served("staging")).to.deep.equal(twice(thumbprintOf(await pemOf("first"))));
        }),
      );
  }

  it(
    "names are unique in a project, and aliases in an environment",
    calling(async (at) => {
      await at.create({ environmentList: "production" });
      expect(message(await at.create({ alias: "other" }))).to.equal("Certificate (name: edge) is already exist!");
      const taken = "Alias (edge-alias) is already used for another certificate, try changing this value!";
      expect(message(await at.create({ certificateName: "other" }))).to.equal(taken);
      expect((await at.create({ certificateName: "other", environmentList: "staging" })).status).to.equal(200);
      expect(message(await at.update())).to.equal(taken);
      expect((await at.update({ environmentList: "production" })).status).to.equal(200);
    }),
  );

  it(
    "a file is a part of its own, not a text",
    calling(async (at) => {
      const texts = (await at.fields()) as Record<string, string>;
      const words = "pemEncodedFile value can not be empty!";
      expect(message(await at.send("POST", CERTS, new URLSearchParams(texts)))).to.equal(words);
      expect(message(await at.json("POST", CERTS, texts))).to.equal(words);
      const broken = await at.send("POST", CERTS, "no parts", {
        Authorization: `Bearer ${at.token}`,
        "Content-Type": "multipart/form-data; boundary=x",
      });
      expect([broken.status, message(broken)]).to.deep.equal([400, "Request body is not valid!"]);
    }),
  );

  it(
    "update replaces everything but the name, and its list is the full list to keep",
    calling(async (at) => {
      await at.given();
      const second = thumbprintOf(await pemOf("second"));
      const answer = await at.update({ alias: "new", certificateDescription: "d", environmentList: "staging" });
      expect(outcomes(answer)).to.deep.equal([
        ["staging", true],
        ["production", true],
      ]);
      const row = list(await at.get(`${CERTS}edge/`))[0];
      expect(row?.description).to.equal("d");
      expect(entries(row).map(({ environmentName, alias }) => [environmentName, alias])).to.deep.equal([
        ["staging", "new"],
      ]);
      expect(at.served("staging")).to.deep.equal(twice(second));
      expect(at.served("production")).to.deep.equal(twice(undefined));
    }),
  );

  it(
    "update and delete of what is not there are refused; so is a second delete",
    calling(async (at) => {
      const words = "Certificate (name: edge) is not found!";
      for (const answer of [await at.update(), await at.remove(), await at.get(`${CERTS}edge/`)])
        expect([answer.status, message(answer)]).to.deep.equal([400, words]);
      await at.given();
      expect((await at.remove()).status).to.equal(200);
      expect(message(await at.remove())).to.equal(words);
    }),
  );

  it(
    "delete undeploys from all environments",
    calling(async (at) => {
      await at.given();
      const answer = await at.remove();
      expect(answer.body.success).to.equal(true);
      expect(outcomes(answer)).to.deep.equal(BOTH);
      expect(answer.text).to.include("Undeployed successfully");
      expect([at.served("production"), at.served("staging")].flat()).to.deep.equal(Array(4).fill(undefined));
    }),
  );

  it(
    "export is a ZIP of DER, by either path",
    calling(async (at) => {
      await at.given();
      const { raw } = new X509Certificate(await pemOf("first"));
      for (const verb of ["export", "export-file"]) {
        const { bytes, headers } = await at.get(`${CERTS}edge/${verb}/`);
        expect(headers.get("content-disposition")).to.equal('attachment; filename="edge-certificates.zip"');
        expect(headers.get("content-type")).to.equal("application/octet-stream");
        expect(bytes.subarray(0, 2).toString()).to.equal("PK");
        expect(bytes.includes(raw)).to.equal(true);
        for (const name of ["edge-production.cer", "edge-staging.cer"]) expect(bytes.includes(name)).to.equal(true);
      }
      expect((await at.get(`${CERTS}none/export/`)).status).to.equal(400);
    }),
  );

  for (const [method, path] of [
    ["GET", "/"],
    ["GET", "/projects/"],
    ["GET", "/projects/partners/"],
    ["PATCH", `${CERTS}edge/`],
    ["POST", `${CERTS}edge/`],
    ["POST", `${CERTS}edge/deploy/`],
    ["GET", `${CERTS}edge/history/`],
    ["GET", "/projects/partners/keys/"],
    ["POST", `${JWKS}signer/`],
    ["PATCH", `${JWKS}signer/`],
    ["GET", `${JWKS}signer/history/`],
    ["GET", "/environments/partners/more/"],
    ["GET", "/projects/admin/certificates/truststore/production/other/"],
    ["GET", "/auth/token"],
    ["GET", "/elsewhere/"],
  ] as const)
    it(
      `there is no ${method} ${path}`,
      calling(async (at) => {
        await at.givenJwk();
        const answer = await at.send(method, path);
        expect([answer.status, answer.text]).to.deep.equal([404, ""]);
      }),
    );
});
