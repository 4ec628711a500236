import { printable } from "../../../provider/core/printable.js";
import type { NotFoundWhole, Row, Scanned } from "./found.js";
import type { Resource, Taken } from "./resources.js";

/** One line of the table. */
export interface Line extends Row {
  /** Name of the resource; missing where nothing is imported. */
  readonly name?: string;
  /** Why nothing is imported. */
  readonly because?: string;
  readonly notes: readonly string[];
}

export interface Table {
  readonly lines: readonly Line[];
  readonly imported: number;
  readonly notImported: number;
  /** Left out by the filters. */
  readonly leftOut: number;
}

export const isTaken = (one: Taken): one is Taken & { readonly result: Resource } => !("because" in one.result);

export function tableOf(all: readonly Taken[], { others, leftOut }: Scanned): Table {
  const row = ({ kind, id, names, until, status }: Row): Row => ({
    ...{ kind, id, names, status },
    ...(until === undefined ? {} : { until }),
  });
  const lines = all.map((one): Line => {
    const { found, name, result } = one;
    const notes = found.note === undefined ? [] : [found.note];
    return "because" in result
      ? { ...row(found), because: result.because, notes }
      : { ...row(found), name, notes: [...notes, ...result.told] };
  });
  const rest = others.map((one: NotFoundWhole): Line => ({ ...row(one), because: one.because, notes: [] }));
  const imported = lines.filter(({ name }) => name !== undefined).length;
  return { lines: [...lines, ...rest], imported, notImported: lines.length + rest.length - imported, leftOut };
}

/** Longest text of a column before it is cut; names can be hundreds. */
const WIDEST = 48;

/** For people: what is imported in columns, then what is not, with its reason. */
export function forPeople({ lines, imported, notImported, leftOut }: Table): string {
  const cut = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 3)}...` : text);
  const cells = (line: Line): string[] =>
    [line.name ?? "-", line.kind, line.id, line.names.join(", "), line.until ?? "", line.status].map((cell) =>
      cut(printable(cell)),
    );
  const head = ["name", "kind", "id", "names", "expires", "status"];
  const wholes = lines.filter(({ name }) => name !== undefined);
  const rest = lines.filter(({ name }) => name === undefined);
  const columns = [head, ...wholes.map(cells)];
  const widths = head.map((_, at) => Math.max(...columns.map((row) => row[at]?.length ?? 0)));
  const text = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  const notes = wholes.flatMap((line) => line.notes.map((note) => `  ${line.name ?? ""}: ${printable(note)}\n`));
  return [
    ...(wholes.length > 0 ? [...columns.map((row) => `${text(row)}\n`), "\n"] : []),
    ...(notes.length > 0 ? ["to know:\n", ...notes, "\n"] : []),
    ...(rest.length > 0
      ? [
          "not imported:\n",
          ...rest.map(
            (line) =>
              `  ${cells(line)
                .slice(1)
                .filter((cell) => cell !== "")
                .join("  ")}\n    ${printable(line.because ?? "")}\n`,
          ),
          "\n",
        ]
      : []),
    `${imported} to import, ${notImported} not, ${leftOut} left out by the filters\n`,
  ].join("");
}
