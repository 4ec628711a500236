/**
 * Text of others (names, subjects, messages) without what its reader would obey: control characters, what is invisible or turns
 * the direction of a text, and the colour tags of the Pulumi CLI, which ends at one that it does not know. Terminal colours are
 * dropped, the rest is written as escapes.
 */
export const printable = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex -- the sequences that set colours
    .replace(/\u001b\[[0-9;]*m/g, "")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu, (character) =>
      character === "\n" ? "\\n" : `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
    )
    .replaceAll("<{%", "<\\{%");

/** The same for a text of several lines, which keeps them. */
export const printableLines = (text: string): string => text.split("\n").map(printable).join("\n");
