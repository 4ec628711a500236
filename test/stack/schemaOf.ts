import { format } from "prettier";
import { z } from "zod";
import { SECRET_SETTINGS } from "../../provider/dynamic/settings.js";
import { PROVIDER_TYPES, TYPES, type StackType } from "../../sdk/stack/types.js";
import { END } from "../../sdk/stack/model.js";
import { isRecord } from "../../sdk/stack/yaml.js";
import { membersOf } from "./documentation.js";

/**
 * The JSON Schema of stack files (draft 7, which editors know best), from the schemas of the inputs and the doc comments of the
 * SDK. What it cannot say, `clm validate` does: required inputs may stand in defaults, references must lead somewhere.
 */

type Schema = Readonly<Record<string, unknown>>;

const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const object = (properties: Schema, required: readonly string[] = []): Schema => ({
  type: "object",
  additionalProperties: false,
  properties,
  ...(required.length === 0 ? {} : { required }),
});
const text: Schema = { type: "string", minLength: 1 };
const mapOf = (values: Schema): Schema => ({
  ...{ type: "object", propertyNames: ref("name") },
  additionalProperties: values,
});
/** As \p{Cc} and the invisible characters that people meet: editors read patterns without the flag that \p needs. */
const NO_NAME = "\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff";

function jsonSchema(schema: z.core.$ZodType): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "any" });
  // Editors read patterns without the flag that \p needs.
  return JSON.parse(JSON.stringify(rest).replaceAll("\\\\p{Cc}", "\\\\u0000-\\\\u001f\\\\u007f-\\\\u009f")) as Schema;
}

/** Every value in a schema may be written as a form, and every text may hold `${name}`. */
function withForms(schema: unknown, pattern: boolean, form: "value" | "setting" = "value"): Schema {
  const { anyOf, properties, items, ...rest } = schema as Schema;
  delete (rest as Record<string, unknown>).default;
  if (Array.isArray(anyOf))
    return {
      ...rest,
      anyOf: [...anyOf.map((one) => inside(one, pattern)), ref(form), ...(pattern ? [ref("pattern")] : [])],
    };
  const isText = rest.type === "string";
  return {
    anyOf: [
      inside(
        { ...rest, ...(properties === undefined ? {} : { properties }), ...(items === undefined ? {} : { items }) },
        pattern,
      ),
      ref(form),
      ...(pattern && isText ? [ref("pattern")] : []),
    ],
  };
}

function inside(schema: unknown, pattern: boolean): Schema {
  const { properties, items, ...rest } = schema as Schema;
  delete (rest as Record<string, unknown>).default;
  return {
    ...rest,
    ...(isRecord(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, one]) => [key, withForms(one, pattern)]),
          ),
        }
      : {}),
    ...(items === undefined ? {} : { items: withForms(items, pattern) }),
  };
}

function inputsOf({ kind, values, resources, documented }: StackType): Record<string, Schema> {
  const docs = membersOf(...documented);
  const described = (key: string, schema: Schema): [string, Schema] => {
    const description = docs.get(key);
    return [key, description === undefined || description === "" ? schema : { description, ...schema }];
  };
  return Object.fromEntries([
    ...Object.entries(values).map(([key, schema]) =>
      described(key, kind.secretInputs.includes(key) ? ref("value") : withForms(jsonSchema(schema), true)),
    ),
    ...Object.entries(resources).map(([key, { many }]) =>
      described(key, many ? { type: "array", items: ref("resource") } : ref("resource")),
    ),
  ]);
}

/** A retirement has the provider instance of what it is about. */
const optionsOf = ({ resources }: StackType): string =>
  resources.of === undefined ? "options" : "optionsOfRetirement";

function groupOf(type: StackType): Schema {
  return object(
    {
      type: { const: type.name },
      defaults: {
        description: "Inputs of all resources of the group; ${name} stands for the name of each.",
        ...object(inputsOf(type)),
      },
      options: { description: "Options of all resources of the group.", allOf: [ref(optionsOf(type))] },
      resources: {
        description: "Resources by their names; {} when none is wanted.",
        ...mapOf(object({ ...inputsOf(type), was: ref("was"), options: ref(optionsOf(type)) })),
      },
    },
    ["type", "resources"],
  );
}

function providerOf({ system, settings, documented }: (typeof PROVIDER_TYPES)[number]): Schema {
  const docs = membersOf(...documented);
  const one = Object.entries(settings).map(([key, schema]) => {
    const description = docs.get(key);
    const isSecret = SECRET_SETTINGS[system]?.includes(key) === true;
    const value = isSecret ? { allOf: [ref("credential")] } : withForms(jsonSchema(schema), false, "setting");
    return [key, { ...(description === undefined ? {} : { description }), ...value }];
  });
  return object({ system: { const: system }, ...(Object.fromEntries(one) as Schema) }, ["system"]);
}

function schema(): Schema {
  const output = {
    description: "An output of a resource of this file.",
    ...object({ from: text, output: text }, ["from", "output"]),
  };
  const file = { description: "The content of a file, relative to this one.", ...object({ file: text }, ["file"]) };
  const config = { description: "Another configuration value of the stack.", ...object({ config: text }, ["config"]) };
  const secure = { description: "A secret, as Pulumi encrypts it.", ...object({ secure: text }, ["secure"]) };
  const options = {
    protect: { description: "Refuses its end.", type: "boolean" },
    retainOnDelete: { description: "Leaves it alone when it is removed.", type: "boolean" },
    dependsOn: { description: "Resources that come first.", type: "array", items: ref("resource") },
  };
  const declared = [ref("list"), object({ file: text }, ["file"])];
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Stack file of pulumi-clm",
    description: "A Pulumi.<stack>.yaml with the list under clm:stack, or a file with the list of its own.",
    anyOf: [
      ref("list"),
      {
        type: "object",
        required: ["config"],
        properties: {
          config: {
            type: "object",
            properties: { "clm:stack": { anyOf: [...declared, object({ value: { anyOf: declared } }, ["value"])] } },
          },
        },
      },
    ],
    definitions: {
      list: object(
        {
          providers: {
            description: "Provider instances by their names.",
            ...mapOf({ anyOf: PROVIDER_TYPES.map(providerOf) }),
          },
          groups: {
            description: `Resources by type; "${END}" is the last item.`,
            type: "array",
            contains: { const: END },
            if: { items: [{ const: END }] },
            then: { maxItems: 1 },
            items: { anyOf: [{ const: END }, ...TYPES.map(({ name }) => ref(name))] },
          },
        },
        ["groups"],
      ),
      ...Object.fromEntries(TYPES.map((type) => [type.name, groupOf(type)])),
      value: { anyOf: [output, file, config, secure] },
      setting: { anyOf: [file, config, secure] },
      credential: { anyOf: [config, secure] },
      name: { type: "string", pattern: `^(?!\\s)(?!.*::)[^${NO_NAME}]+(?<!\\s)$` },
      pattern: { type: "string", pattern: "\\$\\{" },
      resource: { description: "A resource of this file: <type>/<name>.", ...object({ from: text }, ["from"]) },
      was: {
        description: "Former names of the resource.",
        anyOf: [ref("name"), { type: "array", uniqueItems: true, items: ref("name") }],
      },
      options: object({ ...options, provider: { description: "Name of a provider instance.", ...text } }),
      optionsOfRetirement: object(options),
    },
  };
}

/** The schema as its file has it. */
export const schemaText = (): Promise<string> => format(JSON.stringify(schema()), { parser: "json", printWidth: 120 });
