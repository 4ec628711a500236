import { z } from "zod";
import type { Kind } from "../../provider/dynamic/kinds.js";

/** What a path into a resource's outputs leads to, by the schema of its state. */
export interface Member {
  /** The part of the path that is not known; undefined where all of it is. */
  readonly wrong?: { readonly name: string; readonly of: string; readonly known: readonly string[] };
  /** Whether a state can be without it. */
  readonly optional: boolean;
}

/** Names of the outputs of a kind. */
export const outputsOf = ({ fields, secretOutputs }: Kind): string[] => [
  "id",
  ...fields.filter((field) => !field.startsWith("__")),
  ...secretOutputs,
];

/** Follows `current.pem`: a part that is misspelt would be nothing, without a word. */
export function memberOf(kind: Kind, output: string): Member {
  const [first = "", ...deeper] = output.split(".");
  const known = outputsOf(kind);
  if (!known.includes(first)) return { wrong: { name: first, of: kind.kind, known }, optional: false };
  const walked = [first];
  let schemas: readonly z.core.$ZodType[] = first === "id" ? [z.string()] : [kind.state.shape[first] ?? z.string()];
  let optional = mayLack(schemas);
  for (const name of deeper) {
    const inside = schemas.flatMap(plainly).map((schema) => partOf(schema, name));
    const parts = inside.flatMap(({ part }) => part ?? []);
    if (parts.length === 0)
      return {
        wrong: {
          name,
          of: `${kind.kind} ${walked.join(".")}`,
          known: [...new Set(inside.flatMap((one) => one.known))],
        },
        optional,
      };
    optional ||= mayLack(parts) || inside.some(({ part, open }) => part === undefined || open);
    schemas = parts;
    walked.push(name);
  }
  return { optional };
}

const mayLack = (schemas: readonly z.core.$ZodType[]): boolean =>
  schemas.some((schema) => z.safeParse(schema, undefined).success);

interface Part {
  readonly part: z.core.$ZodType | undefined;
  readonly known: readonly string[];
  /** One of any number of parts: nobody knows whether it is there. */
  readonly open: boolean;
}

function partOf(schema: z.core.$ZodType, name: string): Part {
  if (schema instanceof z.ZodObject) {
    const shape = schema.shape as Readonly<Record<string, z.core.$ZodType>>;
    return { part: Object.hasOwn(shape, name) ? shape[name] : undefined, known: Object.keys(shape), open: false };
  }
  if (schema instanceof z.ZodArray)
    return { part: /^(0|[1-9]\d*)$/.test(name) ? schema.element : undefined, known: ["0", "1", "2"], open: true };
  if (schema instanceof z.ZodRecord) return { part: schema.valueType, known: [], open: true };
  if (schema instanceof z.ZodUnknown || schema instanceof z.ZodAny) return { part: schema, known: [], open: true };
  return { part: undefined, known: [], open: false };
}

/** A schema without what stands around it; all of those of a union. */
function plainly(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return plainly(schema.unwrap());
  if (schema instanceof z.ZodPipe) return plainly(schema.out instanceof z.ZodTransform ? schema.in : schema.out);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(plainly);
  return [schema];
}
