import { expect } from "chai";
import { CertcentralClient } from "../../provider/certcentral/client.js";
import { READS } from "../../provider/certcentral/operations.js";
import type { Answer } from "../../provider/core/perform.js";
import { Transport } from "../../provider/http/transport.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { failure } from "../instrument/misbehaving.js";

/** Rows of a page. */
const SIZE = 2;

/** Lists of several pages: what is not on them may be there, and is ordered again or not revoked if nobody notices. */
describe("a list of several pages", () => {
  let sandbox: Sandbox;
  let ids: number[];
  /** Offsets that were asked for. */
  let asked: number[];
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    ids = [];
    asked = [];
    for (let count = 0; count < 5; count++) ids.push(await sandbox.certcentral.addOrder());
  });
  afterEach(() => sandbox.close());

  /** Reads by pages of two; `answered` may change what an answer holds, and what there is before the next one. */
  function client(answered: (offset: number, body: Record<string, unknown>) => unknown = () => undefined) {
    const url = new URL(sandbox.certcentral.url);
    const headers = { "X-DC-DEVKEY": sandbox.certcentral.apiKey };
    const transport = new Transport({ system: "CertCentral", url, headers, timeout: 5000, backoff: 1 });
    return new CertcentralClient(
      async (call, traceId): Promise<Answer> => {
        const path = call.path.replace(/limit=\d+/, `limit=${SIZE}`);
        const answer = await transport.send({ ...call, path }, READS, traceId);
        const offset = Number(/offset=(\d+)/.exec(path)?.[1]);
        asked.push(offset);
        const body = JSON.parse(answer.body) as Record<string, unknown>;
        await answered(offset, body);
        return { ...answer, body: JSON.stringify(body) };
      },
      url.href,
      { visibility: 0, poll: 1 },
    );
  }
  const sorted = (rows: readonly { readonly id: number }[]): number[] => rows.map(({ id }) => id).sort((a, b) => a - b);

  it("is read page by page, once", async () => {
    expect(sorted(await client().orders())).to.deep.equal(ids);
    expect(asked).to.deep.equal([0, 2, 4]);
  });

  it("that does not count its rows ends with an empty page", async () => {
    const rows = await client((_offset, body) => delete body.page).orders();
    expect(sorted(rows)).to.deep.equal(ids);
    expect(asked).to.deep.equal([0, 2, 4, 5]);
  });

  it("that lacks rows is read once more", async () => {
    let empty = 0;
    const rows = await client((offset, body) => {
      if (offset === 2 && empty++ === 0) body.orders = [];
    }).orders();
    expect(sorted(rows)).to.deep.equal(ids);
    expect(asked).to.deep.equal([0, 2, 0, 2, 4]);
  });

  it("that moves on while it is read is read once more", async () => {
    const rows = await client(async (offset) => {
      if (offset === 0 && ids.length === 5) ids.push(await sandbox.certcentral.addOrder());
    }).orders();
    expect(sorted(rows)).to.deep.equal(ids);
  });

  for (const [name, mangled] of [
    [
      "has an empty page before its end",
      (offset: number, body: Record<string, unknown>) => offset > 0 && (body.orders = []),
    ],
    [
      "has the same page again and again",
      async (_offset: number, body: Record<string, unknown>) => {
        const [, ...first] = ids;
        body.orders = await page(first.slice(-SIZE));
      },
    ],
    [
      "loses a row between two pages, and counts that",
      async (offset: number, body: Record<string, unknown>) => {
        if (offset === 0) return;
        body.orders = await page([...ids].reverse().slice(offset + 1, offset + 1 + SIZE));
        body.page = { total: 4, limit: SIZE, offset };
      },
    ],
  ] as const)
    it(`that ${name} is an error, of the check before an order, too`, async () => {
      for (const read of [
        (one: CertcentralClient) => one.orders(),
        (one: CertcentralClient) => one.namesakes("www.example.com", "www"),
      ])
        expect((await failure(read(client(mangled)))).message).to.match(
          /the list counts 5 rows and its pages hold [24]/,
        );
    });

  /** Rows as the list has them. */
  async function page(some: readonly number[]): Promise<unknown[]> {
    const { url, apiKey } = sandbox.certcentral;
    const answer = await fetch(new URL("order/certificate?limit=1000", url.endsWith("/") ? url : `${url}/`), {
      headers: { "X-DC-DEVKEY": apiKey },
    });
    const { orders } = (await answer.json()) as { orders: { id: number }[] };
    return some.flatMap((id) => orders.filter((one) => one.id === id));
  }
});
