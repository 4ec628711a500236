import { expect } from "chai";
import { VARIANTS } from "../../sandbox/index.js";
import { runSandbox } from "../../sandbox/main.js";
import { bench, type Bench } from "./client.js";
import { pfx } from "./files.js";

describe("sandbox: played by hand", () => {
  const play = async ({ sandbox }: Bench, command: object | string): Promise<{ status: number; body: unknown }> => {
    const answer = await fetch(`${sandbox.url}/__sandbox`, {
      method: "POST",
      body: typeof command === "string" ? command : JSON.stringify(command),
    });
    return { status: answer.status, body: await answer.json() };
  };

  it(
    "POST /__sandbox moves the clock, switches variants, and does what others do",
    bench(async (at) => {
      const { ecgrid, clock, hostile, variants } = at.sandbox;
      await play(at, { action: "set-clock", now: "2026-04-01T00:00:00Z" });
      await play(at, { action: "advance", days: 1, hours: 2, seconds: 3 });
      expect(clock.now()).to.deep.equal(new Date("2026-04-02T02:00:03Z"));
      await play(at, { action: "variant", name: "overlap", value: "soap" });
      expect(variants.overlap).to.equal("soap");
      await play(at, { action: "add-comm", commId: 5002, identifier: "OTHER" });
      const added = await play(at, { action: "add-certificate", commId: 5002 });
      expect(added.body).to.deep.equal({ certKeyId: 100 });
      await play(at, { action: "renew-outside", commId: 5002, certKeyId: 100 });
      await play(at, { action: "terminate-outside", commId: 5002, certKeyId: 100 });
      expect(ecgrid.certificates(5002).map(({ status }) => status)).to.deep.equal(["Terminated", "Active"]);
      await play(at, { action: "vanish", commId: 5002, certKeyId: 100 });
      expect(ecgrid.certificates(5002)).to.have.length(1);
      await play(at, { action: "remove-comm", commId: 5002 });
      expect((await at.call("GET", "/v2/comms/5002")).status).to.equal(404);
      const { apiKey } = (await play(at, { action: "issue-key", tenant: "other" })).body as { apiKey: string };
      await play(at, { action: "revoke-key", apiKey });
      expect((await at.call("GET", "/v2/users/me", undefined, { "X-API-Key": apiKey })).status).to.equal(401);
      await play(at, { action: "hostile", match: "*", mode: "503", times: 2 });
      expect((await at.read()).status).to.equal(503);
      await play(at, { action: "clear-hostile" });
      expect(hostile.pending()).to.equal(0);
    }),
  );

  it(
    "POST /__sandbox uploads files as people do in the portal",
    bench(async (at) => {
      const { pfx: cert, thumbprint, pem } = await pfx("open sesame");
      const upload = { action: "upload-outside", commId: 5001 };
      const own = await play(at, { ...upload, cert, password: "open sesame", keyId: "k", usage: "Signature" });
      expect(own.body).to.deep.equal({ certKeyId: 100 });
      const theirs = Buffer.from(pem).toString("base64");
      await play(at, { ...upload, cert: theirs, partnerCommId: "P", partnerUrl: "https://p.example" });
      const [first, second] = await at.listed();
      expect(first).to.include({ thumbprint, hasPrivateKey: true, keyId: "k", usage: "Signature" });
      expect(second).to.include({ thumbprint, hasPrivateKey: false, partnerId: "P", partnerUrl: "https://p.example" });
      const wrong = await play(at, { ...upload, cert, password: "open barley" });
      expect(wrong).to.deep.equal({ status: 400, body: { message: "cert cannot be opened with the password" } });
      expect(JSON.stringify(at.sandbox.log.all())).to.not.include("upload-outside");
    }),
  );

  it(
    "POST /__sandbox adds hostile rules with all of their settings",
    bench(async (at) => {
      const rule = { action: "hostile", match: "POST /v2/certificates/create" };
      await play(at, { ...rule, mode: "503", executed: true, afterMatches: 1, retryAfter: "9" });
      expect((await at.create()).status).to.equal(200);
      const answer = await at.create();
      expect([answer.status, answer.headers.get("retry-after")]).to.deep.equal([503, "9"]);
      expect(at.sandbox.ecgrid.certificates(5001)).to.have.length(2);
      await play(at, { ...rule, mode: "redirect", location: "http://127.0.0.1:1/" });
      expect((await at.create()).headers.get("location")).to.equal("http://127.0.0.1:1/");
      const pending = await play(at, { ...rule, mode: "delay", milliseconds: 1, times: 2 });
      expect(pending.body).to.deep.equal({ pending: 1 });
      expect((await at.create()).status).to.equal(200);
      expect(at.sandbox.ecgrid.certificates(5001)).to.have.length(3);
    }),
  );

  it(
    "POST /__sandbox adds comms of others and certificates with the times and the use that are asked for",
    bench(async (at) => {
      await play(at, { action: "add-comm", commId: 6001, identifier: "THEIRS", tenant: "other" });
      expect((await at.call("GET", "/v2/comms/6001")).status).to.equal(404);
      const times = { notBefore: "2024-01-01T00:00:00Z", notAfter: "2026-01-01T00:00:00Z" };
      await play(at, { action: "add-certificate", commId: 5001, usage: "Signature", ...times });
      expect((await at.listed())[0]).to.include({ usage: "Signature", ...times, endUsage: times.notAfter });
      expect(at.sandbox.ecgrid.active(5001)).to.deep.equal([]);
      const { body } = await play(at, { action: "issue-key", authLevel: "General" });
      at.key = (body as { apiKey: string }).apiKey;
      expect((await at.call("GET", "/v2/users/me")).body.data).to.include({ userId: 1, authLevel: "General" });
      expect(at.sandbox.log.all().map(({ path }) => path)).to.not.include("/__sandbox");
    }),
  );

  it(
    "GET /__sandbox/state and /__sandbox/log show what there is",
    bench(async (at) => {
      await at.create();
      const get = async (path: string): Promise<unknown> => (await fetch(`${at.sandbox.url}${path}`)).json();
      expect(await get("/__sandbox/log")).to.deep.equal(at.sandbox.log.all());
      const state = (await get("/__sandbox/state")) as { now: string; comms: { certificates: unknown[] }[] };
      expect(state.now).to.equal("2026-03-01T10:00:00.000Z");
      expect(state.comms[0]?.certificates).to.deep.equal(at.sandbox.ecgrid.certificates(5001));
    }),
  );

  it(
    "refuses what it does not know, in words",
    bench(async (at) => {
      for (const [command, words] of [
        [{ action: "destroy" }, "action is one of set-clock"],
        ["not json", "JSON object"],
        [{ action: "set-clock" }, "now must be a text"],
        [{ action: "advance", days: "many" }, "days must be a number"],
        [{ action: "variant", name: "overlap", value: "other" }, "Allowed: rest, soap, parallel"],
        [{ action: "terminate-outside", commId: 5001, certKeyId: 1 }, "has no certificate 1"],
        [{ action: "hostile", match: "*", mode: "rude" }, "mode is one of"],
      ] as const) {
        const { status, body } = await play(at, command);
        expect(status).to.equal(400);
        expect((body as { message: string }).message).to.include(words);
      }
      expect((await fetch(`${at.sandbox.url}/elsewhere`)).status).to.equal(404);
    }),
  );
});

/** What a command prints, and its exit code. */
async function printed(...argv: string[]): Promise<{ code: number; text: string }> {
  const write = process.stdout.write.bind(process.stdout);
  let text = "";
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    text += String(chunk);
    return true;
  };
  try {
    return { code: await runSandbox(argv), text };
  } finally {
    process.stdout.write = write;
  }
}

describe("sandbox: clm sandbox", () => {
  it("--variants lists every variant, its values, its default, its section and what it is about", async () => {
    const { code, text } = await printed("--variants");
    expect(code).to.equal(0);
    const lines = text.trimEnd().split("\n");
    expect(lines).to.have.length(2 * VARIANTS.length);
    for (const [at, { name, section, says, values, default: usual }] of VARIANTS.entries()) {
      const [listed = "", about = ""] = lines.slice(2 * at);
      expect(listed.split(/ +/)[0]).to.equal(name);
      const shown = listed.slice(name.length).trim().split(", ");
      expect(shown, name).to.deep.equal(values.map((one) => (one === usual ? `${one} (default)` : one)));
      expect(about.trim()).to.equal(`${section}: ${says}`);
    }
  });

  it("--help says how it is called", async () => {
    const { code, text } = await printed("--help");
    expect(code).to.equal(0);
    for (const option of ["--port", "--file", "--now", "--variant NAME=VALUE", "--variants"])
      expect(text).to.include(option);
  });

  it("refuses ports and variants that cannot be", async () => {
    const failing = async (...argv: string[]): Promise<string> =>
      runSandbox(argv).then(
        () => "started",
        (error: unknown) => (error as Error).message,
      );
    expect(await failing("--port", "many")).to.include("--port");
    expect(await failing("--variant", "overlap=other")).to.include("Allowed: rest, soap, parallel");
    expect(await failing("--variant", "other=rest")).to.include("There is no variant");
    expect(await failing("--now", "some day")).to.include("is not a time");
  });
});
