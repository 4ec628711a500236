import { expect } from "chai";
import { certificate } from "../../provider/ecgrid/generated/certificate.js";
import { makePfx } from "../../sandbox/index.js";
import { Steps } from "../ecgrid/steps.js";
import { importing, storedIn } from "./importing.js";

describe("clm import of comms of ECGrid", () => {
  it(
    "takes over what is in force, by its kind, and leaves out what has ended",
    importing(async (opened) => {
      const { ecgrid, log } = opened.sandbox;
      ecgrid.addComm({ commId: 5001 });
      ecgrid.addComm({ commId: 5002 });
      await ecgrid.addCertificate({ commId: 5001, usage: "Encryption" });
      await ecgrid.addCertificate({ commId: 5001, usage: "Signature", hasPrivateKey: false });
      const ended = await ecgrid.addCertificate({ commId: 5002 });
      ecgrid.terminateOutside(5002, ended);
      const { lines, leftOut, code } = await opened.table("ecgrid");
      expect(code).to.equal(0);
      expect(lines.map(({ kind, name, status }) => [kind, name, status])).to.deep.equal([
        ["ecgrid.Certificate", "comm-5001-Encryption", "Active"],
        ["ecgrid.PartnerCertificate", "comm-5001-partner-Signature", "Active"],
      ]);
      expect(leftOut).to.equal(1);
      expect(log.made()).to.deep.equal([]);
      expect(
        log.all().map(({ method, path }) => `${method} ${path}`),
        "one list, and each comm once",
      ).to.deep.equal(["POST /v2/comms/list", "GET /v2/comms/5001", "GET /v2/comms/5002"]);
    }),
  );

  it(
    "stores what an adoption stores, but for the input adopt",
    importing(async (opened) => {
      const { ecgrid } = opened.sandbox;
      ecgrid.addComm({ commId: 5001 });
      const adopt = await ecgrid.addCertificate({ commId: 5001 });
      const [stored] = storedIn(await opened.written("ecgrid", "--comm", "5001"));
      const steps = new Steps(opened.sandbox, certificate);
      const adopted = await steps.create(steps.inputs({ commId: 5001, overlapDays: 30, onDelete: "retain", adopt }));
      const { adopt: _adopt, ...state } = adopted;
      const { __provider, __urn, __id, __v, __adopted, ...outputs } = stored?.outputs ?? {};
      expect(outputs).to.deep.equal(JSON.parse(JSON.stringify(state)));
      expect(stored?.inputs).to.include({ onDelete: "retain", commId: 5001 }).and.not.have.property("adopt");
      expect({ __provider, __urn, __id, __v, __adopted }).to.deep.equal({
        __provider: 'exports.handler=()=>require("pulumi-clm/dynamic").EcgridCertificate;',
        __urn: `urn:pulumi:dev::shop::pulumi-nodejs:dynamic/ecgrid:Certificate::${stored?.name ?? ""}`,
        ...{ __id: `5001/${adopt}`, __v: 1, __adopted: true },
      });
    }),
  );

  it(
    "an upload with a private key is told with what it takes: its file cannot be read",
    importing(async (opened) => {
      const { ecgrid } = opened.sandbox;
      ecgrid.addComm({ commId: 5001 });
      const password = "not-told-7c1";
      const { pfx: cert } = await makePfx({
        ...{ subject: "CN=own", password },
        ...{ notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2028-01-01T00:00:00Z") },
      });
      const id = ecgrid.uploadOutside(5001, { cert, password, usage: "SSL" });
      const ended = await opened.written("ecgrid", "--comm", "5001");
      expect(ended.code).to.equal(4);
      expect(ended.files, "there is nothing else").to.equal(undefined);
      expect(ended.stdout)
        .to.include("ecgrid.UploadedCertificate")
        .and.include("needs its file")
        .and.include(`adopt: ${id}`);
    }),
  );

  it(
    "a certificate inside its renewal window is written so that nothing renews it, and that is told",
    importing(async (opened) => {
      const { ecgrid } = opened.sandbox;
      ecgrid.addComm({ commId: 5001 });
      await ecgrid.addCertificate({
        commId: 5001,
        notBefore: "2024-03-10T00:00:00Z",
        notAfter: "2026-03-20T00:00:00Z",
      });
      const ended = await opened.written("ecgrid", "--comm", "5001");
      expect(ended.code).to.equal(0);
      expect(storedIn(ended)[0]?.inputs).to.include({ renewalWindow: "never" });
      expect(ended.stdout).to.include("inside the renewal window of 30 day(s)");
    }),
  );

  it(
    "filters by status, name and expiry; several of a role are told apart by their ids",
    importing(async (opened) => {
      const { ecgrid } = opened.sandbox;
      ecgrid.addComm({ commId: 5001 });
      const first = await ecgrid.addCertificate({ commId: 5001, notAfter: "2027-01-01T00:00:00Z" });
      const second = await ecgrid.addCertificate({ commId: 5001, notAfter: "2028-01-01T00:00:00Z" });
      const names = async (...args: string[]) => (await opened.table("ecgrid", ...args)).lines.map(({ name }) => name);
      const [a, b] = [first, second].map((id) => `comm-5001-EncryptionAndSignature-${id}`);
      expect(await names()).to.have.members([a, b]);
      expect(await names("--expires-before", "2027-06-01")).to.deep.equal(["comm-5001-EncryptionAndSignature"]);
      expect(await names("--expires-after", "2029-01-01")).to.deep.equal([]);
      expect(await names("--name", "*COMM-5001*")).to.have.length(2);
      expect(await names("--name", "COMM-500")).to.deep.equal([]);
      expect(await names("--status", "terminated")).to.deep.equal([]);
    }),
  );

  for (const hashOnRead of ["SHA256", "sha2", "sha256RSA"] as const)
    it(
      `a hash that ECGrid spells ${hashOnRead} is the one that programs spell SHA256`,
      importing(async (opened) => {
        const { ecgrid } = opened.sandbox;
        opened.sandbox.variants.hashOnRead = hashOnRead;
        ecgrid.addComm({ commId: 5001 });
        await ecgrid.addCertificate({ commId: 5001 });
        const ended = await opened.written("ecgrid", "--comm", "5001");
        expect(ended.code, ended.stdout).to.equal(0);
        expect(storedIn(ended)[0]?.inputs).to.include({ secureHashAlgorithm: "SHA256" });
      }),
    );

  it(
    "private material in answers gets into no file and no table",
    importing(async (opened) => {
      const { ecgrid } = opened.sandbox;
      opened.sandbox.variants.privateMaterial = "sent";
      ecgrid.addComm({ commId: 5001 });
      await ecgrid.addCertificate({ commId: 5001 });
      const { code, stdout, stderr, files, modes } = await opened.written("ecgrid");
      expect(code).to.equal(0);
      const all = [stdout, stderr, ...(files?.values() ?? [])].join("\n");
      expect(all).to.not.include("canary").and.not.include(ecgrid.apiKey);
      expect([...new Set(modes)]).to.deep.equal([0o600]);
    }),
  );
});
