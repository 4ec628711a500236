import { expect } from "chai";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { makePfx } from "../../sandbox/index.js";
import { killProvider } from "../instrument/kill.js";
import type { Spec, World } from "../instrument/world.js";
import { activeIds, apply, current, executed, inWorld, previousIds, stored } from "./engine.js";

const PASSWORD = "canary-password-of-the-file";
const PERIOD = { notBefore: "2026-01-01T00:00:00Z", notAfter: "2028-01-01T00:00:00Z" };

type File = Awaited<ReturnType<typeof makePfx>>;
const files = new Map<string, Promise<File>>();

/** A container with a key pair of its own, made once for each subject. */
function file(subject: string): Promise<File> {
  const made = files.get(subject) ?? makePfx({ subject, password: PASSWORD, ...PERIOD });
  files.set(subject, made);
  return made;
}

interface Kind {
  readonly kind: string;
  readonly verb: string;
  readonly args: (made: File) => Record<string, unknown>;
}

const KINDS: readonly Kind[] = [
  {
    kind: "ecgrid.UploadedCertificate",
    verb: "add-private",
    args: ({ pfx }) => ({ cert: pfx, password: PASSWORD }),
  },
  { kind: "ecgrid.PartnerCertificate", verb: "add-public", args: ({ pem }) => ({ cert: pem }) },
];

for (const { kind, verb, args } of KINDS) {
  const upload = async (subject: string, more: Record<string, unknown> = {}, name = "u"): Promise<Spec> => ({
    kind,
    name,
    args: { commId: 5001, allowLastTermination: true, ...args(await file(subject)), ...more },
  });
  const match = `POST /v2/certificates/${verb}`;
  const operation = `ecgrid.certificates.${verb}`;
  const thumbprintOf = (world: World): unknown => current(world, "u").thumbprint;

  describe(`${kind} through the real engine`, () => {
    it(
      `is uploaded, left alone, replaced by a new file, and ended with its previous one [situation: ${operation}, ok]`,
      inWorld(async (world) => {
        world.program(await upload("CN=ONE"));
        const first = await apply(world);
        expect(first.shown).to.have.length(1);
        expect(first.made).to.deep.equal([`${operation} commId=5001`]);
        expect(first.preview.text)
          .to.include("UPLOAD")
          .and.include("CN=ONE")
          .and.include("if comm 5001 does not hold this file already");
        expect(thumbprintOf(world)).to.equal((await file("CN=ONE")).thumbprint);
        const old = current(world, "u").certKeyId;
        expect((await apply(world)).requests, "requests without a change").to.equal(0);
        await world.project.refresh();
        expect((await apply(world)).requests, "requests after a refresh").to.equal(0);
        world.program(await upload("CN=TWO"));
        const second = await apply(world);
        expect(second.made).to.deep.equal([`${operation} commId=5001`]);
        expect(second.up.text, "its own certificate is nobody else's").to.not.include("this stack does not hold");
        expect(second.preview.text).to.include(`${old} becomes a previous one and stays valid`);
        expect(previousIds(world, "u")).to.deep.equal([old]);
        expect(activeIds(world, 5001)).to.have.length(2);
        world.program();
        expect((await apply(world)).made).to.have.length(2);
        expect(activeIds(world, 5001)).to.deep.equal([]);
      }),
    );

    it(
      `a lost answer is settled by reading [situation: ${operation}, answer lost]`,
      inWorld(async (world) => {
        world.sandbox.hostile.add({ match, mode: "drop-after" });
        world.program(await upload("CN=ONE"));
        await apply(world);
        expect(executed(world, verb)).to.equal(1);
        expect(activeIds(world, 5001)).to.deep.equal([current(world, "u").certKeyId]);
      }),
    );

    it(
      `a lost answer that cannot be settled is told, and the next run recognizes the upload by its mark`,
      inWorld(async (world) => {
        world.sandbox.hostile.add({ match, mode: "drop-after" });
        world.sandbox.hostile.add({ match: "GET /v2/comms/5001", mode: "503", afterMatches: 1, times: 99 });
        world.program(await upload("CN=ONE"));
        const { up } = await apply(world, 1);
        expect(up.text).to.include("whether the file was uploaded is not known").and.include("looks for the mark");
        world.sandbox.hostile.clear();
        expect((await apply(world)).made).to.deep.equal([]);
        expect(executed(world, verb)).to.equal(1);
        expect(activeIds(world, 5001)).to.deep.equal([current(world, "u").certKeyId]);
      }),
    );

    it(
      `a refusal is told with the service's words, and nothing is kept [situation: ${operation}, refused]`,
      inWorld(async (world) => {
        world.sandbox.hostile.add({ match, mode: "403" });
        world.program(await upload("CN=ONE"));
        const { up } = await apply(world, 1);
        expect(up.text).to.include("AccessDenied").and.include("nothing was uploaded");
        expect(activeIds(world, 5001)).to.deep.equal([]);
        expect((await apply(world)).made).to.have.length(1);
      }),
    );

    it(
      `the same certificate, put there by others, stops it: adopt takes it over, createAnother uploads it again [situation: ${operation}, already done]`,
      inWorld(async (world) => {
        const made = await file("CN=ONE");
        const others = world.sandbox.ecgrid.uploadOutside(5001, {
          cert: verb === "add-private" ? made.pfx : Buffer.from(made.pem).toString("base64"),
          ...(verb === "add-private" ? { password: PASSWORD } : {}),
          usage: "EncryptionAndSignature",
        });
        world.program(await upload("CN=ONE"));
        const { up, made: sent } = await apply(world, 1);
        expect(sent).to.deep.equal([]);
        expect(up.text).to.include(`set adopt: ${others}`).and.include(`createAnother: [${others}]`);
        world.program(await upload("CN=ONE", { adopt: others }));
        expect((await apply(world)).made).to.deep.equal([]);
        expect(current(world, "u").certKeyId).to.equal(others);
        world.program(await upload("CN=ONE", { adopt: others }), await upload("CN=TWO", {}, "w"));
        const second = await apply(world);
        expect(second.made).to.have.length(1);
        expect(second.up.text).to.not.include("that this stack does not hold");
      }),
    );

    for (const labels of ["kept", "dropped"] as const) {
      it(
        `killed after commit, labels ${labels} on read: the next run ${labels === "kept" ? "takes the upload over" : "asks"}, and sends nothing [situation: ${operation}, killed after commit]`,
        inWorld(async (world) => {
          world.sandbox.variants.labels = labels;
          world.sandbox.hostile.add({
            match,
            mode: "hook",
            after: () => {
              killProvider(world.project);
            },
          });
          world.program(await upload("CN=ONE"));
          expect((await world.project.up()).code).to.not.equal(0);
          const [orphan = 0] = activeIds(world, 5001);
          if (labels === "dropped") {
            expect((await apply(world, 1)).up.text).to.include(`set adopt: ${orphan}`);
            world.program(await upload("CN=ONE", { adopt: orphan }));
          }
          expect((await apply(world)).made).to.deep.equal([]);
          expect(current(world, "u").certKeyId).to.equal(orphan);
          expect(executed(world, verb)).to.equal(1);
        }),
      );
    }

    it(
      "terminated outside: up stops, and a new trigger uploads the file again",
      inWorld(async (world) => {
        world.program(await upload("CN=ONE"));
        await apply(world);
        world.sandbox.ecgrid.terminateOutside(5001, current(world, "u").certKeyId);
        await world.project.refresh();
        expect((await apply(world, 1)).up.text).to.include("was terminated outside");
        world.program(await upload("CN=ONE", { trigger: "1" }));
        expect((await apply(world)).made).to.deep.equal([`${operation} commId=5001`]);
        expect(activeIds(world, 5001)).to.have.length(1);
      }),
    );

    it(
      "a move to another comm uploads there first, then ends the old one",
      inWorld(async (world) => {
        world.program(await upload("CN=ONE"));
        await apply(world);
        const old = current(world, "u").certKeyId;
        world.program(await upload("CN=ONE", { commId: 5002 }));
        expect((await apply(world)).made).to.deep.equal([
          `${operation} commId=5002`,
          `ecgrid.certificates.terminate commId=5001 certKeyId=${old}`,
        ]);
      }),
    );
  });
}

describe("uploads: files, roles and secrets", () => {
  it(
    "every documented field is sent and kept, and neither file nor password is anywhere in clear",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const own = await file("CN=OWN");
      const theirs = await file("CN=THEIRS");
      const labels = { keyId: "key of 2026", userId: "edi-system", beginUsage: "2026-03-05T00:00:00Z" };
      world.program(
        {
          kind: "ecgrid.UploadedCertificate",
          name: "u",
          args: { commId: 5001, usage: "SSL", cert: own.pfx, password: PASSWORD, ...labels },
        },
        {
          kind: "ecgrid.PartnerCertificate",
          name: "p",
          args: {
            commId: 5001,
            usage: "Encryption",
            cert: theirs.pem,
            partnerCommId: "PARTNER-AS2",
            partnerUrl: "https://as2.partner.example/receive",
            ...labels,
          },
        },
      );
      const texts = [(await apply(world)).preview.text];
      expect(current(world, "u")).to.include({ ...labels, usage: "SSL", type: "X509", hasPrivateKey: true });
      expect(current(world, "p")).to.include({
        ...labels,
        partnerId: "PARTNER-AS2",
        partnerUrl: "https://as2.partner.example/receive",
        hasPrivateKey: false,
      });
      expect(new X509Certificate(String(current(world, "p").pem)).fingerprint.replaceAll(":", "")).to.equal(
        theirs.thumbprint,
      );
      world.program(
        {
          kind: "ecgrid.UploadedCertificate",
          name: "u",
          args: { commId: 5001, usage: "SSL", cert: own.pfx, password: "canary-wrong-password", ...labels },
        },
        { kind: "ecgrid.PartnerCertificate", name: "p", args: { commId: 5001, usage: "Encryption", cert: theirs.pem } },
      );
      const refused = await project.preview();
      expect(refused.code).to.not.equal(0);
      expect(refused.text).to.include("is a PKCS#12 container that the password does not open");
      texts.push(
        refused.text,
        (await project.refresh()).text,
        (await project.pulumi("preview", "--diff")).text,
        (await project.pulumi("preview", "--json")).text,
        (await project.destroyPreview()).text,
        JSON.stringify(project.resources().map(({ outputs }) => outputs)),
        (await project.pulumi("stack", "export")).text,
        readFileSync(project.receipts, "utf8"),
      );
      const all = texts.join("\n");
      for (const secret of [own.pfx, own.pfx.slice(40, 120), PASSWORD, "canary-wrong-password"]) {
        for (const form of [secret, Buffer.from(secret).toString("base64"), encodeURIComponent(secret)])
          expect(all.includes(form), `found ${form.slice(0, 40)}`).to.equal(false);
      }
      expect(JSON.stringify(stored(world, "u").outputs))
        .to.not.include('"cert"')
        .and.not.include('"password"');
      // The sandbox has got them.
      expect(sandbox.ecgrid.active(5001).map(({ thumbprint }) => thumbprint)).to.include(own.thumbprint);
    }),
  );

  it(
    "a new PGP key takes its turn also where the service shows no labels: the one before is its own",
    inWorld(async (world) => {
      world.sandbox.variants.labels = "dropped";
      const pgp = (text: string): Spec => ({
        kind: "ecgrid.UploadedCertificate",
        name: "u",
        args: { commId: 5001, certType: "PGP", cert: Buffer.from(text).toString("base64"), allowLastTermination: true },
      });
      world.program(pgp("a PGP private key"));
      await apply(world);
      const old = current(world, "u").certKeyId;
      world.program(pgp("another PGP private key"));
      expect((await apply(world)).made).to.deep.equal(["ecgrid.certificates.add-private commId=5001"]);
      expect(previousIds(world, "u")).to.deep.equal([old]);
      expect((await apply(world)).requests).to.equal(0);
    }),
  );

  it(
    "a file that comes back is taken from the previous ones, by its mark: nothing is sent",
    inWorld(async (world) => {
      const partner = async (subject: string): Promise<Spec> => ({
        kind: "ecgrid.PartnerCertificate",
        name: "u",
        args: { commId: 5001, cert: (await file(subject)).pem, allowLastTermination: true },
      });
      world.program(await partner("CN=ONE"));
      await apply(world);
      const first = current(world, "u").certKeyId;
      world.program(await partner("CN=TWO"));
      await apply(world);
      const second = current(world, "u").certKeyId;
      world.program(await partner("CN=ONE"));
      expect((await apply(world)).made).to.deep.equal([]);
      expect(current(world, "u").certKeyId).to.equal(first);
      expect(previousIds(world, "u")).to.deep.equal([second]);
    }),
  );

  it(
    "the service's own spelling of hashes and public certificates is used where a setting says so",
    inWorld(async (world) => {
      world.sandbox.variants.hashOnWrite = "soap";
      const specs: Spec[] = [
        { kind: "ecgrid.Certificate", name: "a", args: { commId: 5001, overlapDays: 30, allowLastTermination: true } },
        {
          kind: "ecgrid.PartnerCertificate",
          name: "p",
          args: { commId: 5002, cert: (await file("CN=ONE")).pem, allowLastTermination: true },
        },
      ];
      world.program(...specs);
      expect((await apply(world, 1)).up.text).to.include("secureHashAlgorithm");
      expect(activeIds(world, 5001)).to.deep.equal([]);
      Object.assign(world.project.environment, { ECGRID_HASH_NAMES: "soap", ECGRID_PUBLIC_CERTIFICATES: "pem" });
      world.program(
        ...specs.map((spec) =>
          spec.name === "p" ? { ...spec, name: "q", args: { ...spec.args, commId: 5001 } } : spec,
        ),
      );
      await apply(world);
      const sent = (path: string): Record<string, unknown> =>
        world.sandbox.log.all().findLast((request) => request.path === path)?.body as Record<string, unknown>;
      expect(sent("/v2/certificates/create").secureHashAlgorithm).to.equal("sha2");
      expect(Buffer.from(String(sent("/v2/certificates/add-public").cert), "base64").toString()).to.include(
        "BEGIN CERTIFICATE",
      );
      world.program({ ...specs[0], args: { ...specs[0]?.args, secureHashAlgorithm: "SHA512" } } as Spec);
      const refused = await apply(world, 1);
      expect(refused.made.filter((one) => one.includes("renew"))).to.deep.equal([]);
      expect(refused.up.text).to.include("knows sha1 and sha2 only");
    }),
  );

  it(
    "several certificates for several roles on one comm in one run: each finds its own",
    inWorld(async (world) => {
      const [ssl, signature, partner] = await Promise.all([file("CN=SSL"), file("CN=SIGN"), file("CN=PARTNER")]);
      const common = { commId: 5001, allowLastTermination: true };
      world.program(
        { kind: "ecgrid.Certificate", name: "generated", args: { ...common, overlapDays: 30, usage: "Encryption" } },
        { kind: "ecgrid.Certificate", name: "another", args: { ...common, overlapDays: 30, usage: "Encryption" } },
        {
          kind: "ecgrid.UploadedCertificate",
          name: "ssl",
          args: { ...common, usage: "SSL", cert: ssl.pfx, password: PASSWORD },
        },
        {
          kind: "ecgrid.UploadedCertificate",
          name: "sign",
          args: { ...common, usage: "Signature", cert: signature.pfx, password: PASSWORD },
        },
        { kind: "ecgrid.PartnerCertificate", name: "partner", args: { ...common, cert: partner.pem } },
      );
      expect((await apply(world)).made).to.have.length(5);
      const names = ["generated", "another", "ssl", "sign", "partner"];
      const held = names.map((name) => current(world, name));
      expect(new Set(held.map(({ certKeyId }) => certKeyId)).size).to.equal(5);
      expect(held.map(({ usage }) => usage)).to.deep.equal([
        "Encryption",
        "Encryption",
        "SSL",
        "Signature",
        "EncryptionAndSignature",
      ]);
      expect(held[2]?.thumbprint).to.equal(ssl.thumbprint);
      expect((await apply(world)).requests).to.equal(0);
      world.program();
      expect((await apply(world)).made).to.have.length(5);
      expect(activeIds(world, 5001)).to.deep.equal([]);
    }),
  );

  it(
    "two stacks on one comm: the second is told of what the first holds, and neither ends the other's",
    inWorld(async (world) => {
      const specs = async (subject: string): Promise<Spec[]> => [
        { kind: "ecgrid.Certificate", name: "a", args: { commId: 5001, overlapDays: 30, allowLastTermination: true } },
        {
          kind: "ecgrid.PartnerCertificate",
          name: "p",
          args: { commId: 5001, cert: (await file(subject)).pem, allowLastTermination: true },
        },
      ];
      world.program(...(await specs("CN=ONE")));
      await apply(world);
      const first = activeIds(world, 5001);
      await world.project.init("second");
      world.program(...(await specs("CN=TWO")));
      const { up } = await apply(world);
      for (const id of first) expect(up.text).to.match(new RegExp(`other active certificates .*does not hold: ${id}`));
      world.program();
      expect((await apply(world)).made).to.have.length(2);
      expect(activeIds(world, 5001)).to.deep.equal(first);
    }),
  );
});
