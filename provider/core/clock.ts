/**
 * The decision clock: one time for all decisions of a run. Windows count in whole UTC days, so that a preview and its
 * `up` on the same day decide alike even without `CLM_NOW` (architecture section 5).
 */

const DAY = 86_400_000;

/** Midnight UTC of the day that holds `at`. */
export function utcDay(at: Date): Date {
  return new Date(Math.floor(at.getTime() / DAY) * DAY);
}

/** Whole UTC days from the day of `from` to the day of `to`; negative when `to` is earlier. */
export function daysBetween(from: Date, to: Date): number {
  return Math.round((utcDay(to).getTime() - utcDay(from).getTime()) / DAY);
}

/** `date` some years on; 29 February becomes 28 February in other years. */
export function addYears(date: Date, years: number): Date {
  const moved = new Date(date);
  moved.setUTCFullYear(date.getUTCFullYear() + years);
  if (moved.getUTCMonth() !== date.getUTCMonth()) moved.setUTCDate(0);
  return moved;
}

/** `day` some days on; both `YYYY-MM-DD`, UTC. */
export const daysAfter = (day: string, days: number): string =>
  isoDay(new Date(new Date(`${day}T00:00:00Z`).getTime() + days * DAY));

/** `YYYY-MM-DD`, UTC. */
export const isoDay = (date: Date): string => date.toISOString().slice(0, 10);

/** ISO 8601, UTC, whole seconds. */
export const wholeSeconds = (at: Date): string => at.toISOString().replace(/\.\d{3}Z$/, "Z");

/** A time as it is sent: without a zone it is UTC (ecgrid.md 4), and that is said. */
export function utc(text: string | undefined): string | undefined {
  const at = text === undefined ? undefined : parseTime(text);
  return at === undefined ? undefined : wholeSeconds(at);
}

/**
 * Reads `CLM_NOW`: an ISO 8601 date or date-time, UTC when it has no zone.
 * @throws Error when it is set and not a date: a run must not decide by a time nobody meant.
 */
export function pinnedNow(text: string | undefined): Date | undefined {
  if (text === undefined || text === "") return undefined;
  const at = parseTime(text);
  if (at === undefined) {
    throw new Error(
      `CLM_NOW is "${text}", which is not a date. Allowed: ISO 8601, for instance 2026-11-23 or 2026-11-23T08:00:00Z.`,
    );
  }
  return at;
}

/** Reads an ISO 8601 date or date-time; without a zone it is UTC (ecgrid.md 4). Up to 7 fraction digits (.NET). */
export function parseTime(text: string): Date | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
    text.trim(),
  );
  if (!match) return undefined;
  const [, day, time = "00:00:00", fraction = "", zone = "Z"] = match;
  const date = new Date(`${day ?? ""}T${time.length === 5 ? `${time}:00` : time}${fraction.slice(0, 4)}${zone}`);
  // "2026-02-30" would roll over to March: not a date.
  if (Number.isNaN(date.getTime())) return undefined;
  if (new Date(`${day ?? ""}T00:00:00Z`).toISOString().slice(0, 10) !== day) return undefined;
  return date;
}
