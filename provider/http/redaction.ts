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
  remember([
    secret,
    ...encodings(Buffer.from(secret, "utf8")),
    ...[encodeURIComponent(secret), new URLSearchParams([["", secret]]).toString().slice(1)].flatMap((encoded) => [
      encoded,
      encoded.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    ]),
    JSON.stringify(secret).slice(1, -1),
  ]);
}

/** The same for a key that is written in base64 or base64url: the bytes that it stands for are masked, too. */
export function registerMacKey(key: string | undefined): void {
  registerSecret(key);
  if (key === undefined) return;
  const bytes = Buffer.from(key, "base64url"); // takes both alphabets, padded or not
  for (const form of [...encodings(bytes), bytes.toString("utf8")]) registerSecret(form);
}

const encodings = (bytes: Buffer): string[] => [
  bytes.toString("base64"),
  bytes.toString("base64").replace(/=+$/, ""),
  bytes.toString("base64url"),
  bytes.toString("hex"),
  bytes.toString("hex").toUpperCase(),
];

function remember(forms: readonly string[]): void {
  for (const form of forms) if (form.length >= SHORTEST) known.add(form);
}

export function mask(text: string): string {
  let masked = text;
  // Longest first: a form that contains another is masked whole.
  for (const secret of [...known].sort((a, b) => b.length - a.length)) masked = masked.replaceAll(secret, "[secret]");
  return masked;
}
