import * as pulumi from "@pulumi/pulumi";
import type { Kind } from "../provider/dynamic/kinds.js";
import { settledValue, withoutPem } from "./outputs.js";

/**
 * A resource's outputs, without PEM and secrets; unknown while this run changes it. A field that a state need not have is
 * unknown at preview whenever it is missing, so only those that are always there decide.
 */
export function stateOf(of: pulumi.Resource, kind: Kind): pulumi.Output<unknown> {
  const outputs = of as unknown as Readonly<Record<string, pulumi.Output<unknown> | undefined>>;
  const pick = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, outputs[field]]));
  return pulumi.output(pick(kind.always)).apply(async (always) => {
    const others = kind.fields.filter((field) => !kind.always.includes(field));
    const values = await Promise.all(
      others.map(async (field) => {
        const output = outputs[field];
        return [field, output === undefined ? undefined : await settledValue(output)] as const;
      }),
    );
    return withoutPem({ ...Object.fromEntries(values), ...always });
  });
}
