import type { HttpCall } from "../core/operation.js";

/** Where requests put a certificate's fields: the pages say form, the OpenAPI file says query (apinizer.md 2.3). */
export const FIELDS = ["form", "query"] as const;
export type Fields = (typeof FIELDS)[number];

/** How the header of a token is written: G1 leaves the word Bearer out (section 7). */
export const AUTHORIZATIONS = ["bearer", "bare"] as const;
export type Authorization = (typeof AUTHORIZATIONS)[number];

export const authorization = (token: string, how: Authorization): string =>
  how === "bearer" ? `Bearer ${token}` : token;

/** A call as one installation reads it: with the texts of a form in the query, where it takes them from there. */
export function spelled(call: HttpCall, fields: Fields): HttpCall {
  const { form } = call;
  if (fields === "form" || form === undefined || !("multipart" in form)) return call;
  const parts = Object.entries(form.multipart);
  const query = parts
    .flatMap(([name, part]) => (typeof part === "string" ? [`${name}=${encodeURIComponent(part)}`] : []))
    .join("&");
  return {
    ...call,
    path: `${call.path}${call.path.includes("?") ? "&" : "?"}${query}`,
    form: { multipart: Object.fromEntries(parts.filter(([, part]) => typeof part !== "string")) },
  };
}
