import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../instrument/project.js";
import { readPreview } from "../../sdk/cli/review/document.js";
import { operationsOf, reviewOf, type Review } from "../../sdk/cli/review/review.js";

/** Previews of the real engine (`recordPreviews.ts`), and what is made of them. */

/** The decision clock of the recorded previews. */
export const NOW = new Date("2026-03-01T10:00:00Z");
/** That of the recorded refresh. */
export const LATER = new Date("2028-01-30T10:00:00Z");

export interface Raw {
  steps: {
    op: string;
    urn: string;
    oldState?: Record<string, unknown>;
    newState?: Record<string, unknown>;
    [key: string]: unknown;
  }[];
  diagnostics?: { urn?: string; message: string; severity: string }[];
  changeSummary?: Record<string, number>;
  duration?: number;
  [key: string]: unknown;
}

export const fileOf = (name: string): string => join(REPOSITORY, "test", "review", "previews", `${name}.json`);

/** A recorded preview, to be changed at will. */
export const recorded = (name: "preview" | "destroy" | "refresh" | "leftOver"): Raw =>
  JSON.parse(readFileSync(fileOf(name), "utf8")) as Raw;

export const review = (raw: Raw, now = NOW, known: Parameters<typeof reviewOf>[2] = {}): Review =>
  reviewOf(readPreview(JSON.stringify(raw)), now, known);

/** Operations as `name of the resource: label and condition`. */
export const listed = (made: Review): string[] =>
  operationsOf(made).map(({ resource, operation: { label, certainty } }) => {
    const on = certainty.kind === "conditional" ? `; if ${certainty.on}` : "";
    return `${resource.name}: [${label}${certainty.kind === "due" ? `; due ${certainty.from}` : on}]`;
  });

/** What the preview's diagnostics name, read as people read them: `name of the resource: label and condition`. */
export const named = ({ diagnostics = [] }: Raw): string[] =>
  diagnostics.flatMap(({ urn = "", message }) => {
    const brackets = /\[[a-z]+\.[^\]]+\]$/.exec(message.trim())?.[0];
    return brackets === undefined ? [] : [`${urn.split("::")[3] ?? ""}: ${brackets}`];
  });

/** The step of a resource. */
export function stepOf(raw: Raw, name: string, op?: string): Raw["steps"][number] {
  const found = raw.steps.find((step) => step.urn.endsWith(`::${name}`) && (op === undefined || step.op === op));
  if (found === undefined) throw new Error(`the preview has no step of ${name}`);
  return found;
}

/** A preview with so many updates and deletions of this package's resources, each under a name of its own. */
export function many(raw: Raw, count: number): Raw {
  const ours = raw.steps.filter(
    ({ op, urn }) =>
      (op === "update" || op === "delete") && urn.includes("::pulumi-nodejs:") && !urn.includes("clm:Inventory"),
  );
  const copy = <T>(value: T, at: number): T =>
    JSON.parse(
      JSON.stringify(value).replace(
        /(urn:pulumi:[^"]*::pulumi-nodejs:[^"]*::)([^":]+)"/g,
        (_all, urn: string, name: string) => `${urn}${name}-${at}"`,
      ),
    ) as T;
  const steps: Raw["steps"] = [];
  const diagnostics: NonNullable<Raw["diagnostics"]> = [];
  for (let at = 0; steps.length < count; at++) {
    const some = ours.slice(0, count - steps.length);
    const urns = new Set(some.map(({ urn }) => urn));
    steps.push(...copy(some, at));
    diagnostics.push(
      ...copy(
        (raw.diagnostics ?? []).filter(({ urn = "" }) => urns.has(urn)),
        at,
      ),
    );
  }
  const counted = (op: string): number => steps.filter((step) => step.op === op).length;
  return { ...raw, steps, diagnostics, changeSummary: { update: counted("update"), delete: counted("delete") } };
}
