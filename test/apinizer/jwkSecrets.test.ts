import { expect } from "chai";
import fc from "fast-check";
import { ApinizerClient } from "../../provider/apinizer/client.js";
import { jwk } from "../../provider/apinizer/jwk/lifecycle.js";
import { reread } from "../../provider/apinizer/jwk/reading.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import { Fault, PartialFault } from "../../provider/core/fault.js";
import type { Answer } from "../../provider/core/perform.js";
import { receiptBook } from "../../provider/core/receipts.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { mutatedAnswer } from "../instrument/mutations.js";
import { JwkSteps } from "./steps.js";

/** A member as it may be written: as it was sent, base64, hex, and in a URL. */
const forms = (member: string): string[] => {
  const bytes = Buffer.from(member, "base64url");
  const hex = bytes.toString("hex");
  const base64 = bytes.toString("base64");
  return [member, base64, base64.replace(/=+$/, ""), hex, hex.toUpperCase(), encodeURIComponent(base64)];
};

describe("private members of a generated JWK", () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  });
  afterEach(() => sandbox.close());

  for (const [type, generate, more, count] of [
    ["RSA", { size: 2048 }, {}, 6],
    ["EC", { curve: "P-521" }, {}, 1],
    ["OKP", { curve: "Ed25519" }, {}, 1],
    ["OKP", { curve: "X25519" }, { use: "ENCRYPTION" }, 1],
    ["OCT", { size: 256 }, {}, 1],
  ] as const)
    it(`${type} ${JSON.stringify(generate)}: in no state, plan, message, told text or receipt of any step, in whatever form`, async () => {
      let seen = "";
      const see = (...all: unknown[]): void => {
        for (const one of all)
          seen += `${one instanceof Error ? `${one.message}\n${one.stack ?? ""}\n${JSON.stringify(one)}` : JSON.stringify(one)}\n`;
      };
      const steps = new JwkSteps(sandbox, { book: receiptBook((line) => (seen += line)) });
      const members = new Set<string>();
      const remember = (): void => {
        const now = Object.values(sandbox.apinizer.privateMembers("own"));
        expect(now).to.have.length(count);
        for (const member of now) members.add(member);
      };
      const wanted = (extra: object = {}) =>
        steps.generated({ algorithm: undefined, generate: { type, ...generate }, ...more, ...extra });
      let state = await steps.create(wanted());
      remember();
      see(state, steps.plan(undefined, wanted()), steps.lifecycle.summary(state), steps.lifecycle.holds(state));
      expect(state.keyType).to.equal(type);
      expect(state.publicJwk === undefined).to.equal(type === "OCT");

      for (const mode of ["truncate", "html", "500", "drop-after"] as const) {
        sandbox.hostile.add({ match: "GET *", mode, times: 99 });
        see(await steps.read(state).catch((error: unknown) => error));
        see(await steps.update(state, wanted({ description: mode })).catch((error: unknown) => error));
        see(await steps.delete(state).catch((error: unknown) => error));
        see(await steps.create(wanted({ adopt: true })).catch((error: unknown) => error));
        sandbox.hostile.clear();
      }
      sandbox.hostile.add({
        match: "PUT *",
        mode: "hook",
        before: () => {
          sandbox.apinizer.unreachable("staging");
        },
      });
      const partly = await steps.update(state, wanted({ description: "e" })).catch((error: unknown) => error);
      expect(partly).to.be.instanceOf(PartialFault);
      see(partly, (partly as PartialFault<JwkState>).state);
      sandbox.apinizer.reachable("staging");
      state = await steps.update((partly as PartialFault<JwkState>).state, wanted({ description: "e" }));
      see(state, steps.plan(state, wanted({ trigger: "again" })));
      // Another key id: one is read, and not the list alone.
      state = await steps.read({ ...state, kid: "another" });
      see(
        state,
        await steps.create(wanted({ adopt: true })),
        await steps.create(wanted()).catch((error: unknown) => error),
      );
      if (type !== "RSA") state = await steps.update(state, wanted({ description: "e", trigger: "again" }));
      remember();
      see(state, steps.plan(state, undefined));
      await steps.delete(state);
      see(steps.told);

      expect(members.size).to.equal(type === "RSA" ? count : 2 * count);
      for (const member of members) for (const form of forms(member)) expect(seen.includes(form)).to.equal(false);
      expect(seen.length).to.be.above(2000);
    });
});

const SEED = 20260304;

describe("answers about JWKs that were mutated", () => {
  const SECRETS = ["RFJJVkFURS1E", "UFJJVkFURS1Q", "UFJJVkFURS1R"];
  const [d = "", p = "", q = ""] = SECRETS;
  const row = (more: object): object => ({
    success: true,
    resultList: [
      {
        ...{ name: "own", description: "d", projectId: "5", sourceType: "GENERATE", sourceId: null, sourceUrl: null },
        ...{ type: "RSA", kid: "k", ...more },
      },
    ],
  });
  const ANSWERS: Readonly<Record<string, object>> = {
    RSA: row({ rsa: { d, p, q, n: "AQAB", e: "AQAB" } }),
    EC: row({ type: "EC", ec: { d, crv: "P-256", x: "WA", y: "WQ" } }),
    OKP: row({ type: "OKP", okp: { d, crv: "Ed25519", x: "WA" } }),
    OCT: row({ type: "OCT", oct: { k: d } }),
    "a list": row({}),
    "a refusal": { status: "FAILURE", resultMessage: "Project (partners) is not found!" },
  };
  const state: JwkState = {
    ...({ project: "partners", name: "own", use: "SIGNATURE", onDelete: "delete" } as const),
    ...{ generate: { type: "RSA" as const, size: 2048 }, made: true, missing: false, attached: false },
    ...{ outdated: false, outcomes: [] },
    ...{ keyType: "RSA", kid: "k", publicJwk: { kty: "RSA", n: "AQAB", e: "AQAB" } },
  };
  const tidy = (value: unknown): void => {
    const text = value instanceof Error ? `${value.message}${JSON.stringify(value)}` : JSON.stringify(value);
    for (const secret of SECRETS) expect(text).to.not.include(secret);
  };
  /** What a read gives; a fault in words otherwise. */
  async function outcome<T>(work: Promise<T>): Promise<T | Fault> {
    try {
      const value = await work;
      tidy(value);
      return value;
    } catch (error) {
      expect(error).to.be.instanceOf(Fault);
      expect((error as Fault).message).to.match(/^Could not .*[.!?] Known: .*[.!?] Next: /s);
      tidy(error);
      return error as Fault;
    }
  }
  const context = (reply: Answer) => {
    const api = new ApinizerClient(() => Promise.resolve(reply), "https://manager.test", 0);
    return { ...({} as Parameters<typeof reread>[1]), api, resource: "a" };
  };

  for (const [what, whole] of Object.entries(ANSWERS))
    it(`${what}: a JWK is whole and without private members, or there is a fault in words; nothing is taken for gone`, async () => {
      await fc.assert(
        fc.asyncProperty(mutatedAnswer(whole), async (reply) => {
          const one = await outcome(context(reply).api.jwk("partners", "own", "a"));
          expect(one, "gone").to.not.equal(undefined);
          if (one !== undefined && !(one instanceof Fault)) {
            expect(one.name).to.equal("own");
            for (const member of Object.values(one.members ?? {})) expect(member).to.be.a("string");
          }
          const all = await outcome(context(reply).api.listedJwks("partners", "a"));
          if (!(all instanceof Fault)) for (const { name } of all) expect(name).to.be.a("string");
          for (const before of [state, { ...state, certificateName: "gw", environment: "production" }]) {
            const read = await outcome(reread(before, context(reply)));
            if (read instanceof Fault) continue;
            expect(read.missing, "taken for gone").to.equal(false);
            expect(jwk.state.safeParse(read).success).to.equal(true);
          }
        }),
        { seed: SEED, numRuns: 600 },
      );
    });
});
