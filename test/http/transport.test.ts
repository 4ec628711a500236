import { expect } from "chai";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Fault } from "../../provider/core/fault.js";
import type { RepeatRule } from "../../provider/core/operation.js";
import type { Answer } from "../../provider/core/perform.js";
import { baseUrl } from "../../provider/http/origin.js";
import { retryAfter } from "../../provider/http/retryAfter.js";
import { mask, registerSecret } from "../../provider/http/redaction.js";
import { Transport } from "../../provider/http/transport.js";

const READS: RepeatRule = { afterRateLimit: true, afterFault: true, because: "changes nothing" };
const MINTS: RepeatRule = { afterRateLimit: true, afterFault: false, because: "would make two" };
const TRACE = "0123456789abcdef0123456789abcdef";
const GET = { method: "GET", path: "/things" } as const;
const POST = { method: "POST", path: "/things", body: { a: 1 } } as const;

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;
const answer =
  (status: number, body = "{}", headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
const drop: Handler = (request) => request.socket.destroy();

describe("the transport", () => {
  let server: Server;
  let handlers: Handler[];
  let seen: IncomingMessage[];
  let url: URL;

  beforeEach(async () => {
    handlers = [];
    seen = [];
    server = createServer((request, response) => {
      seen.push(request);
      request.resume().on("end", () => {
        (handlers[Math.min(seen.length, handlers.length) - 1] ?? answer(200))(request, response, seen.length);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`);
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const transport = (more: Partial<ConstructorParameters<typeof Transport>[0]> = {}): Transport =>
    new Transport({
      system: "Test",
      url,
      headers: { "x-api-key": "the-api-key-of-the-test" },
      timeout: 5000,
      backoff: 1,
      ...more,
    });
  const outcome = (sending: Promise<Answer>): Promise<string> =>
    sending.then(
      ({ status }) => `status ${status}`,
      (error: unknown) => (error instanceof Fault ? error.outcome : String(error)),
    );

  for (const [name, rule, replies, requests, result] of [
    ["a read is repeated after 503", READS, [answer(503), answer(200)], 2, "status 200"],
    ["a read is repeated after a lost answer", READS, [drop, answer(200)], 2, "status 200"],
    ["a read is given up after four attempts", READS, [answer(500)], 4, "status 500"],
    ["a read whose answer is lost four times is unknown", READS, [drop], 4, "unknown"],
    ["a read is not repeated after 400", READS, [answer(400)], 1, "status 400"],
    [
      "a call that mints is repeated after 429",
      MINTS,
      [answer(429, "{}", { "retry-after": "0" }), answer(200)],
      2,
      "status 200",
    ],
    [
      "a Retry-After in the past is obeyed at once",
      MINTS,
      [answer(429, "{}", { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }), answer(200)],
      2,
      "status 200",
    ],
    [
      "a Retry-After beyond all patience is an answer",
      MINTS,
      [answer(429, "{}", { "retry-after": "100000" })],
      1,
      "status 429",
    ],
    ["a call that mints is never repeated after 500", MINTS, [answer(500)], 1, "status 500"],
    ["a call that mints is never repeated after 503", MINTS, [answer(503)], 1, "status 503"],
    ["a call that mints is never repeated after a lost answer", MINTS, [drop], 1, "unknown"],
  ] as const) {
    it(name, async () => {
      handlers = [...replies];
      expect(await outcome(transport().send(rule === READS ? GET : POST, rule, TRACE))).to.equal(result);
      expect(seen).to.have.length(requests);
    });
  }

  it("sends credentials, JSON and the trace id to the base URL's path", async () => {
    await transport().send(POST, MINTS, TRACE);
    expect(seen[0]?.url).to.equal("/base/things");
    expect(seen[0]?.headers).to.include({
      "x-api-key": "the-api-key-of-the-test",
      "content-type": "application/json",
      traceparent: `00-${TRACE}-0123456789abcdef-01`,
    });
  });

  it("does not follow a redirect: no credential goes to another host", async () => {
    let others = 0;
    const other = createServer((_request, response) => {
      others++;
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    handlers = [answer(307, "", { location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/` })];
    expect(await outcome(transport().send(POST, MINTS, TRACE))).to.equal("status 307");
    other.close();
    expect(others).to.equal(0);
  });

  it("a truncated answer is no answer", async () => {
    handlers = [
      (_request, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("half", () => response.socket?.destroy());
      },
    ];
    expect(await outcome(transport().send(POST, MINTS, TRACE))).to.equal("unknown");
  });

  it("an endless answer is cut off", async () => {
    handlers = [
      (_request, response) => {
        const chunk = Buffer.alloc(1024 * 1024, 32);
        const more = (): void => {
          while (!response.destroyed && response.write(chunk));
          if (!response.destroyed) response.once("drain", more);
        };
        more();
      },
    ];
    expect(await outcome(transport().send(POST, MINTS, TRACE))).to.equal("unknown");
  });

  it("a server that does not answer meets the time limit", async () => {
    handlers = [() => undefined];
    expect(await outcome(transport({ timeout: 50 }).send(POST, MINTS, TRACE))).to.equal("unknown");
    expect(seen).to.have.length(1);
  });

  it("a connection that never came up has changed nothing", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await outcome(transport({ url: new URL(`http://127.0.0.1:${port}`) }).send(POST, MINTS, TRACE))).to.equal(
      "not executed",
    );
  });
});

describe("where credentials may go", () => {
  for (const allowed of ["https://rest.ecgrid.io", "http://127.0.0.1:8080", "http://localhost/x", "http://[::1]:1"]) {
    it(`${allowed} is allowed`, () => {
      expect(baseUrl(allowed, "ecgrid:url").href).to.include(new URL(allowed).host);
    });
  }
  for (const [refused, why] of [
    ["http://rest.ecgrid.io", "would travel in clear"],
    ["http://127.0.0.1.example.org", "would travel in clear"],
    ["ftp://127.0.0.1", "would travel in clear"],
    ["https://user:pw@rest.ecgrid.io", "holds a user name"],
    ["rest.ecgrid.io", "not a URL"],
  ] as const) {
    it(`${refused} is refused`, () => {
      expect(() => baseUrl(refused, "ecgrid:url")).to.throw(why);
    });
  }
});

describe("Retry-After", () => {
  const now = new Date("2026-03-01T10:00:00Z");
  for (const [header, wait] of [
    ["0", 0],
    ["120", 120_000],
    ["Sun, 01 Mar 2026 10:00:05 GMT", 5000],
    ["Sun, 01 Mar 2026 09:00:00 GMT", 0],
    ["-1", undefined],
    ["soon", undefined],
    [undefined, undefined],
  ] as const) {
    it(String(header), () => {
      expect(retryAfter(header, now)).to.equal(wait);
    });
  }
});

describe("masking", () => {
  it("finds a secret in every form in which it could be echoed", () => {
    const secret = "s3cret/with+odd=chars?";
    registerSecret(secret);
    const bytes = Buffer.from(secret);
    for (const form of [
      secret,
      bytes.toString("base64"),
      bytes.toString("base64url"),
      bytes.toString("hex"),
      bytes.toString("hex").toUpperCase(),
      encodeURIComponent(secret),
    ]) {
      expect(mask(`before ${form} after`)).to.equal("before [secret] after");
    }
    expect(mask("nothing to hide")).to.equal("nothing to hide");
  });
});
