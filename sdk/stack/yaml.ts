import {
  isAlias,
  isMap,
  isNode,
  isPair,
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

/** Something in a YAML text, with its place and its path below that which was asked for. */
export interface Found {
  readonly node: Node;
  readonly path: Path;
  readonly position: Position;
  readonly isKey: boolean;
  /** As it is written. */
  readonly source: string;
}

/** A YAML text, with the place of everything in it. Never throws: what is wrong is in `problems`. */
export class YamlText {
  readonly value: unknown;
  readonly problems: readonly { readonly position: Position; readonly message: string }[];
  readonly #lines = new LineCounter();
  readonly #text: string;
  readonly #document: Document | undefined;

  constructor(text: string) {
    this.#text = text;
    const problems: { position: Position; message: string }[] = [];
    try {
      this.#document = parseDocument(text, {
        ...{ lineCounter: this.#lines, logLevel: "error", merge: true },
        ...{ prettyErrors: false, stringKeys: true, uniqueKeys: true },
      });
      for (const { pos, message } of [...this.#document.errors, ...this.#document.warnings])
        problems.push({ position: this.#position(pos[0]), message: `no valid YAML: ${message}` });
      problems.push(...this.#unreadable(this.#document));
      const value = problems.length > 0 ? undefined : (this.#document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown);
      this.value = value;
    } catch (error) {
      // Too deep for the reader, or more aliases than anybody writes.
      problems.push({ position: { line: 1, column: 1 }, message: `no YAML that can be read: ${String(error)}` });
    }
    this.problems = problems;
  }

  /** What the reader throws at without saying where it stands, and another version of YAML. */
  #unreadable(document: Document): { position: Position; message: string }[] {
    const found: { position: Position; message: string }[] = [];
    const say = (offset: number | undefined, message: string): void => {
      found.push({ position: this.#position(offset ?? 0), message: `no YAML that can be read: ${message}` });
    };
    const { yaml } = document.directives ?? {};
    if (yaml?.explicit === true && yaml.version !== "1.2")
      say(Math.max(this.#text.search(/^%YAML/m), 0), `it is YAML ${yaml.version}: allowed is 1.2, or no %YAML`);
    visit(document, (_, node, around) => {
      if (isAlias(node)) {
        const target = node.resolve(document);
        if (target === undefined)
          say(node.range?.[0], `*${node.source} stands for nothing: allowed is the name of an anchor before it`);
        else if (around.includes(target)) say(node.range?.[0], `*${node.source} stands in what it stands for`);
      } else if (isPair(node) && isScalar(node.key) && node.key.type === "PLAIN" && node.key.source === "<<") {
        const { value } = node;
        if (!isMerged(isAlias(value) ? value.resolve(document) : value))
          say(node.key.range?.[0], "<< takes in what is no map: allowed is a map, or an alias of one");
      }
    });
    return found;
  }

  /** Where a path stands, or as much of it as there is. */
  position(path: Path): Position {
    let at = this.#document?.contents?.range?.[0] ?? 0;
    this.#walk(path, (key) => {
      at = key.range?.[0] ?? at;
    });
    return this.#position(at);
  }

  /** Everything at and below a path, and what aliases in it stand for; nothing where there is no such path. */
  below(path: Path): Found[] {
    let top: unknown = this.#document?.contents;
    let walked = 0;
    this.#walk(path, (_, node) => {
      top = node;
      walked++;
    });
    const found: Found[] = [];
    if (walked === path.length) this.#collect(top, [], false, found, new Set());
    return found;
  }

  /** Where one of some characters stands. */
  places(characters: RegExp): Position[] {
    return [...this.#text.matchAll(characters)].map(({ index }) => this.#position(index));
  }

  #collect(node: unknown, path: Path, isKey: boolean, found: Found[], seen: Set<unknown>): void {
    if (!isNode(node) || seen.has(node)) return;
    seen.add(node);
    if (isAlias(node)) {
      this.#collect(this.#resolved(node), path, isKey, found, seen);
      return;
    }
    const [start = 0, end = start] = node.range ?? [];
    found.push({ ...{ node, path, isKey }, position: this.#position(start), source: this.#text.slice(start, end) });
    if (isMap(node))
      for (const { key, value } of node.items) {
        const inside = [...path, isScalar(key) ? String(key.value) : ""];
        this.#collect(key, inside, true, found, seen);
        this.#collect(value, inside, false, found, seen);
      }
    if (isSeq(node))
      node.items.forEach((item, index) => {
        this.#collect(item, [...path, index], false, found, seen);
      });
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

const isMerged = (node: unknown): boolean =>
  isMap(node) || (isSeq(node) && node.items.every((one) => isMap(one) || isAlias(one)));

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

/** A map as YAML and JSON give it: a `Map`, a `Set` or a `Secret` is none, and would have no keys. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as null);

/** A path as people read it: `groups[0].resources.partner-a`. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, segment) =>
      typeof segment === "number" ? `${text}[${segment}]` : text === "" ? segment : `${text}.${segment}`,
    "",
  );
