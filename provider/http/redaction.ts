/**
 * Masks credentials wherever text leaves the process: errors, warnings, receipts. Each credential is masked in the
 * forms in which it could be echoed: as it is, in base64 and base64url, in hex, percent-encoded (as URL and as form) and inside JSON.
 */

const known = new Set<string>();

/** Very short values would mask ordinary words. */
const SHORTEST = 6;

/** From now on `secret` is masked in every text that passes `mask`. */
export function registerSecret(secret: string | undefined): void {
  if (secret === undefined || secret.length < SHORTEST) return;
  const bytes = Buffer.from(secret, "utf8");
  for (const form of [
    secret,
    bytes.toString("base64"),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...[encodeURIComponent(secret), new URLSearchParams([["", secret]]).toString().slice(1)].flatMap((encoded) => [
      encoded,
      encoded.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    ]),
    JSON.stringify(secret).slice(1, -1),
  ]) {
    if (form.length >= SHORTEST) known.add(form);
  }
}

export function mask(text: string): string {
  let masked = text;
  // Longest first: a form that contains another is masked whole.
  for (const secret of [...known].sort((a, b) => b.length - a.length)) masked = masked.replaceAll(secret, "[secret]");
  return masked;
}
