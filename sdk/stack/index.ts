import * as pulumi from "@pulumi/pulumi";
import { existsSync } from "node:fs";
import { extname, isAbsolute, join } from "node:path";
import type { Kind } from "../../provider/dynamic/kinds.js";
import { inventoryOf } from "../inventory.js";
import { isSecret } from "../outputs.js";
import { originOf, refuseClearCredential, type ClmResource } from "../resource.js";
import { stateOf } from "../stateOf.js";
import { mapForms, type Form } from "./forms.js";
import { refusalOf } from "./guard.js";
import { memberOf } from "./members.js";
import { readModel, type Declared, type Model } from "./model.js";
import { contentOf, type Configured, type Placed } from "./values.js";
import {
  configSource,
  followed,
  hasList,
  KEY,
  projectFile,
  readYaml,
  stackFolder,
  StackFileError,
  type Source,
} from "./source.js";
import { summaryFields, summaryOf, type CertificateSummary } from "./summary.js";
import { isRecord, Secret } from "./yaml.js";

export type { CertificateSummary };

/**
 * Makes the certificates, orders, contracts, credentials, JWKs and retirements that the stack file declares: the list under
 * `clm:stack` in `Pulumi.<stack>.yaml`, or in the file that it names. Where something is wrong with the file, nothing is made and
 * nothing is changed. A program that makes resources of its own does so before.
 *
 * @returns what each certificate is and how it stands, by `<type>/<name>`; no secrets.
 * @example
 * import { stack } from "pulumi-clm/stack";
 * export const certificates = stack();
 */
export function stack(): Record<string, pulumi.Output<CertificateSummary | undefined>> {
  const model = orRefused(() => readModel(followed(sourceOfStack()), configured));
  const made = register(model);
  inventoryOf()?.during(made);
  return Object.fromEntries(
    model.resources.flatMap(({ key, type }) => {
      const fields = summaryFields(type);
      if (fields === undefined) return [];
      const summary = pulumi
        .output(made.then((resources) => summarized(resourceOf(resources, key), type.kind, fields)))
        .apply(({ state }) => summaryOf(type, state));
      return [[key, summary]];
    }),
  );
}

/** What a summary is made of. Where the file has a part of it as a secret, the summary is one. */
async function summarized(
  resource: ClmResource,
  kind: Kind,
  fields: readonly string[],
): Promise<{ readonly state: pulumi.Output<unknown> }> {
  const outputs = resource as unknown as Readonly<Record<string, pulumi.Output<unknown> | undefined>>;
  const state = stateOf(resource, kind, fields);
  const secrets = await Promise.all(
    fields.map(async (field) => outputs[field] !== undefined && (await isSecret(outputs[field]))),
  );
  return { state: secrets.includes(true) ? pulumi.secret(state) : state };
}

type Made = ReadonlyMap<string, ClmResource>;

/** Nothing is registered before everything is known to be right. */
async function register(model: Model): Promise<Made> {
  const inventory = inventoryOf();
  const own = (await inventory?.made()) ?? new Set();
  const refusal = inventory === undefined ? undefined : refusalOf(model, await inventory.before, own);
  if (refusal !== undefined) throw refused(refusal);
  for (const { type } of model.resources) refuseClearCredential(type.kind);
  const providers = new Map(
    model.providers.map(({ name, type, settings }) => [
      name,
      type.make(name, inputsOf(settings, model.source, [], new Map())),
    ]),
  );
  const made = new Map<string, ClmResource>();
  for (const one of model.resources) {
    const provider = one.provider === undefined ? undefined : providers.get(one.provider);
    made.set(one.key, one.type.make(one.name, argsOf(one, model.source, made), optionsOf(one, provider, made)));
  }
  return made;
}

function argsOf({ type, inputs, resources }: Declared, source: Source, made: Made): object {
  const args = inputsOf(inputs, source, type.base64, made);
  for (const [input, keys] of resources) {
    const given = keys.map((key) => resourceOf(made, key));
    args[input] = type.resources[input]?.many === true ? given : given[0];
  }
  return args;
}

const optionsOf = (
  { was, protect, retainOnDelete, dependsOn }: Declared,
  provider: pulumi.ProviderResource | undefined,
  made: Made,
): pulumi.CustomResourceOptions => ({
  ...(was.length === 0 ? {} : { aliases: was.map((name) => ({ name })) }),
  ...(protect === undefined ? {} : { protect }),
  ...(retainOnDelete === undefined ? {} : { retainOnDelete }),
  ...(provider === undefined ? {} : { provider }),
  ...(dependsOn.length === 0 ? {} : { dependsOn: dependsOn.map((key) => resourceOf(made, key)) }),
});

function inputsOf(
  inputs: ReadonlyMap<string, Placed>,
  source: Source,
  base64: readonly string[],
  made: Made,
): Record<string, unknown> {
  return Object.fromEntries(
    [...inputs].map(([input, { value, path }]) => [
      input,
      mapForms(
        value,
        path,
        (form) => valueOf(form, source, base64.includes(input), made),
        (one) => (one instanceof Secret ? pulumi.secret(one.reveal()) : one),
      ),
    ]),
  );
}

function valueOf(form: Form | string, source: Source, base64: boolean, made: Made): unknown {
  if (typeof form === "string") throw new Error(form); // found when the file was read
  if (form.kind === "file") return contentOf(source, form.file, base64);
  if (form.kind === "config") {
    const found = configured(form.key);
    const value = found === "unknown" ? undefined : found?.value;
    return found !== "unknown" && found?.secret === true ? pulumi.secret(value) : value;
  }
  const resource = resourceOf(made, form.of);
  const [output = "", ...deeper] = (form.output ?? "").split(".");
  const first = (resource as unknown as Record<string, pulumi.Output<unknown> | undefined>)[output];
  const { kind } = originOf(resource);
  const missing = (): never => {
    throw new pulumi.RunError(
      `${form.of} has no ${form.output ?? ""}, which another resource of the stack file is made of: run again, and name another output if it stays so`,
    );
  };
  if (first === undefined) return missing();
  return first.apply((found) => {
    const value = deeper.reduce(member, found);
    return (value === undefined || value === null) && !memberOf(kind, form.output ?? "").optional ? missing() : value;
  });
}

const member = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

function resourceOf(made: Made, key: string): ClmResource {
  const found = made.get(key);
  if (found === undefined) throw new Error(`${key} is not made yet`);
  return found;
}

/** Another configuration value of the stack. A key without a namespace is the project's own. */
const configured: Configured = (key) => {
  const full = key.includes(":") ? key : `${pulumi.getProject()}:${key}`;
  const value = pulumi.runtime.allConfig()[full];
  return value === undefined ? undefined : { value, secret: runtime.isConfigSecret(full) };
};

/** Exported by the SDK's runtime, and missing from its type files; held by an engine test. */
const runtime = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** @throws StackFileError when there is no list, or when it cannot be told what is secret in it. */
function sourceOfStack(): Source {
  const { stack: own, project } = filesOfStack();
  const read = (file: string | undefined) => (file !== undefined && existsSync(file) ? readYaml(file) : undefined);
  const yaml = read(own);
  const text = pulumi.runtime.allConfig()[KEY];
  const secret = runtime.isConfigSecret(KEY);
  const value = text === undefined ? undefined : parsed(text);
  const ofProject = hasList(own, yaml) ? undefined : read(project);
  const source =
    project !== undefined && hasList(project, ofProject)
      ? configSource(project, ofProject, value)
      : configSource(own, yaml, value);
  if (text === undefined || text === "")
    throw new StackFileError([
      source.problem(
        [],
        `${KEY} is missing: allowed is the list of a stack file, which closes with "- end", under config`,
      ),
    ]);
  if (secret && !holdsSecret(source.value))
    throw new StackFileError([
      source.problem(
        [],
        `something in ${KEY} is secret, and no secure: was found in ${source.file}, which says what: allowed is secure: at single values of that file, or { config: <key> }`,
      ),
    ]);
  return source;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function holdsSecret(value: unknown): boolean {
  if (value instanceof Secret) return true;
  return (Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : []).some(holdsSecret);
}

/**
 * Where `Pulumi.<stack>.yaml` should be: it is not there with Pulumi's option --config-file, or before anything is configured. It
 * ends as the project's own file does.
 */
function filesOfStack(): { readonly stack: string; readonly project: string | undefined } {
  // Older language hosts do not tell the project's folder.
  const told = pulumi.getRootDirectory();
  const from = isAbsolute(told) ? told : process.cwd();
  const project = projectFile(from);
  const name = `Pulumi.${pulumi.getStack()}${project === undefined ? ".yaml" : extname(project)}`;
  return { stack: join(project === undefined ? from : stackFolder(project), name), project };
}

function orRefused<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof StackFileError ? refused(error.message) : error;
  }
}

/** Printed without a stack trace: it is the file that is wrong. */
function refused(problems: string): pulumi.RunError {
  const error = new pulumi.RunError(`the stack file is refused, and nothing is made or changed:\n${problems}`);
  error.stack = error.message;
  return error;
}
