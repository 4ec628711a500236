import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { Readable } from "node:stream";
import { approves, readApprovals } from "../../provider/core/approvals.js";
import { severityOf } from "../../provider/core/policy.js";
import { approvalsOf, NotApproved } from "../../sdk/cli/review/approving.js";
import { runReview } from "../../sdk/cli/review/command.js";
import { readPreview } from "../../sdk/cli/review/document.js";
import { operationsNow, reviewOf } from "../../sdk/cli/review/review.js";
import { EXIT } from "../../sdk/cli/review/verdict.js";
import { fileOf, NOW } from "./previews.js";

describe("clm review --approve", () => {
  const folder = mkdtempSync(join(tmpdir(), "clm-approve-"));
  const file = join(folder, "approvals.json");
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    rmSync(file, { force: true });
  });
  const review = reviewOf(readPreview(readFileSync(fileOf("destroy"), "utf8")), NOW, { command: "destroy" });
  const run = (...args: string[]): Promise<number> =>
    runReview([fileOf("destroy"), "--destroy", "--approve", file, ...args], {
      env: { CLM_NOW: NOW.toISOString() },
      stdin: Readable.from([]),
      stdout: new Writable({
        write: (_chunk, _encoding, done) => {
          done();
        },
      }),
      stderr: new Writable({
        write: (_chunk, _encoding, done) => {
          done();
        },
      }),
    });

  it("writes what is made, call by call, for its stack and its decision time, with an end", async () => {
    const before = Date.now();
    expect(await run("--valid-hours", "2")).to.equal(EXIT.ok);
    const approvals = readApprovals(readFileSync(file, "utf8"), file);
    expect(approvals).to.include({ now: NOW.toISOString() });
    expect(review.resources[0]?.urn).to.include(
      `${approvals.stack.split("/")[1] ?? ""}::${approvals.stack.split("/")[0] ?? ""}::`,
    );
    expect(Date.parse(approvals.expires) - before).to.be.within(2 * 3_600_000, 3 * 3_600_000);
    const made = operationsNow(review).flatMap(({ planned }) => planned ?? []);
    expect(made.filter((one) => severityOf(one) !== undefined)).to.not.deep.equal([]);
    for (const operation of made)
      expect(
        approvals.approvals.some((one) => approves(one, operation)),
        operation.name,
      ).to.equal(true);
    expect(approvals.approvals).to.have.length(made.length);
  });

  it("writes nothing of a list that somebody objects to, that is not whole, or of which calls are not known", async () => {
    expect(await run("--fail-on", "irreversible")).to.equal(EXIT.notApproved);
    expect(existsSync(file)).to.equal(false);
    const later = new Date(NOW.getTime() + 3_600_000);
    for (const code of Object.values(EXIT).filter((one) => one !== EXIT.ok))
      expect(() => approvalsOf(review, code, later)).to.throw(NotApproved, `exit code ${code}`);
    const unknown = {
      ...review,
      resources: review.resources.map((resource) => ({
        ...resource,
        operations: resource.operations.map((operation) => ({ ...operation, planned: undefined })),
      })),
    };
    expect(() => approvalsOf(unknown, EXIT.ok, later)).to.throw(NotApproved, "is not known here");
    const two = {
      ...review,
      resources: review.resources.map((resource, at) =>
        at === 0 ? { ...resource, urn: "urn:pulumi:prod::p::t::a" } : resource,
      ),
    };
    expect(() => approvalsOf(two, EXIT.ok, later)).to.throw(NotApproved, "several stacks");
    expect(() => approvalsOf({ ...review, resources: [] }, EXIT.ok, later)).to.throw(NotApproved, "nothing to approve");
  });

  it("takes whole hours up to a week", async () => {
    for (const hours of ["0", "169", "1.5", "soon"]) expect(await run("--valid-hours", hours)).to.equal(EXIT.usage);
    expect(existsSync(file)).to.equal(false);
  });
});
