import { createHash } from "node:crypto";
import { printable } from "./printable.js";

/**
 * An operation is one remote call with intent. Everything that a preview says, a review reads and an `up` performs is a
 * list of operations; a system's catalogue (`provider/<system>/operations.ts`) is the only place that spells its paths.
 */

/** What a mutating call does to the thing it names. */
export type Effect =
  | "create"
  | "upload"
  | "order"
  | "update"
  | "mint"
  | "renew"
  | "reissue"
  | "terminate"
  | "cancel"
  | "delete"
  | "revoke";

/** Whether the call will be made, as far as the plan can know. */
export type Certainty =
  | { readonly kind: "certain" }
  /** Made unless what is named turns out otherwise; `on` is the end of a sentence that begins with "if". */
  | { readonly kind: "conditional"; readonly on: string }
  /** Not made by this run: what a later one makes from that UTC day on, `YYYY-MM-DD`. */
  | { readonly kind: "due"; readonly from: string };

/**
 * Why a call may be repeated after a fault. A call that creates, renews or mints is never repeated blindly: no API
 * here has an idempotency key (ecgrid.md 8).
 */
export interface RepeatRule {
  /** Repeat after HTTP 429: the server says that it did not look at the request. */
  readonly afterRateLimit: boolean;
  /** Repeat after 5xx or a lost answer. Only for calls that change nothing. */
  readonly afterFault: boolean;
  readonly because: string;
}

export interface HttpCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path below the system's base URL, with a leading slash. */
  readonly path: string;
  /** JSON body. Never a secret in an operation: it is shown and stored. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** A form in place of a JSON body. Never a secret in an operation. */
  readonly form?: MultipartForm | UrlencodedForm;
  /** Media type that is asked for; JSON by default. */
  readonly accept?: string;
}

/** `multipart/form-data` (RFC 7578), in the order in which the parts are sent. */
export interface MultipartForm {
  readonly multipart: Readonly<Record<string, string | FormFile>>;
}

export interface FormFile {
  readonly filename: string;
  readonly contentType: string;
  readonly content: string;
}

/** `application/x-www-form-urlencoded`. */
export interface UrlencodedForm {
  readonly urlencoded: Readonly<Record<string, string>>;
}

/** Fields of a request that are never shown, stored or logged: they are handed over when the call is performed. */
export interface Confidential {
  readonly fields: readonly string[];
  /** `digestOf` their values: what is handed over must be what was planned. */
  readonly digest: string;
}

/** SHA-256 of named texts, hex. Of a secret it tells whether it is the same, and nothing more. */
export const digestOf = (values: Readonly<Record<string, string>>): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest("hex");

export interface Operation {
  /** Catalogue name, for instance `ecgrid.certificates.terminate`. */
  readonly name: string;
  readonly effect: Effect;
  /** What is acted on, in the order in which it is printed. Unknown values are printed as `?`. */
  readonly target: Readonly<Record<string, string>>;
  readonly reversible: boolean;
  /** True when something that works today stops working because of this call. */
  readonly destructive: boolean;
  readonly billed: boolean;
  readonly certainty: Certainty;
  /** One sentence for people, without the machine readable label. */
  readonly sentence: string;
  readonly call: HttpCall;
  readonly confidential?: Confidential;
  /** A field of the form that names several things: what is performed may name fewer of them, and no others. */
  readonly narrowable?: Narrowable;
  /** What the object is now, where its target is a name that another one can get: part of an approval. */
  readonly subject?: string;
  /** Names of the objects that it ends, where the target does not tell them apart; see `objectsEnded`. */
  readonly ends?: readonly string[];
  readonly repeat: RepeatRule;
}

export interface Narrowable {
  readonly field: string;
  readonly values: readonly string[];
}

/** One line of a catalogue: how an operation is made from its arguments. */
export interface OperationSpec<Arguments> {
  readonly name: string;
  readonly effect: Effect;
  readonly reversible: boolean;
  /** By its arguments, where they decide. */
  readonly destructive: boolean | ((args: Arguments) => boolean);
  readonly billed: boolean;
  readonly repeat: RepeatRule;
  readonly target: (args: Arguments) => Record<string, string | number | undefined>;
  readonly call: (args: Arguments) => HttpCall;
  readonly confidential?: (args: Arguments) => Confidential;
  readonly narrowable?: (args: Arguments) => Narrowable;
  readonly subject?: (args: Arguments) => string;
  readonly ends?: (args: Arguments) => readonly string[];
  readonly say: (args: Arguments) => string;
}

export interface CatalogueEntry<Arguments> {
  readonly name: string;
  readonly effect: Effect;
  readonly reversible: boolean;
  readonly destructive: "always" | "never" | "by its arguments";
  readonly billed: boolean;
  certain(args: Arguments): Operation;
  conditional(args: Arguments, on: string): Operation;
  due(args: Arguments, from: string): Operation;
}

/**
 * Words in which nothing can be taken for a label, nor for an instruction to a terminal: names, subjects and messages come from
 * people and services, and one could spell a call that nobody plans.
 */
export const withoutBrackets = (words: string): string => printable(words).replaceAll("[", "(").replaceAll("]", ")");

/** Makes a catalogue entry. */
export function operation<Arguments>(spec: OperationSpec<Arguments>): CatalogueEntry<Arguments> {
  const make = (args: Arguments, certainty: Certainty): Operation => ({
    name: spec.name,
    effect: spec.effect,
    target: Object.fromEntries(
      Object.entries(spec.target(args)).map(([key, value]) => [key, value === undefined ? "?" : String(value)]),
    ),
    reversible: spec.reversible,
    destructive: typeof spec.destructive === "boolean" ? spec.destructive : spec.destructive(args),
    billed: spec.billed,
    certainty,
    sentence: withoutBrackets(spec.say(args)),
    call: spec.call(args),
    ...(spec.confidential === undefined ? {} : { confidential: spec.confidential(args) }),
    ...(spec.narrowable === undefined ? {} : { narrowable: spec.narrowable(args) }),
    ...(spec.subject === undefined ? {} : { subject: spec.subject(args) }),
    ...(spec.ends === undefined ? {} : { ends: spec.ends(args) }),
    repeat: spec.repeat,
  });
  return {
    name: spec.name,
    effect: spec.effect,
    reversible: spec.reversible,
    destructive: typeof spec.destructive !== "boolean" ? "by its arguments" : spec.destructive ? "always" : "never",
    billed: spec.billed,
    certain: (args) => make(args, { kind: "certain" }),
    conditional: (args, on) => make(args, { kind: "conditional", on: withoutBrackets(on) }),
    due: (args, from) => make(args, { kind: "due", from }),
  };
}

/**
 * The operation as one of an explicit provider instance, whose name ends its target: label, approval, ceiling and receipt
 * tell it from that of another account by this. Without an instance it is as it was.
 */
export const operationIn = (operation: Operation, instance: unknown): Operation =>
  typeof instance !== "string"
    ? operation
    : { ...operation, target: { ...operation.target, instance: encodeURIComponent(instance) } };

/** The operation's name and target on one line: what previews, receipts and logs are compared by. */
export function label(operation: Pick<Operation, "name" | "target">): string {
  return [operation.name, ...Object.entries(operation.target).map(([key, value]) => `${key}=${value}`)].join(" ");
}

/** The object that a label names: its system and its target. Several calls can be alternatives for one object. */
export function objectOf(labelled: string): string {
  const [name = "", ...target] = labelled.split(" ");
  return `${name.split(".")[0] ?? ""} ${target.join(" ")}`;
}

/** Objects that a destructive call ends: those of an explicit provider instance are other ones. */
export function objectsEnded(operation: Pick<Operation, "name" | "target" | "ends">): readonly string[] {
  const { instance } = operation.target;
  return (
    operation.ends?.map((end) => (instance === undefined ? end : `${end} instance=${instance}`)) ?? [
      objectOf(label(operation)),
    ]
  );
}

/**
 * The label in brackets, with the condition of an operation that is not certain.
 * Grammar: `[` label ( `; if ` words | `; due ` day )? `]`; the words never contain a bracket.
 */
export function bracketed(operation: Operation): string {
  const { certainty } = operation;
  const condition =
    certainty.kind === "certain" ? "" : certainty.kind === "due" ? `; due ${certainty.from}` : `; if ${certainty.on}`;
  return `[${label(operation)}${condition}]`;
}

const BRACKETED = /\[([a-z]+(?:\.[A-Za-z-]+)+(?: [A-Za-z]+=[^\s;\]]+)+)(?:; (if|due) ([^\]]*))?\]$/;

/** The label and the condition that `bracketed` has written at the end of a text; undefined for any other text. */
export function readBracketed(text: string): { readonly label: string; readonly certainty: Certainty } | undefined {
  const match = BRACKETED.exec(text);
  if (match === null) return undefined;
  const [, label = "", kind, words = ""] = match;
  if (kind === undefined) return { label, certainty: { kind: "certain" } };
  return { label, certainty: kind === "if" ? { kind: "conditional", on: words } : { kind: "due", from: words } };
}

/** What a preview prints: the sentence, then the label, so that people and programs read the same line. */
export const announcement = (operation: Operation): string =>
  `${operation.certainty.kind === "due" ? notYet(operation.certainty.from) : ""}${operation.sentence} ${bracketed(operation)}`;

const notYet = (from: string): string => `from ${from} on, not in this run: `;

/** An operation as a preview has named it. */
export type Announced = Pick<Operation, "name" | "target" | "certainty" | "sentence"> & { readonly label: string };

/** Reads what `announcement` has written; undefined for any other text. */
export function readAnnouncement(text: string): Announced | undefined {
  const read = readBracketed(text);
  if (read === undefined) return undefined;
  const { label, certainty } = read;
  const [name = "", ...target] = label.split(" ");
  const sentence = text.slice(0, text.lastIndexOf(` [${label}`));
  const due = certainty.kind === "due" ? notYet(certainty.from) : "";
  return {
    label,
    name,
    target: Object.fromEntries(
      target.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
    ),
    certainty,
    sentence: sentence.startsWith(due) ? sentence.slice(due.length) : sentence,
  };
}
