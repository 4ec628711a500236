import { expect } from "chai";
import fc from "fast-check";
import type { Checked } from "../../provider/core/inputs.js";
import { bracketed } from "../../provider/core/operation.js";
import type { Plan } from "../../provider/core/plan.js";
import { UNKNOWN } from "../../provider/core/unknown.js";
import { uploadedCertificate } from "../../provider/ecgrid/upload/lifecycle.js";
import { carriesMark, labelsWith, markOf } from "../../provider/ecgrid/upload/mark.js";
import type { PrivateInputs } from "../../provider/ecgrid/upload/inputs.js";
import type { PrivateState } from "../../provider/ecgrid/upload/state.js";
import { file, PASSWORD } from "./kinds.js";
import { kept, NOW, URN } from "./states.js";

const check = (raw: Readonly<Record<string, unknown>>, before?: Readonly<Record<string, unknown>>) =>
  uploadedCertificate.normalize({ commId: 5001, password: PASSWORD, ...raw }, before);
const words = (checked: Checked<PrivateInputs>): string =>
  checked.ok ? "" : checked.problems.map(({ property, reason }) => `${property}: ${reason}`).join("; ");

describe("the plan of an upload", () => {
  let one: string;
  let two: string;
  let state: PrivateState;
  before(async () => {
    one = (await file("CN=ONE")).pfx;
    two = (await file("CN=TWO")).pfx;
    const { cert: _cert, password: _password, ...rest } = inputs();
    const read = uploadedCertificate.plan({ after: inputs(), seed: URN }, NOW);
    expect(read.operations).to.have.length(1);
    const { thumbprint } = await file("CN=ONE");
    state = {
      ...rest,
      file: { id: thumbprint, what: "certificate CN=ONE", thumbprint, bytes: "0".repeat(64) },
      comm: { mailboxId: 101 },
      current: kept(88, { thumbprint, endUsage: "2029-01-01T00:00:00Z", notAfter: "2029-01-01T00:00:00Z" }),
      previous: [],
    };
  });

  const inputs = (more: Readonly<Record<string, unknown>> = {}): PrivateInputs => {
    const checked = check({ cert: one, ...more });
    if (!checked.ok) throw new Error(words(checked));
    return checked.inputs as PrivateInputs;
  };
  const planned = (more: Readonly<Record<string, unknown>>, held: Partial<PrivateState> | undefined, now = NOW): Plan =>
    uploadedCertificate.plan(
      { after: inputs(more), seed: URN, ...(held === undefined ? {} : { before: { ...state, ...held } }) },
      now,
    );
  const UPLOAD = "[ecgrid.certificates.add-private commId=5001; if comm 5001 does not hold this file already]";
  const ended = (status: string): Partial<PrivateState> => ({ current: { ...state.current, status } });

  it("another certificate under the same id is said with both thumbprints, and the file is uploaded by a trigger alone", () => {
    const other = "AB".repeat(20);
    const held = { current: { ...state.current, thumbprint: other } };
    const { operations, remarks, changes } = planned({}, held);
    expect({ operations, changes }).to.deep.equal({ operations: [], changes: false });
    expect(remarks.join()).to.include(other).and.include(state.file.thumbprint).and.include("change trigger");
    const asked = planned({ trigger: "again" }, held);
    expect(asked.operations.map(bracketed)).to.deep.equal([UPLOAD]);
    expect(asked.operations[0]?.sentence).to.include(other).and.include("the trigger has changed");
  });

  it("names the call as a condition when it is new", () => {
    expect(planned({}, undefined).operations.map(bracketed)).to.deep.equal([UPLOAD]);
  });

  it("names no call when nothing changes", () => {
    expect(planned({}, {})).to.deep.equal({ operations: [], remarks: [], changes: false, replaces: [] });
  });

  it("names the call for a new file, and says what becomes of the old one", () => {
    const plan = planned({ cert: two }, {});
    expect(plan.operations.map(bracketed)).to.deep.equal([UPLOAD]);
    expect(plan.operations[0]?.sentence).to.include("CN=TWO").and.include("88 becomes a previous one and stays valid");
  });

  it("takes over what adopt names, without a call", () => {
    for (const plan of [planned({ adopt: 90 }, undefined), planned({ adopt: 90, cert: two }, {})]) {
      expect(plan.operations).to.deep.equal([]);
      expect(plan.remarks.join()).to.include("90");
      expect(plan.changes).to.equal(true);
    }
  });

  it("refuses a file that has expired", () => {
    const plan = planned({}, undefined, new Date("2029-01-01T00:00:00Z"));
    expect(plan.operations).to.deep.equal([]);
    expect(plan.refusal).to.include("has expired");
  });

  for (const status of ["Terminated", "Vanished"]) {
    it(`refuses to go on beside one that is ${status}, until a new trigger or file is given`, () => {
      expect(planned({}, ended(status)).refusal).to.include("nothing is uploaded by itself");
      const stops = uploadedCertificate.plan(
        { before: { ...state, ...ended(status) }, after: { ...inputs(), onDelete: UNKNOWN }, seed: URN },
        NOW,
      ).refusal;
      expect(stops).to.include("it stops unless onDelete, not known yet, turns out to change");
      expect(planned({ onDelete: "retain" }, ended(status)).refusal).to.equal(undefined);
      for (const more of [{ trigger: "again" }, { cert: two }, { whenEndedOutside: "replace" }]) {
        const plan = planned(more, ended(status));
        expect(plan.refusal).to.equal(undefined);
        expect(plan.operations.map(bracketed)).to.deep.equal([UPLOAD]);
      }
    });
  }

  it("says of a setting that it is for later, and of one that is at the end of its life what to do", () => {
    expect(planned({ keyId: "mine" }, {}).remarks.join())
      .to.include("keyId")
      .and.include("no remote call");
    expect(planned({ trigger: "again" }, {}).operations).to.deep.equal([]);
    expect(planned({}, {}, new Date("2029-02-01T00:00:00Z")).remarks.join()).to.include("expired on 2029-01-01");
  });

  it("of another comm replaces it: the old one's end is named", () => {
    const plan = planned({ commId: 5002 }, {});
    expect(plan.replaces).to.deep.equal(["commId"]);
    expect(plan.operations.map(bracketed)).to.deep.equal(["[ecgrid.certificates.terminate commId=5001 certKeyId=88]"]);
  });

  for (const field of ["cert", "password"] as const) {
    it(`with ${field} not known yet names the call, and nothing that is certain`, () => {
      for (const before of [undefined, state]) {
        const plan = uploadedCertificate.plan(
          { after: { ...inputs(), [field]: UNKNOWN }, seed: URN, ...(before === undefined ? {} : { before }) },
          NOW,
        );
        expect(plan.operations.map(({ name }) => name)).to.deep.equal(["ecgrid.certificates.add-private"]);
        expect(plan.operations.map(({ certainty }) => certainty.kind)).to.deep.equal(["conditional"]);
      }
    });
  }

  it("and the messages of bad inputs hold neither file nor password", () => {
    const label = fc.option(fc.string({ minLength: 1, maxLength: 40 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({
          commId: fc.oneof(fc.constantFrom<unknown>(5001, -1, "x"), fc.anything()),
          usage: fc.constantFrom("SSL", "Encryption", "x"),
          keyId: label,
          userId: label,
          password: fc.constantFrom(PASSWORD, `${PASSWORD}!`),
          cut: fc.nat(2000),
          held: fc.boolean(),
        }),
        ({ cut, held, ...more }) => {
          const cert = cut < 1000 ? one : two.slice(0, cut);
          const checked = check({ ...more, cert }, held ? { ...state } : undefined);
          const text = checked.ok
            ? JSON.stringify(
                uploadedCertificate.plan({ after: checked.inputs, seed: URN, ...(held ? { before: state } : {}) }, NOW),
              )
            : words(checked);
          expect(text).to.not.include(PASSWORD).and.not.include(cert.slice(0, 40));
        },
      ),
      { seed: 20260301, numRuns: 60 },
    );
  }).timeout(60_000);
});

describe("the mark of an upload", () => {
  const mark = markOf(URN, "AB");

  it("is of the resource and the file", () => {
    expect(markOf(URN, "AB")).to.equal(mark);
    expect(new Set([mark, markOf(`${URN}b`, "AB"), markOf(URN, "AC")]).size).to.equal(3);
  });

  for (const [name, given, sent, room] of [
    ["neither label", {}, { keyId: mark, userId: undefined }, true],
    ["keyId", { keyId: "k" }, { keyId: "k", userId: mark }, true],
    ["userId", { userId: "u" }, { keyId: mark, userId: "u" }, true],
    ["both", { keyId: "k", userId: "u" }, { keyId: "k", userId: "u" }, false],
  ] as const) {
    it(`when the program gives ${name}`, () => {
      expect(labelsWith(mark, given)).to.deep.equal(sent);
      expect(carriesMark(given)).to.equal(room);
    });
  }
});
