import type { PartnerSandbox, Sandbox } from "../../../sandbox/index.js";
import { bench, type Bench } from "../client.js";

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Json;
}

export const DV = { product_name_id: "ssl_dv_rapidssl", sans: ["example.com", "www.example.com"] };
export const ORGANIZATION = {
  name: "Example Inc.",
  address: "1 Main Street",
  city: "San Francisco",
  state: "CA",
  zip: "94105",
  country: "US",
  telephone: "+1-555-0100",
  organization_contact: {
    first_name: "Ann",
    last_name: "Own",
    email: "ann@example.com",
    telephone: "+1-555-0101",
    job_title: "Admin",
  },
};
export const VERIFIED = [{ first_name: "Vera", last_name: "Own", email: "vera@example.com" }];
export const OV = { product_name_id: "ssl_basic", sans: ["ov.example.com"], organization: ORGANIZATION };
export const EV = {
  product_name_id: "ssl_ev_basic",
  sans: ["ev.example.com"],
  organization: { ...ORGANIZATION, verified_contacts: VERIFIED },
};

/** A client of the sandbox's Partner Subscriptions API, by HTTP. */
export class Caller {
  readonly partner: PartnerSandbox;
  key: string;

  constructor(readonly sandbox: Sandbox) {
    this.partner = sandbox.partner;
    this.key = this.partner.apiKey;
  }

  call = async (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => {
    const answer = await fetch(`${this.partner.url}${path}`, {
      method,
      redirect: "manual",
      headers: headers ?? { "X-PARTNER-APIKEY": this.key, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, body: parsed(text) };
  };

  create = (body: Json = DV): Promise<Answer> => this.call("POST", "/acme", body);

  /** A contract that is there when the test begins, DV unless told otherwise. @returns its id. */
  given = (body: Json = {}): number => this.partner.addContract(body);

  get = async (id: number): Promise<Json> => (await this.call("GET", `/acme/${id}`)).body;
  put = (id: number, body: unknown): Promise<Answer> => this.call("PUT", `/acme/${id}`, body);
  patch = (id: number, body: unknown): Promise<Answer> => this.call("PATCH", `/acme/${id}`, body);
  cancel = (id: number): Promise<Answer> => this.call("DELETE", `/acme/${id}`);
  addSans = (id: number, ...sans: string[]): Promise<Answer> => this.call("PUT", `/acme/${id}/sans`, { sans });
  removeSans = (id: number, ...sans: string[]): Promise<Answer> => this.call("DELETE", `/acme/${id}/sans`, { sans });
  listed = async (id: number): Promise<Json[]> =>
    (await this.call("GET", `/acme/${id}/credentials`)).body.credentials as Json[];
  regenerate = (id: number, body?: unknown): Promise<Answer> =>
    this.call("POST", `/acme/${id}/credentials/regenerate`, body);
  revokeAll = (id: number): Promise<Answer> => this.call("POST", `/acme/${id}/credentials/revoke`);
  revoke = (id: number, credential: number): Promise<Answer> =>
    this.call("POST", `/acme/${id}/credentials/revoke/${credential}`);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {}; // empty answers are looked at as text
  }
}

/** The code of an error answer in its default shape. */
export const code = ({ body }: Answer): unknown => (body.errors as { code: string }[] | undefined)?.[0]?.code;

/** Ids and states of credentials as they are. */
export const states = (at: Caller, id: number): [number, string, boolean][] =>
  at.partner.credentials(id).map((one) => [one.id, one.status, one.usable]);

export const calling =
  (test: (caller: Caller) => Promise<void>, options: Parameters<typeof bench>[1] = {}): (() => Promise<void>) =>
  () =>
    bench((at: Bench) => test(new Caller(at.sandbox)), options)();
