/**
 * What a person could read: operations parsed from the captured text of the plain Pulumi CLI. Nothing here asks the
 * provider, and nothing here is shared with it: the grammar is that of the README ("Reading a preview").
 */

export interface Shown {
  /** Catalogue name and target, for instance `ecgrid.certificates.terminate commId=5001 certKeyId=88`. */
  readonly operation: string;
  readonly certain: boolean;
  /** The condition, in words, of one that is not certain. */
  readonly on?: string;
  /** The resource on whose row it was said, where the text tells. */
  readonly resource?: string;
}

const LABEL = /\[([a-z]+(?:\.[A-Za-z-]+)+(?: [A-Za-z]+=[^\s\];]+)+)(?:; if ([^\]]*))?\]/g;

/** One with the words before its label. */
export interface Said {
  readonly shown: Shown;
  readonly sentence: string;
}

const saidIn = (text: string, resource?: string): Said[] =>
  [...text.matchAll(LABEL)].map((match) => {
    const [, operation = "", on] = match;
    return {
      shown: {
        operation,
        certain: on === undefined,
        ...(on === undefined ? {} : { on }),
        ...(resource === undefined ? {} : { resource }),
      },
      sentence: text.slice(0, match.index),
    };
  });

/** The text before anything is applied: `up` prints its own preview first. */
export const previewPart = (text: string): string => text.split(/^Updating \(|^Destroying \(/m)[0] ?? "";

/**
 * Operations that a plain preview names. Each is printed on its resource's row and again under "Diagnostics"; rows are
 * repeated while the preview goes on, so the diagnostics are counted.
 */
export const shownByPreview = (text: string): Shown[] => saidByPreview(text).map(({ shown }) => shown);

/** The same with the words before each label. */
export function saidByPreview(text: string): Said[] {
  const [, diagnostics = ""] = previewPart(text).split(/^Diagnostics:$/m);
  const said: Said[] = [];
  let resource: string | undefined;
  for (const line of diagnostics.split("\n")) {
    if (/^(?:Outputs|Resources|Policies):/.test(line)) break;
    const header = /^ {2}\S+ \((.+)\):$/.exec(line);
    if (header) resource = header[1];
    else said.push(...saidIn(line, resource));
  }
  return said;
}

/** Operations that `pulumi destroy --preview-only --diff` names: the stored list of the inventory. */
export const saidByDestroyPreview = (text: string): Said[] => saidIn(text);
export const shownByDestroyPreview = (text: string): Shown[] => saidByDestroyPreview(text).map(({ shown }) => shown);

/** Operations named on rows, whatever the number of times: what is visible without scrolling to the end. */
export function namedOnRows(text: string): Set<string> {
  const [rows = ""] = previewPart(text).split(/^Diagnostics:$/m);
  return new Set(saidIn(rows).map(({ shown }) => shown.operation));
}

export interface Difference {
  readonly kind: "made but not shown" | "shown as certain but not made";
  readonly operation: string;
}

/** A shown operation may leave parts of its target open (`?`). */
export function fits(shown: string, made: string): boolean {
  const wanted = shown.split(" ");
  const parts = made.split(" ");
  return (
    wanted.length === parts.length &&
    wanted.every(
      (part, at) =>
        part === parts[at] ||
        (part.endsWith("=?") && parts[at]?.startsWith(part.slice(0, -1)) === true) ||
        isAmong(part, parts[at] ?? ""),
    )
  );
}

/** A call that ends all of something names them; some may have ended meanwhile, but none may end that was not named. */
function isAmong(shown: string, made: string): boolean {
  const [wanted, ended] = [shown, made].map((part) => /^credentials=(.+)$/.exec(part)?.[1]?.split(","));
  if (wanted === undefined || ended === undefined) return false;
  return ended.every((id) => id === "none" || wanted.includes(id));
}

/**
 * Compares as multisets: an operation that is made twice must be shown twice. A service does not know of which provider
 * instance a call is.
 */
export function compare(shown: readonly Shown[], made: readonly string[], succeeded: boolean): Difference[] {
  const open = shown
    .map((one) => ({ ...one, operation: one.operation.replace(/ instance=\S+$/, "") }))
    .sort((a, b) => Number(b.certain) - Number(a.certain));
  const differences: Difference[] = [];
  for (const operation of made) {
    const at = [
      open.findIndex((candidate) => candidate.operation === operation),
      open.findIndex((candidate) => fits(candidate.operation, operation)),
    ].find((index) => index >= 0);
    if (at === undefined) differences.push({ kind: "made but not shown", operation });
    else open.splice(at, 1);
  }
  if (succeeded) {
    for (const { operation, certain } of open)
      if (certain) differences.push({ kind: "shown as certain but not made", operation });
  }
  return differences;
}
