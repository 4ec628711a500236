import { expect } from "chai";
import { expectCode, type Spec, type World } from "../instrument/world.js";
import { activeOf, contract, credential, outputsOf } from "./acme.js";
import { apply, certificate, expectNothing, inWorld, stored } from "./engine.js";
import { BOTH, gateway, gatewayState, generated, pem, signing } from "./gateways.js";
import { approving, order } from "./orders.js";
import { files, uploads } from "./stacks.js";

/** One of each kind, made by hand. @returns the program that adopts them. */
async function madeOutside(world: World): Promise<Spec[]> {
  const { ecgrid, certcentral, partner, apinizer } = world.sandbox;
  approving(world);
  // Made by a stack that then forgets them: an order for a CSR, and certificates with keys of their own.
  const text = await pem(world.sandbox);
  world.program(
    ...(await uploads()),
    ...[await order("www"), gateway({ pem: text, description: "Managed by Pulumi" }), signing(), generated()],
  );
  expectCode(await world.project.up(), 0);
  const idOf = (name: string): number => Number(String(stored(world, name).id).split("/").at(-1));
  const [uploaded, theirs, www] = [idOf("uploaded"), idOf("theirs"), idOf("www")];
  expectCode(await world.project.pulumi("stack", "rm", "dev", "--yes", "--force"), 0);
  await world.project.init("dev");
  expect(certcentral.orders()).to.have.length(1);
  expect(apinizer.certificates()).to.have.length(1);
  const a = await ecgrid.addCertificate({ commId: 5001 });
  const contractId = partner.addContract({ sans: ["a.example.com", "b.example.com"] });
  const key = partner.regenerateOutside(contractId, false);
  const [mine, partners] = await uploads();
  if (mine === undefined || partners === undefined) throw new Error("there are two uploads");
  return [
    certificate("a", { adopt: a }),
    { ...mine, args: { ...mine.args, adopt: uploaded } },
    { ...partners, args: { ...partners.args, adopt: theirs } },
    await order("www", { adopt: www }),
    gateway({ pem: text, adopt: true }),
    signing({ adopt: true }),
    generated({ adopt: true }),
    contract({ adopt: contractId }),
    credential({ contractId, adopt: key }),
  ];
}

const changed = (program: readonly Spec[], name: string, args: Record<string, unknown>): Spec[] =>
  program.map((spec) => (spec.name === name ? { ...spec, args: { ...spec.args, ...args } } : spec));

describe("adopting what exists, of every kind", () => {
  it(
    "what no read gives back is known to be missing: what is wired to it changes in no preview, and is followed once it is there",
    inWorld(async (world) => {
      const { partner, apinizer } = world.sandbox;
      const contractId = partner.addContract({ sans: ["a.example.com", "b.example.com"] });
      const key = partner.regenerateOutside(contractId, false);
      const text = await pem(world.sandbox);
      const there = await apinizer.addCertificateOutside({ name: "gw", alias: "gw", pem: text, environments: BOTH });
      apinizer.addJwkOutside("signing", there);
      const program = [
        contract({ adopt: contractId }),
        credential({ adopt: key }),
        gateway({ adopt: true }),
        signing({ adopt: true }),
      ];
      world.program(...program);
      expect((await apply(world)).made).to.deep.equal([]);
      expect(outputsOf(world, "web")).to.not.have.property("directoryUrl");
      expect(outputsOf(world, "gw")).to.not.have.property("deployed");
      expect(stored(world, "signing").inputs?.certificateThumbprint).to.equal(
        gatewayState(world).entries[0]?.thumbprint,
      );
      expect(await expectNothing(world)).to.equal(0);
      expectCode(await world.project.refresh("--expect-no-changes"), 0);
      expect(await expectNothing(world)).to.equal(0);

      // A rotation gives the credential its outputs, and another certificate is followed by the JWK.
      world.program(...changed(changed(program, "key", { trigger: "1" }), "gw", { pem: await pem(world.sandbox, 1) }));
      const { made, preview } = await apply(world);
      expect(made.sort()).to.deep.equal([
        "apinizer.certificates.update project=partners name=gw",
        `partner.credentials.regenerate contractId=${contractId}`,
      ]);
      expect(preview.text).to.include("JWK signing of project partners is read again");
      expect(outputsOf(world, "key")).to.have.property("keyId");
      expect(await expectNothing(world)).to.equal(0);
    }),
  );

  it(
    "what differs is named and nothing is sent; what fits is taken over without a call, and is kept when it is removed",
    inWorld(async (world) => {
      const { project, sandbox } = world;
      const program = await madeOutside(world);
      const keys = (spec: Spec | undefined): number => Number(spec?.args.adopt);
      const contractId = keys(program.find(({ name }) => name === "web"));
      const key = keys(program.find(({ name }) => name === "key"));

      // Each of them otherwise than it is: told one by one, since a run ends at its first error.
      const { partners } = await files();
      const wrong: readonly [name: string, args: Record<string, unknown>, words: string][] = [
        [
          "a",
          { secureHashAlgorithm: "SHA384", usage: "Signature" },
          "its usage is EncryptionAndSignature, not Signature; its secureHashAlgorithm is SHA256, not SHA384",
        ],
        [
          "theirs",
          { cert: partners.pem, partnerUrl: "https://as2.example.org/x", usage: "Signature" },
          "for EncryptionAndSignature without a private key",
        ],
        [
          "www",
          { csr: (await order("www", { csr: 1 })).args.csr, signatureHash: "sha384" },
          "its certificate was made for another key than that of csr; its signatureHash is sha256, not sha384",
        ],
        [
          "gw",
          { pem: await pem(sandbox, 1), alias: "other", environments: ["staging"] },
          "it is in production, staging, not in staging; its alias is gw, not other",
        ],
        ["own", { generate: { type: "RSA", size: 2048 }, algorithm: "RS256" }, "it is of type EC, not RSA"],
        [
          "web",
          { sans: ["a.example.com", "c.example.com"], autoRenew: true },
          "it does not name c.example.com; it names b.example.com, too",
        ],
        ["key", { adopt: 4999 }, "and not 4999"],
      ];
      const position = sandbox.log.last();
      world.program(...wrong.reduce<Spec[]>((all, [name, args]) => changed(all, name, args), [...program]));
      const refused = await project.up("--continue-on-error");
      expect(refused.code).to.not.equal(0);
      for (const [name, , words] of wrong)
        if (name !== "key") expect(refused.text.replace(/\s+/g, " "), name).to.include(words);
      expect(world.made(position)).to.deep.equal([]);
      world.program(...changed(program, "key", { adopt: 4999 }));
      expect((await project.up("--continue-on-error")).text).to.include("and not 4999");
      expect(world.made(position)).to.deep.equal([]);

      world.program(...program);
      const { preview, made } = await apply(world);
      expect(made).to.deep.equal([]);
      expect(preview.text).to.include(`ADOPT credential ${key} of contract`);
      expect(outputsOf(world, "key").hmacKey).to.equal(undefined);
      for (const { name } of program) {
        expect(stored(world, name).inputs?.onDelete, name).to.equal("retain");
        expect(stored(world, name).outputs?.onDelete, name).to.equal("retain");
      }
      expect(await expectNothing(world)).to.equal(0);
      const nightly = await project.pulumi("refresh", "--preview-only", "--expect-no-changes");
      expect(expectCode(nightly, 0).text).to.not.include("DRIFT");

      // Taking adopt out of the program does not make them mortal; saying so does, and is shown.
      const plain = program.map(({ args: { adopt: _adopt, ...args }, ...spec }): Spec => ({ ...spec, args }));
      world.program(...plain);
      expect((await apply(world)).made).to.deep.equal([]);
      for (const { name } of plain) expect(stored(world, name).inputs?.onDelete, name).to.equal("retain");
      world.program(...changed(plain, "a", { onDelete: "terminate" }));
      const mortal = await apply(world);
      expect(mortal.made).to.deep.equal([]);
      expect(mortal.preview.text).to.include('onDelete changes from "retain" to "terminate"');

      world.program(...changed(plain, "a", { onDelete: "terminate" }).filter(({ name }) => name === "a"));
      const removed = await apply(world);
      expect(removed.made).to.deep.equal([]);
      for (const words of [
        "KEEP current certificate",
        "KEEP certificate gw",
        "KEEP JWK own",
        "KEEP contract",
        "KEEP current credential",
      ])
        expect(removed.preview.text).to.include(words);
      expect(activeOf(world, contractId)).to.include(key);
      expect(sandbox.certcentral.orders().map(({ status }) => status)).to.deep.equal(["issued"]);
      world.program();
      expect((await apply(world)).made).to.have.length(1);
    }),
  );
});
