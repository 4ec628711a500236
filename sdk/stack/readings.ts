import { isScalar } from "yaml";
import type { Found, Path, Position, YamlText } from "./yaml.js";

/** What stands in a list and is no problem of YAML, but something else than its writer or another reader takes it for. */
export interface Misreading {
  readonly position: Position;
  /** Empty where the place alone says it. */
  readonly path: Path;
  readonly message: string;
}

/** Keys that Pulumi's reader, which knows YAML 1.1, takes for something else than a text, or another text. */
const KEY_OF_OTHERS = /^(~|null|true|false|[-+]?\.(inf|nan)|\d{4}-\d{1,2}-\d{1,2}([t ].*)?)$/i;
/** Its numbers, without the underscores that it drops. */
const NUMBER_OF_OTHERS = /^[-+]?(0x[\da-f]+|0o[0-7]+|0b[01]+|(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?)$/i;
/** Numbers that all readers take for the same. */
const NUMBER_OF_ALL = /^([-+]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][-+]?\d+)?|0x[\da-fA-F]{1,13}|0o[0-7]{1,17})$/;
/** What ends a line in YAML 1.1 alone. */
const LINE_ENDS_OF_OTHERS = /[\u0085\u2028\u2029]/g;
/** A scalar that YAML 1.1 takes for a time: Pulumi's reader makes another text of it unless it is quoted. */
const TIME = /^\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?$/;

/** PEM and blanks, or Base64: nothing else of a list is written with these characters alone. */
const PEM = /^\s*(-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \2-----\s*)+$/;
const BASE64 = /^[A-Za-z0-9+/=\s]{64,}$/;

/**
 * Everything of that sort in a list.
 * @param byPulumi whether Pulumi reads it, too.
 */
export function misreadings(yaml: YamlText, base: Path, byPulumi: boolean): Misreading[] {
  const lineEnds = (byPulumi ? yaml.places(LINE_ENDS_OF_OTHERS) : []).map((position) => ({
    ...{ position, path: [] },
    message:
      "holds a character that ends a line for Pulumi's reader of YAML (U+0085, U+2028 or U+2029): allowed is an escape in double quotes",
  }));
  const others = yaml.below(base).flatMap((found): Misreading[] => {
    const { position, path, node } = found;
    const { tag } = node as { readonly tag?: string };
    if (tag !== undefined)
      return [{ position, path, message: "has a tag (!): allowed is none, texts stand in quotes" }];
    if (isSeveralLines(found))
      return [
        {
          ...{ position, path },
          message:
            "is a text over several lines, which has a part of the list in it where that is indented too deep: allowed is one line, { file: <path> }, or PEM",
        },
      ];
    const other = readOtherwise(found);
    if (other !== undefined)
      return [
        {
          ...{ position, path: [] },
          message: `${other} without quotes is something else to ${byPulumi ? "Pulumi's reader" : "other readers"} of YAML: allowed is the same in quotes, or a plain number`,
        },
      ];
    if (byPulumi && !found.isKey && isPlain(found) && TIME.test(found.source))
      return [
        {
          ...{ position, path },
          message: "is a date without quotes, of which Pulumi makes another text: allowed is the same in quotes",
        },
      ];
    return [];
  });
  return [...lineEnds, ...others];
}

const isPlain = ({ node }: Found): boolean => isScalar(node) && node.type === "PLAIN";

/**
 * A text over several lines takes in what follows it at its own indent: a resource that is indented too deep would be gone
 * without a word. What is PEM has nothing else in it.
 */
function isSeveralLines({ node, source }: Found): boolean {
  if (!isScalar(node)) return false;
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  return (isBlock || /[\r\n]/.test(source.trim())) && !PEM.test(String(node.value)) && !BASE64.test(String(node.value));
}

function readOtherwise(found: Found): string | undefined {
  if (!isPlain(found)) return undefined;
  const { source, isKey } = found;
  const isNumber = /^[-+.\d]/.test(source) && NUMBER_OF_OTHERS.test(source.replaceAll("_", ""));
  return (isKey ? isNumber || KEY_OF_OTHERS.test(source) : isNumber && !NUMBER_OF_ALL.test(source))
    ? source
    : undefined;
}
