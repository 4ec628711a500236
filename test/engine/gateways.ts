/** Certificates and JWKs of Apinizer's gateways in the test program. */
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import type { Sandbox } from "../../sandbox/index.js";
import type { Spec, World } from "../instrument/world.js";
import { stored } from "./engine.js";

export const BOTH = ["production", "staging"];

export const gateway = (args: Record<string, unknown> = {}, more: Partial<Spec> = {}): Spec => ({
  kind: "apinizer.Certificate",
  name: "gw",
  args: { project: "partners", name: "gw", alias: "gw", environments: BOTH, ...args },
  ...more,
});

/** A JWK of the certificate of the program. */
export const signing = (args: Record<string, unknown> = {}): Spec => ({
  kind: "apinizer.Jwk",
  name: "signing",
  args: { name: "signing", environment: "production", algorithm: "ES256", ...args },
  later: { certificate: "gw.self" },
});

/** A JWK of the certificate, which only its name connects with it. */
export const byName = (args: Record<string, unknown> = {}): Spec => ({
  kind: "apinizer.Jwk",
  name: "signing",
  args: {
    ...{ project: "partners", name: "signing", certificateName: "gw" },
    ...{ environment: "production", algorithm: "ES256", ...args },
  },
});

export const generated = (args: Record<string, unknown> = {}): Spec => ({
  kind: "apinizer.Jwk",
  name: "own",
  args: { project: "partners", name: "own", generate: { type: "EC", curve: "P-256" }, algorithm: "ES256", ...args },
});

const made = new Map<string, Promise<string>>();

/** A certificate for EC P-256, by number: made once. PEM. */
export function pem({ apinizer }: Sandbox, number = 0): Promise<string> {
  const key = `pem ${number}`;
  const known = made.get(key) ?? apinizer.newPem("gw", "ec");
  made.set(key, known);
  return known;
}

export const gatewayState = (world: World): CertificateState =>
  stored(world, "gw").outputs as unknown as CertificateState;
export const jwkState = (world: World, name: string): JwkState => stored(world, name).outputs as unknown as JwkState;

/** What an environment's workers serve under the certificate's name: thumbprints, or `missing`. */
export const served = ({ sandbox }: World, environment: string): string[] => [
  ...new Set(sandbox.apinizer.serving(environment, "gw").map(({ thumbprint, status }) => thumbprint ?? status)),
];

/** Calls without what every one begins and ends with. */
export const verbs = (calls: readonly string[]): string[] =>
  calls.map((one) => one.replace(/^apinizer\./, "").replace(" project=partners name=", " "));
