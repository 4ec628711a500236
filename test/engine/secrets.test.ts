import { expect } from "chai";
import { readFileSync } from "node:fs";
import { request } from "undici";
import { CANARIES, makePfx } from "../../sandbox/index.js";
import { recordKept } from "../instrument/fieldsLog.js";
import { gateway, pem } from "./gateways.js";
import { approving, order } from "./orders.js";
import { expectCode, type Spec } from "../instrument/world.js";
import { apply, certificate, current, inWorld, stored } from "./engine.js";

/** A secret as it may be echoed. */
const forms = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    encodeURIComponent(secret),
  ];
};

describe("secrets and fields", () => {
  it(
    "no private material, credential or API key is in state, previews, logs, errors or receipts, in any form",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const texts: string[] = [];
      world.program(certificate("a"));
      const created = await apply(world);
      world.program(certificate("a", { trigger: "1" }));
      sandbox.hostile.add({ match: "POST /v2/certificates/renew", mode: "truncate" });
      const renewed = await apply(world);
      texts.push(created.preview.text, created.up.text, renewed.preview.text, renewed.up.text);
      texts.push(
        (await project.refresh()).text,
        (await project.pulumi("preview", "--diff")).text,
        (await project.pulumi("preview", "--json")).text,
      );
      sandbox.hostile.add({ match: "GET /v2/comms/5001", mode: "truncate", times: 9 });
      texts.push((await project.refresh()).text);
      sandbox.hostile.clear();
      texts.push(
        (await project.destroyPreview()).text,
        (await project.pulumi("stack", "export", "--show-secrets")).text,
        readFileSync(project.receipts, "utf8"),
      );
      const all = texts.join("\n");
      expect(all.length).to.be.greaterThan(10_000);
      for (const secret of [...Object.values(CANARIES), sandbox.ecgrid.apiKey]) {
        for (const form of forms(secret)) expect(all.includes(form), `found ${form}`).to.equal(false);
      }
      // The canaries were there to be leaked.
      const answer = await request(`${sandbox.ecgrid.url}/v2/comms/5001`, {
        headers: { "x-api-key": sandbox.ecgrid.apiKey },
      });
      expect(await answer.body.text())
        .to.include(CANARIES.pfxPassword)
        .and.include(CANARIES.httpPassword);
    }),
  );

  it(
    "what a program marks as secret is encrypted in the state, in the inventory's copy too, and is in no preview or log",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const marked = (one: Spec, values: Readonly<Record<string, string>>): Spec => ({
        ...{ ...one, args: { ...one.args, ...values } },
        secret: Object.keys(values),
      });
      approving(world);
      const hush = (at: number): string => `hush${at}`;
      world.program(
        marked(certificate("a"), { trigger: hush(1) }),
        marked(gateway({ pem: await pem(sandbox) }), { description: hush(2), trigger: hush(3) }),
        marked(await order("www"), { comments: hush(4) }),
      );
      const made = await apply(world);
      const texts = [made.preview.text, made.up.text, (await project.destroyPreview()).text];
      for (const options of [["--diff"], ["--json", "--show-sames"], ["--refresh", "--diff"]])
        texts.push((await project.pulumi("preview", ...options)).text);
      texts.push((await project.pulumi("stack", "export")).stdout);
      expect(texts.at(-1)).to.include("clm:Inventory");
      for (const at of [1, 2, 3, 4]) expect(texts.filter((text) => text.includes(hush(at)))).to.deep.equal([]);
      expect((await project.pulumi("stack", "export", "--show-secrets")).stdout).to.include(hush(2));
      expectCode(await project.preview("--expect-no-changes"), 0);
      world.program();
      expectCode(await project.up(), 0);
      expect(sandbox.apinizer.certificates(), "its end was planned from the marked list").to.deep.equal([]);
    }),
  );

  it(
    "an API key in the stack's configuration is used, and is encrypted in the state",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const key = sandbox.ecgrid.apiKey;
      project.environment.ECGRID_API_KEY = undefined;
      await project.pulumi("config", "set", "--secret", "ecgrid:apiKey", key);
      world.program(certificate("a"));
      await apply(world);
      expect((await project.pulumi("stack", "export")).text).to.not.include(key);
    }),
  );

  it(
    "an API key in clear in the configuration is refused before anything is stored",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      await project.pulumi("config", "set", "ecgrid:apiKey", sandbox.ecgrid.apiKey);
      world.program(certificate("a"));
      const preview = await project.preview();
      expect(preview.code).to.not.equal(0);
      expect(preview.text).to.include("--secret ecgrid:apiKey");
    }),
  );

  it(
    "receipts: a line before and a line after each call, with a trace id and no secret",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      const lines = readFileSync(world.project.receipts, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, string>);
      expect(lines.map(({ target, status }) => `${target ?? ""}: ${status ?? ""}`)).to.deep.equal([
        "ecgrid.certificates.create commId=5001: sending",
        "ecgrid.certificates.create commId=5001: answered 200",
      ]);
      expect(Object.keys(lines[0] ?? {})).to.deep.equal(["time", "operation", "target", "status", "traceId"]);
      const [sent] = world.sandbox.log.made();
      expect(sent?.headers.traceparent).to.include(lines[0]?.traceId);
    }),
  );

  it(
    "every answer field that is ours to keep is in the state with the value that the service sent",
    inWorld(async (world) => {
      const { pem: cert } = await makePfx({
        subject: "CN=PARTNER",
        password: "",
        notBefore: "2026-01-01T00:00:00Z",
        notAfter: "2028-01-01T00:00:00Z",
      });
      world.program(certificate("a", { partnerAs2Id: "PARTNER-AS2-ID" }), {
        kind: "ecgrid.PartnerCertificate",
        name: "p",
        args: { commId: 5001, cert, partnerUrl: "https://as2.example/in", keyId: "key", userId: "user" },
      });
      await apply(world);
      const answer = await request(`${world.sandbox.ecgrid.url}/v2/comms/5001`, {
        headers: { "x-api-key": world.sandbox.ecgrid.apiKey },
      });
      const { data } = (await answer.body.json()) as {
        data: Record<string, unknown> & { certificates: Record<string, unknown>[] };
      };
      const { outputs } = stored(world, "a");
      const comm = { ...(outputs?.comm as Record<string, unknown>), commId: outputs?.commId } as Record<
        string,
        unknown
      >;
      const same = (object: Record<string, unknown>, served: Record<string, unknown>): string[] =>
        Object.keys(served).filter((key) => served[key] !== undefined && object[key] === served[key]);
      const ofCertificate = (kept: Record<string, unknown>): string[] => {
        const served = data.certificates.find(({ certKeyId }) => certKeyId === kept.certKeyId) ?? {};
        const pem =
          String(kept.pem).replace(/-----[^-]+-----|\s/g, "") === served.publicCertificate ? ["publicCertificate"] : [];
        return [...same(kept, served), ...pem].map((key) => `data.certificates[].${key}`);
      };
      const kept = current(world, "a");
      const fields = [
        ...same(comm, data).map((key) => `data.${key}`),
        ...ofCertificate(kept),
        ...ofCertificate(current(world, "p")),
      ];
      recordKept("GET /v2/comms/{id}", fields);
      expect(fields).to.include.members([
        "data.mailboxId",
        "data.commType",
        "data.certificates[].thumbprint",
        "data.certificates[].endUsage",
        "data.certificates[].partnerId",
        "data.certificates[].publicCertificate",
        "data.certificates[].partnerUrl",
        "data.certificates[].keyId",
        "data.certificates[].userId",
      ]);
      const { inputs } = stored(world, "a");
      const size = Buffer.byteLength(JSON.stringify([inputs, { ...outputs, current: { ...kept, pem: "" } }]));
      expect(size, "what is stored of one certificate without PEM, bytes").to.be.at.most(2048);
    }),
  );
});
