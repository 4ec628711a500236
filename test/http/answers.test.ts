import { expect } from "chai";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Fault } from "../../provider/core/fault.js";
import type { HttpCall } from "../../provider/core/operation.js";
import { Transport } from "../../provider/http/transport.js";

const RULE = { afterRateLimit: true, afterFault: false, because: "a test" };
const TRACE = "0123456789abcdef0123456789abcdef";
const POST: HttpCall = { method: "POST", path: "/things", body: { a: 1 } };
const LIMIT = 8 * 1024 * 1024;

describe("what the transport makes of answers", () => {
  let server: Server;
  let requests: number;
  let respond: (response: ServerResponse) => void;

  beforeEach(async () => {
    requests = 0;
    respond = (response) => response.end("{}");
    server = createServer((request, response) => {
      requests++;
      request.resume().on("end", () => {
        respond(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const transport = (more: Partial<ConstructorParameters<typeof Transport>[0]> = {}): Transport =>
    new Transport({
      system: "Test",
      url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
      headers: {},
      timeout: 5000,
      backoff: 1,
      ...more,
    });
  const failure = (sending: Promise<unknown>): Promise<Fault> =>
    sending.then(
      () => {
        throw new Error("an answer came");
      },
      (error: unknown) => {
        if (error instanceof Fault) return error;
        throw error;
      },
    );

  for (const [name, bytes, read] of [
    ["8 MiB", LIMIT, true],
    ["one byte more", LIMIT + 1, false],
  ] as const) {
    it(`${name} ${read ? "is read" : "is refused"}`, async () => {
      respond = (response) => response.end(Buffer.alloc(bytes, 32));
      const sending = transport().send(POST, RULE, TRACE);
      if (read) expect((await sending).body).to.have.length(bytes);
      else expect((await failure(sending)).message).to.include("more than 8 MiB");
    });
  }

  it("an answer that stalls after its beginning meets the time limit", async () => {
    respond = (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"success":');
    };
    const fault = await failure(transport({ timeout: 50 }).send(POST, RULE, TRACE));
    expect(fault.outcome).to.equal("unknown");
    expect(fault.message).to.include("the time limit passed").and.include("whether the call took effect is not known");
  });

  it("any status is an answer, with its type, body and trace id", async () => {
    respond = (response) => response.writeHead(418, { "content-type": "text/html" }).end("ü");
    expect(await transport().send(POST, RULE, TRACE)).to.deep.equal({
      status: 418,
      contentType: "text/html",
      body: "ü",
      traceId: TRACE,
    });
  });

  it("a fault of a read says that nothing was changed", async () => {
    respond = (response) => response.socket?.destroy();
    const fault = await failure(transport().send({ method: "GET", path: "/things" }, RULE, TRACE));
    expect(fault.message).to.include("Could not call GET /things").and.include("nothing was changed by this read");
    expect(fault.parts.traceId).to.equal(TRACE);
  });

  for (const [name, more] of [
    ["a credential with a line break", { headers: { "x-api-key": "canary-key\n-of-the-test" } }],
    ["a time limit that is no whole number of milliseconds", { timeout: 1001.5 }],
  ] as const) {
    it(`${name} never reaches the service: known as not executed, or sent all the same`, async () => {
      const outcome = await transport(more)
        .send(POST, RULE, TRACE)
        .then(
          ({ status }) => String(status),
          (error: unknown) => (error instanceof Fault ? `${error.outcome} ${error.message}` : String(error)),
        );
      expect(outcome).to.match(requests === 0 ? /^not executed / : /^200$/);
      expect(outcome).to.not.include("canary-key");
    });
  }
});
