/** One error. No envelope is documented; codes are those of the nearest DigiCert API (digicert-acme.md 5). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const invalid = (field: string, message = `The value of ${field} is not valid.`): Refusal =>
  new Refusal(400, `invalid_value:${field}`, message);
export const required = (field: string): Refusal =>
  new Refusal(400, `required_param:${field}`, `${field} is required.`);
export const notFound = (what: "contract" | "credential" | "route", status = 404): Refusal =>
  new Refusal(status, `not_found|${what}`, `The ${what} was not found.`);
export const denied = (message = "The key is of the wrong kind for this."): Refusal =>
  new Refusal(403, "access_denied|missing_permission", message);

/** Throws unless the status that a switch names is a success. */
export function unlessSuccess(status: string, code: string, message: string): void {
  if (Number(status) >= 300) throw new Refusal(Number(status), code, message);
}

type Json = Readonly<Record<string, unknown>>;

/** A part of a request body, read by the documented types. */
export class Fields {
  constructor(
    readonly body: Json,
    readonly path = "",
  ) {}

  /** @throws Refusal when there is a body that is no object. */
  static of(value: unknown): Fields {
    if (value === undefined) return new Fields({});
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new Refusal(400, "bad_request_format", "The body is not a JSON object.");
    return new Fields(value as Json);
  }

  name(field: string): string {
    return this.path === "" ? field : `${this.path}.${field}`;
  }

  has(field: string): boolean {
    return this.body[field] !== undefined && this.body[field] !== null;
  }

  part(field: string): Fields | undefined {
    const value = this.body[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "object" || Array.isArray(value)) throw invalid(this.name(field));
    return new Fields(value as Json, this.name(field));
  }

  parts(field: string): Fields[] {
    const value = this.body[field];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw invalid(this.name(field));
    return value.map((item) => {
      if (typeof item !== "object" || item === null || Array.isArray(item)) throw invalid(this.name(field));
      return new Fields(item as Json, this.name(field));
    });
  }

  text(field: string): string | undefined {
    const value = this.body[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") throw invalid(this.name(field));
    return value;
  }

  needText(field: string): string {
    const value = this.text(field);
    if (value === undefined || value.trim() === "") throw required(this.name(field));
    return value;
  }

  /** A list of at least one text. */
  needTexts(field: string): string[] {
    const value = this.body[field];
    if (value === undefined || value === null) throw required(this.name(field));
    if (!Array.isArray(value) || value.some((item) => typeof item !== "string" || item.trim() === ""))
      throw invalid(this.name(field));
    if (value.length === 0) throw required(this.name(field));
    return value as string[];
  }

  flag(field: string): boolean | undefined {
    const value = this.body[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "boolean") throw invalid(this.name(field));
    return value;
  }
}
