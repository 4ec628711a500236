import { X509Certificate } from "node:crypto";
import { ApinizerClient } from "../../provider/apinizer/client.js";
import type { CertificateInputs } from "../../provider/apinizer/certificate/inputs.js";
import { gatewayCertificate } from "../../provider/apinizer/certificate/lifecycle.js";
import type { CertificateState } from "../../provider/apinizer/certificate/state.js";
import type { JwkInputs } from "../../provider/apinizer/jwk/inputs.js";
import { jwk } from "../../provider/apinizer/jwk/lifecycle.js";
import type { JwkState } from "../../provider/apinizer/jwk/state.js";
import { READS } from "../../provider/apinizer/operations.js";
import { authorization, spelled, type Authorization, type Fields } from "../../provider/apinizer/spelling.js";
import { label } from "../../provider/core/operation.js";
import type { Plan } from "../../provider/core/plan.js";
import { Transport } from "../../provider/http/transport.js";
import { startSandbox, type Sandbox } from "../../sandbox/index.js";
import { Steps, type Driven } from "../instrument/steps.js";

export interface Options extends Pick<Driven<ApinizerClient>, "heldByOthers" | "receipts" | "book" | "knowsWhatStays"> {
  readonly token?: string;
  readonly fields?: Fields;
  readonly how?: Authorization;
  /** A call comes to no end: the process is killed once it was sent. */
  readonly killed?: () => boolean;
}

function driven(
  sandbox: Sandbox,
  type: string,
  { token = sandbox.apinizer.token, fields = "form", how = "bearer", killed = () => false, ...more }: Options,
): Driven<ApinizerClient> {
  const url = new URL(sandbox.apinizer.url);
  const transport = new Transport({
    system: "Apinizer",
    url,
    headers: { authorization: authorization(token, how) },
    timeout: 2000,
    backoff: 1,
  });
  return {
    api: new ApinizerClient((call, traceId) => transport.send(call, READS, traceId), url.href, 0),
    send: async (operation, traceId) => {
      const answer = await transport.send(spelled(operation.call, fields), operation.repeat, traceId);
      if (killed()) throw new Error("killed");
      return answer;
    },
    now: () => sandbox.clock.now(),
    urn: `urn:pulumi:dev::test::pulumi-nodejs:dynamic/apinizer:${type}::gw`,
    ...more,
  };
}

/** A certificate on a gateway against a sandbox, without Pulumi. */
export class GatewaySteps extends Steps<CertificateInputs, CertificateState, ApinizerClient> {
  constructor(
    readonly sandbox: Sandbox,
    options: Options = {},
  ) {
    super(gatewayCertificate, driven(sandbox, "Certificate", options));
  }
}

/** A JWK on a gateway against a sandbox, without Pulumi. */
export class JwkSteps extends Steps<JwkInputs, JwkState, ApinizerClient> {
  constructor(
    readonly sandbox: Sandbox,
    options: Options = {},
  ) {
    super(jwk, driven(sandbox, "Jwk", options));
  }

  /** Inputs of JWK `signer`, made from certificate `gw` as it is deployed in production. */
  fromCertificate(from: Partial<Pick<CertificateState, "deployed" | "writes">>, more: object = {}): JwkInputs {
    return this.inputs({
      ...{ project: "partners", name: "signer", environment: "production", algorithm: "ES256" },
      ...{ certificateName: "gw", certificateThumbprint: from.deployed?.thumbprint ?? "" },
      ...{ certificateWrites: from.writes, ...more },
    });
  }

  /** Inputs of JWK `own`, which is generated. */
  generated(more: object = {}): JwkInputs {
    return this.inputs({
      ...{ project: "partners", name: "own", algorithm: "ES256", generate: { type: "EC", curve: "P-256" } },
      ...more,
    });
  }
}

/**
 * Gateways trust other certificates, too: an environment that shows those and not ours is clean, while one that shows
 * nothing may only have workers that do not answer.
 */
export const trustOthers = async ({ apinizer }: Sandbox): Promise<void> => {
  apinizer.trustEverywhere("root", await apinizer.newPem("root", "ec"));
};

/** The public key of a certificate, as a JWK. */
export const keyOf = (pem: string): object => new X509Certificate(pem).publicKey.export({ format: "jwk" });

/** Operations of a plan: `?` for a conditional one, `!` for a destructive one. */
export const shown = ({ operations }: Plan): string[] =>
  operations.map(
    (operation) =>
      `${short(label(operation))}${operation.certainty.kind === "conditional" ? " ?" : ""}${operation.destructive ? " !" : ""}`,
  );

/** Without what every operation begins with, and without its target. */
const short = (operation: string): string => operation.replace(/^apinizer\.(?:certificates\.)?/, "").replace(/ .*/, "");

/** Calls that the service executed since a log position. */
export const executed = (sandbox: Sandbox, since = 0): string[] =>
  sandbox.log
    .made(since)
    .filter(({ outcome }) => outcome === "executed")
    .map(({ operation = "" }) => short(operation));

/** Different certificates for one name, PEM; with EC keys, which are made fast. */
export async function newPems(count: number): Promise<string[]> {
  const sandbox = await startSandbox({ now: "2026-03-01T10:00:00Z" });
  const pems: string[] = [];
  for (let at = 0; at < count; at++) pems.push(await sandbox.apinizer.newPem("gw", "ec"));
  await sandbox.close();
  return pems;
}
