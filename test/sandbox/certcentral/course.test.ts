import { expect } from "chai";
import { calling, csrFor, type Caller } from "./client.js";

const statuses = (at: Caller, orderId: number): string[] => at.cc.certificates(orderId).map(({ status }) => status);

describe("sandbox: the course of CertCentral's orders", () => {
  it(
    "a new key for the names of the certificate in charge ends nothing, and spares nothing that is to end (section 7)",
    calling(async (at) => {
      const id = await at.issued({ dns_names: ["a.example.com"] });
      await at.reissue(id, { dns_names: [] });
      at.sandbox.clock.advance({ hours: 24 });
      await at.reissue(id, { dns_names: [], csr: await csrFor("once more") });
      at.sandbox.clock.advance({ hours: 47 });
      expect(statuses(at, id)).to.deep.equal(["issued", "issued", "issued"]);
      at.sandbox.clock.advance({ hours: 1 });
      expect(statuses(at, id)).to.deep.equal(["revoked", "issued", "issued"]);
      at.sandbox.clock.advance({ days: 30 });
      expect(statuses(at, id)).to.deep.equal(["revoked", "issued", "issued"]);
    }),
  );
});
