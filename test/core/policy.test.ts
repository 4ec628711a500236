import { expect } from "chai";
import { operation, type Operation } from "../../provider/core/operation.js";
import {
  ceilingOf,
  DEFAULT_POLICY,
  demandsApproval,
  destroyedBy,
  effectivePolicy,
  levelOf,
  needsApproval,
  severityOf,
  storedPolicy,
  whileLeaving,
  type ApprovalLevel,
} from "../../provider/core/policy.js";

const call = (name: string, target: Record<string, string | undefined>, flags: Partial<Operation> = {}): Operation => ({
  ...operation<undefined>({
    ...{ name, effect: "delete", reversible: flags.reversible ?? false, destructive: () => flags.destructive ?? true },
    ...{ billed: false, repeat: { afterRateLimit: true, afterFault: false, because: "a test" } },
    target: () => target,
    call: () => ({ method: "DELETE", path: "/" }),
    say: () => name,
  }).certain(undefined),
  ...flags,
});
const policy = (approvals: ApprovalLevel) => ({ ...DEFAULT_POLICY, approvals });

describe("the policy of a stack", () => {
  const irreversible = call("a.things.end", { id: "1" });
  const destructive = call("a.names.remove", { id: "1" }, { reversible: true });
  const harmless = call("a.things.create", { id: "1" }, { destructive: false });

  it("severity: what stops something that works, and whether it can be undone", () => {
    expect([irreversible, destructive, harmless].map(severityOf)).to.deep.equal([
      "irreversible",
      "destructive",
      undefined,
    ]);
  });

  it("demands approvals by severity, and none for what is due later", () => {
    const demanded = (level: ApprovalLevel): boolean[] =>
      [irreversible, destructive, harmless].map((one) => needsApproval(one, policy(level)));
    expect(demanded("off")).to.deep.equal([false, false, false]);
    expect(demanded("irreversible")).to.deep.equal([true, false, false]);
    expect(demanded("destructive")).to.deep.equal([true, true, false]);
    const due: Operation = { ...irreversible, certainty: { kind: "due", from: "2027-01-01" } };
    expect(needsApproval(due, policy("destructive"))).to.equal(false);
    expect(demandsApproval(undefined, policy("destructive"))).to.equal(false);
  });

  it("counts objects, not calls: alternatives for one object count once, an unknown target only alone", () => {
    const open = call("a.requests.reject", { requestId: undefined });
    expect(destroyedBy([call("a.things.cancel", { id: "1" }), irreversible, open], "urn a")).to.deep.equal(["a id=1"]);
    expect(destroyedBy([irreversible, call("a.things.end", { id: "2" }), harmless], "urn a")).to.deep.equal([
      "a id=1",
      "a id=2",
    ]);
    expect(destroyedBy([irreversible, call("b.things.end", { id: "1" })], "urn a")).to.deep.equal(["a id=1", "b id=1"]);
    expect(destroyedBy([open], "urn a")).to.deep.equal(["a requestId=? of urn a"]);
    expect(destroyedBy([harmless], "urn a")).to.deep.equal([]);
  });

  it("the environment only tightens approvals, and sets the ceiling of one run", () => {
    const effective = (stored: ApprovalLevel, required?: string, ceiling?: string) =>
      effectivePolicy(policy(stored), { CLM_REQUIRE_APPROVALS: required, CLM_MAX_DESTRUCTIVE: ceiling });
    expect(effective("off")).to.deep.equal(policy("off"));
    expect(effective("off", "irreversible").approvals).to.equal("irreversible");
    expect(effective("destructive", "irreversible").approvals).to.equal("destructive");
    expect(effective("destructive", "off").approvals).to.equal("destructive");
    expect(effective("irreversible", "").approvals, "an empty variable is none").to.equal("irreversible");
    expect(effective("off", undefined, "0").maxDestructive).to.equal(0);
    expect(effective("off", undefined, "250").maxDestructive).to.equal(250);
    expect(() => effective("off", "no")).to.throw("CLM_REQUIRE_APPROVALS");
    for (const bad of ["-1", "1.5", "many", "1e9"])
      expect(() => effective("off", undefined, bad)).to.throw("CLM_MAX_DESTRUCTIVE");
  });

  it("what leaves in a run that loosens the policy is still guarded by what was stored", () => {
    expect(whileLeaving(policy("irreversible"), policy("off")).approvals).to.equal("irreversible");
    expect(whileLeaving(policy("off"), policy("destructive")).approvals).to.equal("destructive");
    expect(whileLeaving(policy("off"), { ...policy("off"), maxDestructive: 50 }).maxDestructive).to.equal(50);
  });

  it("is read from what was stored, whatever an older version has left", () => {
    expect(storedPolicy(undefined)).to.deep.equal(DEFAULT_POLICY);
    expect(storedPolicy({ approvals: "destructive", maxDestructive: 3 })).to.deep.equal({
      ...{ approvals: "destructive", maxDestructive: 3 },
    });
    const tightest = { approvals: "destructive", maxDestructive: 0 };
    expect(storedPolicy({ approvals: "never" }), "a level of a newer version").to.deep.equal(tightest);
    expect(storedPolicy({ "4dabf18193072939515e22adb298388d": "a secret" })).to.deep.equal(tightest);
    expect(() => levelOf("none", "clm:approvals")).to.throw("Allowed: off, irreversible, destructive");
    expect(ceilingOf("12", "x")).to.equal(12);
  });
});
