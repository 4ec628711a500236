import type { Request } from "../system.js";

/** The parts of a path below the root, decoded; undefined when one cannot be (section 1.1). */
export function partsOf(path: string): string[] | undefined {
  try {
    return path
      .replace(/^\/apiops\//, "")
      .replace(/\/$/, "")
      .split("/")
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** Other calls that create a JWK (section 3). */
const CREATES = new Set(["generate", "parse-from-certificate"]);

/** Catalogue name and target of a mutating request. The document has no calls that only deploy or undeploy (section 2). */
export function operationOf({
  method,
  path,
  body,
  query,
}: Pick<Request, "method" | "path" | "body" | "query">): string | undefined {
  const [area, project = "", collection = "", name, ...more] = path.startsWith("/apiops/") ? (partsOf(path) ?? []) : [];
  if (area !== "projects" || more.length > 0) return undefined;
  const fields = typeof body === "object" && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
  const sent = (field: string): string => {
    const value = fields[field] ?? query.get(field) ?? "";
    return typeof value === "string" && !value.includes("PRIVATE KEY") ? value : "";
  };
  const operation = (verb: string, target: string): string =>
    `apinizer.${collection}.${verb} project=${project} name=${target}`;
  switch (`${method} ${collection} ${name === undefined ? "all" : "one"}`) {
    case "POST certificates all":
      return operation("create", sent("certificateName"));
    case "POST certificates one":
      return name === "import-file" ? operation("import", sent("certificateName")) : undefined;
    case "PUT certificates one":
    case "PUT jwks one":
      return operation("update", name ?? "");
    case "DELETE certificates one": {
      // What it does to JWKs is for good, so it is part of what a preview has to name (section 2.5).
      const takesJwks = query.get("jwkDeleteAction") === "DELETE" ? " jwks=DELETE" : "";
      return `${operation("delete", name ?? "")}${takesJwks}`;
    }
    case "DELETE jwks one":
      return operation("delete", name ?? "");
    case "POST jwks all":
      return operation("create", sent("name"));
    case "POST jwks one":
      return CREATES.has(name ?? "") ? operation("create", sent("name")) : undefined;
  }
  return undefined;
}
