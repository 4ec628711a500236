import { expect } from "chai";
import { importing, storedIn } from "./importing.js";

describe("clm import of ACME contracts", () => {
  it(
    "needs their ids, because no call of a subaccount lists them",
    importing(async (opened) => {
      const { code, stderr } = await opened.run("partner");
      expect(code).to.equal(2);
      expect(stderr).to.include("--contract is missing").and.include("GET /account/reporting");
      expect(opened.sandbox.log.all()).to.deep.equal([]);
    }),
  );

  it(
    "a contract takes its only credential along; of several, each active one is a resource",
    importing(async (opened) => {
      const { partner, log } = opened.sandbox;
      const one = partner.addContract({ sans: ["one.example.com"] });
      const two = partner.addContract({ sans: ["two.example.com"] });
      partner.regenerateOutside(two, false);
      const ended = await opened.written("partner", "--contract", `${one},${two}`);
      expect(ended.code, ended.stderr).to.equal(0);
      const [firstOfTwo, secondOfTwo] = partner.credentials(two).map(({ id }) => id);
      const stored = storedIn(ended);
      expect(stored.map(({ id }) => id)).to.have.members([
        ...[one, two].map(String),
        ...[firstOfTwo, secondOfTwo].map((id) => `${two}/${id ?? ""}`),
        "inventory",
      ]);
      const contract = stored.find(({ id }) => id === String(one));
      expect(contract?.outputs.credential).to.include({
        credentialId: partner.credentials(one)[0]?.id,
        status: "active",
      });
      const credential = stored.find(({ id }) => id === `${two}/${firstOfTwo ?? ""}`);
      expect(credential?.inputs).to.include({ contractId: two, onDelete: "retain" }).and.not.have.property("adopt");
      expect(credential?.outputs.active, "siblings are this stack's").to.deep.include.members(
        [{ ...(credential?.outputs.current as object), mintedBy: "this resource", mintedOn: undefined }].map(
          ({ mintedOn: _day, ...kept }) => kept,
        ),
      );
      expect(credential?.outputs).to.not.have.any.keys("hmacKey", "keyId", "clients");
      expect(ended.stdout).to.include("its HMAC key cannot be read");
      const hmacs = [one, two].flatMap((id) => partner.credentials(id).flatMap(({ hmac }) => hmac ?? []));
      expect(hmacs).to.have.length(3);
      const all = [ended.stdout, ended.stderr, ...(ended.files?.values() ?? [])].join("\n");
      for (const secret of [...hmacs, partner.apiKey]) expect(all).to.not.include(secret);
      expect(log.made()).to.deep.equal([]);
      expect(log.all(), "each contract and its list once").to.have.length(4);
    }),
  );

  it(
    "a contract that is validated for an organization keeps adopt, which stands for it; a canceled one is left out",
    importing(async (opened) => {
      const { partner } = opened.sandbox;
      const organization = { name: "Example Inc", address: "1 Main St", city: "Denver", country: "US" };
      const id = partner.addContract({ product_name_id: "ssl_basic", sans: ["ov.example.com"], organization });
      const canceled = partner.addContract();
      partner.cancelOutside(canceled);
      const ended = await opened.written("partner", "--contract", `${id},${canceled}`);
      expect(ended.code, ended.stdout).to.equal(0);
      expect(storedIn(ended)[0]?.inputs).to.include({ adopt: id });
      expect(ended.files?.get("stack.yaml")).to.include(`adopt: ${id}`);
      expect(ended.stdout).to.include("1 to import, 0 not, 2 left out");
    }),
  );
});
