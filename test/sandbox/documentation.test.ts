import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ALSO_SERVED,
  COMM_WHOLE,
  DOCUMENTED,
  type DocumentedEndpoint,
  type RequestField,
} from "../../sandbox/ecgrid/documentation.js";
import { fieldPaths } from "../../sandbox/requestLog.js";
import { REPOSITORY } from "../instrument/project.js";
import { bench, type Bench } from "./client.js";
import { pfx } from "./files.js";

const WRONG: Readonly<Record<RequestField["type"], unknown>> = {
  integer: "5001",
  string: 5,
  boolean: "true",
  "date-time": "soon",
  base64: "!",
  url: "nowhere",
  enum: "Unheard",
};

/** A body that is accepted, for each endpoint that takes one. */
async function good(at: Bench, endpoint: string): Promise<Record<string, unknown>> {
  const certKeyId = await at.given();
  const cert = at.sandbox.ecgrid.certificate(5001, certKeyId)?.der;
  switch (endpoint.split("/").at(-1)) {
    case "create":
      return { commId: 5001 };
    case "renew":
    case "terminate":
      return { commId: 5001, certKeyId };
    case "add-private":
      return { commId: 5001, certType: "X509", cert: (await pfx()).pfx };
    case "add-public":
      return { commId: 5001, certType: "X509", cert };
    case "find":
      return { identifier: "MYCOMPANY-AS2" };
  }
  return {};
}

function send(at: Bench, { endpoint }: DocumentedEndpoint, body: object): ReturnType<Bench["call"]> {
  const [method = "", path = ""] = endpoint.split(" ");
  return at.call(method, path.replace("{id}", "5001"), method === "POST" ? body : undefined);
}

describe("sandbox: endpoints against the documentation as data", () => {
  for (const documented of [...DOCUMENTED, ...ALSO_SERVED]) {
    const { endpoint, section, fields, answer } = documented;

    it(
      `${endpoint} answers every documented field (${section})`,
      bench(async (at) => {
        const body = await good(at, endpoint);
        const answered = await send(at, documented, body);
        expect(answered.status, answered.text).to.equal(200);
        const optional = /certificates\[\]\.(partnerId|partnerUrl|keyId|userId)$/;
        expect(fieldPaths(answered.body)).to.include.members(answer.filter((field) => !optional.test(field)));
      }),
    );

    for (const { field, type, required } of fields) {
      it(
        `${endpoint} holds ${field} to its type${required ? ", and asks for it" : ""}`,
        bench(async (at) => {
          const body = await good(at, endpoint);
          const wrong = await send(at, documented, { ...body, [field]: WRONG[type] });
          expect(wrong.status).to.equal(400);
          expect(wrong.body).to.include({ success: false, errorCode: "InvalidParameter" });
          expect(wrong.body.message).to.include(field);
          const { [field]: left, ...rest } = body;
          const without = await send(at, documented, rest);
          expect(without.status, without.text).to.equal(required ? 400 : 200);
          if (required) expect(without.body.message).to.include(field);
        }),
      );
    }
  }

  it(
    "certificates of partners and uploads show the fields that others lack",
    bench(async (at) => {
      await at.given({ partnerId: "P", partnerUrl: "https://p.example", keyId: "k", userId: "u" });
      const all = DOCUMENTED.find(({ endpoint }) => endpoint === "GET /v2/comms/{id}")?.answer ?? [];
      expect(fieldPaths((await at.read()).body)).to.include.members([...all]);
    }),
  );

  it(
    "the whole CommIDInfo is shown where that is switched on (ecgrid.md 2.3)",
    bench(async (at) => {
      at.sandbox.variants.commFields = "full";
      expect(fieldPaths((await at.read()).body)).to.include.members(COMM_WHOLE);
      expect(fieldPaths((await at.create()).body)).to.include.members(COMM_WHOLE);
    }),
  );
});

describe("sandbox: a second reading", () => {
  it("imports nothing of the product", () => {
    const sources = join(REPOSITORY, "sandbox");
    const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    expect(files).to.include("index.ts");
    for (const file of files) {
      const imports = [
        ...readFileSync(join(sources, file), "utf8").matchAll(/(?:from|import\(|require\() ?"([^"]+)"/g),
      ];
      for (const [, from = ""] of imports) expect(from, file).to.not.match(/provider|sdk/);
    }
  });
});
