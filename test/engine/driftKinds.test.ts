import { expect } from "chai";
import type { DriftJson } from "../../sdk/cli/drift/formats.js";
import { clm } from "../instrument/clm.js";
import { expectCode, type World } from "../instrument/world.js";
import { activeOf, outputsOf } from "./acme.js";
import { apply, current, inWorld, stored } from "./engine.js";
import { BOTH, gateway, gatewayState, pem, served } from "./gateways.js";
import { approving, order, orderState } from "./orders.js";
import { applied, everyKind, kept } from "./stacks.js";

/** What a refresh and a preview with one say on the rows, by resource: texts that begin so are left out of nothing else. */
async function saidOutside(world: World): Promise<ReadonlyMap<string, readonly string[]>> {
  const before = kept(world);
  const refreshed = await world.project.pulumi("refresh", "--preview-only", "--expect-no-changes");
  expectCode(refreshed, 7);
  const previewed = await world.project.preview("--refresh", "--expect-no-changes");
  expectCode(previewed, 7);
  expect(kept(world), "a preview stores nothing").to.deep.equal(before);
  const [one, other] = [refreshed, previewed].map(({ text }) => warnings(text));
  // The inventory speaks in a preview alone, and only of what leaves.
  expect(drifts(other ?? new Map()), "both see the same").to.deep.equal(drifts(one ?? new Map()));
  const listed = expectCode(await clm(world, "drift", "--format", "json", "--", "--stack", "dev"), 7);
  const { drift } = JSON.parse(listed.stdout) as DriftJson;
  const told = drift.filter((row) => row.drift !== "due");
  expect(told.map(({ name, drift: kind }) => `${name} ${kind}`).sort(), "clm drift lists the same").to.deep.equal(
    drifts(one ?? new Map()).map((text) => text.split(":")[0]),
  );
  return one ?? new Map<string, readonly string[]>();
}

/** Warnings under "Diagnostics", by resource. */
function warnings(text: string): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  let at: string[] = [];
  for (const line of (text.split(/^Diagnostics:$/m)[1] ?? "").split("\n")) {
    const header = /^ {2}\S+ \((.+)\):$/.exec(line);
    if (header !== null) all.set(header[1] ?? "", (at = []));
    const warning = /^ {4}warning: (.*)$/.exec(line);
    if (warning !== null) at.push(warning[1] ?? "");
  }
  return all;
}

const drifts = (all: ReadonlyMap<string, readonly string[]>): string[] =>
  [...all]
    .flatMap(([name, texts]) =>
      texts.filter((text) => text.startsWith("DRIFT ")).map((text) => `${name} ${text.slice(6)}`),
    )
    .sort();

describe("drift of every kind of resource", () => {
  it(
    "nothing happened: a nightly refresh reports nothing, whatever the day, also of what waits, and asks little",
    inWorld(async (world) => {
      await applied(world);
      const retiring = stored(world, "old");
      for (const day of ["2026-03-01T10:00:00Z", "2026-03-09T03:00:00Z", "2026-04-20T23:59:59Z"]) {
        world.at(new Date(day));
        const position = world.sandbox.log.last();
        const nightly = await world.project.pulumi("refresh", "--preview-only", "--expect-no-changes");
        expectCode(nightly, 0);
        expect(warnings(nightly.text), "no text of ours").to.deep.equal(new Map());
        expect(nightly.text).to.not.include("Diagnostics").and.not.include("warning");
        expect(world.sandbox.log.since(position).length).to.be.at.most(15);
      }
      expect(expectCode(await clm(world, "drift"), 0).stdout).to.match(/^No drift\n/);
      // The first of two that were made at once has not known of the other: that is stored, and nothing after it.
      expectCode(await world.project.refresh("--expect-no-changes"), 0);
      const before = kept(world);
      expectCode(await world.project.refresh("--expect-no-changes"), 0);
      expect(kept(world)).to.deep.equal(before);
      // A retirement is nowhere else: a refresh leaves it as it is, and what it has found of others changes it only where it matters.
      expect(stored(world, "old").inputs).to.deep.equal(retiring.inputs);
      expect(stored(world, "old").outputs).to.deep.equal(retiring.outputs);
      expect(expectCode(await world.project.preview(), 0).text).to.not.match(/Retirement old +(update|~)/);
    }),
  );

  it(
    "ended, taken away and changed: each in its own words by refresh and by preview --refresh, and the planned answer is made",
    inWorld(async (world) => {
      const { ecgrid, certcentral, apinizer, partner } = world.sandbox;
      await applied(world);
      const [a, uploaded] = [current(world, "a").certKeyId, current(world, "uploaded").certKeyId];
      const [www, waits] = [orderState(world, "www").order.id, orderState(world, "waits").order.id];
      const contractId = (outputsOf(world, "web").contract as { id: number }).id;
      const key = (outputsOf(world, "key").current as { credentialId: number }).credentialId;
      ecgrid.terminateOutside(5001, a);
      ecgrid.vanish(5002, uploaded);
      certcentral.revokeOutside(www);
      certcentral.rejectOrder(waits);
      apinizer.undeployOutside("gw", ["staging"]);
      apinizer.describeJwkOutside("signing", "by hand");
      apinizer.deleteJwkOutside("own");
      partner.removeSanOutside(contractId, "b.example.com");
      partner.setAutoRenewOutside(contractId, true);
      partner.revokeCredentialOutside(contractId, key);
      const stray = partner.regenerateOutside(contractId, false);

      const said = await saidOutside(world);
      const of = (name: string): string => (said.get(name) ?? []).join("\n");
      expect(of("a")).to.match(
        /DRIFT ended: certificate \d+ \(serial .*\) of comm 5001: was "Active", is "Terminated"/,
      );
      expect(of("a")).to.include("WILL STOP").and.include("Change trigger to have a new one made");
      expect(of("uploaded")).to.match(/DRIFT ended: .*: was "Active", is "Vanished"/);
      expect(of("uploaded")).to.include("change trigger to have the same one uploaded again");
      expect(of("www")).to.include(`DRIFT ended: order ${www}: was "issued", is "revoked"`);
      expect(of("www")).to.include("Change trigger to have a new order placed (billed)");
      expect(of("waits")).to.include(`DRIFT status: order ${waits}: was "needs_approval", is "rejected"`);
      expect(of("waits")).to.include("was rejected by an approver");
      expect(of("gw")).to.include(
        'DRIFT deployment: workers of staging with certificate gw of project partners: was "deployed", is "failed (its workers no longer have it)"',
      );
      expect(of("gw")).to.include("because it was undeployed outside in staging");
      expect(of("signing")).to.include(
        'DRIFT detached: JWK signing of project partners from certificate gw: was "attached", is "detached"',
      );
      expect(of("signing")).to.include("nothing is made by itself, a new trigger makes it anew");
      expect(of("own")).to.include("DRIFT deleted: JWK own of project partners").and.include('is "not there"');
      expect(of("web")).to.include(
        `DRIFT settings: names of contract ${contractId}: was "a.example.com, b.example.com", is "a.example.com"`,
      );
      expect(of("web")).to.include(`DRIFT settings: auto renew of contract ${contractId}: was "off", is "on"`);
      expect(of("web")).to.include("ADD b.example.com").and.include("auto renew off");
      expect(of("key")).to.match(new RegExp(`DRIFT ended: credential ${key} .*: was "active", is "revoked"`));
      expect(of("key")).to.include('set whenEndedOutside to "replace"');
      expect(of("second")).to.match(
        new RegExp(
          `DRIFT strays: contract ${contractId}: was "no such credential", is "credential ${stray} .*minted by others", since "`,
        ),
      );

      expectCode(await world.project.refresh(), 0);
      const again = { trigger: "again" };
      world.program(
        ...(await everyKind(world, {
          ...{ a: again, uploaded: again, www: again, key: again },
          second: { revokeAlso: [stray] },
        })),
        await order("waits", { commonName: "waits.example.com", ...again }),
      );
      const { made, preview } = await apply(world);
      expect(preview.text).to.include("MAKE JWK own of project partners");
      expect(made.sort()).to.deep.equal([
        ...["apinizer.certificates.update project=partners name=gw", "apinizer.jwks.create project=partners name=own"],
        "certcentral.orders.place product=ssl_basic commonName=waits.example.com",
        "certcentral.orders.place product=ssl_basic commonName=www.example.com",
        ...["ecgrid.certificates.add-private commId=5002", "ecgrid.certificates.create commId=5001"],
        `partner.contracts.update contractId=${contractId}`,
        `partner.credentials.regenerate contractId=${contractId}`,
        `partner.credentials.revoke contractId=${contractId} credentialId=${stray}`,
        `partner.sans.add contractId=${contractId} sans=b.example.com`,
      ]);
      for (const environment of BOTH)
        expect(served(world, environment)).to.deep.equal([gatewayState(world).deployed?.thumbprint]);
      expect(partner.contract(contractId).sans).to.have.members(["a.example.com", "b.example.com"]);
      expect(activeOf(world, contractId)).to.not.include(key).and.not.include(stray);
      const nightly = await world.project.pulumi("refresh", "--preview-only", "--expect-no-changes");
      expect(expectCode(nightly, 0).text).to.not.include("DRIFT");
    }),
  );

  it(
    "replaced, moved and moved on: followed without a call where that is right, put back with both values where it is not",
    inWorld(async (world) => {
      const { ecgrid, certcentral, apinizer, partner } = world.sandbox;
      await applied(world);
      const a = current(world, "a").certKeyId;
      const [www, waits] = [orderState(world, "www").order.id, orderState(world, "waits").order.id];
      const contractId = (outputsOf(world, "web").contract as { id: number }).id;
      const ours = gatewayState(world).deployed?.thumbprint ?? "";
      const successor = await ecgrid.renewOutside(5001, a);
      ecgrid.vanish(5002, current(world, "theirs").certKeyId);
      await certcentral.reissueOutside(www);
      await certcentral.approveAll();
      const request = certcentral.requestRevocation(www);
      await apinizer.addCertificateOutside({
        ...{ name: "gw", alias: "theirs", pem: await pem(world.sandbox, 1), environments: ["production"] },
      });
      partner.cancelOutside(contractId);

      const said = await saidOutside(world);
      const of = (name: string): string => (said.get(name) ?? []).join("\n");
      expect(of("a")).to.match(
        new RegExp(`DRIFT succeeded: .*: was "certificate ${a}", is "certificate ${successor}"`),
      );
      expect(of("a")).to.include(`TAKE OVER certificate ${successor} of comm 5001 as the one in charge`);
      expect(of("theirs")).to.include('is "Vanished"');
      expect(of("www")).to.match(
        new RegExp(
          `DRIFT succeeded: order ${www}: was "certificate \\d+.*", is "certificate \\d+.*", since "2026-03-01`,
        ),
      );
      expect(of("www")).to.match(
        new RegExp(
          `DRIFT revocation: order ${www}: was "no request", is "revocation request ${request} waits for an approver"`,
        ),
      );
      expect(of("www")).to.include("once approved, every certificate of the order ends");
      expect(of("waits")).to.include(`DRIFT status: order ${waits}: was "needs_approval", is "issued"`);
      const theirs = apinizer.serving("production", "gw")[0]?.thumbprint ?? "";
      for (const text of [
        `DRIFT content: certificate gw of project partners in production: was "${ours}", is "${theirs}"`,
        'DRIFT deployment: environments of certificate gw of project partners: was "production, staging", is "production"',
        'DRIFT settings: alias of certificate gw of project partners: was "gw", is "theirs"',
        `thumbprint ${theirs} goes`,
        `thumbprint ${ours}, valid till`,
        "added to staging",
      ])
        expect(of("gw")).to.include(text);
      expect(of("web")).to.match(
        new RegExp(`DRIFT ended: contract ${contractId}: was "in force", is "canceled", since "2026-`),
      );
      expect(of("web")).to.include("Change trigger to have a new contract made (billed)");

      expectCode(await world.project.refresh(), 0);
      expect(stored(world, "web").outputs?.contract).to.have.property("canceledAt");
      world.program(
        ...(await everyKind(world)).filter(({ name }) => ["a", "www", "gw", "signing", "own"].includes(name)),
        await order("waits", { commonName: "waits.example.com" }),
      );
      const { made } = await apply(world);
      expect(made).to.include("apinizer.certificates.update project=partners name=gw");
      expect(
        made.filter((one) => /orders\.(place|renew|reissue|revoke)|certificates\.(renew|create)/.test(one)),
      ).to.deep.equal([]);
      expect(current(world, "a").certKeyId).to.equal(successor);
      for (const environment of BOTH) expect(served(world, environment)).to.deep.equal([ours]);
    }),
  );

  it(
    "renewed, reissued without a name, canceled, twice in a list, deleted: each in its own words, and answered as planned",
    inWorld(async (world) => {
      const { certcentral, apinizer } = world.sandbox;
      approving(world);
      const soon = { orderValidity: { days: 80 } };
      const program = [
        await order("www", soon),
        await order("names", { ...soon, commonName: "names.example.com", dnsNames: ["a.example.com"] }),
        gateway({ pem: await pem(world.sandbox) }),
        { ...gateway({ name: "gone", alias: "gone", pem: await pem(world.sandbox, 1) }), name: "gone" },
      ];
      world.program(...program);
      await apply(world);
      certcentral.settings.approval = "required";
      world.program(...program, await order("waits", { commonName: "waits.example.com" }));
      await apply(world);
      const [www, names, waits] = ["www", "names", "waits"].map((name) => orderState(world, name).order.id);
      const renewal = await certcentral.renewOutside(www ?? 0);
      const dropped = orderState(world, "names").current?.certificateId ?? 0;
      await certcentral.reissueOutside(names ?? 0, { dnsNames: [] });
      certcentral.cancelOutside(waits ?? 0);
      apinizer.doubleEntry("gw", "staging");
      apinizer.deleteOutside("gone");

      const said = await saidOutside(world);
      const of = (name: string): string => (said.get(name) ?? []).join("\n");
      expect(of("www")).to.include(`DRIFT succeeded: order ${www}: was "order ${www}", is "order ${renewal}"`);
      expect(of("www")).to.include(`TAKE OVER order ${renewal}`);
      expect(of("names")).to.match(
        new RegExp(`DRIFT succeeded: order ${names}: was "certificate ${dropped}.*", is "certificate \\d+`),
      );
      expect(of("names")).to.match(
        new RegExp(
          `DRIFT revocation: certificate ${dropped}.*: was "valid", is "revoked by DigiCert until 2026-03-04T\\S+ at the latest"`,
        ),
      );
      expect(of("waits")).to.include(`DRIFT status: order ${waits}: was "needs_approval", is "canceled"`);
      expect(of("waits")).to.include("was canceled before it was issued").and.include("WILL STOP");
      expect(of("gw")).to.include(
        'DRIFT strays: certificate gw of project partners in staging: was "one entry", is "several entries"',
      );
      expect(of("gw")).to.include("the certificate is deleted and deployed once; GATEWAYS ARE WITHOUT IT IN BETWEEN");
      expect(of("gone")).to.match(/DRIFT deleted: certificate gone of project partners.*: was "there", is "not there"/);
      const previewed = await world.project.preview("--refresh");
      expect(previewed.text)
        .to.match(/~ .*gone update/)
        .and.include("apinizer.certificates.create project=partners name=gone");

      expectCode(await world.project.refresh(), 0);
      world.program(...program);
      const { made, preview } = await apply(world);
      expect(preview.text).to.include("apinizer.certificates.create project=partners name=gone");
      expect(made.sort()).to.deep.equal([
        "apinizer.certificates.create project=partners name=gone",
        "apinizer.certificates.create project=partners name=gw",
        "apinizer.certificates.delete project=partners name=gw",
      ]);
      expect(orderState(world, "www").order.id).to.equal(renewal);
      for (const environment of BOTH) expect(served(world, environment)).to.have.length(1);
      // Within 72 hours the revocation has come; the order itself stands.
      world.days(3);
      const later = await world.project.pulumi("refresh", "--preview-only");
      expect(later.text).to.not.include("DRIFT ended: order");
      expect(certcentral.certificates(names ?? 0).map(({ status }) => status)).to.include("revoked");
    }),
  );

  it(
    "expired: said with the day, by the clock alone, next to what the next up does about it",
    inWorld(async (world) => {
      await applied(world);
      world.at(new Date("2029-04-01T00:00:00Z"));
      const said = await saidOutside(world);
      const of = (name: string): string => (said.get(name) ?? []).join("\n");
      expect(of("a")).to.include('was "valid until 2029-03-01", is "expired", since "2029-03-01"').and.include("RENEW");
      for (const name of ["uploaded", "theirs"])
        expect(of(name))
          .to.include('was "valid until 2029-01-01", is "expired"')
          .and.include("give a new file in cert");
      expect(of("www")).to.include('is "expired"').and.include("no second order is placed by itself");
      expect(of("gw")).to.match(/DRIFT expired: certificate gw of project partners: was "valid until 2026-/);
      expect(of("web")).to.match(/DRIFT expired: contract \d+: was "valid till 2027-03-01", is "expired"/);

      // Told, and kept as told: what is left is what the plans say, for as long as nobody answers.
      expectCode(await world.project.refresh(), 0);
      const before = kept(world);
      for (const day of ["2029-04-02T00:00:00Z", "2029-05-01T00:00:00Z"]) {
        world.at(new Date(day));
        const nightly = expectCode(await world.project.pulumi("refresh", "--preview-only"), 0);
        expect(nightly.text).to.not.include("DRIFT");
        for (const name of ["uploaded", "theirs", "gw", "web"])
          expect([...warnings(nightly.text).keys()]).to.not.include(name);
      }
      expectCode(await world.project.refresh(), 0);
      expect(kept(world).filter((one) => !before.includes(one))).to.deep.equal([]);
      const listed = expectCode(await clm(world, "drift", "--format", "json", "--", "--stack", "dev"), 7);
      const { drift } = JSON.parse(listed.stdout) as DriftJson;
      expect(new Set(drift.map(({ drift: kind }) => kind)), "by the clock").to.deep.equal(new Set(["due"]));
      expect(drift.map(({ name }) => name)).to.include("a");
      const document = await world.project.preview("--refresh", "--json");
      world.project.write("refreshed.json", document.stdout);
      const due = expectCode(await clm(world, "drift", "refreshed.json", "--fail-on", "due", "--format", "json"), 7);
      expect((JSON.parse(due.stdout) as DriftJson).drift.map(({ name, drift: kind }) => [name, kind])).to.deep.equal(
        drift.map(({ name, drift: kind }) => [name, kind]),
      );
      // Plain previews go on saying it.
      const preview = await world.project.preview();
      expect(preview.text).to.include("expired on 2029-01-01: give a new file in cert");
    }),
  );
});
