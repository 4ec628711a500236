/** An error answer of ECGrid (ecgrid.md 7). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
  ) {
    super(message);
  }
}

export const invalid = (message: string): Refusal => new Refusal(400, "InvalidParameter", message);
export const duplicate = (message: string): Refusal => new Refusal(400, "DuplicateObject", message);
export const notFound = (message: string): Refusal => new Refusal(404, "ObjectNotFound", message);

type Body = Readonly<Record<string, unknown>>;

/** Reads fields of a request by the documented type. A missing optional field is undefined. */
export class Fields {
  constructor(readonly body: Body) {}

  integer(name: string, range: { least: number; most?: number; required?: boolean }): number | undefined {
    const value = this.#value(name, range.required === true);
    if (value === undefined) return undefined;
    if (
      typeof value !== "number" ||
      !Number.isInteger(value) ||
      value < range.least ||
      value > (range.most ?? 2_147_483_647)
    ) {
      throw invalid(`${name} must be an integer of at least ${range.least}`);
    }
    return value;
  }

  id(name: string): number {
    return this.integer(name, { least: 1, required: true }) ?? 0;
  }

  oneOf(name: string, values: readonly string[], required = false): string | undefined {
    const value = this.#value(name, required);
    if (value === undefined) return undefined;
    if (typeof value !== "string" || !values.includes(value))
      throw invalid(`${name} must be one of ${values.join(", ")}`);
    return value;
  }

  text(name: string, required = false): string | undefined {
    const value = this.#value(name, required);
    if (value === undefined) return undefined;
    if (typeof value !== "string") throw invalid(`${name} must be a string`);
    return value;
  }

  base64(name: string, required = false): string | undefined {
    const text = this.text(name, required);
    if (text === undefined) return undefined;
    const bare = text.replaceAll(/\s/g, "");
    if (bare === "" || bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(bare))
      throw invalid(`${name} must be Base64`);
    return bare;
  }

  time(name: string): Date | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const at = dateTime(text);
    if (at === undefined) throw invalid(`${name} must be an ISO 8601 date-time`);
    return at;
  }

  flag(name: string): boolean | undefined {
    const value = this.#value(name, false);
    if (value !== undefined && typeof value !== "boolean") throw invalid(`${name} must be true or false`);
    return value;
  }

  #value(name: string, required: boolean): unknown {
    const value = this.body[name];
    if (value === undefined || value === null) {
      if (required) throw invalid(`${name} is required`);
      return undefined;
    }
    return value;
  }
}

/** ISO 8601 with up to seven digits of a second; UTC when it names no zone (ecgrid.md 4). Undefined when it is none. */
function dateTime(text: string): Date | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, zone] = parts;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1) return undefined; // 30 February
  const at = new Date(text.includes("T") && zone === undefined ? `${text}Z` : text);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
