import { makeCsr, type CertcentralSandbox, type Sandbox } from "../../../sandbox/index.js";
import { bench, type Bench } from "../client.js";

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly body: Json;
}

const requests = new Map<string, Promise<string>>();
/** A CSR, made once for each name. */
export function csrFor(name: string): Promise<string> {
  const made = requests.get(name) ?? makeCsr(name);
  requests.set(name, made);
  return made;
}

/** A client of the sandbox's CertCentral, by HTTP. */
export class Caller {
  readonly cc: CertcentralSandbox;
  key: string;

  constructor(readonly sandbox: Sandbox) {
    this.cc = sandbox.certcentral;
    this.key = this.cc.apiKey;
  }

  call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const answer = await fetch(`${this.cc.url}${path}`, {
      method,
      redirect: "manual",
      headers: { "X-DC-DEVKEY": this.key, "Content-Type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, type: answer.headers.get("content-type") ?? "", text, body: parsed(text) };
  };

  /** The body of an order for www.example.com. */
  body = async (certificate: Json = {}, more: Json = {}): Promise<Json> => ({
    certificate: {
      common_name: "www.example.com",
      csr: await csrFor("www.example.com"),
      signature_hash: "sha256",
      server_platform: { id: -1 },
      ...certificate,
    },
    organization: { id: 9001 },
    order_validity: { years: 1 },
    ...more,
  });

  place = async (certificate: Json = {}, more: Json = {}, product = "ssl_basic"): Promise<Answer> =>
    this.call("POST", `/order/certificate/${product}`, await this.body(certificate, more));

  /** An order that is issued. @returns its id. */
  issued = async (certificate: Json = {}, more: Json = {}): Promise<number> =>
    Number((await this.place(certificate, { skip_approval: true, ...more })).body.id);

  reissue = async (orderId: number, certificate: Json = {}, more: Json = {}): Promise<Answer> => {
    const { certificate: whole } = await this.body({ csr: await csrFor("again"), ...certificate });
    return this.call("POST", `/order/certificate/${orderId}/reissue`, {
      certificate: whole,
      skip_approval: true,
      ...more,
    });
  };

  revoke = (orderId: number, body: Json = { skip_approval: true }): Promise<Answer> =>
    this.call("PUT", `/order/certificate/${orderId}/revoke`, body);

  info = async (orderId: number): Promise<Json> => (await this.call("GET", `/order/certificate/${orderId}`)).body;

  certificate = async (orderId: number): Promise<Json> => (await this.info(orderId)).certificate as Json;

  rows = async (query = ""): Promise<Json[]> =>
    (await this.call("GET", `/order/certificate${query}`)).body.orders as Json[];
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {}; // tests of bodies that are not JSON look at the text
  }
}

/** Codes of an error answer, whatever its shape. */
export const codes = ({ body }: Answer): string[] => {
  const { errors } = body as { errors?: { code: string }[] | { code: string } };
  return errors === undefined ? [] : [errors].flat().map(({ code }) => code);
};

export const calling =
  (test: (caller: Caller) => Promise<void>, options: Parameters<typeof bench>[1] = {}): (() => Promise<void>) =>
  () =>
    bench((at: Bench) => test(new Caller(at.sandbox)), options)();
