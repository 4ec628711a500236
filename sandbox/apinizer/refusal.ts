import type { VariantSettings } from "../variants.js";

/** What was refused, in the words of the error form B (section 1.4). */
export type Kind =
  | "bad_request"
  | "not_found"
  | "access_denied"
  | "duplicate_name"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "server_error";

/** One error. `empty` has no body. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly kind: Kind,
    message: string,
    readonly empty = false,
  ) {
    super(message);
  }
}

export const PERMISSION = "User does not have required permission for this operation!";
export const UNEXPECTED = "An unexpected error occurred";

export const invalid = (message: string): Refusal => new Refusal(400, "bad_request", message);
export const emptyField = (field: string): Refusal => invalid(`${field} value can not be empty!`);

export const noRoute = (): Refusal => new Refusal(404, "not_found", "There is no such endpoint.", true);

/** A certificate, JWK or environment that is not there (sections 1.5, 2.2). */
export function notFound({ apNotFound }: VariantSettings, message: string): Refusal {
  if (apNotFound === "404-empty") return new Refusal(404, "not_found", message, true);
  return new Refusal(Number(apNotFound), apNotFound === "404" ? "not_found" : "bad_request", message);
}

export const noCertificate = (variants: VariantSettings, name: string): Refusal =>
  notFound(variants, `Certificate (name: ${name}) is not found!`);

export const noEnvironment = (variants: VariantSettings, name: string): Refusal =>
  notFound(variants, `Environment (${name}) is not found or user does not have privilege to access it!`);

/** A project that is not there, or not seen: the answer does not tell which (section 1.5). */
export function noProject({ apProjectNotFound, apProjectText }: VariantSettings, name: string): Refusal {
  const text = {
    plain: `Project (${name}) is not found!`,
    privilege: `Project (${name}) is not found or user does not have privilege to access it!`,
    was: `Project(${name}) was not found or user does not have privilege to access it!`,
  }[apProjectText];
  return new Refusal(Number(apProjectNotFound), apProjectNotFound === "404" ? "not_found" : "bad_request", text);
}

export const denied = ({ apDenied }: VariantSettings, message = PERMISSION): Refusal =>
  new Refusal(Number(apDenied), "access_denied", message);

export const duplicate = ({ apDuplicate }: VariantSettings, message: string): Refusal =>
  new Refusal(Number(apDuplicate), "duplicate_name", message);
