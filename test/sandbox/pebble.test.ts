import { expect } from "chai";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPebble, type RunningPebble } from "../../sandbox/acme/pebble.js";
import { issueWith, newCredential, refusal } from "../instrument/acmeClient.js";

const directory = (url: string, ca?: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const headers = { "user-agent": "pulumi-clm-tests" };
    get(url, { ...(ca === undefined ? {} : { ca }), headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        resolve(JSON.parse(text));
      });
    }).on("error", reject);
  });

/** The code of the error that a promise ends with; undefined when it ends well. */
const codeOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => (error as NodeJS.ErrnoException).code,
  );

/** The certificates of a chain, PEM. */
const certificates = (chain: string): X509Certificate[] =>
  (chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (each) => new X509Certificate(each),
  );

describe("Pebble beside the sandbox", () => {
  const one = newCredential("kid-1");
  const two = newCredential("kid-2");
  let pebble: RunningPebble;
  before(async () => {
    pebble = await startPebble({ credentials: [one, two] });
  });
  beforeEach(async () => {
    await pebble.restart([one, two]);
  });
  after(async () => {
    await pebble.close();
  });

  it("is trusted by its own certificate alone, and asks for a binding", async () => {
    expect(await directory(pebble.directoryUrl, pebble.ca)).to.have.nested.property(
      "meta.externalAccountRequired",
      true,
    );
    const byName = pebble.directoryUrl.replace("127.0.0.1", "localhost");
    expect(await directory(byName, pebble.ca)).to.have.property("newAccount");
    expect(await codeOf(directory(pebble.directoryUrl))).to.equal("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  it("a credential registers accounts, which get certificates", async () => {
    const { chain, privateKey } = await issueWith(pebble, one, ["www.example.com", "example.com"]);
    const [leaf, issuer] = certificates(chain);
    expect(leaf?.checkHost("www.example.com")).to.equal("www.example.com");
    expect(leaf?.checkHost("example.com")).to.equal("example.com");
    expect(leaf?.checkHost("example.org")).to.equal(undefined);
    expect(leaf?.checkPrivateKey(createPrivateKey(privateKey))).to.equal(true);
    expect(issuer !== undefined && leaf?.verify(issuer.publicKey)).to.equal(true);
    // More than once: a credential is not spent by an account.
    expect(await refusal(pebble, one)).to.equal(undefined);
  });

  it("a revoked credential registers nobody any longer, and the other one goes on", async () => {
    const address = pebble.directoryUrl;
    expect(await refusal(pebble, one)).to.equal(undefined);
    await pebble.restart([two]);
    expect(pebble.directoryUrl).to.equal(address);
    expect(await refusal(pebble, one)).to.include({ status: 403, type: "unauthorized" });
    const { chain } = await issueWith(pebble, two, ["www.example.com"]);
    expect(certificates(chain)[0]?.checkHost("www.example.com")).to.equal("www.example.com");

    await pebble.restart([]);
    expect(await refusal(pebble, two), "none left").to.include({ status: 403, type: "unauthorized" });
    expect(await refusal(pebble)).to.include({ status: 403, type: "externalAccountRequired" });
  });

  it("the HMAC key of another credential is refused", async () => {
    const refused = await refusal(pebble, { kid: one.kid, hmac: two.hmac });
    expect(refused).to.include({ status: 403, type: "unauthorized" });
    expect(refused?.detail).to.include("JWS verification error");
  });

  it("a key id that was never given out is refused", async () => {
    const refused = await refusal(pebble, newCredential("kid-3"));
    expect(refused).to.include({ status: 403, type: "unauthorized" });
    expect(refused?.detail).to.include("not known");
  });

  it("nobody registers without a credential", async () => {
    expect(await refusal(pebble)).to.include({ status: 403, type: "externalAccountRequired" });
  });
});

describe("the process of Pebble", () => {
  const temporary = process.env.TMPDIR;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "clm-pebbles-"));
    process.env.TMPDIR = folder;
  });
  afterEach(() => {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (hmac = newCredential("kid").hmac, executable?: string): Promise<RunningPebble> =>
    startPebble({ credentials: [{ kid: "kid", hmac }], ...(executable === undefined ? {} : { executable }) });
  const failure = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => "none",
      (error: unknown) => (error as Error).message,
    );
  const lives = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it("ends with close, alone, and takes its files along", async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const { pid, directoryUrl } = first;
    expect(readdirSync(folder)).to.have.length(2);
    await first.close();
    await first.close();
    expect(lives(pid)).to.equal(false);
    expect(readdirSync(folder)).to.have.length(1);
    expect(await codeOf(directory(directoryUrl, first.ca))).to.equal("ECONNREFUSED");
    expect(await failure(first.restart([]))).to.equal("Pebble is closed");
    expect(await directory(second.directoryUrl, second.ca)).to.have.property("newAccount");
    await second.close();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("a start that Pebble refuses fails with its words, and leaves nothing", async () => {
    expect(await failure(start("padded="))).to.match(/^Pebble ended before its directory answered \(.*base64/);
    expect(readdirSync(folder)).to.deep.equal([]);
    expect(await failure(start(undefined, join(folder, "missing")))).to.include("ENOENT");
    expect(existsSync(folder) && readdirSync(folder)).to.deep.equal([]);
  });

  it("a restart that is refused leaves nothing running; one with a kid twice does not begin", async () => {
    const pebble = await start();
    const { pid } = pebble;
    const twice = [newCredential("kid"), newCredential("kid")];
    expect(await failure(pebble.restart(twice))).to.equal("two credentials have the same kid");
    expect(pebble.pid).to.equal(pid);
    expect(lives(pid)).to.equal(true);
    expect(await failure(pebble.restart([{ kid: "kid", hmac: "padded=" }]))).to.include("base64");
    expect(await codeOf(directory(pebble.directoryUrl, pebble.ca))).to.equal("ECONNREFUSED");
    await pebble.restart([]);
    expect(await directory(pebble.directoryUrl, pebble.ca)).to.have.property("newAccount");
    await pebble.close();
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
