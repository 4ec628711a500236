import { expect } from "chai";
import { Fault, PartialFault } from "../../provider/core/fault.js";
import type { OrderState } from "../../provider/certcentral/order/state.js";
import { makeCsr, startSandbox, type Mode, type Rule, type Sandbox } from "../../sandbox/index.js";
import { MODES } from "../../sandbox/hostility.js";
import { Steps } from "./steps.js";

/** Where in a step the service misbehaves: the reads before the call, the call, and every read after it. */
const PLACES = ["the read before", "the call", "the reads after"] as const;

/** As with ECGrid: a rule for each way to fail, and for those that may come after the change was made: both. */
const WAYS: readonly Pick<Rule, "mode" | "executed">[] = MODES.filter((mode) => mode !== "hook").flatMap(
  (mode: Mode) => (["503", "500", "html", "empty"].includes(mode) ? [{ mode }, { mode, executed: true }] : [{ mode }]),
);

interface Call {
  readonly name: string;
  /** Method and path of the call. */
  readonly match: string;
  /** A read that a step makes only before its call, and one that it makes only after it. */
  readonly readBefore: string;
  readonly lead: (at: At) => Promise<OrderState | undefined>;
  readonly run: (at: At, kept: OrderState | undefined, adopt?: number) => Promise<OrderState | undefined>;
  /** What must be there in the end. */
  readonly after: (at: At, kept: OrderState | undefined) => void;
}

interface At {
  readonly sandbox: Sandbox;
  readonly steps: Steps;
  readonly csrs: readonly string[];
}

const ORDER = {
  productNameId: "ssl_basic",
  commonName: "www.example.com",
  organizationId: 9001,
  orderValidity: { years: 1 },
};
const wanted = ({ steps, csrs }: At, csr: number, more: object = {}) =>
  steps.inputs({ ...ORDER, csr: csrs[csr], revocationSkipApproval: true, ...more });

/** An order that is issued. */
async function issued(at: At, more: object = {}): Promise<OrderState> {
  at.sandbox.certcentral.settings.approval = "auto";
  const made = await at.steps.create(wanted(at, 0, more));
  expect(made.order.status).to.equal("issued");
  return made;
}

const adopting = (adopt: number | undefined): object => (adopt === undefined ? {} : { adopt });
const kept = (state: OrderState | undefined): OrderState => {
  if (state === undefined) throw new Error("nothing to go on with");
  return state;
};
const deletes = async ({ steps }: At, state: OrderState | undefined): Promise<undefined> => {
  await steps.delete(kept(state));
};
const statuses = ({ sandbox }: At): string[] => sandbox.certcentral.orders().map(({ status }) => status);

const CALLS: readonly Call[] = [
  {
    name: "place",
    match: "POST /services/v2/order/certificate/ssl_basic",
    readBefore: "GET /services/v2/order/certificate",
    lead: () => Promise.resolve(undefined),
    run: (at, _state, adopt) => at.steps.create(wanted(at, 0, adopting(adopt))),
    after: ({ sandbox }, state) => {
      expect(sandbox.certcentral.orders().map(({ id }) => id)).to.deep.equal([kept(state).order.id]);
    },
  },
  {
    name: "reissue",
    match: "POST /services/v2/order/certificate/700001/reissue",
    readBefore: "GET /services/v2/order/certificate/700001",
    lead: issued,
    run: (at, state) => at.steps.update(kept(state), wanted(at, 1)),
    after: ({ sandbox }, state) => {
      const [, now] = sandbox.certcentral.certificates(700_001);
      expect(kept(state).current?.serialNumber).to.equal(now?.serialNumber);
      expect(kept(state).previous).to.have.length(1);
    },
  },
  {
    name: "renew",
    match: "POST /services/v2/order/certificate/ssl_basic",
    readBefore: "GET /services/v2/order/certificate/700001",
    lead: async (at) => {
      const state = await issued(at);
      at.sandbox.clock.advance({ days: 340 });
      return state;
    },
    run: (at, state, adopt) => at.steps.update(kept(state), wanted(at, 1, adopting(adopt))),
    after: ({ sandbox }, state) => {
      expect(sandbox.certcentral.orders().map(({ id }) => id)).to.deep.equal([700_001, kept(state).order.id]);
      expect(kept(state).previous.map(({ orderId }) => orderId)).to.deep.equal([700_001]);
    },
  },
  {
    name: "revoke of an order",
    match: "PUT /services/v2/order/certificate/700001/revoke",
    readBefore: "GET /services/v2/order/certificate/700001",
    lead: issued,
    run: deletes,
    after: (at) => {
      expect(statuses(at)).to.deep.equal(["revoked"]);
    },
  },
  {
    name: "revoke of a certificate",
    match: "PUT /services/v2/certificate/800001/revoke",
    readBefore: "GET /services/v2/order/certificate/700001",
    lead: (at) => issued(at, { onDelete: "revokeCertificate" }),
    run: deletes,
    after: ({ sandbox }) => {
      expect(sandbox.certcentral.certificates(700_001).map(({ status }) => status)).to.deep.equal(["revoked"]);
    },
  },
  {
    name: "cancel",
    match: "PUT /services/v2/order/certificate/700001/status",
    readBefore: "GET /services/v2/order/certificate/700001",
    lead: async (at) => {
      Object.assign(at.sandbox.certcentral.settings, { approval: "auto", validation: "manual" });
      return at.steps.create(wanted(at, 0));
    },
    run: deletes,
    after: (at) => {
      expect(statuses(at)).to.deep.equal(["canceled"]);
    },
  },
  {
    name: "reject",
    match: "PUT /services/v2/request/910001/status",
    readBefore: "GET /services/v2/order/certificate/700001",
    lead: (at) => at.steps.create(wanted(at, 0)),
    run: deletes,
    after: (at) => {
      expect(statuses(at)).to.deep.equal(["rejected"]);
    },
  },
];

/** The `adopt` that a message asks for. */
const asked = (failure: Fault): number | undefined => {
  const found = /set adopt: (\d+)/.exec(failure.message);
  return found === null ? undefined : Number(found[1]);
};

describe("CertCentral's calls when the service misbehaves", () => {
  let at: At;
  let csrs: string[];
  before(async () => {
    csrs = await Promise.all([1, 2].map(() => makeCsr("www.example.com")));
  });
  beforeEach(async () => {
    const sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    at = { sandbox, steps: new Steps(sandbox, { timeout: 2000 }), csrs };
  });
  afterEach(() => at.sandbox.close());

  const executed = (since: number): number =>
    at.sandbox.log.made(since).filter(({ outcome }) => outcome === "executed").length;

  /** The reads after the call misbehave: the rule comes with the call itself. */
  function misbehave(call: Call, place: (typeof PLACES)[number], way: Pick<Rule, "mode" | "executed">): void {
    const { hostile } = at.sandbox;
    const delay = way.mode === "delay" ? { milliseconds: 20 } : {};
    if (place === "the call") hostile.add({ ...way, ...delay, match: call.match, times: 9 });
    else if (place === "the read before") hostile.add({ ...way, ...delay, match: call.readBefore, times: 99 });
    else
      hostile.add({
        mode: "hook",
        match: call.match,
        after: () => {
          hostile.add({ ...way, ...delay, match: "GET *", times: 99 });
        },
      });
  }

  for (const call of CALLS)
    for (const place of PLACES)
      for (const way of WAYS)
        it(`${call.name}, ${place}: ${way.mode}${way.executed === true ? " after it was executed" : ""}`, async () => {
          let state = await call.lead(at);
          const since = at.sandbox.log.last();
          misbehave(call, place, way);
          let failure: unknown;
          try {
            state = await call.run(at, state);
          } catch (error) {
            failure = error;
          }
          const sent = at.sandbox.log.made(since).length;
          expect(executed(since), "executed in the first run").to.be.at.most(1);
          if (failure === undefined) expect(executed(since)).to.equal(1);
          else {
            expect(failure).to.be.instanceOf(Fault);
            const { message, parts } = failure as Fault;
            expect(message).to.not.include(at.sandbox.certcentral.apiKey);
            expect(parts.known).to.not.equal("");
            if (place === "the read before") expect(sent, "sent without a look before").to.equal(0);
            if (failure instanceof PartialFault) state = (failure as PartialFault<OrderState>).state;
          }

          at.sandbox.hostile.clear();
          if (failure !== undefined) {
            if (state !== undefined) state = await at.steps.read(state);
            try {
              state = await call.run(at, state);
            } catch (error) {
              const adopt = error instanceof Fault ? asked(error) : undefined;
              if (adopt === undefined) throw error;
              state = await call.run(at, state, adopt);
            }
          } else if (state !== undefined) state = await at.steps.read(state);
          expect(executed(since), "executed in both runs").to.equal(1);
          call.after(at, state);
        });
});
