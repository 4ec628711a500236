import * as pulumi from "@pulumi/pulumi";

/** What the SDK's type files leave out of `Output` (inventory.md "Registration"); held by the contract test. */
interface Settling<T> {
  promise(withUnknowns?: boolean): Promise<T>;
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
}

/** The value of an output whose value is always known, without its dependencies. */
export const plainPromise = <T>(output: pulumi.Output<T>): Promise<T> => (output as unknown as Settling<T>).promise();

/** The value of an output once it has settled; undefined when it is not known or its resource failed. */
export async function settledValue<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  const settling = output as unknown as Settling<T>;
  try {
    const value = await settling.promise();
    return (await settling.isKnown) ? value : undefined;
  } catch {
    return undefined; // the failure of that resource is reported by the engine, on its own row
  }
}

/** Whether an output is secret, once it has settled; no for one whose resource failed. */
export const isSecret = (output: pulumi.Output<unknown>): Promise<boolean> =>
  (output as unknown as Settling<unknown>).isSecret.catch(() => false);

/** An output that is known once another is, as nothing where it has no value. What is secret stays so. */
export const knownWith = <T>(witness: pulumi.Output<unknown>, output: pulumi.Output<T>): pulumi.Output<T | undefined> =>
  witness.apply(async () => {
    const value = await settledValue(output);
    return (await (output as unknown as Settling<T>).isSecret) ? pulumi.secret(value) : value;
  }) as pulumi.Output<T | undefined>;

/** Certificates in PEM are most of a state's bytes and say nothing about its end. */
export function withoutPem(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPem);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      key === "pem" || key === "chainPem" ? [] : [[key, withoutPem(item)]],
    ),
  );
}
