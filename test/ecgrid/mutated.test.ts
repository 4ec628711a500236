import { expect } from "chai";
import fc from "fast-check";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Fault } from "../../provider/core/fault.js";
import { EcgridClient } from "../../provider/ecgrid/client.js";
import { READS, terminate } from "../../provider/ecgrid/operations.js";
import { Transport } from "../../provider/http/transport.js";
import type { Answer } from "../../provider/core/perform.js";
import { mutatedAnswer } from "../instrument/mutations.js";

const API_KEY = "canary-of-the-api-key";
const SEED = 20260301;
const END = terminate.certain({
  commId: 5001,
  certKeyId: 88,
  serialNumber: "0A",
  validUntil: "2028-01-01",
  role: "current",
});

const WHOLE = {
  success: true,
  data: {
    commId: 5001,
    mailboxId: 101,
    commType: "as2",
    certificates: [
      {
        certKeyId: 88,
        type: "X509",
        usage: "EncryptionAndSignature",
        status: "Active",
        hasPrivateKey: true,
        serialNumber: "0A",
        thumbprint: "AB",
        beginUsage: "2026-01-01T00:00:00Z",
        endUsage: "2028-01-01T00:00:00Z",
        notBefore: "2026-01-01T00:00:00Z",
        notAfter: "2028-01-01T00:00:00Z",
      },
    ],
  },
};

const answer = mutatedAnswer(WHOLE);

const client = (reply: Answer): EcgridClient =>
  new EcgridClient(() => Promise.resolve(reply), "https://ecgrid.test", 0);

describe("answers of ECGrid that were mutated", () => {
  it("a read gives a snapshot that is whole, or a fault in words", async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (reply) => {
        const read = await client(reply)
          .snapshot(5001, "a")
          .catch((error: unknown) => error as Error);
        if (read instanceof Error) {
          expect(read).to.be.instanceOf(Fault);
          expect(read.message.length).to.be.below(3000);
          expect(read.message).to.match(/^Could not .*\. Known: .*\. Next: /s);
          return;
        }
        expect(reply.status, "taken for an answer").to.be.within(200, 299);
        expect(read.comm.commId).to.equal(5001);
        for (const { certKeyId, status, hasPrivateKey, notAfter, endUsage } of read.certificates) {
          expect(certKeyId).to.satisfy((id: number) => Number.isSafeInteger(id) && id >= 0);
          expect(status).to.be.a("string");
          expect(hasPrivateKey).to.be.a("boolean");
          for (const time of [notAfter, endUsage])
            expect(new Date(time).toISOString().slice(0, 19)).to.equal(time.slice(0, 19));
        }
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("the answer to a change is never an exception, and a yes only as 2xx with success: true", async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (reply) => {
        const read = await client(reply).ask(() => Promise.resolve(reply), END);
        if (read.outcome === "done") {
          expect(reply.status).to.be.within(200, 299);
          expect(JSON.parse(reply.body)).to.include({ success: true });
        } else expect(read.cameBack.length).to.be.below(2000);
        if (reply.status >= 500) expect(read.outcome).to.equal("unknown");
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });
});

describe("redirects", () => {
  const servers: Server[] = [];
  const listen = async (handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
    const server = createServer(handle);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  for (const status of [301, 302, 303, 307, 308]) {
    for (const to of ["another host", "another path"]) {
      it(`${status} to ${to}: nothing is sent there, and the call is not said to have changed nothing`, async () => {
        const seen: string[] = [];
        const elsewhere = await listen((request, response) => {
          seen.push(`elsewhere ${request.url ?? ""} ${JSON.stringify(request.headers)}`);
          response.end("{}");
        });
        const url = await listen((request, response) => {
          seen.push(request.url ?? "");
          response.writeHead(status, { location: to === "another host" ? `${elsewhere}/x` : "/x" }).end();
        });
        const transport = new Transport({
          system: "ECGrid",
          url: new URL(url),
          headers: { "X-API-Key": API_KEY },
          timeout: 5000,
          backoff: 1,
        });
        const api = new EcgridClient((call, traceId) => transport.send(call, READS, traceId), url, 0);
        const failure = await api.snapshot(5001, "a").catch((error: unknown) => error);
        expect(failure).to.be.instanceOf(Fault);
        expect(String(failure)).to.include(`HTTP ${status}`).and.include("not followed").and.not.include(API_KEY);
        const reply = await api.ask((one) => transport.send(one.call, one.repeat, "t".repeat(32)), END);
        expect(reply.outcome).to.equal("unknown");
        expect(seen).to.deep.equal(["/v2/comms/5001", "/v2/certificates/terminate"]);
      });
    }
  }
});
