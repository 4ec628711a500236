import { Fault, type Outcome } from "../core/fault.js";
import type { Answer } from "../core/perform.js";
import { LONGEST_WORD, parseJson } from "./answerFields.js";

/** What an answer of a JSON API says about the call: yes with data, or no in words. */
export type Reply =
  { readonly outcome: "done"; readonly status: number; readonly data: unknown; readonly traceId: string } | Failed;

export interface Failed {
  readonly outcome: Exclude<Outcome, "done">;
  readonly cameBack: string;
  readonly traceId: string;
  readonly status?: number;
  /** Codes of the errors, as the service spells them. */
  readonly codes: readonly string[];
  /** Body of an answer whose status says yes and whose words say no. */
  readonly data?: unknown;
}

/** An error of the service's envelope. */
export interface ServiceError {
  readonly code?: string | null | undefined;
  readonly message?: string | null | undefined;
}

/** Reads status and body: only 204, or another 2xx with a JSON body, is a yes. `errorsOf` reads the service's envelope. */
export function readJsonReply(answer: Answer, errorsOf: (json: unknown) => readonly ServiceError[]): Reply {
  const { status, traceId } = answer;
  const json = parseJson(answer.body);
  const isObject = typeof json === "object" && json !== null;
  if (status >= 200 && status < 300 && (isObject || (status === 204 && answer.body.trim() === "")))
    return { outcome: "done", status, data: json, traceId };
  const errors = errorsOf(json);
  const codes = errors.flatMap(({ code }) => (code == null ? [] : [code.slice(0, LONGEST_WORD)]));
  const words = errors.map(({ code, message }) =>
    [code, message]
      .filter((word) => word != null)
      .map((word) => word.slice(0, LONGEST_WORD))
      .join(": "),
  );
  const body =
    words.length > 0
      ? words.join("; ")
      : answer.body.trim() === ""
        ? "an empty body"
        : isObject
          ? "a body without an error"
          : `a body that is not JSON (${answer.contentType || "no content type"})`;
  const failed = { cameBack: `HTTP ${status}, ${body}`, traceId, status, codes };
  if (status === 429) return { ...failed, outcome: "not executed" };
  if (status >= 300 && status < 400)
    return {
      ...failed,
      cameBack: `HTTP ${status}, a redirect, which is not followed because credentials go to the configured address only`,
      outcome: "unknown",
    };
  return { ...failed, outcome: status >= 400 && status < 500 ? "refused" : "unknown" };
}

/** The reply to a mutating call. Never throws for what the service or the network did. */
export async function replyTo(call: Promise<Answer>, read: (answer: Answer) => Reply): Promise<Reply> {
  try {
    return read(await call);
  } catch (error) {
    if (!(error instanceof Fault) || error.outcome === "done") throw error;
    return { outcome: error.outcome, cameBack: error.parts.cameBack, traceId: error.parts.traceId ?? "", codes: [] };
  }
}

/** What a call came back with, for a fault: a yes that nothing shows the work of is an unknown outcome. */
export const cameBackOf = (reply: Reply): Pick<Failed, "cameBack" | "outcome" | "traceId"> =>
  reply.outcome === "done"
    ? { cameBack: `the service said yes (HTTP ${reply.status})`, outcome: "unknown", traceId: reply.traceId }
    : { cameBack: reply.cameBack, outcome: reply.outcome, traceId: reply.traceId };
