import { describe } from "../pki.js";
import type { Command } from "../partner/control.js";
import type { Served } from "./gateways.js";
import { endOf, type ApinizerSandbox } from "./outside.js";
import { RIGHTS, type Right } from "./store.js";

/** What people change by hand at Apinizer, of `POST /__sandbox`. */
export const APINIZER_ACTIONS = [
  ...(["ap-add-project", "ap-add-environment", "ap-publish", "ap-unreachable", "ap-reachable"] as const),
  ...(["ap-add-certificate", "ap-undeploy", "ap-delete", "ap-double-entry", "ap-describe"] as const),
  ...(["ap-add-jwk", "ap-delete-jwk", "ap-revoked", "ap-rights", "ap-issue-token", "ap-revoke-token"] as const),
] as const;

/** @returns the answer; undefined for an action that is not of this API. */
export async function apinizerCommand(
  apinizer: ApinizerSandbox,
  { fields, text }: Command,
): Promise<object | undefined> {
  const optional = (name: string): string | undefined => (fields[name] === undefined ? undefined : text(name));
  const texts = (name: string): string[] | undefined =>
    fields[name] === undefined
      ? undefined
      : text(name)
          .split(",")
          .filter((one) => one !== "");
  const given = (name: string): [string, string][] => (fields[name] === undefined ? [] : [[name, text(name)]]);
  const project = optional("project");
  switch (APINIZER_ACTIONS.find((action) => action === fields.action)) {
    case undefined:
      return undefined;
    case "ap-add-project":
      apinizer.addProject(text("name"));
      return { projects: apinizer.projects() };
    case "ap-add-environment":
      apinizer.addEnvironment(text("name"), { published: fields.published !== false });
      return { environments: apinizer.environments().map(({ name }) => name) };
    case "ap-publish":
      apinizer.setPublished(text("environment"), fields.published !== false);
      return { published: fields.published !== false };
    case "ap-unreachable":
      apinizer.unreachable(text("target"));
      return { unreachable: text("target") };
    case "ap-reachable":
      apinizer.reachable(text("target"));
      return { reachable: text("target") };
    case "ap-add-certificate": {
      const listed = texts("environments");
      const { name, entries } = await apinizer.addCertificateOutside({
        name: text("name"),
        ...Object.fromEntries(["project", "alias", "description", "pem"].flatMap(given)),
        ...(listed === undefined ? {} : { environments: listed }),
        deployed: fields.deployed !== false,
      });
      return { name, environments: entries.map(({ environmentName }) => environmentName) };
    }
    case "ap-undeploy":
      apinizer.undeployOutside(text("name"), texts("environments"), project);
      return { undeployed: text("name") };
    case "ap-delete":
      apinizer.deleteOutside(text("name"), project);
      return { deleted: text("name") };
    case "ap-double-entry":
      apinizer.doubleEntry(text("name"), text("environment"), optional("pem"), project);
      return { doubled: text("environment") };
    case "ap-describe":
      apinizer.describeOutside(text("name"), text("description"), project);
      return { description: text("description") };
    case "ap-add-jwk":
      apinizer.addJwkOutside(text("name"), apinizer.certificate(text("certificate"), project));
      return { name: text("name") };
    case "ap-delete-jwk":
      apinizer.deleteJwkOutside(text("name"), project);
      return { deleted: text("name") };
    case "ap-revoked":
      apinizer.markRevoked(text("thumbprint"));
      return { revoked: text("thumbprint") };
    case "ap-rights":
      apinizer.setRights((texts("rights") ?? []).map(right), project);
      return { rights: texts("rights") ?? [] };
    case "ap-issue-token":
      return { token: apinizer.issueToken(optional("expires")) };
    case "ap-revoke-token":
      apinizer.revokeToken(text("token"));
      return { revoked: true };
  }
}

function right(name: string): Right {
  const found = RIGHTS.find((one) => one === name);
  if (found === undefined) throw new Error(`rights are of ${RIGHTS.join(", ")}`);
  return found;
}

/** `GET /__sandbox/serving?environment=&name=`: what a client of a gateway meets, for one that samples it; or why not. */
export function servingQuery(apinizer: ApinizerSandbox, query: URLSearchParams): Served[] | string {
  try {
    return apinizer.serving(query.get("environment") ?? "", query.get("name") ?? "", query.get("project") ?? undefined);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** For `GET /__sandbox/state`: without keys, tokens and passwords. */
export const apinizerState = (apinizer: ApinizerSandbox): object => ({
  projects: apinizer.projects(),
  environments: apinizer.environments().map((environment) => ({
    ...environment,
    workers: apinizer.workers(environment.name).map(({ name, reachable }) => ({ name, reachable })),
    trusted: apinizer.trusted(environment.name),
  })),
  certificates: apinizer.certificates().map(({ entries, ...certificate }) => ({
    ...certificate,
    entries: entries.map(({ der, ...entry }) => ({
      ...entry,
      thumbprint: describe(Buffer.from(der, "base64")).thumbprint,
      endDate: endOf(der),
    })),
  })),
  jwks: apinizer.jwks(),
});
