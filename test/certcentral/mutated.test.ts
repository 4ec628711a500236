import { expect } from "chai";
import fc from "fast-check";
import { CertcentralClient } from "../../provider/certcentral/client.js";
import { revokeOrder } from "../../provider/certcentral/operations.js";
import { Fault } from "../../provider/core/fault.js";
import type { Answer } from "../../provider/core/perform.js";
import { mutatedAnswer } from "../instrument/mutations.js";

const SEED = 20260302;
const END = revokeOrder.certain({
  orderId: 700,
  what: "certificate 88",
  warning: "",
  reason: undefined,
  comments: undefined,
  skipApproval: true,
});

const ORDER = {
  id: 700,
  status: "issued",
  certificate: {
    id: 88,
    thumbprint: "AB",
    serial_number: "0A",
    common_name: "www.example.com",
    dns_names: ["a.example.com"],
    valid_from: "2026-01-01",
    valid_till: "2027-01-01",
    date_issued: "2026-01-01T10:00:00+00:00",
  },
  product: { name_id: "ssl_basic" },
  date_created: "2026-01-01T10:00:00+00:00",
  order_valid_till: "2027-01-01",
  is_renewed: 0,
  renewed_order_id: 0,
  requests: [{ id: 5, date: "2026-01-01T10:00:00+00:00", type: "new_request", status: "approved" }],
};
const PAGE = { orders: [ORDER], page: { total: 1, limit: 1000, offset: 0 } };

const client = (reply: Answer): CertcentralClient =>
  new CertcentralClient(() => Promise.resolve(reply), "https://certcentral.test", { visibility: 0, poll: 1 });

/** What a read gives: a value, or a fault in words. */
async function read<T>(work: Promise<T>): Promise<{ value: T } | undefined> {
  try {
    return { value: await work };
  } catch (error) {
    expect(error).to.be.instanceOf(Fault);
    const { message } = error as Fault;
    expect(message.length).to.be.below(3000);
    expect(message).to.match(/^Could not .*\. Known: .*\. Next: /s);
    return undefined;
  }
}

describe("answers of CertCentral that were mutated", () => {
  it("an order is whole, and the one that was asked for, or there is a fault in words", async () => {
    await fc.assert(
      fc.asyncProperty(mutatedAnswer(ORDER), async (reply) => {
        const found = await read(client(reply).order(700, "a"));
        if (found === undefined) return;
        expect(reply.status).to.be.within(200, 299);
        const { id, status, certificate, requests, renewedOrderId, orderValidTill } = found.value;
        expect(id).to.equal(700);
        expect(status).to.be.a("string").and.not.equal("");
        expect(certificate.id ?? 0).to.satisfy((one: number) => Number.isSafeInteger(one) && one >= 0);
        expect(renewedOrderId).to.not.equal(0);
        if (orderValidTill !== undefined) expect(orderValidTill.length).to.be.at.most(10);
        for (const request of requests) expect(Number.isSafeInteger(request.id)).to.equal(true);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it("a list ends, whatever it says of its length", async () => {
    await fc.assert(
      fc.asyncProperty(mutatedAnswer(PAGE), async (reply) => {
        let asked = 0;
        const api = new CertcentralClient(
          () => {
            if (++asked > 10) throw new Error("the list does not end");
            return Promise.resolve(reply);
          },
          "https://certcentral.test",
          { visibility: 0, poll: 1 },
        );
        await read(api.namesakes("www.example.com", "a"));
        asked = 0;
        for (const id of [1, 2, 3]) await read(api.listed(id, "a"));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it("lists that are longer than they can be end, too", async () => {
    const endless = { ...PAGE, page: { total: 1e9 } };
    const api = client({ status: 200, contentType: "application/json", body: JSON.stringify(endless), traceId: "t" });
    expect(await read(api.namesakes("www.example.com", "a"))).to.equal(undefined);
    expect(await api.listed(700, "a")).to.include({ id: 700 });
  });

  it("the answer to a change is never an exception, and a yes only as 2xx that can be read", async () => {
    await fc.assert(
      fc.asyncProperty(mutatedAnswer({ id: 920_001, type: "revoke", status: "pending" }), async (reply) => {
        const { outcome, ...rest } = await client(reply).ask(() => Promise.resolve(reply), END);
        if (outcome === "done") expect(reply.status).to.be.within(200, 299);
        else if ("cameBack" in rest) expect(rest.cameBack.length).to.be.below(3000);
        if (reply.status >= 500) expect(outcome).to.equal("unknown");
        if (reply.status === 429) expect(outcome).to.equal("not executed");
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });
});
