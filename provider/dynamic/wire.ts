import { isDeepStrictEqual } from "node:util";
import { UNKNOWN } from "../core/unknown.js";
import { stackOf } from "./urn.js";

/** What the Node SDK sends for a value that is not known yet, whatever its type (pulumi-dynamic.md 2.4). */
export const UNKNOWN_ON_THE_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Properties = Record<string, unknown>;

/** Version of the state's shape; a migration for each step is kept for ever (architecture section 8). */
export const STATE_VERSION = 1;

/** Whether a newer version of this package has written a state. */
export const isNewer = ({ __v }: Properties): boolean => typeof __v === "number" && __v > STATE_VERSION;

/** Keys of the adapter itself; humans never see keys that begin with two underscores. */
export interface Hidden {
  /** The provider text, in inputs and outputs; without it a resource can never be read again. */
  readonly __provider?: unknown;
  /** The resource's URN, set by its class. */
  readonly __urn?: unknown;
  /** True when the program retains the resource on delete: the engine does not call the provider then. */
  readonly __retainOnDelete?: unknown;
  /** URN of the resource whose end is this one's end too. */
  readonly __deletedWith?: unknown;
  /** Remote objects that other resources of the stack held at the start of the run. */
  readonly __heldByOthers?: unknown;
  /** Name of the explicit provider instance, if there is one. */
  readonly __instance?: unknown;
  /** The stack's policy, where it is not the default one: approvals, ceiling. */
  readonly __policy?: unknown;
  /** The tightest policy that the stack had stored when the run began: it guards what is new in a run that loosens it. */
  readonly __policyBefore?: unknown;
  /** True for a resource that was adopted: by default it is retained when it is removed. */
  readonly __adopted?: unknown;
  /** Outputs alone: which ends by the clock a refresh has told. */
  readonly __expired?: unknown;
}

export const HIDDEN = [
  "__provider",
  "__urn",
  "__retainOnDelete",
  "__deletedWith",
  "__heldByOthers",
  "__instance",
  "__policy",
  "__policyBefore",
  "__adopted",
] as const;

export function hiddenOf(properties: Properties): Hidden {
  return Object.fromEntries(HIDDEN.flatMap((key) => (properties[key] === undefined ? [] : [[key, properties[key]]])));
}

/** Hidden input that `check` answers and takes out: true where the last state has a resource under the same URN. */
export const IN_STATE = "__inState";

export function withoutHidden(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([key]) => !(HIDDEN as readonly string[]).includes(key) && !["__v", "__id", "__expired", IN_STATE].includes(key),
    ),
  );
}

/** Whether a value holds something unknown, at any depth. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN_ON_THE_WIRE) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** Fields that hold something unknown become `UNKNOWN` as a whole; null is the wire's word for absent. */
export function planned(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) =>
      value === null ? [] : [[key, hasUnknown(value) ? UNKNOWN : dropNulls(value)]],
    ),
  );
}

/**
 * Whether outputs hold another policy, other options, another name of the provider instance, or another stack than inputs: a
 * deletion knows what the outputs hold, and an update gets them there.
 */
export const storesOtherwise = (olds: Properties, news: Properties): boolean =>
  ["__retainOnDelete", "__deletedWith", "__policy", "__instance"].some(
    (key) => !isDeepStrictEqual(olds[key] ?? null, news[key] ?? null),
  ) || stackIn(olds) !== stackIn(news);

/** The stack of the hidden URN: it can be renamed. */
const stackIn = ({ __urn }: Properties): string | undefined => (typeof __urn === "string" ? stackOf(__urn) : undefined);

/** The texts of a list. */
export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

/** What the engine can store: JSON, nothing undefined. Anything else would lose a resource after it was made. */
export function jsonSafe(value: Properties): Properties {
  return JSON.parse(JSON.stringify(value)) as Properties;
}

/** The engine stores absent optional fields as null. */
export function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, dropNulls(item)]])),
  );
}

/** The engine's mark of a secret value. */
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** Values in clear: what a program has marked as secret is a value like any other for who plans. */
export function withoutSecretMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecretMarks);
  if (typeof value !== "object" || value === null) return value;
  const isMarked = Object.entries(SECRET).every(([key, mark]) => (value as Properties)[key] === mark);
  if (isMarked) return withoutSecretMarks((value as Properties).value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecretMarks(item)]));
}

/** Marks outputs as secrets, so that the engine encrypts them whatever the program's options are. */
export const withSecrets = (outputs: Properties, fields: readonly string[]): Properties =>
  Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, fields.includes(key) ? { ...SECRET, value } : value]),
  );

/** Inputs as the engine stores them. */
export const storedInputs = (inputs: object, hidden: Hidden): Properties => jsonSafe({ ...inputs, ...hidden });

/** Outputs as the engine stores them: a resource's state with what it takes to find the resource again. */
export const storedOutputs = (
  id: string,
  state: object,
  hidden: Hidden,
  secretOutputs: readonly string[] = [],
): Properties => withSecrets(jsonSafe({ ...state, ...hidden, __id: id, __v: STATE_VERSION }), secretOutputs);
