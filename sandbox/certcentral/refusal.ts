/** One error of CertCentral's envelope (digicert-certcentral.md 12). */
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
export const notFound = (what: "order" | "product" | "route" | "" = ""): Refusal =>
  new Refusal(404, what === "" ? "not_found" : `not_found|${what}`, "The requested resource was not found.");
export const denied = (code = "missing_permission"): Refusal =>
  new Refusal(403, `access_denied|${code}`, "The key lacks the right for this.");

/** Of a certificate that is still being made (section 11; the status is not recorded). */
export const unavailable = (): Refusal =>
  new Refusal(400, "cert_unavailable_processing", "The certificate is not available yet.");

type Json = Readonly<Record<string, unknown>>;

/** A part of a request body, read by the documented types. */
export class Fields {
  constructor(
    readonly body: Json,
    readonly path = "",
  ) {}

  static of(value: unknown): Fields {
    return new Fields(typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {});
  }

  name(field: string): string {
    return this.path === "" ? field : `${this.path}.${field}`;
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
      if (typeof item !== "object" || item === null) throw invalid(this.name(field));
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

  texts(field: string): string[] {
    const value = this.body[field] ?? [];
    if (!Array.isArray(value) || value.some((item) => typeof item !== "string")) throw invalid(this.name(field));
    return value as string[];
  }

  integer(field: string): number | undefined {
    const value = this.body[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "number" || !Number.isInteger(value)) throw invalid(this.name(field));
    return value;
  }

  flag(field: string): boolean {
    const value = this.body[field] ?? false;
    if (typeof value !== "boolean" && value !== 0 && value !== 1) throw invalid(this.name(field));
    return value === true || value === 1;
  }

  oneOf(field: string, values: readonly string[]): string | undefined {
    const value = this.text(field);
    if (value !== undefined && !values.includes(value)) throw invalid(this.name(field));
    return value;
  }
}
