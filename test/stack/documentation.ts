import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { REPOSITORY } from "../instrument/project.js";

/** Members of interfaces of the SDK, with what their doc comments say. */

const files = new Map<string, ts.SourceFile>();

function sourceOf(file: string): ts.SourceFile {
  const name = join(REPOSITORY, "sdk", `${file}.ts`);
  const known = files.get(name);
  if (known !== undefined) return known;
  const read = ts.createSourceFile(name, readFileSync(name, "utf8"), ts.ScriptTarget.Latest, true);
  files.set(name, read);
  return read;
}

/** By member; inherited ones, of the same file or of `provider.ts`, included. @throws Error for an interface that is not there. */
export function membersOf(file: string, name: string): Map<string, string> {
  for (const source of [sourceOf(file), sourceOf("provider")]) {
    for (const statement of source.statements) {
      if (
        ts.isTypeAliasDeclaration(statement) &&
        statement.name.text === name &&
        ts.isTypeReferenceNode(statement.type)
      )
        return membersOf(file, statement.type.typeName.getText());
      if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== name) continue;
      const inherited = (statement.heritageClauses ?? []).flatMap(({ types }) =>
        types.flatMap((type) => [...membersOf(file, type.expression.getText())]),
      );
      const own = statement.members.map((member) => [member.name?.getText() ?? "", documented(member)] as const);
      return new Map([...inherited, ...own]);
    }
  }
  throw new Error(`sdk/${file}.ts has no interface ${name}`);
}

const documented = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "")
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
