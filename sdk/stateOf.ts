import * as pulumi from "@pulumi/pulumi";
import type { Kind } from "../provider/dynamic/kinds.js";
import { settledValue, withoutPem } from "./outputs.js";

/**
 * A resource's outputs, all or those that are asked for, without PEM and secrets; unknown while this run changes it. A field that a state need not have is
 * unknown at preview whenever it is missing, so only those that are always there decide.
 */
export function stateOf(of: pulumi.Resource, kind: Kind, fields = kind.fields): pulumi.Output<unknown> {
  const outputs = of as unknown as Readonly<Record<string, pulumi.Output<unknown> | undefined>>;
  const pick = (some: readonly string[]) => Object.fromEntries(some.map((field) => [field, outputs[field]]));
  const always = fields.filter((field) => kind.always.includes(field));
  return pulumi.output(pick(always)).apply(async (known) => {
    const others = fields.filter((field) => !always.includes(field));
    const values = await Promise.all(
      others.map(async (field) => {
        const output = outputs[field];
        return [field, output === undefined ? undefined : await settledValue(output)] as const;
      }),
    );
    return withoutPem({ ...Object.fromEntries(values), ...known });
  });
}
