import { expect } from "chai";
import { KINDS } from "../../provider/dynamic/kinds.js";
import { certificate } from "../../provider/ecgrid/generated/certificate.js";
import { partnerCertificate, uploadedCertificate } from "../../provider/ecgrid/upload/lifecycle.js";
import { makeCsr, makePfx, startSandbox, type Sandbox } from "../../sandbox/index.js";
import { GatewaySteps, JwkSteps } from "../apinizer/steps.js";
import { Steps as OrderSteps } from "../certcentral/steps.js";
import { Steps as EcgridSteps } from "../ecgrid/steps.js";
import { failure } from "../instrument/misbehaving.js";
import { ContractSteps, CredentialSteps } from "../partner/steps.js";

type Args = Readonly<Record<string, unknown>>;
/** Adopts what is there by a program's inputs. */
type Adopt = (args: Args) => Promise<unknown>;

/** How a kind's adoption treats each of its inputs. */
interface Adoption {
  readonly kind: keyof typeof KINDS;
  /** Something that is there, and what fits it. */
  readonly there: (sandbox: Sandbox) => Promise<{ readonly adopt: Adopt; readonly fits: Args }>;
  /** Inputs that are compared, with one that differs and what is said of it. */
  readonly compared: Readonly<Record<string, readonly [args: Args | (() => Promise<Args>), words: string]>>;
  /** Inputs of which no answer tells, or that are of the resource alone. */
  readonly notShown: string;
}

const PERIOD = { notBefore: "2026-01-01T00:00:00Z", notAfter: "2029-01-01T00:00:00Z" };
const PASSWORD = "canary-password-of-the-file";
const file = (subject: string) => makePfx({ subject, password: PASSWORD, ...PERIOD });
const BEGIN = "2026-02-01T00:00:00Z";
const ORGANIZATION = { name: "Example", address: "1 Main St", city: "Lehi", state: "UT", zip: "84043", country: "US" };

const ADOPTIONS: readonly Adoption[] = [
  {
    kind: "EcgridCertificate",
    there: async (sandbox) => {
      for (const commId of [5001, 5002]) sandbox.ecgrid.addComm({ commId });
      const adopt = await sandbox.ecgrid.addCertificate({ commId: 5001, partnerId: "PARTNER", beginUsage: BEGIN });
      const steps = new EcgridSteps(sandbox, certificate);
      return {
        adopt: (args) => steps.create(steps.inputs(args)),
        fits: {
          commId: 5001,
          overlapDays: 30,
          adopt,
          partnerAs2Id: "PARTNER",
          beginUsage: BEGIN,
          expires: "2028-03-01",
        },
      };
    },
    compared: {
      commId: [{ commId: 5002 }, "the comm lists"],
      usage: [{ usage: "Signature" }, "not Signature"],
      secureHashAlgorithm: [{ secureHashAlgorithm: "SHA384" }, "not SHA384"],
      partnerAs2Id: [{ partnerAs2Id: "OTHER" }, 'its partnerAs2Id is "PARTNER", not "OTHER"'],
      beginUsage: [{ beginUsage: "2026-02-02T00:00:00Z" }, "its beginUsage is"],
      expires: [{ expires: "2028-04-01" }, "it expires on 2028-03-01"],
    },
    notShown:
      "whenEndedOutside onDelete allowLastTermination adopt createAnother allowSha1 years overlapDays renewalWindow trigger partnerAccepted",
  },
  {
    kind: "EcgridUploadedCertificate",
    there: async (sandbox) => {
      for (const commId of [5001, 5002]) sandbox.ecgrid.addComm({ commId });
      const { pfx } = await file("CN=OWN");
      const steps = new EcgridSteps(sandbox, uploadedCertificate);
      const given = { commId: 5001, cert: pfx, password: PASSWORD, keyId: "k", userId: "u", beginUsage: BEGIN };
      const made = await steps.create(steps.inputs(given));
      return { adopt: (args) => steps.create(steps.inputs(args)), fits: { ...given, adopt: made.current.certKeyId } };
    },
    compared: {
      commId: [{ commId: 5002 }, "the comm lists"],
      cert: [async () => ({ cert: (await file("CN=ELSE")).pfx }), "its thumbprint is"],
      usage: [{ usage: "Signature" }, "for EncryptionAndSignature"],
      certType: [{ certType: "PGP" }, "it is X509"],
      keyId: [{ keyId: "l" }, 'its keyId is "k", not "l"'],
      userId: [{ userId: "l" }, 'its userId is "u", not "l"'],
      beginUsage: [{ beginUsage: "2026-02-02T00:00:00Z" }, "its beginUsage is"],
    },
    notShown: "whenEndedOutside password onDelete allowLastTermination adopt createAnother trigger partnerAccepted",
  },
  {
    kind: "EcgridPartnerCertificate",
    there: async (sandbox) => {
      for (const commId of [5001, 5002]) sandbox.ecgrid.addComm({ commId });
      const steps = new EcgridSteps(sandbox, partnerCertificate);
      const given = {
        ...{ commId: 5001, cert: (await file("CN=PARTNER")).pem, keyId: "k", userId: "u", beginUsage: BEGIN },
        ...{ partnerCommId: "PARTNER", partnerUrl: "https://as2.example.org/x" },
      };
      const made = await steps.create(steps.inputs(given));
      return { adopt: (args) => steps.create(steps.inputs(args)), fits: { ...given, adopt: made.current.certKeyId } };
    },
    compared: {
      commId: [{ commId: 5002 }, "the comm lists"],
      cert: [async () => ({ cert: (await file("CN=ELSE")).pem }), "its thumbprint is"],
      usage: [{ usage: "Signature" }, "for EncryptionAndSignature"],
      certType: [{ certType: "PGP" }, "it is X509"],
      keyId: [{ keyId: "l" }, 'its keyId is "k", not "l"'],
      userId: [{ userId: "l" }, 'its userId is "u", not "l"'],
      beginUsage: [{ beginUsage: "2026-02-02T00:00:00Z" }, "its beginUsage is"],
      partnerCommId: [{ partnerCommId: "OTHER" }, 'its partnerCommId is "PARTNER", not "OTHER"'],
      partnerUrl: [{ partnerUrl: "https://as2.example.org/y" }, "its partnerUrl is"],
    },
    notShown: "whenEndedOutside onDelete allowLastTermination adopt createAnother trigger",
  },
  {
    kind: "CertcentralOrder",
    there: async (sandbox) => {
      sandbox.certcentral.settings.approval = "auto";
      const steps = new OrderSteps(sandbox);
      const given = {
        ...{ productNameId: "ssl_basic", commonName: "www.example.com", dnsNames: ["b.example.com"], autoRenew: true },
        ...{ csr: await makeCsr("www.example.com"), organizationId: 9001, containerId: 1, orderValidity: { years: 1 } },
      };
      const made = await steps.create(steps.inputs(given));
      return { adopt: (args) => steps.create(steps.inputs(args)), fits: { ...given, adopt: made.order.id } };
    },
    compared: {
      productNameId: [{ productNameId: "ssl_ev_basic" }, "its product is ssl_basic"],
      commonName: [
        { commonName: "b.example.com", dnsNames: ["www.example.com"] },
        "its common name is www.example.com",
      ],
      dnsNames: [{ dnsNames: [] }, "it names b.example.com, too"],
      csr: [async () => ({ csr: await makeCsr("www.example.com") }), "another key than that of csr"],
      signatureHash: [{ signatureHash: "sha384" }, "its signatureHash is sha256"],
      organizationId: [{ organizationId: 9002 }, "its organizationId is 9001, not 9002"],
      containerId: [{ containerId: 2 }, "its containerId is 1, not 2"],
      autoRenew: [{ autoRenew: false }, "its auto renew is on"],
    },
    notShown:
      "whenEndedOutside serverPlatformId organizationUnits certValidity orderValidity caCertId profileOption contacts technicalContact dcvMethod " +
      "dcvEmails customFields paymentMethod comments skipApproval autoReissue customRenewalMessage disableRenewalNotifications " +
      "locale disableCt renewalWindow reuseCsr trigger allowRemovedNames waitMinutes onDelete revocationReason " +
      "revocationComments revocationSkipApproval whenRevocationWaits rejectedRevocations retireReissued adopt orderAnother",
  },
  {
    kind: "ApinizerCertificate",
    there: async (sandbox) => {
      const steps = new GatewaySteps(sandbox);
      const given = {
        ...{ project: "partners", name: "gw", alias: "gw", environments: ["production"], description: "mine" },
        pem: await sandbox.apinizer.newPem("gw", "ec"),
      };
      await steps.create(steps.inputs(given));
      const other = await sandbox.apinizer.newPem("gw", "ec");
      return {
        adopt: (args) => steps.create(steps.inputs(args.pem === "another" ? { ...args, pem: other } : args)),
        fits: { ...given, adopt: true },
      };
    },
    compared: {
      name: [{ name: "other" }, "no certificate of this name"],
      project: [{ project: "admin" }, ""],
      alias: [{ alias: "other" }, "its alias is gw"],
      description: [{ description: "other" }, 'its description is "mine"'],
      environments: [{ environments: ["staging"] }, "it is in production, not in staging"],
      pem: [{ pem: "another" }, "its thumbprint is"],
    },
    notShown:
      "whenEndedOutside jwkUpdateAction jwkUpdateScope jwkDeleteAction allowJwkDeletion onDelete whenUndeployUnknown trigger adopt",
  },
  {
    kind: "ApinizerJwk",
    there: async (sandbox) => {
      const gateways = new GatewaySteps(sandbox);
      for (const name of ["one", "two"])
        await gateways.create(
          gateways.inputs({
            ...{ project: "partners", name, alias: name, environments: ["production"] },
            pem: await sandbox.apinizer.newPem(name, "ec"),
          }),
        );
      const steps = new JwkSteps(sandbox);
      const common = { project: "partners", description: "mine" };
      const generate = { type: "EC", curve: "P-256", kid: "kid-1" };
      const rsa = { ...common, name: "rsa", generate: { type: "RSA", size: 2048 }, algorithm: "RS256" };
      const ec = { ...common, name: "ec", generate, algorithm: "ES256" };
      const from = { ...common, name: "from", certificateName: "one", environment: "production", algorithm: "ES256" };
      const all: Readonly<Record<string, Args>> = { rsa, ec, from };
      for (const one of Object.values(all)) await steps.create(steps.inputs(one));
      return {
        adopt: ({ which = "ec", ...args }) =>
          steps.create(steps.inputs({ ...all[which as string], adopt: true, ...args })),
        fits: {},
      };
    },
    compared: {
      name: [{ name: "other" }, "no JWK of this name"],
      project: [{ project: "admin" }, ""],
      description: [{ description: "other" }, 'its description is "mine"'],
      certificateName: [{ which: "from", certificateName: "two" }, "another key than certificate two"],
      generate: [
        { generate: { type: "EC", curve: "P-384", kid: "kid-2" }, algorithm: "ES384" },
        "its curve is P-256, not P-384; its kid is kid-1, not kid-2",
      ],
      "generate.type": [{ generate: { type: "RSA", size: 2048 }, algorithm: "RS256" }, "it is of type EC, not RSA"],
      "generate.size": [{ which: "rsa", generate: { type: "RSA", size: 4096 } }, "its size is 2048, not 4096"],
    },
    notShown: "certificateThumbprint certificateWrites environment use algorithm onDelete trigger adopt",
  },
  {
    kind: "PartnerAcmeContract",
    there: (sandbox) => {
      const given = { productNameId: "ssl_basic", sans: ["a.example.com"], autoRenew: true };
      const adopt = sandbox.partner.addContract({
        ...{ product_name_id: "ssl_basic", sans: given.sans, auto_renew: true },
        organization: ORGANIZATION,
      });
      const steps = new ContractSteps(sandbox);
      return Promise.resolve({
        adopt: (args) => steps.create(steps.inputs(args)),
        fits: { ...given, organization: ORGANIZATION, adopt },
      });
    },
    compared: {
      productNameId: [{ productNameId: "ssl_dv_rapidssl" }, "its product is ssl_basic"],
      sans: [{ sans: ["b.example.com"] }, "it does not name b.example.com; it names a.example.com, too"],
      autoRenew: [{ autoRenew: false }, "its auto renew is on"],
      organization: [{ organization: { ...ORGANIZATION, city: "Provo" } }, 'its organization has city "Lehi"'],
    },
    notShown: "whenEndedOutside onDelete firstCredential trigger adopt createAnother",
  },
  {
    kind: "PartnerAcmeCredential",
    there: (sandbox) => {
      const contractId = sandbox.partner.addContract();
      sandbox.partner.addContract();
      const steps = new CredentialSteps(sandbox);
      const [only] = sandbox.partner.credentials(contractId);
      return Promise.resolve({
        adopt: (args) => steps.create(steps.inputs(args)),
        fits: { contractId, adopt: only?.id },
      });
    },
    compared: {
      contractId: [{ contractId: 20_002 }, "the contract lists"],
      revokeAlso: [{ revokeAlso: [4001] }, "revokeAlso names it"],
    },
    notShown: "contractDirectoryUrl trigger rotateAfterDays emergency whenEndedOutside onDelete adopt",
  },
];

describe("inputs of a resource that adopts", () => {
  it("are of every kind that can adopt", () => {
    const adopting = Object.entries(KINDS).flatMap(([name, { inputs }]) => ("adopt" in inputs.shape ? [name] : []));
    expect(ADOPTIONS.map(({ kind }) => kind)).to.have.members(adopting);
  });

  for (const { kind, there, compared, notShown } of ADOPTIONS) {
    it(`${kind}: each of them is compared, or known not to be shown`, () => {
      const fields = Object.keys(compared).filter((field) => !field.includes("."));
      expect([...fields, ...notShown.split(" ")]).to.have.members(Object.keys(KINDS[kind].inputs.shape));
    });

    it(`${kind}: what fits is taken over, and what differs is named`, async () => {
      const sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
      try {
        const { adopt, fits } = await there(sandbox);
        const position = sandbox.log.last();
        for (const [field, [args, words]] of Object.entries(compared)) {
          const other = typeof args === "function" ? await args() : args;
          expect((await failure(adopt({ ...fits, ...other }))).message, field).to.include(words);
        }
        await adopt(fits);
        expect(sandbox.log.made(position)).to.deep.equal([]);
      } finally {
        await sandbox.close();
      }
    });
  }

  it("a contract whose term is over is not adopted", async () => {
    const sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    try {
      const adopt = sandbox.partner.addContract({ sans: ["a.example.com"] });
      sandbox.partner.expire(adopt);
      const steps = new ContractSteps(sandbox);
      const inputs = steps.inputs({ productNameId: "ssl_dv_rapidssl", sans: ["a.example.com"], adopt });
      expect((await failure(steps.create(inputs))).message).to.include("its term ended on");
    } finally {
      await sandbox.close();
    }
  });

  it("an adopted JWK does not claim what it is used for, until it is made anew", async () => {
    const sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
    try {
      const steps = new JwkSteps(sandbox);
      const given = { project: "partners", name: "own", generate: { type: "EC", curve: "P-256" }, algorithm: "ES256" };
      const made = await steps.create(steps.inputs(given));
      const { use: _use, alg: _alg, ...bare } = made.publicJwk ?? {};
      const adopted = await steps.create(steps.inputs({ ...given, adopt: true }));
      expect(adopted.publicJwk).to.deep.equal(bare);
      expect(steps.told.join()).to.include("use and algorithm of JWK own of project partners are in no answer");
      expect((await steps.read(adopted)).publicJwk).to.deep.equal(bare);
      const anew = await steps.update(adopted, steps.inputs({ ...given, trigger: "1" }));
      expect(anew.publicJwk).to.include({ use: "sig", alg: "ES256" });
    } finally {
      await sandbox.close();
    }
  });
});
