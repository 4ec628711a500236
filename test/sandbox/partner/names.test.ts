import { expect } from "chai";
import { calling, code, DV, states } from "./client.js";

const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}.example.com`);

describe("sandbox: ACME contracts are canceled (digicert-acme.md 1.4)", () => {
  it(
    "until the end of the thirtieth day, and then no more",
    calling(async (at) => {
      const [early, late] = [at.given(), at.given()];
      at.sandbox.clock.advance({ days: 30 });
      expect(await at.cancel(early)).to.include({ status: 204, text: "" });
      expect((await at.get(early)).date_canceled).to.equal("2026-03-31T10:00:00Z");
      at.sandbox.clock.advance({ seconds: 1 });
      const answer = await at.cancel(late);
      expect([answer.status, code(answer)]).to.deep.equal([400, "cancellation_period_over"]);
      expect((await at.get(late)).date_canceled).to.equal(null);
    }),
  );

  it(
    "and their credentials are of no use then, nor at the end of their term",
    calling(async (at) => {
      const [gone, ended] = [at.given(), at.given()];
      expect(states(at, gone)).to.deep.equal([[4001, "active", true]]);
      await at.cancel(gone);
      expect(states(at, gone)).to.deep.equal([[4001, "active", false]]);
      at.partner.expire(ended);
      expect(states(at, ended)).to.deep.equal([[4002, "active", false]]);
    }),
  );
});

describe("sandbox: names of ACME contracts (digicert-acme.md 1.5)", () => {
  it(
    "are added, not replaced, and removed by a body; both answer nothing",
    calling(async (at) => {
      const id = at.given(DV);
      expect(await at.addSans(id, "api.example.com", "www.example.com")).to.include({ status: 204, text: "" });
      expect((await at.get(id)).sans).to.deep.equal(["example.com", "www.example.com", "api.example.com"]);
      expect(await at.removeSans(id, "example.com", "gone.example.com")).to.include({ status: 204, text: "" });
      expect((await at.get(id)).sans).to.deep.equal(["www.example.com", "api.example.com"]);
    }),
  );

  it(
    "are 250 at most, and have to be given",
    calling(async (at) => {
      const id = at.given({ sans: many(249) });
      const answer = await at.addSans(id, "a.example.com", "b.example.com");
      expect([answer.status, code(answer)]).to.deep.equal([400, "too_many_sans"]);
      expect((await at.addSans(id, "a.example.com")).status).to.equal(204);
      for (const method of ["PUT", "DELETE"]) {
        expect(code(await at.call(method, `/acme/${id}/sans`))).to.equal("required_param:sans");
        expect(code(await at.call(method, `/acme/${id}/sans`, { sans: "x" }))).to.equal("invalid_value:sans");
        expect(code(await at.call(method, `/acme/${id}/sans`, ["x"]))).to.equal("bad_request_format");
      }
      expect(at.partner.contract(id).sans).to.have.length(250);
    }),
  );

  it(
    "stay as they are where a call is refused",
    calling(
      async (at) => {
        const id = at.given(DV);
        expect(code(await at.addSans(id, "www.example.com", "api.example.com"))).to.equal("duplicate_san");
        expect(code(await at.removeSans(id, "www.example.com", "other.example.com"))).to.equal("not_found|san");
        expect(code(await at.removeSans(id, ...DV.sans))).to.equal("last_san");
        await at.cancel(id);
        expect(code(await at.addSans(id, "api.example.com"))).to.equal("contract_canceled");
        expect(code(await at.removeSans(id, "www.example.com"))).to.equal("contract_canceled");
        expect(at.partner.contract(id).sans).to.deep.equal(DV.sans);
      },
      { variants: { paDuplicateSan: "400", paUnknownSan: "400", paLastSan: "400" } },
    ),
  );
});

describe("sandbox: certificates of ACME contracts (digicert-acme.md 1.6)", () => {
  it(
    "are listed, without PEM",
    calling(async (at) => {
      const id = at.given(DV);
      const path = `/acme/${id}/certificates`;
      expect((await at.call("GET", path)).body).to.deep.equal({ certificates: [] });
      at.partner.addCertificate(id);
      at.partner.addCertificate(id, { domain: "www.example.com", sans: ["www.example.com"] });
      at.partner.addCertificate(at.given());
      expect((await at.call("GET", path)).body.certificates).to.deep.equal([
        {
          domain: "example.com",
          sans: DV.sans,
          status: "issued",
          expiration_date: "2026-05-30T10:00:00Z",
          serial_number: "0A1B2C3D4E5F6A7B8C9D000000000001",
        },
        {
          domain: "www.example.com",
          sans: ["www.example.com"],
          status: "issued",
          expiration_date: "2026-05-30T10:00:00Z",
          serial_number: "0A1B2C3D4E5F6A7B8C9D000000000002",
        },
      ]);
    }),
  );
});
