import { format } from "prettier";
import { z } from "zod";
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
const mapOf = (values: Schema): Schema => ({ type: "object", additionalProperties: values });

function jsonSchema(schema: z.core.$ZodType): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-7", unrepresentable: "any" });
  // Editors read patterns without the flag that \p needs.
  return JSON.parse(JSON.stringify(rest).replaceAll("\\\\p{Cc}", "\\\\u0000-\\\\u001f\\\\u007f-\\\\u009f")) as Schema;
}

/** Every value in a schema may be written as a form; in defaults every text may hold `${name}`. */
function withForms(schema: unknown, pattern: boolean): Schema {
  const { anyOf, properties, items, ...rest } = schema as Schema;
  delete (rest as Record<string, unknown>).default;
  if (Array.isArray(anyOf))
    return {
      ...rest,
      anyOf: [...anyOf.map((one) => inside(one, pattern)), ref("value"), ...(pattern ? [ref("pattern")] : [])],
    };
  const isText = rest.type === "string";
  return {
    anyOf: [
      inside(
        { ...rest, ...(properties === undefined ? {} : { properties }), ...(items === undefined ? {} : { items }) },
        pattern,
      ),
      ref("value"),
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

function inputsOf({ values, resources, documented }: StackType, pattern: boolean): Record<string, Schema> {
  const docs = membersOf(...documented);
  const described = (key: string, schema: Schema): [string, Schema] => {
    const description = docs.get(key);
    return [key, description === undefined || description === "" ? schema : { description, ...schema }];
  };
  return Object.fromEntries([
    ...Object.entries(values).map(([key, schema]) => described(key, withForms(jsonSchema(schema), pattern))),
    ...Object.entries(resources).map(([key, { many }]) =>
      described(key, many ? { type: "array", items: ref("resource") } : ref("resource")),
    ),
  ]);
}

function groupOf(type: StackType): Schema {
  return object(
    {
      type: { const: type.name },
      defaults: {
        description: "Inputs of all resources of the group; ${name} stands for the name of each.",
        ...object(inputsOf(type, true)),
      },
      options: { description: "Options of all resources of the group.", ...ref("options") },
      resources: {
        description: "Resources by their names; {} when none is wanted.",
        ...mapOf(object({ ...inputsOf(type, false), was: ref("was"), options: ref("options") })),
      },
    },
    ["type", "resources"],
  );
}

function providerOf({ system, settings, documented }: (typeof PROVIDER_TYPES)[number]): Schema {
  const docs = membersOf(...documented);
  const one = Object.entries(settings).map(([key, schema]) => {
    const description = docs.get(key);
    return [key, { ...(description === undefined ? {} : { description }), ...withForms(jsonSchema(schema), false) }];
  });
  return object({ system: { const: system }, ...(Object.fromEntries(one) as Schema) }, ["system"]);
}

function schema(): Schema {
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
            properties: { "clm:stack": { anyOf: [ref("list"), object({ file: text }, ["file"])] } },
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
            items: { anyOf: [{ const: END }, ...TYPES.map(({ name }) => ref(name))] },
          },
        },
        ["groups"],
      ),
      ...Object.fromEntries(TYPES.map((type) => [type.name, groupOf(type)])),
      value: {
        anyOf: [
          {
            description: "An output of a resource of this file.",
            ...object({ from: text, output: text }, ["from", "output"]),
          },
          { description: "The content of a file, relative to this one.", ...object({ file: text }, ["file"]) },
          { description: "Another configuration value of the stack.", ...object({ config: text }, ["config"]) },
          { description: "A secret, as Pulumi encrypts it.", ...object({ secure: text }, ["secure"]) },
        ],
      },
      pattern: { type: "string", pattern: "\\$\\{" },
      resource: { description: "A resource of this file: <type>/<name>.", ...object({ from: text }, ["from"]) },
      was: { description: "Former names of the resource.", anyOf: [text, { type: "array", items: text }] },
      options: object({
        protect: { description: "Refuses its end.", type: "boolean" },
        retainOnDelete: { description: "Leaves it alone when it is removed.", type: "boolean" },
        provider: { description: "Name of a provider instance.", ...text },
        dependsOn: { description: "Resources that come first.", type: "array", items: ref("resource") },
      }),
    },
  };
}

/** The schema as its file has it. */
export const schemaText = (): Promise<string> => format(JSON.stringify(schema()), { parser: "json", printWidth: 120 });
