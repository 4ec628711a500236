import { InFile, type Files } from "./files.js";
import type { Resource } from "./resources.js";

/** A program that makes what was imported. */
export function typescript(resources: readonly Resource[], files: Files): string {
  const lines = resources.map(
    ({ kind, name, program }) => `new ${kind.kind}(${text(name)}, ${value(files.of(name, program), "")});\n`,
  );
  const systems = [...new Set(resources.map(({ kind }) => kind.system))].sort();
  const reads = files.texts.size > 0;
  return [
    "// What `clm import` has found. The first preview after `pulumi import` changes nothing.\n",
    ...(reads ? [`import { readFileSync } from "node:fs";\n`, `import { join } from "node:path";\n`] : []),
    `import { ${systems.join(", ")} } from "pulumi-clm";\n\n`,
    ...(reads ? [`const file = (name: string): string => readFileSync(join(__dirname, name), "utf8");\n\n`] : []),
    ...lines,
  ].join("");
}

const text = (one: string): string => JSON.stringify(one);

function value(one: unknown, indent: string): string {
  if (one instanceof InFile) return `file(${text(one.file)})`;
  if (Array.isArray(one)) return `[${one.map((item) => value(item, indent)).join(", ")}]`;
  if (typeof one !== "object" || one === null) return JSON.stringify(one);
  const inner = `${indent}  `;
  const entries = Object.entries(one).map(
    ([key, item]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : text(key)}: ${value(item, inner)}`,
  );
  const short = `{ ${entries.join(", ")} }`;
  return indent !== "" && short.length < 80
    ? short
    : `{\n${entries.map((each) => `${inner}${each},\n`).join("")}${indent}}`;
}
