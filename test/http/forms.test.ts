import { expect } from "chai";
import fc from "fast-check";
import { CoalescedReads } from "../../provider/http/coalescedReads.js";
import { baseUrl, isLoopback } from "../../provider/http/origin.js";
import { mask, registerSecret } from "../../provider/http/redaction.js";
import { retryAfter } from "../../provider/http/retryAfter.js";

describe("Retry-After, by RFC 9110", () => {
  const now = new Date("2026-03-01T10:00:00Z");
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  for (const where of ["UTC", "America/New_York"]) {
    for (const [name, header, wait] of [
      ["the preferred date form", "Sun, 01 Mar 2026 10:00:05 GMT", 5000],
      ["the date form of RFC 850", "Sunday, 01-Mar-26 10:00:05 GMT", 5000],
      ["the date form of asctime", "Sun Mar  1 10:00:05 2026", 5000],
      ["seconds with spaces around", " 7 ", 7000],
      ["a fraction", "1.5", undefined],
      ["nothing", "", undefined],
      ["words with a number", "about 5", undefined],
      ["a day without a year", "May 5", undefined],
    ] as const) {
      it(`${name}, in ${where}`, () => {
        process.env.TZ = where;
        expect(retryAfter(header, now)).to.equal(wait);
      });
    }
  }

  it("is never negative and never an exception", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = retryAfter(header, now);
        if (wait !== undefined) expect(wait).to.be.at.least(0);
      }),
      { seed: 20260301 },
    );
  });
});

describe("base URLs", () => {
  it("lose their query and fragment, and keep their path", () => {
    expect(baseUrl("https://proxy.example/ecgrid/?a=1#b", "ecgrid:url").href).to.equal("https://proxy.example/ecgrid/");
  });

  for (const [text, loopback] of [
    ["http://127.0.0.1", true],
    ["http://127.9.9.9", true],
    ["http://LOCALHOST:1", true],
    ["http://[::1]", true],
    ["http://localhost.example.org", false],
    ["http://128.0.0.1", false],
    ["http://0.0.0.0", false],
    ["http://[::2]", false],
  ] as const) {
    it(`${text} ${loopback ? "is" : "is not"} loopback`, () => {
      expect(isLoopback(new URL(text))).to.equal(loopback);
      if (!loopback) expect(() => baseUrl(text, "ecgrid:url")).to.throw("in clear");
    });
  }

  for (const text of [
    "https://user:hunter22@rest.ecgrid.io",
    "http://user:hunter22@rest.ecgrid.io",
    "user:hunter22@rest.ecgrid.io",
    "https://user:hunter22@rest ecgrid.io",
  ]) {
    it(`a refusal does not repeat the password of ${text}`, () => {
      let said = "";
      try {
        baseUrl(text, "ecgrid:url");
      } catch (error) {
        said = String(error);
      }
      expect(said).to.include("ecgrid:url").and.not.include("hunter22");
    });
  }
});

describe("masking, form by form", () => {
  const secret = "s3cret with+odd/chars?!";
  const bytes = Buffer.from(secret);
  before(() => {
    registerSecret(secret);
  });

  for (const [name, form] of [
    ["as it is", secret],
    ["base64", bytes.toString("base64")],
    ["base64 without padding", bytes.toString("base64").replace(/=+$/, "")],
    ["base64url", bytes.toString("base64url")],
    ["hex", bytes.toString("hex")],
    ["hex, upper case", bytes.toString("hex").toUpperCase()],
    ["percent-encoded", encodeURIComponent(secret)],
    [
      "percent-encoded in small letters",
      encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ],
    ["percent-encoded as a form sends it", new URLSearchParams({ k: secret }).toString().slice(2)],
    ["inside JSON", JSON.stringify({ key: secret }).slice(8, -2)],
  ] as const) {
    it(name, () => {
      expect(mask(`before ${form} after`)).to.equal("before [secret] after");
    });
  }

  it("masks every occurrence, and the longer of two secrets whole", () => {
    registerSecret("first-half");
    registerSecret("first-half-and-more");
    expect(mask("first-half first-half-and-more first-half")).to.equal("[secret] [secret] [secret]");
  });

  it("leaves ordinary words alone: nothing short, nothing missing is registered", () => {
    registerSecret("the");
    registerSecret("");
    registerSecret(undefined);
    expect(mask("the words")).to.equal("the words");
  });

  it("finds any secret inside quoted JSON", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, maxLength: 40 }), (any) => {
        registerSecret(`canary${any}`);
        expect(mask(JSON.stringify({ echoed: `canary${any}` }))).to.equal('{"echoed":"[secret]"}');
      }),
      { numRuns: 50, seed: 20260301 },
    );
  });
});

describe("coalesced reads", () => {
  it("ask once, until something is changed", async () => {
    const reads = new CoalescedReads();
    let asked = 0;
    const load = (): Promise<number> => Promise.resolve(++asked);
    expect(await Promise.all([reads.get("a", load), reads.get("a", load), reads.get("b", load)])).to.deep.equal([
      1, 1, 2,
    ]);
    reads.forget();
    expect(await reads.get("a", load)).to.equal(3);
  });

  it("do not remember a failure", async () => {
    const reads = new CoalescedReads();
    expect(await reads.get("a", () => Promise.reject(new Error("odd"))).catch(String)).to.equal("Error: odd");
    expect(await reads.get("a", () => Promise.resolve("well"))).to.equal("well");
  });

  it("a failure that comes after a change does not forget the newer read", async () => {
    const reads = new CoalescedReads();
    let fail: (error: Error) => void = () => undefined;
    const old = reads.get("a", () => new Promise<string>((_resolve, reject) => (fail = reject))).catch(String);
    reads.forget();
    const newer = reads.get("a", () => Promise.resolve("new"));
    fail(new Error("late"));
    await old;
    expect(reads.get("a", () => Promise.resolve("newest"))).to.equal(newer);
  });
});
