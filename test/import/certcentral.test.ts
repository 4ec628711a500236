import { expect } from "chai";
import { parse } from "yaml";
import { importing, storedIn } from "./importing.js";

describe("clm import of orders of CertCentral", () => {
  it(
    "takes over the orders in force by three reads each, and leaves out what has ended",
    importing(async (opened) => {
      const { certcentral, log } = opened.sandbox;
      const ids: number[] = [];
      for (const commonName of ["a.example.com", "b.example.com", "b.example.com"])
        ids.push(await certcentral.addOrder({ commonName }));
      await certcentral.addOrder({ commonName: "old.example.com", status: "expired" });
      await certcentral.addOrder({ commonName: "gone.example.com", status: "revoked" });
      const ended = await opened.written("certcentral");
      expect(ended.code, ended.stderr).to.equal(0);
      expect(storedIn(ended).map(({ name, id }) => [name, id])).to.have.deep.members([
        ["a.example.com", String(ids[0])],
        [`b.example.com-${ids[1] ?? ""}`, String(ids[1])],
        [`b.example.com-${ids[2] ?? ""}`, String(ids[2])],
        ["inventory", "inventory"],
      ]);
      expect(ended.stdout).to.include("3 to import, 0 not, 2 left out");
      expect(log.made()).to.deep.equal([]);
      expect(log.all(), "one list of orders, one of revocations").to.have.length(2 + 3 * ids.length);
    }),
  );

  it(
    "writes what the orders have in common once, and their CSRs into files",
    importing(async (opened) => {
      const { certcentral } = opened.sandbox;
      await certcentral.addOrder({ commonName: "a.example.com", validTill: "2028-02-28" });
      await certcentral.addOrder({ commonName: "*.example.com", product: "wildcard_plus", dnsNames: ["example.com"] });
      const ended = await opened.written("certcentral");
      const list = parse(ended.files?.get("stack.yaml") ?? "") as { groups: unknown[] };
      expect(list.groups).to.deep.equal([
        {
          type: "certcentral.Order",
          defaults: {
            csr: { file: "files/wildcard.example.com.csr" },
            ...{ organizationId: 9001, containerId: 1, onDelete: "retain" },
          },
          resources: {
            "*.example.com": {
              ...{ commonName: "*.example.com", dnsNames: ["example.com"] },
              ...{ productNameId: "wildcard_plus", orderValidity: { years: 1 } },
            },
            "a.example.com": { commonName: "a.example.com", productNameId: "ssl_basic", orderValidity: { years: 2 } },
          },
        },
        "end",
      ]);
      expect(ended.files?.get("files/wildcard.example.com.csr")).to.include("BEGIN CERTIFICATE REQUEST");
    }),
  );

  it(
    "what the first preview would change is not imported, and says why",
    importing(async (opened) => {
      const { certcentral } = opened.sandbox;
      const id = await certcentral.addOrder({ commonName: "waits.example.com", status: "pending" });
      const { lines, code } = await opened.table("certcentral");
      expect(code).to.equal(4);
      expect(lines.map(({ because }) => because)).to.have.length(1);
      expect(lines[0]?.because).to.include("the first preview would not be empty").and.include(`order ${id}`);
    }),
  );

  it(
    "an order whose CSR DigiCert does not show is told with what it takes",
    importing(async (opened) => {
      opened.sandbox.variants.ccOrderCsr = "missing";
      const id = await opened.sandbox.certcentral.addOrder({});
      const { lines, code } = await opened.table("certcentral");
      expect(code).to.equal(4);
      expect(lines[0]?.because).to.include("needs its csr").and.include(`adopt: ${id}`);
    }),
  );

  it(
    "an order that was renewed is imported beside its renewal; without it, it would take that over, and is not",
    importing(async (opened) => {
      const { certcentral } = opened.sandbox;
      Object.assign(certcentral.settings, { approval: "auto", validation: "prevalidated" });
      const id = await certcentral.addOrder({ commonName: "a.example.com", validTill: "2026-04-15" });
      const renewal = await certcentral.renewOutside(id);
      const both = await opened.table("certcentral");
      expect(both.lines.map(({ id: one, because }) => [one, because])).to.have.deep.members([
        [String(id), undefined],
        [String(renewal), undefined],
      ]);
      const one = await opened.table("certcentral", "--expires-before", "2026-05-01");
      expect(one.lines).to.have.length(1);
      expect(one.lines[0]?.because).to.include("the first preview would not be empty");
    }),
  );

  it(
    "filters by status, name and expiry",
    importing(async (opened) => {
      const { certcentral } = opened.sandbox;
      await certcentral.addOrder({ commonName: "a.example.com", validTill: "2026-06-01", dnsNames: ["x.example.net"] });
      await certcentral.addOrder({ commonName: "b.example.org", validTill: "2027-06-01" });
      const revoked = await certcentral.addOrder({ commonName: "c.example.org", status: "revoked" });
      const names = async (...args: string[]) =>
        (await opened.table("certcentral", ...args)).lines.map(({ name }) => name);
      expect(await names("--name", "*.example.net")).to.deep.equal(["a.example.com"]);
      expect(await names("--expires-after", "2027-01-01")).to.deep.equal(["b.example.org"]);
      const { lines } = await opened.table("certcentral", "--status", "revoked");
      expect(lines.map(({ id, because }) => [id, because])).to.deep.equal([
        [String(revoked), "it is revoked, with all of its certificates"],
      ]);
    }),
  );
});
