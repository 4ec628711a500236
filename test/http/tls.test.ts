import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { expect } from "chai";
import { execFile } from "node:child_process";
import { webcrypto } from "node:crypto";
import { createServer as createPlain, type Server as PlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Fault } from "../../provider/core/fault.js";
import { Transport } from "../../provider/http/transport.js";

const RULE = { afterRateLimit: true, afterFault: false, because: "a test" };
const TRACE = "0".repeat(32);

/** A server certificate of its own making for 127.0.0.1, PEM. */
async function selfSigned(): Promise<{ key: string; cert: string }> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=transport test",
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }]),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return { key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`, cert: made.toString("pem") };
}

describe("TLS", () => {
  let server: Server;
  let cert: string;
  let requests = 0;

  before(async () => {
    const made = await selfSigned();
    cert = made.cert;
    server = createServer(made, (_request, response) => {
      requests++;
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const send = (ca?: string): Promise<number | string> =>
    new Transport({
      system: "Test",
      url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`),
      headers: {},
      timeout: 5000,
      backoff: 1,
      ...(ca === undefined ? {} : { ca }),
    })
      .send({ method: "POST", path: "/", body: {} }, RULE, TRACE)
      .then(
        ({ status }) => status,
        (error: unknown) => (error instanceof Fault ? `${error.outcome}: ${error.message}` : String(error)),
      );

  it("is always verified: an unknown authority gets no request", async () => {
    expect(await send()).to.match(/^not executed: .*SELF_SIGNED/);
    expect(requests).to.equal(0);
  });

  it("trusts the authority of clm:caFile besides the usual ones", async () => {
    expect(await send(cert)).to.equal(200);
  });
});

describe("proxies", () => {
  let proxy: PlainServer;
  let connects: string[];

  beforeEach(async () => {
    connects = [];
    proxy = createPlain();
    proxy.on("connect", (request, socket) => {
      connects.push(request.url ?? "");
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    proxy.closeAllConnections();
    proxy.close();
  });

  /** Sends one call from a process of its own: proxies are read from the environment. */
  const send = (url: string, environment: Record<string, string>): Promise<string> =>
    new Promise((resolve) => {
      const program = `const { Transport } = require(${JSON.stringify(join(__dirname, "..", "..", "provider", "http", "transport.js"))});
        new Transport({ system: "Test", url: new URL(${JSON.stringify(url)}), headers: {}, timeout: 3000, backoff: 1 })
          .send({ method: "GET", path: "/" }, { afterRateLimit: false, afterFault: false, because: "" }, "0".repeat(32)).then(() => console.log("answered"), (error) => console.log(error.outcome));`;
      execFile(
        process.execPath,
        ["-e", program],
        { env: { PATH: process.env.PATH, ...environment } },
        (_error, stdout) => {
          resolve(stdout.trim());
        },
      );
    });
  const address = (): string => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

  it("HTTPS_PROXY is used for https", async () => {
    const outcome = await send("https://service.invalid/", { HTTPS_PROXY: address() });
    expect(connects).to.include("service.invalid:443");
    expect(outcome, "a proxy that refuses has let nothing through").to.equal("not executed");
  });

  it("NO_PROXY is obeyed", async () => {
    await send("https://service.invalid/", { HTTPS_PROXY: address(), NO_PROXY: "service.invalid" });
    expect(connects).to.deep.equal([]);
  });

  it("loopback never goes to a proxy", async () => {
    await send("https://127.0.0.1:9/", { HTTPS_PROXY: address() });
    expect(connects).to.deep.equal([]);
  });
});
