import { X509Certificate } from "node:crypto";
import type { ApinizerSandbox, Sandbox, VariantSettings } from "../../../sandbox/index.js";
import { describe as read, selfSigned, type KeyKind } from "../../../sandbox/pki.js";
import { bench, NOW, type Bench } from "../client.js";

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
  readonly body: Json;
}

export const P = "/projects/partners";
export const CERTS = `${P}/certificates/`;
export const JWKS = `${P}/jwks/`;

const made = new Map<string, Promise<string>>();
const DAY = 86_400_000;

/** A certificate, PEM, the same for the same words: valid from the day before the tests' time for some days. */
export function pemOf(name: string, key: KeyKind = "ec", days = 90): Promise<string> {
  const id = `${name} ${key} ${days}`;
  const found = made.get(id) ?? makePem(name, key, days);
  made.set(id, found);
  return found;
}

async function makePem(name: string, key: KeyKind, days: number): Promise<string> {
  const now = Date.parse(NOW);
  const [notBefore, notAfter] = [new Date(now - 400 * DAY), new Date(now + days * DAY)];
  const { certificate } = await selfSigned({ subject: `C=US, O=Example Inc, CN=${name}`, notBefore, notAfter, key });
  return new X509Certificate(certificate).toString();
}

export const thumbprintOf = (pem: string): string => read(new X509Certificate(pem).raw).thumbprint;

/** The object of each type that `jwks/generate` takes. */
const GENERATED: Readonly<Record<string, Json>> = {
  RSA: { rsa: { keySize: 2048 } },
  EC: { ec: { curveType: "P256" } },
  OKP: { okp: { curveType: "ED25519" } },
  OCT: { oct: { keySize: 128 } },
};

export type FormFields = Readonly<Record<string, string | undefined>>;

/** A client of the sandbox's management API, by HTTP. */
export class Caller {
  readonly apinizer: ApinizerSandbox;
  token: string;

  constructor(readonly sandbox: Sandbox) {
    this.apinizer = sandbox.apinizer;
    this.token = this.apinizer.token;
  }

  send = async (
    method: string,
    path: string,
    body?: string | FormData | URLSearchParams,
    headers: Record<string, string> = { Authorization: `Bearer ${this.token}` },
  ): Promise<Answer> => {
    const answer = await fetch(`${this.apinizer.url}${path}`, {
      method,
      redirect: "manual",
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = bytes.toString("utf8");
    return { status: answer.status, headers: answer.headers, bytes, text, body: parsed(text) };
  };

  get = (path: string): Promise<Answer> => this.send("GET", path);
  json = (method: string, path: string, body: unknown): Promise<Answer> =>
    this.send(method, path, JSON.stringify(body), {
      Authorization: `Bearer ${this.token}`,
      "Content-Type": "application/json",
    });

  /** A form; what is named `*File` is one. */
  form = (method: string, path: string, fields: FormFields): Promise<Answer> => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields))
      if (value !== undefined) form.append(name, name.endsWith("File") ? new File([value], "certificate.pem") : value);
    return this.send(method, path, form);
  };

  fields = async (more: FormFields = {}): Promise<FormFields> => ({
    certificateName: "edge",
    alias: "edge-alias",
    certificateDescription: "TLS of the edge",
    environmentList: "production,staging",
    pemEncodedFile: await pemOf("first"),
    ...more,
  });

  create = async (more: FormFields = {}, path = CERTS): Promise<Answer> =>
    this.form("POST", path, await this.fields(more));

  /** Replaces certificate `edge` by another, in both environments unless told otherwise. */
  update = async (more: FormFields = {}, query = "", name = "edge"): Promise<Answer> =>
    this.form(
      "PUT",
      `${CERTS}${name}/${query}`,
      await this.fields({ certificateName: undefined, pemEncodedFile: await pemOf("second"), ...more }),
    );

  remove = (query = "", name = "edge"): Promise<Answer> => this.send("DELETE", `${CERTS}${name}/${query}`);

  import = async (more: FormFields = {}): Promise<Answer> =>
    this.form("POST", `${CERTS}import-file/`, {
      ...{ certificateName: "edge", alias: "edge-alias", environmentList: "staging" },
      certificateFile: await pemOf("third"),
      ...more,
    });

  /** JWK `signer` from certificate `edge` in production. */
  jwk = (more: Json = {}): Promise<Answer> =>
    this.json("POST", JWKS, {
      ...{ name: "signer", description: "for partners", sourceType: "CERTIFICATE", certificateName: "edge" },
      ...{ environmentName: "production", useType: "SIGNATURE", algorithm: "ES256", ...more },
    });

  /** A generated JWK `own`, of the smallest key of its type unless its object is given. */
  generate = (more: Json = {}): Promise<Answer> => {
    const { type = "EC" } = more;
    const own = GENERATED[String(type)] ?? {};
    return this.json("POST", `${JWKS}generate`, { name: "own", type, ...own, ...more });
  };

  /** Certificate `edge` as it is there when the test begins. */
  given = async (more: Partial<Parameters<ApinizerSandbox["addCertificateOutside"]>[0]> = {}): Promise<void> => {
    await this.apinizer.addCertificateOutside({
      ...{ name: "edge", alias: "edge-alias", description: "TLS of the edge", pem: await pemOf("first") },
      ...more,
    });
  };

  /** Certificate `edge`, and JWK `signer` made from it. */
  givenJwk = async (): Promise<void> => {
    await this.given();
    this.apinizer.addJwkOutside("signer", this.apinizer.certificate("edge"));
  };

  /** Signs in as a new user with these rights, by project. */
  as = (rights: Parameters<ApinizerSandbox["addUser"]>[2]): this => {
    this.apinizer.addUser("other", "s3cret", rights);
    this.token = this.apinizer.issueToken(undefined, "other");
    return this;
  };

  /** Names of the certificates that each worker of an environment serves under a name. */
  served = (environment: string, name = "edge"): (string | undefined)[] =>
    this.apinizer.serving(environment, name).map(({ thumbprint }) => thumbprint);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {}; // archives, texts and empty answers are looked at as they are
  }
}

export const list = ({ body }: Answer): Json[] => body.resultList as Json[];
export const entries = (row: Json | undefined): Json[] => row?.certificateEnvironmentList as Json[];
export const deployment = ({ body }: Answer): Json => body.deploymentResult as Json;
export const message = ({ body }: Answer): unknown => body.resultMessage;
/** Names of environments and whether they were successful, in the default shape. */
export const outcomes = (answer: Answer): unknown[] =>
  (deployment(answer).environmentResults as Json[]).map(({ environmentName, success }) => [environmentName, success]);

export const calling =
  (test: (caller: Caller) => Promise<void>, variants: Partial<VariantSettings> = {}): (() => Promise<void>) =>
  () =>
    bench((at: Bench) => test(new Caller(at.sandbox)), { variants })();
