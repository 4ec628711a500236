import { expect } from "chai";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Fault } from "../../provider/core/fault.js";
import type { HttpCall, RepeatRule } from "../../provider/core/operation.js";
import { ClientCredentials } from "../../provider/http/clientCredentials.js";
import { mask } from "../../provider/http/redaction.js";
import { Transport } from "../../provider/http/transport.js";

const MINTS: RepeatRule = { afterRateLimit: true, afterFault: false, because: "would make two" };
const TRACE = "0123456789abcdef0123456789abcdef";
const POST: HttpCall = { method: "POST", path: "/things", body: { a: 1 } };

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly type: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

describe("tokens by client credentials", () => {
  let server: Server;
  let seen: Seen[];
  let reply: (at: Seen, response: ServerResponse) => void;
  let url: URL;
  let now: number;

  beforeEach(async () => {
    seen = [];
    now = 1_800_000_000_000;
    server = createServer((request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      request
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => {
          const at: Seen = {
            method: request.method ?? "",
            url: request.url ?? "",
            type: request.headers["content-type"] ?? "",
            authorization: request.headers.authorization,
            body: Buffer.concat(chunks).toString("utf8"),
          };
          seen.push(at);
          reply(at, response);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`);
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const bare = (): Transport => new Transport({ system: "Test", url, headers: {}, timeout: 5000, backoff: 1 });
  const tokens = (): ClientCredentials =>
    new ClientCredentials(
      bare(),
      {
        method: "POST",
        path: "/auth/token",
        form: { urlencoded: { grant_type: "client_credentials", client_id: "me & you", client_secret: "s=cret" } },
      },
      "Test",
      () => now,
    );
  const transport = (token = tokens()): Transport =>
    new Transport({ system: "Test", url, headers: {}, timeout: 5000, backoff: 1, token });
  /** A service that gives tokens `t1`, `t2`, ... and takes only the last one. */
  const giving = (expires: () => unknown) => {
    let given = 0;
    reply = (at, response) => {
      if (at.url.endsWith("/auth/token"))
        response.end(JSON.stringify({ access_token: `token-number-${++given}`, expires_in: expires() }));
      else response.writeHead(at.authorization === `Bearer token-number-${given}` ? 200 : 401).end("{}");
    };
  };
  const asked = (): number => seen.filter((at) => at.url.endsWith("/auth/token")).length;

  it("are asked for once, in the form that the grant has, and masked from then on", async () => {
    giving(() => 3600);
    const client = transport();
    const answers = await Promise.all([1, 2, 3].map(() => client.send(POST, MINTS, TRACE)));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    expect(asked()).to.equal(1);
    expect(seen[0]).to.deep.include({
      method: "POST",
      url: "/base/auth/token",
      type: "application/x-www-form-urlencoded",
      body: "grant_type=client_credentials&client_id=me+%26+you&client_secret=s%3Dcret",
      authorization: undefined,
    });
    expect(mask("Bearer token-number-1")).to.equal("Bearer [secret]");
  });

  for (const [name, expires] of [
    ["seconds", () => 3600],
    ["a time in milliseconds", () => now + 3_600_000],
    ["digits", () => "3600"],
  ] as const)
    it(`are renewed before their end: ${name}`, async () => {
      giving(expires);
      const client = transport();
      await client.send(POST, MINTS, TRACE);
      now += 3_500_000;
      await client.send(POST, MINTS, TRACE);
      expect(asked()).to.equal(1);
      now += 60_000;
      await client.send(POST, MINTS, TRACE);
      expect(asked()).to.equal(2);
    });

  for (const life of [undefined, null, 0, -1, "soon"])
    it(`without a usable end (${String(life)}) are taken for five minutes`, async () => {
      giving(() => life);
      const client = transport();
      await client.send(POST, MINTS, TRACE);
      now += 200_000;
      await client.send(POST, MINTS, TRACE);
      expect(asked()).to.equal(1);
      now += 60_000;
      await client.send(POST, MINTS, TRACE);
      expect(asked()).to.equal(2);
    });

  it("that are refused are renewed once: a 401 has not looked at the call", async () => {
    giving(() => 3600);
    const token = tokens();
    const client = transport(token);
    await client.send(POST, MINTS, TRACE);
    await token.transport.send({ method: "POST", path: "/auth/token" }, MINTS, TRACE); // another one ends ours
    expect((await client.send(POST, MINTS, TRACE)).status).to.equal(200);
    expect(seen.filter((at) => at.url.endsWith("/things")).map(({ authorization }) => authorization)).to.deep.equal([
      "Bearer token-number-1",
      "Bearer token-number-1",
      "Bearer token-number-3",
    ]);
    reply = (at, response) =>
      at.url.endsWith("/auth/token")
        ? response.end(JSON.stringify({ access_token: "another-token", expires_in: 3600 }))
        : response.writeHead(401).end("{}");
    const before = seen.length;
    expect((await client.send(POST, MINTS, TRACE)).status).to.equal(401);
    expect(seen.slice(before).filter((at) => at.url.endsWith("/things"))).to.have.length(2);
  });

  for (const [name, status, body] of [
    ["a bad login", 401, { error: "unauthorized_client", error_description: "Bad credentials" }],
    ["a success without a token", 200, { expires_in: 3600 }],
    ["a page", 200, "<html>"],
  ] as const)
    it(`that cannot be had stop the call before it is sent: ${name}`, async () => {
      reply = (_at, response) => response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
      const failure = await transport()
        .send(POST, MINTS, TRACE)
        .catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Fault);
      expect((failure as Fault).outcome).to.equal("not executed");
      expect((failure as Fault).message)
        .to.include("check the client's id and secret")
        .and.not.include("s=cret");
      expect(seen.some((at) => at.url.endsWith("/things"))).to.equal(false);
    });

  it("whose service does not answer stop the call, too, and are asked for again by the next one", async () => {
    reply = (_at, response) => response.socket?.destroy();
    const client = transport();
    const failure = await client.send(POST, MINTS, TRACE).catch((error: unknown) => error);
    expect((failure as Fault).outcome).to.equal("not executed");
    giving(() => 3600);
    expect((await client.send(POST, MINTS, TRACE)).status).to.equal(200);
  });

  it("forms are sent part by part, files with their name and type", async () => {
    reply = (_at, response) => response.end("{}");
    await bare().send(
      {
        method: "POST",
        path: "/upload",
        form: {
          multipart: {
            certificateName: "näme, with comma",
            pemEncodedFile: { filename: "a.pem", contentType: "application/x-pem-file", content: "-----BEGIN" },
          },
        },
      },
      MINTS,
      TRACE,
    );
    const [at] = seen;
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(at?.type ?? "")?.[1] ?? "none";
    const parts = at?.body.split(`--${boundary}`).map((part) => part.trim().replaceAll("\r\n", "\n"));
    expect(parts).to.deep.equal([
      "",
      'Content-Disposition: form-data; name="certificateName"\n\nnäme, with comma',
      'Content-Disposition: form-data; name="pemEncodedFile"; filename="a.pem"\nContent-Type: application/x-pem-file\n\n-----BEGIN',
      "--",
    ]);
  });
});
