/**
 * `Retry-After` as seconds or as an HTTP date (RFC 9110 section 10.2.3).
 * @returns milliseconds to wait from `now`, never negative; undefined when the header is missing or makes no sense.
 */
export function retryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Only the date form of RFC 9110: Date.parse alone would accept "-1" as a year.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
