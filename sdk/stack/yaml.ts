import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
} from "yaml";

/** Keys of maps and indexes of lists, from the outside in. */
export type Path = readonly (string | number)[];

/** Both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Of one anchor: more is an attack on the reader, not a list. */
const MOST_ALIASES = 10_000;

/** Keys that Pulumi's reader, which knows YAML 1.1, takes for something else than a text, or another text. */
const KEY_OF_OTHERS =
  /^(~|null|true|false|[-+]?(\d[\d_]*|0[xob][\da-f_]+)(\.[\d_]*)?(e[-+]?\d+)?|[-+]?\.(inf|nan)|\d{4}-\d{1,2}-\d{1,2}([t ].*)?)$/i;
/** Numbers that both readers take for different ones, or one of them for a text. */
const NUMBER_OF_OTHERS = /^[-+]?(0[\d_]+|\d[\d_]*_[\d_]*|0b[01_]+)(\.[\d_]*)?$/i;

/** A scalar that YAML 1.1 takes for a time: Pulumi's reader makes another text of it unless it is quoted. */
const TIME = /^\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?$/;

/** A YAML text, with the place of everything in it. Never throws: what is wrong is in `problems`. */
export class YamlText {
  readonly value: unknown;
  readonly problems: readonly { readonly position: Position; readonly message: string }[];
  readonly #lines = new LineCounter();
  readonly #document: Document | undefined;

  constructor(text: string) {
    const problems: { position: Position; message: string }[] = [];
    try {
      this.#document = parseDocument(text, {
        ...{ lineCounter: this.#lines, logLevel: "error", merge: true },
        ...{ prettyErrors: false, stringKeys: true, uniqueKeys: true },
      });
      for (const { pos, message } of [...this.#document.errors, ...this.#document.warnings])
        problems.push({ position: this.#position(pos[0]), message: `no valid YAML: ${message}` });
      const value = problems.length > 0 ? undefined : (this.#document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown);
      if (isCircular(value)) throw new Error("an alias stands in what it stands for");
      this.value = value;
    } catch (error) {
      // Too deep for the reader, or more aliases than anybody writes.
      problems.push({ position: { line: 1, column: 1 }, message: `no YAML that can be read: ${String(error)}` });
    }
    this.problems = problems;
  }

  /** Where a path stands, or as much of it as there is. */
  position(path: Path): Position {
    let at = this.#document?.contents?.range?.[0] ?? 0;
    this.#walk(path, (key) => {
      at = key.range?.[0] ?? at;
    });
    return this.#position(at);
  }

  /** Unquoted names and numbers below a path of which Pulumi's reader makes something else. */
  ambiguous(path: Path): { readonly position: Position; readonly text: string }[] {
    let below: unknown = this.#document?.contents;
    this.#walk(path, (_, node) => {
      below = node;
    });
    const found: { position: Position; text: string }[] = [];
    if (isNode(below))
      visit(below, {
        Scalar: (key, node) => {
          const { source = "", type, range } = node;
          if (type === "PLAIN" && (key === "key" ? KEY_OF_OTHERS : NUMBER_OF_OTHERS).test(source))
            found.push({ position: this.#position(range?.[0] ?? 0), text: source });
        },
      });
    return found;
  }

  /** Whether a path is an unquoted date or time. */
  isUnquotedTime(path: Path): boolean {
    let found = false;
    const depth = path.length;
    let walked = 0;
    this.#walk(path, (_, node) => {
      walked++;
      const one = this.#resolved(node);
      found = walked === depth && isScalar(one) && one.type === "PLAIN" && TIME.test(one.source ?? "");
    });
    return found;
  }

  #walk(path: Path, visit: (key: Node, value: unknown) => void): void {
    let node: unknown = this.#document?.contents;
    for (const segment of path) {
      const inside = this.#resolved(node);
      if (isMap<Node>(inside)) {
        const pair = inside.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
        if (pair === undefined) return;
        visit(pair.key, pair.value);
        node = pair.value;
      } else if (isSeq<Node>(inside)) {
        const item = inside.items[Number(segment)];
        if (item === undefined) return;
        visit(item, item);
        node = item;
      } else return;
    }
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) && this.#document !== undefined ? node.resolve(this.#document) : node;
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function isCircular(value: unknown, around: ReadonlySet<unknown> = new Set()): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (around.has(value)) return true;
  const inside = new Set([...around, value]);
  return Object.values(value).some((one) => isCircular(one, inside));
}

/** A text that stands under `secure:` in `Pulumi.<stack>.yaml`, as Pulumi has decrypted it. Never printed. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);

/** A path as people read it: `groups[0].resources.partner-a`. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, segment) =>
      typeof segment === "number" ? `${text}[${segment}]` : text === "" ? segment : `${text}.${segment}`,
    "",
  );
