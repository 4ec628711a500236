import type { dynamic } from "@pulumi/pulumi";
import { Fault } from "../core/fault.js";
import { printable, printableLines } from "../core/printable.js";
import { mask } from "../http/redaction.js";
import type { Properties } from "./wire.js";

/**
 * Masks credentials in whatever leaves, and takes away what a terminal would obey; expected faults show their sentence in place
 * of a stack.
 */
export async function told<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error) {
      const shown = error instanceof Fault ? printable : printableLines;
      error.message = shown(mask(error.message));
      error.stack = error instanceof Fault ? error.message : shown(mask(error.stack ?? error.message));
    }
    throw error;
  }
}

type Provider = dynamic.ResourceProvider;

/** A provider of which every failure is told. */
export function telling(provider: Provider): Provider {
  const methods = Object.entries(provider) as [string, (...args: unknown[]) => Promise<unknown>][];
  const { check } = provider;
  return {
    ...(Object.fromEntries(
      methods.map(([name, method]) => [name, (...args: unknown[]) => told(() => method(...args))]),
    ) as unknown as Provider),
    ...(check === undefined
      ? {}
      : {
          check: async (olds: Properties, news: Properties) => {
            const checked: dynamic.CheckResult<unknown> = await told(() => check(olds, news));
            const { failures } = checked;
            return failures === undefined
              ? checked
              : { ...checked, failures: failures.map((failure) => shownFailure(failure, news)) };
          },
        }),
  };
}

/** The engine prints the value of the property that a failure names: one that is not fit for it is not named. */
function shownFailure({ property, reason }: dynamic.CheckFailure, news: Properties): dynamic.CheckFailure {
  const printed = JSON.stringify([property, news[property]]);
  return { property: printable(printed) === printed ? property : "", reason: printable(mask(reason)) };
}
