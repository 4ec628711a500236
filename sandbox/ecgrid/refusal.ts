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

  time(name: string): Date | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const at = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
    if (Number.isNaN(at.getTime())) throw invalid(`${name} must be an ISO 8601 date-time`);
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
