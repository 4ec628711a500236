import { expect } from "chai";
import { Fault } from "../../provider/core/fault.js";
import { label } from "../../provider/core/operation.js";
import type { Answer } from "../../provider/core/perform.js";
import { certificate } from "../../provider/ecgrid/generated/certificate.js";
import type { CertificateState } from "../../provider/ecgrid/generated/state.js";
import type { Certificate } from "../../provider/ecgrid/wire.js";
import { json, scripted } from "./scripted.js";
import { former, kept, NOW, state, URN } from "./states.js";

const planOf = (before: CertificateState): ReturnType<typeof certificate.plan> =>
  certificate.plan({ before, seed: URN }, NOW);
const noAnswer = (): Promise<Answer> =>
  Promise.reject(
    new Fault({
      action: "call it",
      resource: "r",
      system: "ECGrid",
      cameBack: "no answer (lost)",
      known: "nothing",
      next: "run again",
      outcome: "unknown",
    }),
  );
const PARTNER = "AB".repeat(20);
const OWN = kept(88);
const OTHER = kept(91);

describe("the end of an ECGrid certificate", () => {
  interface Row {
    readonly name: string;
    readonly before?: Partial<CertificateState>;
    /** What the comm lists before the call, and after it. */
    readonly lists: readonly Partial<Certificate>[];
    readonly then?: readonly Partial<Certificate>[];
    readonly answer?: () => Promise<Answer>;
    /** certKeyIds that were sent for termination. */
    readonly sent: readonly string[];
    readonly fault?: string;
  }
  const ended = (id: number): Partial<Certificate> => kept(id, { status: "Terminated" });
  const rows: Row[] = [
    { name: "with a successor", lists: [OWN, OTHER], then: [ended(88), OTHER], sent: ["88"] },
    { name: "and its record hidden", lists: [OWN, OTHER], then: [OTHER], sent: ["88"] },
    {
      name: "an answer `false`, ended by reading",
      lists: [OWN, OTHER],
      then: [ended(88), OTHER],
      answer: () => Promise.resolve(json(false)),
      sent: ["88"],
    },
    {
      name: "a lost answer, ended by reading",
      lists: [OWN, OTHER],
      then: [ended(88), OTHER],
      answer: noAnswer,
      sent: ["88"],
    },
    {
      name: "a lost answer, still there",
      lists: [OWN, OTHER],
      answer: noAnswer,
      sent: ["88"],
      fault: "still lists it as Active",
    },
    { name: "a yes, still there", lists: [OWN, OTHER], sent: ["88"], fault: "still lists it as Active" },
    { name: "already ended outside", lists: [ended(88), OTHER], sent: ["88"] },
    { name: "retained", before: { onDelete: "retain" }, lists: [OWN], sent: [] },
    {
      name: "the last one of its role",
      lists: [OWN],
      sent: [],
      fault: "without an active certificate for Encryption and Signature",
    },
    {
      name: "the last one beside another role",
      lists: [OWN, kept(91, { usage: "Signature" })],
      sent: [],
      fault: "without an active certificate for Encryption,",
    },
    {
      name: "the last one beside a partner's",
      lists: [OWN, kept(91, { hasPrivateKey: false })],
      sent: [],
      fault: "without an active certificate",
    },
    {
      name: "the last one beside one that begins later",
      lists: [OWN, kept(91, { beginUsage: "2026-06-01T00:00:00Z" })],
      sent: [],
      fault: "without an active certificate",
    },
    {
      name: "the last one, consented to",
      before: { allowLastTermination: true },
      lists: [OWN],
      then: [ended(88)],
      sent: ["88"],
    },
    {
      name: "a successor that the partner has not accepted",
      before: { partnerAccepted: PARTNER },
      lists: [OWN, OTHER],
      sent: [],
      fault: "partnerAccepted names",
    },
    {
      name: "a successor that the partner has accepted",
      before: { partnerAccepted: PARTNER },
      lists: [OWN, kept(91, { thumbprint: PARTNER })],
      then: [ended(88), OTHER],
      sent: ["88"],
    },
    {
      name: "the accepted one itself is no successor of it",
      before: { partnerAccepted: PARTNER },
      lists: [kept(88, { thumbprint: PARTNER }), OTHER],
      sent: [],
      fault: "partnerAccepted names",
    },
    {
      name: "previous ones first",
      before: { previous: [former(87), former(86)] },
      lists: [OWN, kept(87), kept(86), OTHER],
      then: [OTHER],
      sent: ["86", "87", "88"],
    },
  ];
  for (const { name, before, lists, then, answer, sent, fault } of rows) {
    it(name, async () => {
      const held = state(before);
      const steps = scripted(
        planOf(held),
        () => (steps.sent.length === 0 ? lists : (then ?? lists)),
        answer ?? (() => Promise.resolve(json(true))),
      );
      const failure = await certificate.delete(held, steps.context).then(
        () => "",
        (error: unknown) => String(error),
      );
      if (fault === undefined) expect(failure).to.equal("");
      else expect(failure).to.include(fault);
      expect(steps.sent.map(({ target }) => target.certKeyId)).to.deep.equal(sent);
    });
  }

  it("never repeats an answer's private material in its message (ecgrid.md 2.2)", async () => {
    const held = state();
    const leaky = { commId: 5001, certificates: [{ ...OWN, rootInfo: { password: "canary-password" } }] };
    const { context } = scripted(
      planOf(held),
      () => [OWN, OTHER],
      () => Promise.resolve(json(leaky)),
    );
    const failure = await certificate.delete(held, context).catch((error: unknown) => String(error));
    expect(failure).to.include("still lists it as Active").and.not.include("canary-password");
  });

  const open: readonly (readonly [string, Partial<CertificateState>])[] = [
    ["a linked successor", { found: [{ certKeyId: 90, linked: true }] }],
    [
      "the certificate of a renewal that was answered with yes",
      { pendingRenewal: { certKeyId: 88, outcome: "done", before: [88] } },
    ],
  ];
  for (const [name, more] of open) {
    it(`${name} is ended or named as kept: no live one goes unmentioned (architecture 7)`, () => {
      const { operations, remarks } = planOf(state(more));
      const mentioned = [...operations.filter(({ target }) => target.certKeyId !== "88").map(label), ...remarks];
      expect(mentioned).to.not.deep.equal([]);
    });
  }
});
