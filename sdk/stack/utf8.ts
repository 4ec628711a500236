import type { Position } from "./yaml.js";

/** Bytes that are no UTF-8, for instance Latin-1: read all the same, names and triggers would be others. */
export class NotUtf8 extends Error {
  constructor(readonly position: Position) {
    super("holds a byte that is no UTF-8: allowed is a text saved as UTF-8");
  }
}

/** The text of a file. A byte order mark stays out of it. @throws NotUtf8 */
export function utf8(bytes: Uint8Array): string {
  if (isUtf8(bytes, bytes.length, false)) return new TextDecoder().decode(bytes);
  // The longest beginning that is right, or is right as far as it goes.
  let [right, wrong] = [0, bytes.length];
  while (right < wrong) {
    const middle = Math.ceil((right + wrong) / 2);
    if (isUtf8(bytes, middle, true)) right = middle;
    else wrong = middle - 1;
  }
  const lines = new TextDecoder().decode(bytes.subarray(0, right), { stream: true }).split(/\r\n|\n|\r/);
  throw new NotUtf8({ line: lines.length, column: (lines.at(-1) ?? "").length + 1 });
}

function isUtf8(bytes: Uint8Array, length: number, mayGoOn: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: mayGoOn });
    return true;
  } catch {
    return false;
  }
}
