import { expect } from "chai";
import {
  approvalOf,
  approves,
  argumentsDigest,
  invalidFor,
  readApprovals,
  type ApprovalFile,
} from "../../provider/core/approvals.js";
import { operation, operationIn, type HttpCall } from "../../provider/core/operation.js";

const ending = operation<{ id: string | undefined; call: HttpCall; digest?: string }>({
  ...{ name: "a.things.end", effect: "delete", reversible: false, destructive: () => true, billed: false },
  repeat: { afterRateLimit: true, afterFault: false, because: "a test" },
  target: ({ id }) => ({ project: "p", id }),
  call: ({ call }) => call,
  confidential: ({ digest = "none" }) => ({ fields: ["secret"], digest }),
  say: () => "END",
});
const call = (more: Partial<HttpCall> = {}): HttpCall => ({ method: "POST", path: "/end", body: { id: 1 }, ...more });
const end = (more: Partial<HttpCall> = {}, id: string | undefined = "1", digest?: string) =>
  ending.certain({ id, call: call(more), ...(digest === undefined ? {} : { digest }) });

describe("approvals", () => {
  it("agree to the very call: name, target and everything that is sent", () => {
    const approval = approvalOf(end());
    expect(approves(approval, end())).to.equal(true);
    expect(
      approves(approval, ending.conditional({ id: "1", call: call() }, "it is there")),
      "its condition is not it",
    ).to.equal(true);
    for (const [what, other] of Object.entries({
      target: end({}, "2"),
      method: end({ method: "DELETE" }),
      query: end({ path: "/end?all=true" }),
      body: end({ body: { id: 2 } }),
      "one more field": end({ body: { id: 1, force: true } }),
      "one less": end({ body: {} }),
      "a field's type": end({ body: { id: "1" } }),
      secret: end({}, "1", "another"),
    }))
      expect(approves(approval, other), what).to.equal(false);
  });

  it("hold no content: values are digests", () => {
    const text = JSON.stringify(
      approvalOf(end({ body: { pem: "-----BEGIN CERTIFICATE-----", names: ["a.example.com"] } })),
    );
    expect(text).to.include("body.names.0").and.not.include("CERTIFICATE").and.not.include("example");
  });

  it("of what was not known take what it turns out to be, and nothing else", () => {
    const unknown = ending.certain({ id: undefined, call: call({ body: { id: 1, pem: "?" } }) });
    const approval = approvalOf(unknown, true);
    expect(approval.operation).to.equal("a.things.end project=p id=?");
    expect(approves(approval, end({ body: { id: 1, pem: "known now", chain: "too" } }, "7"))).to.equal(true);
    expect(approves(approval, end({ body: { id: 2, pem: "known now" } }, "7")), "this was known").to.equal(false);
    const closed = approvalOf(end({ body: { id: 1, pem: "?" } }));
    expect(approves(closed, end({ body: { id: 1, pem: "known now" } }))).to.equal(true);
    expect(approves(closed, end({ body: { id: 1, pem: "known now", chain: "too" } }))).to.equal(false);
  });

  it("of what was not known are of no call that destroys more than was reviewed, ends something else, or lacks what was known", () => {
    const names = (...list: string[]): HttpCall => call({ body: { csr: "known now", names: list } });
    const harmless = { ...ending.certain({ id: "1", call: names("a", "b") }), destructive: false };
    const approval = approvalOf({ ...harmless, call: call({ body: { csr: "?", names: ["a", "b"] } }) }, true);
    expect(approves(approval, harmless)).to.equal(true);
    expect(approves(approval, { ...harmless, destructive: true }), "it destroys").to.equal(false);
    expect(approves(approval, { ...harmless, call: names("a") }), "a shorter list").to.equal(false);
    expect(approves(approval, { ...harmless, call: names("a", "b", "c") }), "a longer list").to.equal(false);
    expect(approves(approval, { ...harmless, call: call({ body: { csr: "k" } }) }), "a field less").to.equal(false);
    const reversible = { ...ending.certain({ id: "1", call: call() }), reversible: true };
    expect(approves(approvalOf(reversible, true), { ...reversible, reversible: false }), "for good").to.equal(false);
    expect(approves(approvalOf({ ...reversible, reversible: false }, true), reversible), "less bad").to.equal(true);
    const all = { ...reversible, ends: ["a 1", "a 2"] };
    expect(approves(approvalOf(all, true), { ...all, ends: ["a 2"] }), "fewer").to.equal(true);
    expect(approves(approvalOf(all, true), { ...all, ends: ["a 2", "a 3"] }), "another one").to.equal(false);
  });

  it("are of one provider instance: none of another counts, nor one of the default", () => {
    const all = [undefined, "staging", "production"].map((instance) => operationIn(end(), instance));
    for (const [at, one] of all.entries())
      expect(all.map((other) => approves(approvalOf(one), other))).to.deep.equal(all.map((_, other) => other === at));
  });

  it("of a call that may name fewer leave to the plan which", () => {
    const form = (environments: string) => ({ form: { multipart: { name: "n", environments } } });
    const narrowable = { field: "environments", values: ["a", "b"] };
    const planned = { ...end({ ...form("a,b") }), narrowable };
    const narrowed = { ...end({ ...form("b") }), narrowable: { ...narrowable, values: ["b"] } };
    expect(approves(approvalOf(planned), narrowed)).to.equal(true);
  });

  it("have one digest for all arguments, whatever their order", () => {
    const one = approvalOf(end({ body: { a: 1, b: 2 } }));
    const other = approvalOf(end({ body: { b: 2, a: 1 } }));
    expect(argumentsDigest(one)).to.equal(argumentsDigest(other));
    expect(argumentsDigest(one)).to.not.equal(argumentsDigest(approvalOf(end({ body: { a: 1, b: 3 } }))));
  });

  const file: ApprovalFile = {
    version: 2,
    stack: "certificates/prod",
    now: "2026-03-01T10:00:00Z",
    expires: "2026-03-02T10:00:00Z",
    approvals: [approvalOf(end())],
  };
  const occasion = { stack: "certificates/prod", now: new Date(file.now), time: new Date("2026-03-01T12:00:00Z") };

  it("count for their stack, until they expire, and for the day of their review", () => {
    expect(invalidFor(file, occasion)).to.equal(undefined);
    expect(invalidFor(file, { ...occasion, stack: "certificates/dev" })).to.include("are for certificates/prod");
    expect(invalidFor(file, { ...occasion, time: new Date(file.expires) })).to.include("expired");
    expect(invalidFor(file, { ...occasion, now: new Date("2026-03-01T23:59:59Z") }), "windows count in days").to.equal(
      undefined,
    );
    expect(invalidFor(file, { ...occasion, now: new Date("2026-03-02T00:00:00Z") })).to.include(
      "CLM_NOW=2026-03-01T10",
    );
  });

  it("a file that is cut off, of another version, or something else approves nothing", () => {
    expect(readApprovals(JSON.stringify(file), "f")).to.deep.equal(file);
    for (const text of [
      "",
      JSON.stringify(file).slice(0, -3),
      "[]",
      "{}",
      JSON.stringify({ ...file, version: 1 }),
      JSON.stringify({ ...file, version: 3 }),
      JSON.stringify({ ...file, approvals: [{}] }),
      JSON.stringify({ ...file, expires: "soon" }),
    ])
      expect(() => readApprovals(text, "f")).to.throw("clm review --approve f");
  });
});
