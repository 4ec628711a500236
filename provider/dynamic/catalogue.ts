import * as apinizer from "../apinizer/operations.js";
import * as certcentral from "../certcentral/operations.js";
import type { CatalogueEntry } from "../core/operation.js";
import * as ecgrid from "../ecgrid/operations.js";
import * as partner from "../partner/operations.js";

/** What a catalogue says of every call of a name, whatever its arguments. */
export type Known = Pick<CatalogueEntry<never>, "name" | "effect" | "reversible" | "destructive" | "billed">;

const isEntry = (value: unknown): value is Known => typeof value === "object" && value !== null && "certain" in value;

const KNOWN: ReadonlyMap<string, Known> = new Map(
  [apinizer, certcentral, ecgrid, partner]
    .flatMap((operations) => Object.values<unknown>(operations).filter(isEntry))
    .map((entry) => [entry.name, entry]),
);

/** The catalogue's entry of a name; undefined for a call that this version does not know. */
export const catalogued = (name: string): Known | undefined => KNOWN.get(name);

/** All entries. */
export const catalogue = (): Known[] => [...KNOWN.values()];
