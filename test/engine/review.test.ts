import { expect } from "chai";
import { join } from "node:path";
import { Readable } from "node:stream";
import { makePfx } from "../../sandbox/index.js";
import { runReview } from "../../sdk/cli/review/command.js";
import { operationsOf, type Review } from "../../sdk/cli/review/review.js";
import type { Ran } from "../instrument/project.js";
import { differencesFrom, previewedAsJson, reviewed, unnamedIn } from "../instrument/reviewed.js";
import { compare, shownByDestroyPreview, shownByPreview, type Shown } from "../instrument/transcript.js";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { contract, credential } from "./acme.js";
import { activeIds, approve, certificate, current, inWorld } from "./engine.js";
import { gateway, pem } from "./gateways.js";
import { approving, order } from "./orders.js";

const URN = "urn:pulumi:dev::engine::pulumi-nodejs:dynamic/ecgrid:Certificate::";
const terminate = (commId: number, id: number): string =>
  `ecgrid.certificates.terminate commId=${commId} certKeyId=${id}`;
const labelsOf = (review: Review): string[] => operationsOf(review).map(({ operation }) => operation.label);
const row = (review: Review, name: string) => review.resources.find((one) => one.name === name);

/** A review whose list is the plain preview's, and the operations of it that are not. */
async function reviewOf(world: World, command: "preview" | "destroy" | "refresh", ...more: string[]): Promise<Review> {
  const review = reviewed(expectCode(await previewedAsJson(world, command, ...more), 0), world.now);
  expect(review.command).to.equal(command);
  const { text } = await {
    preview: () => world.project.preview(...more),
    destroy: () => world.project.destroyPreview(),
    refresh: () => world.project.pulumi("refresh", "--preview-only", ...more),
  }[command]();
  const shown = command === "destroy" ? shownByDestroyPreview(text) : shownByPreview(text);
  expect(differencesFrom(review, shown)).to.deep.equal([]);
  return review;
}

/** The list as what is shown: what is made is held against it. */
const shownIn = (review: Review): Shown[] =>
  operationsOf(review).flatMap(({ operation: { label, certainty } }) =>
    certainty.kind === "due" ? [] : [{ operation: label, certain: certainty.kind === "certain" }],
  );

/** Runs what was reviewed, and holds what is made against the list. */
async function makes(world: World, review: Review, run: () => Promise<Ran>): Promise<string[]> {
  const position = world.sandbox.log.last();
  expectCode(await run(), 0);
  const made = world.made(position);
  expect(compare(shownIn(review), made, true)).to.deep.equal([]);
  return made;
}

async function upload(subject: string): Promise<Spec> {
  const file = await makePfx({ subject, password: "canary-password", notBefore: "2026-01-01", notAfter: "2028-01-01" });
  const args = { commId: 5003, cert: file.pfx, password: "canary-password", allowLastTermination: true };
  return { kind: "ecgrid.UploadedCertificate", name: "upload", args };
}

describe("clm review on the real engine", () => {
  it(
    "a name of the CLI's colour tags ends nothing: it is shown, and its operation is recognized",
    inWorld(async (world) => {
      const name = "gw<{%bogus%}>";
      world.program(gateway({ name, pem: await pem(world.sandbox) }));
      const { text } = expectCode(await world.project.preview(), 0);
      expect(text).to.include("DEPLOY certificate gw<\\{%bogus%}> of project partners");
      expect(labelsOf(await reviewOf(world, "preview"))).to.deep.equal([
        `apinizer.certificates.create project=partners name=${encodeURIComponent(name)}`,
      ]);
      expectCode(await world.project.preview("--color", "always"), 0);
      world.program(gateway({ name, pem: "<{%bogus%}>", jwkDeleteAction: name }));
      const refused = await world.project.preview("--color", "always");
      expect(refused.text).to.include("jwkDeleteAction").and.not.include("panic");
    }),
  );

  it(
    "lists what the preview names and the run makes: created, changed, replaced, removed, refreshed, destroyed",
    inWorld(
      async (world) => {
        const { project, sandbox } = world;
        for (const commId of [5003, 5004, 5005]) sandbox.ecgrid.addComm({ commId });
        approving(world);
        const retirement = { kind: "Retirement", name: "old", args: { of: "a" } };
        const same = certificate("same", { commId: 5002 }, { opts: { dependsOn: ["a"] } });

        world.program(
          ...[
            certificate("a"),
            retirement,
            same,
            certificate("c", { commId: 5004 }, { opts: { retainOnDelete: true } }),
          ],
          ...[await upload("CN=ONE"), await order("www"), contract(), credential()],
        );
        const created = await reviewOf(world, "preview");
        expect(await makes(world, created, () => project.up())).to.have.length(7);

        // Renewed and retired at once, uploaded, reissued, names changed, all credentials revoked; and replaced under another
        // name, from under an option that only the old one has.
        const old = current(world, "a").certKeyId;
        const c = certificate("c2", { commId: 5005 }, { opts: { aliases: [{ name: "c" }] } });
        world.program(
          ...[certificate("a", { trigger: "1" }), retirement, same, c, await upload("CN=TWO")],
          ...[await order("www", { csr: 1 }), contract({ sans: ["a.example.com"] }), credential({ emergency: "now" })],
        );
        const changed = await reviewOf(world, "preview");
        expect(row(changed, "a")?.dependents.map((urn) => urn.split("::")[3])).to.deep.equal(["old", "same"]);
        expect(row(changed, "c")).to.deep.include({ operations: [] });
        expect(row(changed, "c")?.remarks.join()).to.include("retainOnDelete is set");
        expect(row(changed, "upload")?.operations[0]).to.include({ source: "preview" });
        expect(JSON.stringify(changed)).to.not.include("canary-password");
        const made = await makes(world, changed, () => project.up());
        expect(made).to.include(terminate(5001, old));
        expect(made.map((one) => one.split(" ")[0]).sort()).to.deep.equal([
          "certcentral.orders.reissue",
          ...["ecgrid.certificates.add-private", "ecgrid.certificates.create", "ecgrid.certificates.renew"],
          ...["ecgrid.certificates.terminate", "partner.credentials.regenerate", "partner.credentials.revoke-all"],
          "partner.sans.remove",
        ]);

        // What a refresh sees, and what the next up makes of it.
        sandbox.ecgrid.terminateOutside(5002, current(world, "same").certKeyId);
        world.days(710);
        const drifted = await reviewOf(world, "refresh");
        expect(row(drifted, "same")?.refusals.join()).to.include("was terminated outside");
        expect(labelsOf(drifted)).to.include(
          `ecgrid.certificates.renew commId=5001 certKeyId=${current(world, "a").certKeyId}`,
        );

        // Removed, with what has ended meanwhile; the rest in a destroy that clm runs the preview of.
        world.program(certificate("a", { trigger: "1", renewalWindow: "never" }), c, retirement);
        const removed = await reviewOf(world, "preview");
        expect(await makes(world, removed, () => project.up())).to.have.length.greaterThan(3);
        const destroyed = await reviewOf(world, "destroy");
        let stdout = "";
        const asked = ["--destroy", "--format", "json", "--fail-on", "destructive"];
        const code = await runReview([...asked, "--", "--cwd", join(project.folder, "project")], {
          env: { ...process.env, ...project.environment },
          stdin: Readable.from([]),
          stdout: { write: (text) => (stdout += text) },
          stderr: process.stderr,
        });
        expect(code).to.equal(5);
        const { resources } = JSON.parse(stdout) as { resources: { operations: { label: string }[] }[] };
        expect(resources.flatMap(({ operations }) => operations).map(({ label }) => label)).to.deep.equal(
          labelsOf(destroyed),
        );
        await makes(world, destroyed, () => project.destroy());
      },
      { now: "2026-03-01T10:00:00Z" },
    ),
  );

  it(
    "a program that no longer imports the package: every end is listed, and told not to be in the plain preview",
    inWorld(async (world) => {
      world.program(certificate("a"));
      expectCode(await world.project.up(), 0);
      const id = current(world, "a").certKeyId;
      world.project.write("index.js", "");
      const review = await reviewOf(world, "preview");
      expect(unnamedIn(review)).to.deep.equal([terminate(5001, id)]);
      expect(row(review, "a")?.operations[0]?.unnamed).to.include("no longer imports");
      expect(await makes(world, review, () => world.project.up())).to.deep.equal([terminate(5001, id)]);
    }),
  );

  it(
    "a replaced original that is left over: listed, refused by an up whose inventory cannot see it, ended once it is approved",
    inWorld(async (world) => {
      world.program(certificate("a"));
      expectCode(await world.project.up(), 0);
      const id = current(world, "a").certKeyId;
      world.program(certificate("a", { commId: 5002 }));
      world.sandbox.hostile.add({ match: "POST /v2/certificates/terminate", mode: "403" });
      expectCode(await world.project.up(), 1);
      const review = await reviewOf(world, "preview");
      expect(labelsOf(review)).to.deep.equal([terminate(5001, id)]);
      expect(unnamedIn(review)).to.deep.equal([terminate(5001, id)]);
      const position = world.sandbox.log.last();
      expect(expectCode(await world.project.up(), 1).text).to.include("nothing in this run has named");
      expect(world.made(position)).to.deep.equal([]);
      await approve(world);
      expect(await makes(world, review, () => world.project.up())).to.deep.equal([terminate(5001, id)]);
      expect(activeIds(world, 5001)).to.deep.equal([]);
    }),
  );

  it(
    "a removal with --target that the inventory does not know of: listed, told not to be in the plain preview, and made once it is approved",
    inWorld(async (world) => {
      world.program(certificate("a"));
      expectCode(await world.project.up(), 0);
      const x = certificate("x", { commId: 5002 });
      const target = ["--target", `${URN}x`];
      world.program(certificate("a"), x);
      expectCode(await world.project.up(...target), 0);
      const id = current(world, "x").certKeyId;
      world.program(certificate("a"));
      const review = await reviewOf(world, "preview", ...target);
      expect(unnamedIn(review)).to.deep.equal([terminate(5002, id)]);
      expect(row(review, "x")?.operations[0]?.unnamed).to.include("--target");
      expect((await world.project.up(...target)).text).to.include("nothing in this run has named");
      await approve(world, "--", ...target);
      expect(await makes(world, review, () => world.project.up(...target))).to.deep.equal([terminate(5002, id)]);
    }),
  );

  it(
    "a preview that fails is a review that fails",
    inWorld(async (world) => {
      world.program(certificate("a", { commId: 0 }));
      const ran = await previewedAsJson(world, "preview");
      expect(ran.code).to.not.equal(0);
      expect(reviewed(ran, world.now).errors.join()).to.include("commId is 0");
    }),
  );
});
