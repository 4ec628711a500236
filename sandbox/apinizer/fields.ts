import { UploadedFile } from "../multipart.js";
import type { VariantSettings } from "../variants.js";
import type { Request } from "../system.js";
import { emptyField, invalid } from "./refusal.js";

/** The fields of a request: of its form, its JSON object or its query (section 2.3). */
export class Fields {
  private constructor(readonly values: Readonly<Record<string, unknown>>) {}

  /** A form; its texts may be in the query, or have to be. */
  static ofForm({ body, query }: Pick<Request, "body" | "query">, { apFields }: VariantSettings): Fields {
    const sent = typeof body === "object" && body !== null ? body : {};
    const files = Object.fromEntries(
      Object.entries(sent).filter(([, value]) => value instanceof UploadedFile || apFields !== "query"),
    );
    return new Fields({ ...(apFields === "form" ? {} : Object.fromEntries(query)), ...files });
  }

  static ofJson(body: unknown): Fields {
    if (typeof body !== "object" || body === null || Array.isArray(body)) throw invalid("Request body is not valid!");
    return new Fields(body as Readonly<Record<string, unknown>>);
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === "string" && value.trim() !== "" ? value : undefined;
  }

  need(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw emptyField(name);
    return value;
  }

  /** The fields of an object within a JSON object. */
  object(name: string): Fields {
    const value = this.values[name];
    if (value === undefined || value === null) throw emptyField(name);
    return Fields.ofJson(value);
  }

  /** One of some values; undefined where it is left out. */
  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const given = this.values[name];
    if (given === undefined || given === null) return undefined;
    const found = values.find((value) => value === given);
    if (found === undefined) throw invalid(`${name} must be one of ${values.join(", ")}!`);
    return found;
  }

  /** ISO 8601 date and time; undefined where it is left out. */
  time(name: string): Date | undefined {
    const given = this.values[name];
    if (given === undefined || given === null) return undefined;
    const read = new Date(typeof given === "string" && /^\d{4}-\d{2}-\d{2}T/.test(given) ? given : NaN);
    if (Number.isNaN(read.getTime())) throw invalid(`${name} is not a valid date!`);
    return read;
  }

  /** A file's bytes; undefined for an empty one, too. */
  file(name: string): Buffer | undefined {
    const value = this.values[name];
    return value instanceof UploadedFile && value.content.length > 0 ? value.content : undefined;
  }

  /** One value, joined by commas. */
  needList(name: string): string[] {
    const names = this.need(name)
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
    if (names.length === 0) throw emptyField(name);
    return names;
  }
}

/** One of the values of a query's parameter; undefined where it is left out. */
export function choice<Value extends string>(
  query: URLSearchParams,
  name: string,
  values: readonly Value[],
  { apBadAction }: VariantSettings,
): Value | undefined {
  const given = query.get(name);
  if (given === null) return undefined;
  const found = values.find((value) => value === given);
  if (found === undefined && apBadAction === "refused") throw invalid(`${name} must be one of ${values.join(", ")}!`);
  return found;
}
