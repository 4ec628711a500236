import { label, type Effect, type Operation } from "../../../provider/core/operation.js";
import { kindOf } from "../../../provider/dynamic/kinds.js";
import { NOBODY } from "../../../provider/dynamic/staying.js";
import { grouped } from "./grouped.js";
import type { PlannedChange } from "./planning.js";

/** What takes the place of what ends. Pure. */

const MAKES: readonly Effect[] = ["create", "upload", "order", "mint", "renew", "reissue"];

/** What takes the place of what an operation of a change ends, in words; undefined where nothing ends, or nothing does. */
export type SuccessorOf = (change: PlannedChange, operation: Operation) => string | undefined;

export function successors(changes: readonly PlannedChange[], now: Date): SuccessorOf {
  const byUrn = grouped(changes, ({ change }) => change.urn);
  const byReplacement = grouped(changes, ({ change }) => change.replacement ?? "");
  const madeBy = (some: readonly PlannedChange[] | undefined): string | undefined => {
    const made = some?.flatMap(({ operations }) => operations).find(({ effect }) => MAKES.includes(effect));
    return made === undefined ? undefined : `what ${label(made)} makes`;
  };
  /** Of a retirement: what is in charge of its subject after this run. */
  const inCharge = (change: PlannedChange): string | undefined => {
    const of = subjectOf(change);
    if (of === undefined) return undefined;
    const subject = byUrn.get(of.urn);
    const known = subject?.find(({ what }) => what !== undefined)?.what;
    return madeBy(subject) ?? known ?? described(of, now);
  };
  return (change, { destructive, effect }) => {
    if (!destructive) return undefined;
    if (MAKES.includes(effect)) return "what it makes itself";
    const { replacement } = change.change;
    return replacement === undefined ? (inCharge(change) ?? madeBy([change])) : madeBy(byReplacement.get(replacement));
  };
}

interface Subject {
  readonly urn: string;
  readonly type?: unknown;
  readonly state?: unknown;
}

function subjectOf({ change: { kind, before, after } }: PlannedChange): Subject | undefined {
  if (kind.system !== "clm") return undefined;
  const of = after?.of ?? before?.outputs?.of;
  return typeof of === "object" && of !== null && typeof (of as Partial<Subject>).urn === "string"
    ? (of as Subject)
    : undefined;
}

function described({ urn, type, state }: Subject, now: Date): string | undefined {
  const kind = typeof type === "string" ? kindOf(type) : undefined;
  const known = kind?.stateFrom(state);
  return kind === undefined || known === undefined
    ? undefined
    : kind.describe(known, { urn, instance: undefined }, now, NOBODY).what;
}
