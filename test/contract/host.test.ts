import type { ServiceError } from "@grpc/grpc-js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import { expect } from "chai";
import { KINDS } from "../../provider/dynamic/kinds.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { DynamicHost } from "./host.js";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const URN = "urn:pulumi:dev::contract::pulumi-nodejs:dynamic/ecgrid:Certificate::partner-a";
const PROVIDER = 'exports.handler=()=>require("pulumi-clm/dynamic").EcgridCertificate;';
const NOW = "2026-03-01T10:00:00Z";

/** The message with which a call fails. */
const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "it did not fail",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe("contract with Pulumi's dynamic host", () => {
  let sandbox: Sandbox;
  let host: DynamicHost;

  beforeEach(async () => {
    sandbox = await startSandbox({ now: NOW });
    sandbox.ecgrid.addComm({ commId: 5001 });
    sandbox.ecgrid.addComm({ commId: 5002 });
    host = await DynamicHost.start({
      CLM_NOW: NOW,
      ECGRID_API_KEY: undefined,
      ECGRID_URL: undefined,
      CLM_RECEIPTS: undefined,
    });
    await host.configure({
      "ecgrid:url": sandbox.ecgrid.url,
      "ecgrid:apiKey": sandbox.ecgrid.apiKey,
      "ecgrid:visibilitySeconds": "0",
    });
  });

  afterEach(async () => {
    await host.stop();
    await sandbox.close();
  });

  const inputs = (commId: unknown = 5001, more: object = {}) => ({
    commId,
    overlapDays: 30,
    ...more,
    __provider: PROVIDER,
    __urn: URN,
  });

  it("the provider text is frozen, constant and under 80 bytes", () => {
    expect(KINDS.EcgridCertificate.providerText).to.equal(PROVIDER);
    for (const { providerText } of Object.values(KINDS)) expect(Buffer.byteLength(providerText)).to.be.at.most(80);
  });

  it("two concurrent first calls are both configured", async () => {
    const first = (await host.check({}, inputs(5001))).inputs;
    await host.stop();
    host = await DynamicHost.start({ CLM_NOW: NOW, ECGRID_API_KEY: undefined, ECGRID_URL: undefined });
    await host.configure({
      "ecgrid:url": sandbox.ecgrid.url,
      "ecgrid:apiKey": sandbox.ecgrid.apiKey,
      "ecgrid:visibilitySeconds": "0",
    });
    const made = await Promise.all([host.create(first), host.create({ ...first, commId: 5002, __urn: `${URN}2` })]);
    expect(made.map(({ id }) => id.split("/")[0])).to.deep.equal(["5001", "5002"]);
  });

  it("unknown values pass check unchanged, and what is known is still checked", async () => {
    const unknown = await host.check({}, inputs(UNKNOWN));
    expect(unknown.failures).to.deep.equal([]);
    expect(unknown.inputs.commId).to.equal(UNKNOWN);
    const bad = await host.check({}, { ...inputs(UNKNOWN), overlapDays: -1 });
    expect(bad.failures.map(({ property }) => property)).to.deep.equal(["overlapDays"]);
  });

  it("bad input names the field, what was found and what is allowed, and nothing is requested", async () => {
    const { failures } = await host.check({}, inputs("5001", { overlapDay: 3, usage: "SSL" }));
    expect(failures.map(({ reason }) => reason).join("\n"))
      .to.include('commId is "5001": allowed is a whole number')
      .and.include("did you mean overlapDays?")
      .and.include('usage is "SSL": allowed is Encryption, Signature, EncryptionAndSignature');
    expect(sandbox.log.all()).to.deep.equal([]);
  });

  it("a planned creation is said on the resource's own row, once", async () => {
    await host.check({}, inputs());
    await host.check({}, inputs());
    const said = host.logged.filter(({ message }) => message.includes("[ecgrid.certificates.create commId=5001]"));
    expect(said).to.have.length(1);
    expect(said[0]?.urn).to.equal(URN);
    expect(said[0]?.severity).to.equal(2); // warning
  });

  it("a malformed URN is never sent: it would panic the CLI", async () => {
    await host.check({}, { ...inputs(), __urn: "urn:pulumi:broken" });
    expect(host.logged.map(({ urn }) => urn)).to.deep.equal([""]);
  });

  it("outputs survive the wire, echo the inputs, and carry provider text, id and version", async () => {
    const made = await host.create((await host.check({}, inputs())).inputs);
    expect(made.outputs).to.include({
      commId: 5001,
      overlapDays: 30,
      __provider: PROVIDER,
      __urn: URN,
      __id: made.id,
      __v: 1,
    });
    expect(
      await host.diff(
        made.id,
        made.outputs,
        (await host.check((await host.check({}, inputs())).inputs, inputs())).inputs,
      ),
    ).to.deep.equal({
      changes: false,
      replaces: [],
    });
  });

  it("a partial result carries the provider text, so that the resource can be read again", async () => {
    const { inputs: checked } = await host.check({}, inputs());
    const made = await host.create(checked);
    sandbox.hostile.add({ match: "POST /v2/certificates/renew", mode: "drop-before" });
    const error = await host.update(made.id, made.outputs, { ...checked, trigger: "now" }).then(
      () => undefined,
      (failure: unknown) => failure as ServiceError,
    );
    const [bytes] = error?.metadata.get("grpc-status-details-bin") ?? [];
    const [details] = status.Status.deserializeBinary(bytes as Buffer).getDetailsList();
    const failed = provider.ErrorResourceInitFailed.deserializeBinary(details?.getValue_asU8() ?? new Uint8Array());
    expect(failed.getId()).to.equal(made.id);
    expect(failed.getProperties()?.toJavaScript()).to.include({ __provider: PROVIDER, __id: made.id });
    expect(failed.getReasonsList().join()).to.include("renew certificate");
  });

  it("a state without provider text is refused in words", async () => {
    const failure = await refusal(host.read("5001/100", {}));
    expect(failure).to.match(/code|state/);
  });

  it("a wrong key is an error that names the setting and never shows the key", async () => {
    const key = sandbox.ecgrid.apiKey;
    sandbox.ecgrid.revokeKey(key);
    const { inputs: checked } = await host.check({}, inputs());
    const failure = await refusal(host.create(checked));
    expect(failure).to.include("ecgrid:apiKey");
    expect(`${failure}${host.stderr}${JSON.stringify(host.logged)}`).to.not.include(key);
  });
});
