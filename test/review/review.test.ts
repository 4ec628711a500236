import { expect } from "chai";
import { readPreview } from "../../sdk/cli/review/document.js";
import { forMachines } from "../../sdk/cli/review/json.js";
import { forMarkdown } from "../../sdk/cli/review/markdown.js";
import { forPeople } from "../../sdk/cli/review/people.js";
import { operationsOf, reviewOf, type Review, type ReviewedOperation } from "../../sdk/cli/review/review.js";
import { LATER, listed, many, named, NOW, recorded, review, stepOf } from "./previews.js";

const operation = (made: Review, name: string, start: string): ReviewedOperation => {
  const found = operationsOf(made).find(
    ({ resource, operation: { label } }) => resource.name === name && label.startsWith(start),
  );
  if (found === undefined) throw new Error(`no ${start} of ${name}`);
  return found.operation;
};
const resource = (made: Review, name: string) => made.resources.find((one) => one.name === name);

describe("the review of a preview", () => {
  const made = review(recorded("preview"));

  it("lists what the preview names, each on its resource, and differs in nothing", () => {
    expect(listed(made)).to.have.members(named(recorded("preview")));
    expect(made).to.deep.include({ command: "preview", differences: [], gaps: [], errors: [] });
    expect(operationsOf(made).filter(({ operation: { unnamed } }) => unnamed !== undefined)).to.deep.equal([]);
  });

  it("says of each what it is, why now, and how grave", () => {
    expect(operation(made, "gone", "ecgrid.certificates.terminate")).to.deep.include({
      effect: "terminate",
      reversible: false,
      destructive: true,
      billed: false,
      certainty: { kind: "certain" },
      source: "plan",
      unnamed: undefined,
      replacedBy: undefined,
    });
    expect(operation(made, "with", "ecgrid.certificates.terminate").certainty).to.deep.equal({
      kind: "conditional",
      on: "the resource of its option deletedWith stays",
    });
    expect(operation(made, "contract", "partner.sans.add")).to.include({ billed: true, reversible: true });
    expect(operation(made, "www", "certcentral.orders.reissue").sentence).to.include("because the CSR changed");
  });

  it("has each call, for those who approve operations", () => {
    for (const { operation: one } of operationsOf(made))
      expect(one.planned?.call, one.label).to.have.keys(
        ...["method", "path"],
        ...(one.planned?.call.body === undefined ? [] : ["body"]),
      );
  });

  it("says which object ends, until when it is valid, and what depends on it", () => {
    const gone = resource(made, "gone");
    expect(gone?.what).to.match(/^ECGrid comm 5004 certificate \d+ \(serial [0-9A-F]+\)$/);
    expect(gone?.until).to.equal("2028-03-01");
    expect(gone?.dependents.map((urn) => urn.split("::")[3])).to.deep.equal(["with"]);
    expect(resource(made, "contract")?.dependents.map((urn) => urn.split("::")[3])).to.deep.equal(["key"]);
    expect(resource(made, "made")?.what).to.equal(undefined);
  });

  it("finds dependents through others, and none in the inventory", () => {
    const raw = recorded("preview");
    const step = stepOf(raw, "made");
    step.newState = { ...step.newState, propertyDependencies: { commId: [stepOf(raw, "key").urn] } };
    expect(resource(review(raw), "contract")?.dependents.map((urn) => urn.split("::")[3])).to.deep.equal([
      "made",
      "key",
    ]);
  });

  it("says what takes the place of what ends", () => {
    expect(operation(made, "replaced", "ecgrid.certificates.terminate").replacedBy).to.equal(
      "what ecgrid.certificates.create commId=5003 makes",
    );
    expect(operation(made, "key", "partner.credentials.revoke-all").replacedBy).to.equal(
      "what partner.credentials.regenerate contractId=20001 makes",
    );
    expect(operation(made, "later", "ecgrid.certificates.terminate").replacedBy).to.match(
      /^ECGrid comm 5001 certificate \d+/,
    );
  });

  it("of a retirement whose subject the JSON does not show, the state that it keeps tells what is in charge", () => {
    const raw = recorded("preview");
    raw.steps = raw.steps.filter(({ urn }) => !urn.endsWith("::renewed"));
    expect(operation(review(raw), "later", "ecgrid.certificates.terminate").replacedBy).to.match(
      /^ECGrid comm 5001 certificate \d+/,
    );
  });

  it("tells what is due later from what this run makes", () => {
    expect(operation(made, "later", "ecgrid.certificates.terminate").certainty).to.deep.equal({
      kind: "due",
      from: "2026-03-15",
    });
  });

  it("what a secret decides is taken from the preview's words, and marked", () => {
    const upload = operation(made, "upload", "ecgrid.certificates.add-private");
    expect(upload).to.include({ source: "preview", effect: "upload" });
    expect(upload.sentence).to.include("CN=TWO");
    expect(made.notes.join()).to.include("what secrets decide").and.include("upload");
    const raw = recorded("preview");
    raw.diagnostics = (raw.diagnostics ?? []).filter(({ message }) => !message.includes("UPLOAD"));
    expect(listed(review(raw)).filter((one) => one.startsWith("upload"))).to.deep.equal([]);
    expect(review(raw).differences, "the file may be the same").to.deep.equal([]);
  });

  it("with the secrets shown, the same is computed; neither of them is in what it says", () => {
    const raw = recorded("preview");
    const step = stepOf(raw, "upload");
    const password = "canary-password";
    step.newState = {
      ...step.newState,
      inputs: { ...(step.newState?.inputs as object), certType: "PGP", cert: "Y2FuYXJ5LWtleQ==", password },
    };
    const shown = review(raw);
    expect(operation(shown, "upload", "ecgrid.certificates.add-private").source).to.equal("plan");
    expect(JSON.stringify(shown)).to.not.include("canary").and.not.include("Y2FuYXJ5");
  });

  it("tells a refusal once, though list and preview both have it, and no text of it can spell a call", () => {
    const raw = recorded("preview");
    const step = stepOf(raw, "www");
    // Names cannot be removed without a consent, which the refusal spells in brackets.
    const outputs = step.oldState?.outputs as { current: { dnsNames: string[] }; dnsNames: string[] };
    outputs.dnsNames = ["gone.example.com"];
    outputs.current.dnsNames = ["www.example.com", "gone.example.com"];
    const [refusal = ""] = resource(review(raw), "www")?.refusals ?? [];
    expect(refusal).to.include("allowRemovedNames: (").and.not.match(/[[\]]/);
    raw.diagnostics?.push({ urn: step.urn, severity: "warning", message: `warning: up WILL STOP here: ${refusal}\n` });
    expect(resource(review(raw), "www")?.refusals).to.deep.equal([refusal]);
  });

  it("keeps what an option retains, and says so", () => {
    expect(resource(made, "kept")).to.deep.include({ operations: [] });
    expect(resource(made, "kept")?.remarks.join()).to.include("retainOnDelete is set, no remote call");
  });

  it("says that Pulumi refuses to delete what is protected", () => {
    const raw = recorded("preview");
    const step = stepOf(raw, "gone");
    step.oldState = { ...step.oldState, protect: true };
    expect(resource(review(raw), "gone")?.refusals).to.deep.equal(["it is protected: Pulumi refuses to delete it"]);
  });

  it("a replacement is the same, whether its parts are shown or not", () => {
    const raw = recorded("preview");
    const whole = {
      ...raw,
      steps: raw.steps.filter(({ op }) => !["create-replacement", "delete-replaced"].includes(op)),
    };
    const of = (one: Review): string[] => listed(one).filter((line) => line.startsWith("replaced"));
    expect(of(review(whole))).to.deep.equal(of(made));
    expect(of(made)).to.have.length(2);
  });

  it("without the resources that stay, what is due is known by the words, and the note says what may be missing", () => {
    const raw = recorded("preview");
    const shown = review({
      ...raw,
      steps: raw.steps.filter(({ op }) => !["same", "create-replacement", "delete-replaced"].includes(op)),
    });
    expect(listed(shown)).to.have.members(listed(made));
    expect(operation(shown, "later", "ecgrid.certificates.terminate")).to.include({
      source: "preview",
      reversible: false,
      destructive: true,
      billed: false,
    });
    expect(shown.differences).to.deep.equal([]);
    expect(shown.notes.join()).to.include("--show-replacement-steps");
    expect(made.notes.join()).to.not.include("--show-replacement-steps");
  });

  it("what is due of a resource that the run leaves out is listed, and no difference", () => {
    const raw = recorded("preview");
    raw.diagnostics = (raw.diagnostics ?? []).filter(({ urn }) => urn?.endsWith("::later") !== true);
    const shown = review(raw);
    expect(shown.differences).to.deep.equal([]);
    expect(operation(shown, "later", "ecgrid.certificates.terminate").unnamed).to.include("--target");
  });

  it("a newer version's state is not read, and what is not known about an end is said", () => {
    const raw = recorded("preview");
    const step = stepOf(raw, "gone");
    step.oldState = { ...step.oldState, outputs: { ...(step.oldState?.outputs as object), __v: 2 } };
    raw.diagnostics = (raw.diagnostics ?? []).filter(({ urn }) => urn?.endsWith("::gone") !== true);
    expect(review(raw).gaps).to.deep.equal([
      { urn: step.urn, because: "its stored state cannot be read by this version of pulumi-clm" },
    ]);
  });

  it("secret parts of a state that decide about an end leave a gap; the words fill that of an update", () => {
    const raw = recorded("preview");
    for (const name of ["gone", "www"]) {
      const step = stepOf(raw, name);
      step.oldState = { ...step.oldState, outputs: { ...(step.oldState?.outputs as object), onDelete: "[secret]" } };
    }
    raw.diagnostics = (raw.diagnostics ?? []).filter(({ urn }) => urn?.endsWith("::gone") !== true);
    const shown = review(raw);
    expect(shown.gaps.map(({ because }) => because)).to.deep.equal([
      "its stored state is secret in parts that decide about it",
    ]);
    expect(operation(shown, "www", "certcentral.orders.reissue")).to.include({ source: "preview", planned: undefined });
    expect(shown.notes.join()).to.include("could not be planned").and.include("www");
  });

  for (const op of ["import", "read", "something new"])
    it(`a step "${op}", which this package's resources do not have, is a gap`, () => {
      const raw = recorded("preview");
      stepOf(raw, "same").op = op;
      expect(review(raw).gaps.map(({ because }) => because)).to.deep.equal([
        `its step "${op}" is not known to this version of pulumi-clm`,
      ]);
    });

  it("a resource of a kind that only a newer version knows is a gap", () => {
    const raw = recorded("preview");
    const step = stepOf(raw, "gone");
    step.oldState = { ...step.oldState, type: "pulumi-nodejs:dynamic/ecgrid:Tomorrow" };
    expect(review(raw).gaps).to.deep.equal([
      { urn: step.urn, because: "its kind is not known to this version of pulumi-clm" },
    ]);
  });

  for (const [op, name, missing] of [
    ["replace", "replaced", "oldState"],
    ["delete", "gone", "oldState"],
    ["create", "made", "newState"],
    ["update", "www", "oldState"],
  ] as const)
    it(`a step to ${op} that lacks a state is a gap`, () => {
      const raw = recorded("preview");
      const step = stepOf(raw, name, op);
      raw.steps = raw.steps.map((one) => (one === step ? { ...one, [missing]: undefined } : one));
      expect(review(raw).gaps.map(({ urn }) => urn)).to.deep.equal([step.urn]);
    });

  it("errors of the preview are kept, without colours, and a list that is not whole is held against nothing", () => {
    const raw = recorded("preview");
    raw.diagnostics = [{ severity: "error", message: "error: \u001b[31mit broke\u001b[0m\n" }];
    const shown = review(raw);
    expect(shown.errors).to.have.length(1);
    expect(shown.differences).to.deep.equal([]);
    expect(shown.resources.length).to.be.greaterThan(3);
    expect(review({ ...recorded("preview"), maybeCorrupt: true }).errors).to.have.length(1);
  });

  it("resources of others are not its matter", () => {
    const raw = recorded("preview");
    raw.steps.push({ op: "delete", urn: "urn:pulumi:dev::engine::aws:s3:Bucket::x" });
    raw.diagnostics?.push({
      urn: "urn:pulumi:dev::engine::aws:s3:Bucket::x",
      severity: "warning",
      message: "warning: DELETE it [aws.buckets.delete name=x]",
    });
    expect(review(raw)).to.deep.equal(made);
  });
});

describe("the review of a destroy", () => {
  const made = review(recorded("destroy"));

  it("lists every end, which the inventory's stored list names", () => {
    expect(made).to.deep.include({ command: "destroy", differences: [], gaps: [], errors: [] });
    expect(listed(made).filter((line) => line.includes("ecgrid.certificates.terminate"))).to.have.length(8);
    expect(operationsOf(made).every(({ operation: { unnamed } }) => unnamed === undefined)).to.equal(true);
  });

  it("with --target it is of what goes alone, and told from a preview by the inventory that goes", () => {
    const raw = recorded("destroy");
    const shown = review({
      ...raw,
      steps: raw.steps.map((step) =>
        /::(gone|with|inventory)$/.test(step.urn) ? step : { ...step, op: "same", newState: { ...step.oldState } },
      ),
      changeSummary: {},
    });
    expect(shown).to.deep.include({ command: "destroy", differences: [] });
    expect(shown.resources.map(({ name }) => name)).to.deep.equal(["gone", "with"]);
  });

  it("without an inventory nothing names the ends, and that is said", () => {
    const raw = recorded("destroy");
    const shown = review({
      ...raw,
      steps: raw.steps.filter(({ urn }) => !urn.endsWith("::inventory")),
      changeSummary: {},
    });
    expect(listed(shown)).to.deep.equal(listed(made));
    expect(shown.differences).to.deep.equal([]);
    for (const { operation: one } of operationsOf(shown)) expect(one.unnamed).to.include("has no inventory any more");
  });

  it("what a stored list that lags behind the state does not hold is said to be unnamed, and refused unless it is approved", () => {
    const raw = recorded("destroy");
    const { outputs } = stepOf(raw, "inventory").oldState as {
      outputs: { entries: Record<string, { ending: unknown[] }> };
    };
    const entry = Object.entries(outputs.entries).find(([urn]) => urn.endsWith("::gone"))?.[1];
    if (entry !== undefined) entry.ending = [];
    const shown = review(raw);
    expect(shown.differences).to.deep.equal([]);
    expect(resource(shown, "gone")?.operations.every(({ unnamed }) => unnamed?.includes("does not hold it"))).to.equal(
      true,
    );
    expect(resource(shown, "gone")?.refusals.join())
      .to.include("refused before anything is sent")
      .and.include("unless this list is approved");
  });
});

describe("the review of a refresh", () => {
  const made = review(recorded("refresh"), LATER);

  it("lists what the next up does about what was read, by the words alone", () => {
    expect(made).to.deep.include({ command: "refresh", differences: [], gaps: [] });
    expect(listed(made)).to.have.members(named(recorded("refresh")));
    expect(operationsOf(made).map(({ operation: { source } }) => source)).to.deep.equal(["preview"]);
    expect(resource(made, "gone")?.refusals.join()).to.include("was terminated outside");
    expect(made.notes.join()).to.include("known by the preview's words alone");
  });

  it("of what waits to be deleted, the next up makes the end, whatever the refresh says of it", () => {
    const raw = recorded("refresh");
    const step = stepOf(raw, "same");
    step.oldState = { ...step.oldState, delete: true };
    const shown = review(raw, LATER);
    expect(listed(shown).filter((line) => line.startsWith("same"))).to.have.length(1);
    expect(operation(shown, "same", "ecgrid.certificates.terminate").unnamed).to.include("left over");
  });
});

describe("a preview of a thousand resources", () => {
  it("is reviewed as the few that it is made of", () => {
    const raw = many(recorded("preview"), 1000);
    const made = review(raw);
    expect(raw.steps).to.have.length(1000);
    expect(raw.steps.filter(({ op }) => op === "delete")).to.have.length.above(100);
    expect(listed(made)).to.have.members(named(raw));
    expect(made).to.deep.include({ differences: [], gaps: [] });
    expect(resource(made, "contract-7")?.dependents.map((urn) => urn.split("::")[3])).to.deep.equal(["key-7"]);
  });

  it("costs as much as ten of a hundred: nothing in it grows faster than the number", () => {
    const [large, small] = [1000, 100].map((count) => JSON.stringify(many(recorded("preview"), count)));
    /** Processor time of reviewing a text several times, in each format, microseconds. */
    const cost = (text = "", times: number): number => {
      const before = process.cpuUsage();
      for (let time = 0; time < times; time++) {
        const made = reviewOf(readPreview(text), NOW);
        JSON.stringify(forMachines(made, 0));
        forPeople(made, [], true);
        forMarkdown(made, []);
      }
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    cost(small, 10); // what is compiled on the way is paid for
    const ratios = Array.from({ length: 3 }, () => cost(large, 1) / cost(small, 10));
    expect(Math.min(...ratios), `ratios ${ratios.join(", ")}`).to.be.lessThan(3);
  });
});
