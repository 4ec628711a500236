const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** The three forms of an HTTP date (RFC 9110 section 5.6.7), all in UTC. `Date.parse` would take much more, in local time. */
const FORMS = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
];

/**
 * `Retry-After` as seconds or as an HTTP date (RFC 9110 section 10.2.3).
 * @returns milliseconds to wait from `now`, never negative; undefined when the header is missing or makes no sense.
 */
export function retryAfter(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = httpDate(text, now);
  return at === undefined ? undefined : Math.max(0, at - now.getTime());
}

function httpDate(text: string, now: Date): number | undefined {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (parts === undefined) return undefined;
  const { day = "", month = "", year = "", time = "" } = parts;
  const number = MONTHS.indexOf(month) + 1;
  const pad = (part: string): string => part.trim().padStart(2, "0");
  const at = (fullYear: string): number => Date.parse(`${fullYear}-${pad(String(number))}-${pad(day)}T${time}Z`);
  const century = String(now.getUTCFullYear()).slice(0, 2);
  const parsed = at(year.length === 2 ? century + year : year);
  return Number.isNaN(parsed) ? undefined : parsed;
}
