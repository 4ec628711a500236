import { readFileSync } from "node:fs";
import { policyOf, type Policy } from "../core/policy.js";
import { baseUrl } from "../http/origin.js";
import { registerSecret } from "../http/redaction.js";
import type { RollingLimit } from "../http/rollingLimit.js";
import { Transport, type TransportSettings } from "../http/transport.js";

/**
 * Settings of a system, by this precedence:
 *
 * 1. the environment: `ECGRID_API_KEY`; for an explicit provider instance named `acme`, `ECGRID_API_KEY_ACME` and only
 *    that, so that one account's key never goes to another's;
 * 2. the explicit provider instance's own inputs;
 * 3. the stack's configuration (`ecgrid:apiKey`), for resources without an explicit provider;
 * 4. the default, where there is one.
 *
 * Stored settings lag behind: `refresh` and `destroy` use what the last `up` stored. That is why the environment wins.
 */
export class Settings {
  readonly #config: (key: string) => string | undefined;

  constructor(
    config: (key: string) => string | undefined,
    readonly environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.#config = config;
  }

  /** Name of the explicit provider instance, if this is one. */
  get instance(): string | undefined {
    return this.#config(INSTANCE);
  }

  /**
   * The policy of the stack's configuration as this run has it; undefined where it is the default one. No variable stands for it:
   * `CLM_APPROVALS` names a file. @throws Error for a value that is not allowed.
   */
  get policy(): Policy | undefined {
    return policyOf((key) => this.#config(`clm:${key}`));
  }

  /** A setting by its config key, for instance `ecgrid:apiKey`. */
  get(key: string): string | undefined {
    // An empty variable is how CI systems pass a secret that is not set.
    return [this.environment[this.variable(key)], this.#config(key)].find(
      (value) => value !== undefined && value !== "",
    );
  }

  /** The environment variable of a config key: `ecgrid:apiKey` is `ECGRID_API_KEY`. */
  variable(key: string): string {
    return variableOf(key, this.instance);
  }

  /** @throws Error that says where the setting can be made. */
  require(key: string): string {
    const value = this.get(key);
    if (value !== undefined) return value;
    const where =
      this.instance === undefined
        ? `run "pulumi config set --secret ${key}"`
        : `give it to the provider instance "${this.instance}"`;
    throw new Error(`${key} is not set. Set the environment variable ${this.variable(key)}, or ${where}.`);
  }

  /** One of the allowed words; the first is the default. @throws Error for any other. */
  oneOf<const Words extends readonly [string, ...string[]]>(key: string, words: Words): Words[number] {
    const text = this.get(key);
    const found = text === undefined ? words[0] : words.find((word) => word === text);
    if (found === undefined) throw new Error(`${key} is "${text ?? ""}". Allowed: ${words.join(", ")}.`);
    return found;
  }

  /** A number of seconds, as whole milliseconds. */
  seconds(key: string, fallback: number): number {
    const text = this.get(key);
    if (text === undefined) return fallback * 1000;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || value < 0 || value > 3600) {
      throw new Error(`${key} is "${text}". Allowed: a number of seconds from 0 to 3600.`);
    }
    return Math.round(value * 1000);
  }
}

/** The environment variable of a config key, for an explicit provider instance or for none. */
export function variableOf(key: string, instance: string | undefined): string {
  const screaming = (text: string): string =>
    text
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replace(/[^A-Za-z0-9]+/g, "_")
      .toUpperCase();
  return screaming(key) + (instance === undefined ? "" : `_${screaming(instance)}`);
}

/** Hidden input of explicit provider instances: their name. */
export const INSTANCE = "clm:instance";

/** Settings that are secret, by system: never in clear in a stack's configuration, encrypted in the state. */
export const SECRET_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  ecgrid: ["apiKey"],
  certcentral: ["apiKey"],
  partner: ["apiKey"],
  apinizer: ["token", "clientSecret"],
};

/** What the connection to every system is made of: `<system>:timeoutSeconds`, `clm:backoffSeconds`, `clm:caFile`. */
export function connectionOf(
  settings: Settings,
  namespace: string,
  /** Seconds before a first repetition, where the service does not say. */
  backoff = 0.5,
): Pick<TransportSettings, "timeout" | "backoff" | "ca"> {
  const caFile = settings.get("clm:caFile");
  return {
    timeout: settings.seconds(`${namespace}:timeoutSeconds`, 60),
    backoff: settings.seconds("clm:backoffSeconds", backoff),
    ...(caFile === undefined ? {} : { ca: readCa(caFile) }),
  };
}

/** A transport for a system with an API key, from its settings. The key is masked in every message from then on. */
export function transportFor(
  settings: Settings,
  system: {
    name: string;
    namespace: string;
    url: string;
    credentialHeader: string;
    /** Seconds before a first repetition, where the service does not say. */
    backoff?: number;
    /** The rolling limit of a key. */
    limit?: (apiKey: string) => RollingLimit;
  },
): Transport {
  const { namespace } = system;
  const apiKey = settings.require(`${namespace}:apiKey`);
  registerSecret(apiKey);
  return new Transport({
    ...connectionOf(settings, namespace, system.backoff),
    system: system.name,
    url: baseUrl(settings.get(`${namespace}:url`) ?? system.url, `${namespace}:url`),
    headers: { [system.credentialHeader]: apiKey },
    ...(system.limit === undefined ? {} : { limit: system.limit(apiKey) }),
  });
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `clm:caFile is "${file}", which cannot be read (${reason}). Give a PEM file of certificate authorities.`,
      { cause },
    );
  }
}
