import { X509Certificate } from "node:crypto";
import type { APINIZER_ANSWERS } from "../../../sandbox/apinizer/answerVariants.js";
import { RIGHTS } from "../../../sandbox/apinizer/store.js";
import type { VariantSettings } from "../../../sandbox/index.js";
import type { Probe } from "../probes.js";
import { CERTS, entries, JWKS, list, message, P, type Answer, type Caller, type Json } from "./client.js";
import { each, statuses, type Look } from "./probing.js";

/** Probes of the switches of access and answers. */
type Name = (typeof APINIZER_ANSWERS)[number]["name"];
type AnswerProbes = { [One in Name]: Record<VariantSettings[One], Probe> };

export const signIn = (at: Caller, more: Json = {}): Promise<Answer> => {
  const { clientId: client_id, clientSecret: client_secret } = at.apinizer;
  const fields = { grant_type: "client_credentials", client_id, client_secret, ...more } as Record<string, string>;
  return at.send("POST", "/auth/token", new URLSearchParams(fields), {});
};

const keys = (value: unknown): string[] => Object.keys(value as object);
/** The first fields of successes: of a list, of a write, of environments. */
const successes: Look = async (at) => {
  const answers = [await at.get(CERTS), await at.create(), await at.get(`${P}/environments/`)];
  return answers.map(({ body }) => keys(body)[0]);
};

/** The first entry of certificate `edge` in the answer to a read of it. */
const entry = async (at: Caller): Promise<Json> => {
  await at.given();
  return entries(list(await at.get(`${CERTS}edge/`))[0])[0] ?? {};
};

const content: Look = async (at) => {
  const decoded = Buffer.from(String((await entry(at)).base64EncodedContent), "base64");
  return [decoded.toString().startsWith("-----BEGIN"), new X509Certificate(decoded).subject.includes("CN=first")];
};

const listedNames = async (at: Caller, project: string): Promise<unknown[]> => {
  await at.given();
  await at.given({ name: "global", alias: "global", project: "admin" });
  return list(await at.get(`/projects/${project}/certificates/`)).map(({ name }) => name);
};

const environments = async (at: Caller): Promise<Json[]> => list(await at.get(`${P}/environments/`));
const without = (...rights: string[]): Record<string, (typeof RIGHTS)[number][]> => ({
  "*": RIGHTS.filter((right) => !rights.includes(right)),
});

export const ANSWER_PROBES: AnswerProbes = {
  apTokenAnswer: each(
    async (at) => {
      const { body } = await signIn(at);
      at.token = String(body.access_token);
      return [body.token_type, body.expires_in, (await at.get(CERTS)).status];
    },
    {
      seconds: ["Bearer", 3600, 200],
      time: [undefined, Date.parse("2026-03-01T11:00:00Z"), 200],
    },
  ),
  apTokenError: each(async (at) => (await signIn(at, { client_secret: "wrong" })).body, {
    oauth: { error: "unauthorized_client", error_description: "Bad credentials" },
    "as-others": { status: "FAILURE", resultMessage: "Bad credentials" },
  }),
  apAuthorization: each(
    async (at) =>
      Promise.all(
        [`Bearer ${at.token}`, at.token].map(
          async (Authorization) => (await at.send("GET", CERTS, undefined, { Authorization })).status,
        ),
      ),
    { bearer: [200, 401], bare: [401, 200] },
  ),
  apTokenText: each(async (at) => message(await at.send("GET", CERTS, undefined, { Authorization: "Bearer x" })), {
    each: "Token is not valid!",
    invalid: "Invalid token",
    either: "Invalid or expired token",
  }),
  apRevokedToken: each(
    async (at) => {
      at.apinizer.revokeToken(at.token);
      return message(await at.get(CERTS));
    },
    { invalid: "Token is not valid!", expired: "Token was expired!" },
  ),
  apSuccess: each(successes, {
    page: ["status", "success", "status"],
    status: ["status", "status", "status"],
    success: ["success", "success", "success"],
  }),
  apError: each(async (at) => (await at.get(`${CERTS}none/`)).body, {
    FAILURE: { status: "FAILURE", resultMessage: "Certificate (name: none) is not found!" },
    FAIL: { status: "FAIL", resultMessage: "Certificate (name: none) is not found!" },
    oauth: { error: "bad_request", error_description: "Certificate (name: none) is not found!" },
  }),
  apDeniedShape: each(async (at) => keys((await at.as(without("SECRETS+MANAGE")).create()).body), {
    "as-others": ["status", "resultMessage"],
    oauth: ["error", "error_description"],
  }),
  apNotFound: each(
    async (at) => {
      const answers = [await at.get(`${CERTS}none/`), await at.get(`${JWKS}none/`), await at.remove("", "none")];
      return answers.map(({ status, text }) => [status, text === ""]);
    },
    {
      "400": Array(3).fill([400, false]),
      "404": Array(3).fill([404, false]),
      "404-empty": Array(3).fill([404, true]),
    },
  ),
  apProjectNotFound: statuses((at) => at.get("/projects/none/certificates/"), "400", "404"),
  apProjectText: each(async (at) => message(await at.get("/projects/none/certificates/")), {
    privilege: "Project (none) is not found or user does not have privilege to access it!",
    plain: "Project (none) is not found!",
    was: "Project(none) was not found or user does not have privilege to access it!",
  }),
  apDenied: statuses((at) => at.as(without("SECRETS+MANAGE")).create(), "400", "403"),
  apDuplicate: each(
    async (at) => {
      await at.given();
      return [(await at.create()).status, (await at.create({ certificateName: "another" })).status];
    },
    { "400": [400, 400], "409": [409, 409] },
  ),
  apReadRight: each(
    async (at) => {
      at.as({ "*": ["PROXIES+VIEW"] });
      return [(await at.get(CERTS)).status, (await at.get(JWKS)).status];
    },
    { any: [200, 200], view: [400, 400] },
  ),
  apNoDeployRight: each(
    async (at) => {
      const { status } = await at.as(without("SECRETS+DEPLOY_UNDEPLOY")).create();
      return [status, at.apinizer.certificates().length, at.served("production")];
    },
    { refused: [400, 0, [undefined, undefined]], saved: [200, 1, [undefined, undefined]] },
  ),
  apSlash: each(
    async (at) => {
      const { status, headers } = await at.get(CERTS.slice(0, -1));
      return [status, headers.get("location")];
    },
    {
      "404": [404, null],
      accepted: [200, null],
      redirect: [302, "/apinizer/apiops/projects/partners/certificates/"],
    },
  ),
  apDisabled: statuses(
    (at) => {
      at.apinizer.enabled = false;
      return at.get(CERTS);
    },
    ...(["404", "403", "503"] as const),
  ),
  apResultCount: each(async (at) => [(await at.get(CERTS)).body.resultCount, (await at.get(JWKS)).body.resultCount], {
    missing: [undefined, undefined],
    present: [0, 0],
  }),
  apEmptyList: each(async (at) => list(await at.get(CERTS)), { list: [], null: null }),
  apDates: each(async (at) => [(await entry(at)).startDate, (await entry(at)).endDate], {
    milliseconds: ["2025-01-25T10:00:00.000Z", "2026-05-30T10:00:00.000Z"],
    seconds: ["2025-01-25T10:00:00Z", "2026-05-30T10:00:00Z"],
  }),
  apContent: each(content, { der: [false, true], pem: [true, true] }),
  apThumbprint: each(
    async (at) => {
      const shown = String((await entry(at)).sha1Thumbprint);
      return [/^[0-9A-F]{40}$/.test(shown), /^[0-9a-f]{40}$/.test(shown)];
    },
    { upper: [true, false], lower: [false, true] },
  ),
  apDescription: each(
    async (at) => {
      await at.given();
      return list(await at.get(CERTS))[0]?.description;
    },
    { present: "TLS of the edge", missing: undefined },
  ),
  apListContent: each(
    async (at) => {
      const one = typeof (await entry(at)).base64EncodedContent;
      return [typeof entries(list(await at.get(CERTS))[0])[0]?.base64EncodedContent, one];
    },
    { present: ["string", "string"], missing: ["undefined", "string"] },
  ),
  apGlobalListed: each((at) => listedNames(at, "partners"), { missing: ["edge"], listed: ["edge", "global"] }),
  apAdminLists: each((at) => listedNames(at, "admin"), { all: ["edge", "global"], own: ["global"] }),
  apTruststoreUnreachable: each(
    async (at) => {
      await at.given();
      at.apinizer.unreachable("production");
      const { status, body } = await at.get("/projects/admin/certificates/truststore/production/");
      return [status, body.resultList];
    },
    { "400": [400, undefined], empty: [200, []] },
  ),
  apEnvironmentsPath: each(
    async (at) => [(await at.get(`${P}/environments/`)).status, (await at.get("/environments/partners")).status],
    { project: [200, 404], environments: [404, 200] },
  ),
  apEnvironmentName: each(
    async (at) => {
      const [all] = list(await at.get("/environments/"));
      const [one] = await environments(at);
      return [all?.name, one?.name, one?.environmentName];
    },
    {
      name: ["production", "production", undefined],
      environmentName: ["production", undefined, "production"],
    },
  ),
  apEnvironmentTypes: each(async (at) => (await environments(at)).map(({ type }) => type), {
    use: ["PRODUCTION", "TEST"],
    platform: ["KUBERNETES", "STANDALONE"],
  }),
  apEnvironmentId: each(async (at) => typeof (await environments(at))[0]?.id, {
    present: "string",
    missing: "undefined",
  }),
  apUnpublishedName: each(
    async (at) => {
      at.apinizer.setPublished("staging", false);
      return (await environments(at)).map(({ status }) => status);
    },
    {
      UNPUBLISHED: ["PUBLISHED", "UNPUBLISHED"],
      NOT_PUBLISHED: ["PUBLISHED", "NOT_PUBLISHED"],
      DRAFT: ["PUBLISHED", "DRAFT"],
    },
  ),
  apAllEnvironments: each(
    async (at) => {
      at.apinizer.setAdministrator(false);
      const answer = await at.get("/environments/");
      return [answer.status, message(answer)];
    },
    { any: [200, undefined], admin: [401, "Admin role required"] },
  ),
  apJwkPrivate: each(
    async (at) => {
      await at.generate();
      return keys(list(await at.get(`${JWKS}own/`))[0]?.ec).sort();
    },
    { present: ["crv", "d", "x", "y"], missing: ["crv", "x", "y"] },
  ),
  apJwkId: each(
    async (at) => {
      await at.givenJwk();
      return [typeof list(await at.get(JWKS))[0]?.id, typeof list(await at.get(`${JWKS}signer/`))[0]?.id];
    },
    { missing: ["undefined", "undefined"], present: ["string", "string"] },
  ),
  apSourceId: each(
    async (at) => {
      await at.givenJwk();
      const sourceOf = async () => {
        const { sourceId } = list(await at.get(`${JWKS}signer/`))[0] ?? {};
        return sourceId === null ? "null" : typeof sourceId;
      };
      const attached = await sourceOf();
      await at.json("PUT", `${JWKS}signer/`, { description: "d" });
      return [attached, await sourceOf()];
    },
    { null: ["string", "null"], "left-out": ["string", "undefined"], hidden: ["undefined", "undefined"] },
  ),
};
