import { catalogue } from "../../provider/dynamic/catalogue.js";
import type { Said } from "../instrument/transcript.js";
import { catalogueName, severityMade, severityShown } from "./severity.js";

/** How often each operation that destroys or is billed was shown and made: what a proof at scale has to reach. */

export interface Count {
  shown: number;
  made: number;
}
export type Counts = Record<string, Count>;

/** Runs from which on the coverage is demanded. */
export const WHOLE = 25;
const TRANSITIONS = 200;
const TIMES = 3;

/** A deletion that takes JWKs along is a worse one of the same name. */
const WITH_JWKS = "apinizer.certificates.delete";

/** Under which names an operation counts that destroys or does not. */
function countedAs(operation: string, destroys: boolean): string[] {
  const name = catalogueName(operation);
  const known = catalogue().find((one) => one.name === name);
  return [
    name,
    ...(known?.destructive === "by its arguments" && destroys ? [whenDestroying(name)] : []),
    ...(name === WITH_JWKS && operation.endsWith(" jwks=DELETE") ? [withJwks] : []),
  ];
}

const whenDestroying = (name: string): string => `${name} (as one that destroys)`;
const withJwks = `${WITH_JWKS} (with its JWKs)`;

/** What has to be shown and made, of one system or of all. */
export const demanded = (system?: string): string[] =>
  catalogue()
    .flatMap(({ name, destructive, billed }) => [
      ...(destructive === "always" || billed ? [name] : []),
      ...(destructive === "by its arguments" ? [whenDestroying(name)] : []),
      ...(name === WITH_JWKS ? [withJwks] : []),
    ])
    .filter((name) => system === undefined || name.startsWith(`${system}.`))
    .sort();

/** Counts what a transition has shown and made. */
export function countOperations(counts: Counts, said: readonly Said[], made: readonly string[]): void {
  const one = (name: string): Count => (counts[name] ??= { shown: 0, made: 0 });
  for (const each of said)
    for (const name of countedAs(each.shown.operation, severityShown(each) !== undefined)) one(name).shown++;
  for (const operation of made)
    for (const name of countedAs(operation, severityMade(operation, said) !== undefined)) one(name).made++;
}

/** What is short of the demand, in words; empty when nothing is. */
export function shortOf(counts: Counts, runs: number, transitions: number, system?: string): string[] {
  const least = Math.ceil((TRANSITIONS * runs) / WHOLE);
  return [
    ...(transitions < least ? [`${transitions} transitions in ${runs} runs; demanded are ${least}`] : []),
    ...demanded(system).flatMap((name) => {
      const { shown, made } = counts[name] ?? { shown: 0, made: 0 };
      return Math.min(shown, made) < TIMES
        ? [`${name} was shown ${shown} and made ${made} time(s); demanded are ${TIMES}`]
        : [];
    }),
  ];
}

/** A short table of what is demanded. */
export function table(counts: Counts, system?: string): string {
  const names = demanded(system);
  const width = Math.max(...names.map(({ length }) => length));
  const line = (name: string, shown: string | number, made: string | number): string =>
    `${name.padEnd(width)} ${String(shown).padStart(6)} ${String(made).padStart(6)}\n`;
  return [
    line("destroys or is billed", "shown", "made"),
    ...names.map((name) => line(name, counts[name]?.shown ?? 0, counts[name]?.made ?? 0)),
  ].join("");
}
