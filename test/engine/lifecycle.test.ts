import { expect } from "chai";
import { namedOnRows } from "../instrument/transcript.js";
import { activeIds, apply, certificate, current, inWorld, previousIds, stored } from "./engine.js";

describe("ECGrid certificate through the real engine", () => {
  it(
    "is created with every documented field, and the state says what there is [situation: ecgrid.certificates.create, ok]",
    inWorld(async (world) => {
      world.program(
        certificate("a", {
          usage: "Signature",
          secureHashAlgorithm: "SHA384",
          beginUsage: "2026-03-01T00:00:00Z",
          expires: "2028-05-07T00:00:00Z",
          partnerAs2Id: "PARTNER-AS2-ID",
        }),
      );
      const { preview, made } = await apply(world);
      expect(made).to.deep.equal(["ecgrid.certificates.create commId=5001"]);
      expect([...namedOnRows(preview.text)]).to.deep.equal(made);
      const [request] = world.sandbox.log.made();
      expect(request?.body).to.deep.equal({
        commId: 5001,
        beginUsage: "2026-03-01T00:00:00Z",
        usage: "Signature",
        secureHashAlgorithm: "SHA384",
        partnerAs2Id: "PARTNER-AS2-ID",
        expires: "2028-05-07T00:00:00Z",
      });
      const [served] = world.sandbox.ecgrid.certificates(5001);
      const kept = current(world, "a");
      expect(kept).to.include({
        certKeyId: served?.certKeyId,
        serialNumber: served?.serialNumber,
        thumbprint: served?.thumbprint,
        status: "Active",
        usage: "Signature",
        notAfter: "2028-05-07T00:00:00Z",
        endUsage: "2028-05-07T00:00:00Z",
        beginUsage: "2026-03-01T00:00:00Z",
        partnerId: "PARTNER-AS2-ID",
      });
      expect(Buffer.from(String(kept.pem).replace(/-----[^-]+-----|\s/g, ""), "base64").toString("base64")).to.equal(
        served?.der,
      );
      const { outputs } = stored(world, "a");
      expect(outputs?.comm).to.include({
        commType: "as2",
        identifier: "COMM-5001",
        status: "Active",
        useType: "Production",
        mailboxId: 101,
      });
    }),
  );

  it(
    "without changes shows nothing and asks nothing: 0 requests",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      const { shown, made, requests, up } = await apply(world);
      expect({ shown, made, requests }).to.deep.equal({ shown: [], made: [], requests: 0 });
      expect(up.text).to.include("3 unchanged");
    }),
  );

  it(
    "renews on a trigger: new key pair, the old one stays valid and is kept as previous [situation: ecgrid.certificates.renew, ok]",
    inWorld(async (world) => {
      world.program(certificate("a", { years: 3, overlapDays: 14 }));
      await apply(world);
      const { certKeyId: old, thumbprint } = current(world, "a");
      world.program(certificate("a", { years: 3, overlapDays: 14, trigger: "1" }));
      const { preview, made } = await apply(world);
      expect(made).to.deep.equal([`ecgrid.certificates.renew commId=5001 certKeyId=${old}`]);
      expect(preview.text)
        .to.include("new key pair")
        .and.include("at most until 2029-03-01")
        .and.include("the partner must get the new certificate");
      expect(world.sandbox.log.made().at(-1)?.body).to.deep.equal({
        commId: 5001,
        certKeyId: old,
        overlapDays: 14,
        years: 3,
        secureHashAlgorithm: "SHA256",
      });
      const now = current(world, "a");
      expect(now.certKeyId).to.not.equal(old);
      expect(now.thumbprint).to.not.equal(thumbprint);
      expect(previousIds(world, "a")).to.deep.equal([old]);
      expect(activeIds(world, 5001)).to.have.members([old, now.certKeyId]);
      expect((await apply(world)).requests).to.equal(0);
    }),
  );

  it(
    "renews by the clock, without a refresh, on the first day of its window and not before",
    inWorld(async (world) => {
      world.program(certificate("a", { expires: "2026-08-01T00:00:00Z", renewalWindow: { days: 30 } }));
      await apply(world);
      world.at(new Date("2026-07-01T23:59:59Z"));
      expect((await apply(world)).shown).to.deep.equal([]);
      world.at(new Date("2026-07-02T00:00:00Z"));
      const { made, preview } = await apply(world);
      expect(made).to.have.length(1);
      expect(preview.text).to.include("it expires on 2026-08-01, in 30 day(s), inside the renewal window of 30 day(s)");
      expect((await apply(world)).made).to.deep.equal([]);
    }),
  );

  it(
    "renews by the share of the lifetime that remains",
    inWorld(async (world) => {
      world.program(certificate("a", { expires: "2026-06-09T10:00:00Z", renewalWindow: { share: 0.25 } })); // 100 days
      await apply(world);
      world.days(74);
      expect((await apply(world)).made).to.deep.equal([]);
      world.days(1);
      expect((await apply(world)).made).to.have.length(1);
    }),
  );

  it(
    "renews for another hash",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      world.program(certificate("a", { secureHashAlgorithm: "SHA512" }));
      const { made, preview } = await apply(world);
      expect(made).to.have.length(1);
      expect(preview.text).to.include("secureHashAlgorithm changes from SHA256 to SHA512");
      expect(current(world, "a").secureHashAlgorithm).to.equal("SHA512");
    }),
  );

  it(
    "keeps settings for the next renewal without any request, and says so",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      world.program(certificate("a", { years: 5, overlapDays: 0, renewalWindow: { days: 7 }, onDelete: "retain" }));
      const { preview, requests, shown } = await apply(world);
      expect({ requests, shown }).to.deep.equal({ requests: 0, shown: [] });
      for (const field of ["years", "overlapDays", "renewalWindow", "onDelete"])
        expect(preview.text).to.match(new RegExp(`${field} changes from .* no remote call`));
      world.program(
        certificate("a", { years: 5, overlapDays: 0, renewalWindow: { days: 7 }, onDelete: "retain", trigger: "now" }),
      );
      const renewed = await apply(world);
      expect(renewed.preview.text).to.include("OLD CERTIFICATE ENDS AT ONCE, irreversible");
      expect(world.sandbox.log.made().at(-1)?.body).to.include({ years: 5, overlapDays: 0 });
    }),
  );

  it(
    "is replaced only for another comm: made there first, ended here after",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      const { certKeyId: old } = current(world, "a");
      world.program(certificate("a", { commId: 5002 }));
      const { made } = await apply(world);
      expect(made).to.deep.equal([
        "ecgrid.certificates.create commId=5002",
        `ecgrid.certificates.terminate commId=5001 certKeyId=${old}`,
      ]);
      expect(activeIds(world, 5001)).to.deep.equal([]);
      expect(activeIds(world, 5002)).to.have.length(1);
    }),
  );

  it(
    "decides by CLM_NOW as reviewed, although the clock has moved on between preview and up",
    inWorld(async (world) => {
      world.program(certificate("a", { expires: "2026-08-01T00:00:00Z" }));
      await apply(world);
      const preview = await world.project.preview();
      world.moveUnderPin(new Date("2026-07-20T00:00:00Z"));
      const position = world.sandbox.log.last();
      await world.project.up();
      expect(preview.text).to.not.include("RENEW");
      expect(world.made(position)).to.deep.equal([]);
    }),
  );

  it(
    "refuses bad input at preview, before any request, with field, found and allowed",
    inWorld(async (world) => {
      world.program(certificate("a", { commId: 0, secureHashAlgorithm: "SHA1", years: 1.5, overlapDayz: 3 }));
      const preview = await world.project.preview();
      expect(preview.code).to.not.equal(0);
      expect(preview.text)
        .to.include("commId is 0: allowed is a whole number from 1")
        .and.include("years is 1.5: allowed is a whole number of years")
        .and.include("did you mean overlapDays?");
      expect(world.sandbox.log.all()).to.deep.equal([]);
      world.program(certificate("a", { secureHashAlgorithm: "SHA1" }));
      expect((await world.project.preview()).text).to.include("allowSha1: true");
      world.program(certificate("a", { secureHashAlgorithm: "SHA1", allowSha1: true }));
      await apply(world);
    }),
  );

  it(
    "refuses a changed role at preview: the API cannot change it",
    inWorld(async (world) => {
      world.program(certificate("a"));
      await apply(world);
      world.program(certificate("a", { usage: "Signature" }));
      const preview = await world.project.preview();
      expect(preview.code).to.not.equal(0);
      expect(preview.text).to.include("fixed for the life of a certificate");
    }),
  );

  it(
    "adopts an existing certificate without a call",
    inWorld(async (world) => {
      const certKeyId = await world.sandbox.ecgrid.addCertificate({ commId: 5001 });
      world.program(certificate("a", { adopt: certKeyId }));
      const { made, preview } = await apply(world);
      expect(made).to.deep.equal([]);
      expect(preview.text).to.include(`ADOPT certificate ${certKeyId} of comm 5001`);
      expect(current(world, "a").certKeyId).to.equal(certKeyId);
    }),
  );
});
