import type { APINIZER_WRITES } from "../../../sandbox/apinizer/variants.js";
import type { VariantSettings } from "../../../sandbox/index.js";
import type { Probe } from "../probes.js";
import { ANSWER_PROBES } from "./answerProbes.js";
import { RESULT_PROBES } from "./resultProbes.js";
import { CERTS, deployment, entries, list, outcomes, pemOf, thumbprintOf, type Caller } from "./client.js";
import { each, type Look } from "./probing.js";

/** Probes of the switches of writes: certificates, and what becomes of JWKs. */
type Name = Exclude<(typeof APINIZER_WRITES)[number]["name"], keyof typeof RESULT_PROBES>;
type WriteProbes = { [One in Name]: Record<VariantSettings[One], Probe> };

const environmentsOf = (at: Caller, name = "edge"): string[] =>
  at.apinizer.certificate(name).entries.map(({ environmentName }) => environmentName);

/** What became of the reference of JWK `signer`, and whether it has the key of the second certificate. */
const signer = (at: Caller, before: string): [string | null, boolean, boolean] => {
  const { sourceType, sourceId, members } = at.apinizer.jwk("signer");
  return [sourceType, sourceId !== null, JSON.stringify(members) !== before];
};

/** Replaces the certificate of JWK `signer`. @returns status, source type, whether there is a reference, and a new key. */
const replaced =
  (query: string, more: Parameters<Caller["update"]>[0] = {}): Look =>
  async (at) => {
    await at.givenJwk();
    const before = JSON.stringify(at.apinizer.jwk("signer").members);
    const { status } = await at.update(more, query);
    return [status, ...signer(at, before)];
  };

/** A certificate of admin, with JWKs in two projects. */
async function shared(at: Caller): Promise<void> {
  await at.given({ name: "global", alias: "global", project: "admin" });
  at.apinizer.addJwkOutside("near", at.apinizer.certificate("global", "admin"));
  at.apinizer.addJwkOutside("far", at.apinizer.certificate("global", "admin"), "partners");
}

const GLOBAL = "/projects/admin/certificates/global/";

const gap: Look = async (at) => {
  await at.given();
  const seen: unknown[] = [];
  at.apinizer.inGap = async () => {
    const { resultList } = (await at.get(CERTS)).body as { resultList: unknown[] };
    seen.push(resultList.length, at.served("production"));
  };
  const { status } = await at.update();
  return [status, seen, at.served("production")];
};

const second = async (): Promise<string> => thumbprintOf(await pemOf("second"));

export const WRITE_PROBES: WriteProbes = {
  apFields: each(
    async (at) => {
      const { pemEncodedFile, ...texts } = await at.fields();
      const query = new URLSearchParams(texts as Record<string, string>).toString();
      const inForm = await at.create({ certificateName: "other", alias: "other" });
      return [inForm.status, (await at.form("POST", `${CERTS}?${query}`, { pemEncodedFile })).status];
    },
    { both: [200, 200], form: [200, 400], query: [400, 200] },
  ),
  apDescriptionField: each(async (at) => (await at.create({ certificateDescription: undefined })).status, {
    required: 400,
    optional: 200,
  }),
  apSpaces: each(async (at) => (await at.create({ certificateName: "test certificate" })).status, {
    accepted: 200,
    refused: 400,
  }),
  apChain: each(
    async (at) => (await at.create({ pemEncodedFile: (await pemOf("second")) + (await pemOf("first")) })).status,
    { first: 200, refused: 400 },
  ),
  apPrivateKey: each(
    async (at) => {
      const key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
      return (await at.create({ pemEncodedFile: (await pemOf("first")) + key })).status;
    },
    { refused: 400, ignored: 200 },
  ),
  apExpired: each(async (at) => (await at.create({ pemEncodedFile: await pemOf("old", "ec", -1) })).status, {
    accepted: 200,
    refused: 400,
  }),
  apUnpublished: each(
    async (at) => {
      at.apinizer.setPublished("staging", false);
      const answer = await at.create();
      return [answer.status, answer.status === 200 ? outcomes(answer) : []];
    },
    {
      failed: [
        200,
        [
          ["production", true],
          ["staging", false],
        ],
      ],
      skipped: [
        200,
        [
          ["production", true],
          ["staging", true],
        ],
      ],
      refused: [400, []],
    },
  ),
  apUpdateName: each(
    async (at) => {
      await at.given();
      return (await at.update()).status;
    },
    { optional: 200, required: 400 },
  ),
  apUpdateEntries: each(
    async (at) => {
      await at.given();
      await at.update({ environmentList: "production" });
      return entries(list(await at.get(`${CERTS}edge/`))[0]).map(({ environmentName }) => environmentName);
    },
    { replaced: ["production"], appended: ["production", "production"] },
  ),
  apUpdateId: each(
    async (at) => {
      await at.givenJwk();
      const before = at.apinizer.jwk("signer").sourceId;
      await at.update({}, "?jwkUpdateAction=UPDATE");
      return at.apinizer.jwk("signer").sourceId === before;
    },
    { kept: true, new: false },
  ),
  apUpdateGap: each(
    async (at) => {
      const [status, seen, after] = (await gap(at)) as [number, unknown[], string[]];
      const now = await second();
      return [status, seen, after.every((one) => one === now)];
    },
    { none: [200, [], true], gap: [200, [0, [undefined, undefined]], true] },
  ),
  apFailedUpdate: each(
    async (at) => {
      await at.given();
      at.apinizer.unreachable("staging-worker-1");
      const { status } = await at.update();
      const now = await second();
      return [status, ...["production", "staging"].map((name) => at.served(name).map((one) => one === now))];
    },
    { stored: [200, [true, true], [false, true]], "rolled-back": [200, [false, false], [false, false]] },
  ),
  apDropped: each(
    async (at) => {
      await at.given();
      const answer = await at.update({ environmentList: "production" });
      const held = at.served("staging").filter((one) => one !== undefined).length;
      return [environmentsOf(at), outcomes(answer).length, held];
    },
    { shown: [["production"], 2, 0], silent: [["production"], 1, 0], kept: [["production"], 1, 2] },
  ),
  apJwkParameters: each(
    async (at) => {
      await at.givenJwk();
      const key = (): string => JSON.stringify(at.apinizer.jwk("signer").members);
      const before = key();
      await at.update({}, "?updateReferencedJwks=true");
      const flagged = key() !== before;
      await at.given();
      at.apinizer.deleteJwkOutside("signer");
      at.apinizer.addJwkOutside("signer", at.apinizer.certificate("edge"));
      await at.update({}, "?jwkUpdateAction=UPDATE");
      return [flagged, key() !== before];
    },
    { actions: [false, true], flag: [true, false], none: [false, false] },
  ),
  apUpdateScope: each(
    async (at) => {
      await shared(at);
      const fields = await at.fields({ alias: "global", pemEncodedFile: await pemOf("second") });
      await at.form("PUT", `${GLOBAL}?jwkUpdateAction=UPDATE`, fields);
      return at.apinizer.jwks().map(({ sourceId }) => sourceId !== null);
    },
    { SAME_PROJECT: [true, false], ALL_PROJECTS: [true, true] },
  ),
  apBadAction: each(
    async (at) => {
      await at.given();
      const bad = [await at.update({}, "?jwkUpdateAction=KEEP"), await at.update({}, "?updateScope=WORLD")];
      return [...bad, await at.remove("?jwkDeleteAction=KEEP")].map(({ status }) => status);
    },
    { refused: [400, 400, 400], default: [200, 200, 200] },
  ),
  apUnupdated: each(
    async (at) => {
      at.sandbox.variants.apJwkParameters = "flag";
      return replaced("")(at);
    },
    { kept: [200, "CERTIFICATE", true, false], cleared: [200, "CERTIFICATE", false, false] },
  ),
  apNullified: each(replaced(""), {
    "type-kept": [200, "CERTIFICATE", false, false],
    "type-cleared": [200, null, false, false],
  }),
  apUnfitKey: each(
    async (at) => replaced("?jwkUpdateAction=UPDATE", { pemEncodedFile: await pemOf("unfit", "rsa") })(at),
    {
      refused: [400, "CERTIFICATE", true, false],
      nullified: [200, "CERTIFICATE", false, false],
      updated: [200, "CERTIFICATE", true, true],
    },
  ),
  apDroppedSource: each(replaced("?jwkUpdateAction=UPDATE", { environmentList: "staging" }), {
    nullified: [200, "CERTIFICATE", false, false],
    updated: [200, "CERTIFICATE", true, true],
  }),
  apJwkDeleteScope: each(
    async (at) => {
      await shared(at);
      await at.send("DELETE", `${GLOBAL}?jwkDeleteAction=DELETE`);
      return at.apinizer.jwks().map(({ name, sourceId }) => [name, sourceId]);
    },
    { SAME_PROJECT: [["far", null]], ALL_PROJECTS: [] },
  ),
  apDeleteOrder: each(
    async (at) => {
      await at.given();
      at.apinizer.unreachable("staging");
      const answer = await at.remove();
      return [answer.status, deployment(answer).success, at.apinizer.certificates().length];
    },
    { "deletion-first": [200, false, 0], "undeployment-first": [200, false, 1] },
  ),
  apJwkDelete: each(
    async (at) => {
      await at.givenJwk();
      at.apinizer.unreachable("staging");
      await at.send("DELETE", "/projects/partners/jwks/signer/");
      return at.apinizer.jwks().length;
    },
    { deleted: 0, kept: 1 },
  ),
  apJwkRename: each(
    async (at) => {
      await at.givenJwk();
      const { status } = await at.json("PUT", "/projects/partners/jwks/signer/", { name: "renamed" });
      return [status, at.apinizer.jwks()[0]?.name];
    },
    { accepted: [200, "renamed"], refused: [400, "signer"] },
  ),
  apNoKeyId: each(
    async (at) => {
      await at.generate({ ec: { curveType: "P256", keyIdType: "NONE" } });
      return typeof list(await at.get("/projects/partners/jwks/own/"))[0]?.kid;
    },
    { missing: "object", made: "string" },
  ),
  apImportDeploys: each(
    async (at) => {
      await at.given({ environments: ["production"] });
      const { body } = await at.import();
      return [body.deploymentResult !== undefined, at.served("staging").filter((one) => one !== undefined).length];
    },
    { saved: [false, 0], deployed: [true, 2] },
  ),
  apImportJwks: each(
    async (at) => {
      await at.givenJwk();
      await at.import();
      return at.apinizer.jwk("signer").sourceId !== null;
    },
    { kept: true, nullified: false },
  ),
};

/** Probes of every switch of the management API. */
export const APINIZER_PROBES = { ...ANSWER_PROBES, ...WRITE_PROBES, ...RESULT_PROBES };
