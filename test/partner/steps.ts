import { Transport } from "../../provider/http/transport.js";
import { PartnerClient } from "../../provider/partner/client.js";
import type { ContractInputs } from "../../provider/partner/contract/inputs.js";
import { acmeContract } from "../../provider/partner/contract/lifecycle.js";
import type { ContractState } from "../../provider/partner/contract/state.js";
import type { CredentialInputs } from "../../provider/partner/credential/inputs.js";
import { acmeCredential } from "../../provider/partner/credential/lifecycle.js";
import type { CredentialState } from "../../provider/partner/credential/state.js";
import { READS } from "../../provider/partner/operations.js";
import type { Sandbox } from "../../sandbox/index.js";
import { Steps, type Driven } from "../instrument/steps.js";

export const urnOf = (type: string): string => `urn:pulumi:dev::test::pulumi-nodejs:dynamic/partner:${type}::a`;

export interface Options {
  /** Milliseconds until a read shows what a call has done. */
  readonly visibility?: number;
  /** Key in place of the subaccount's. */
  readonly apiKey?: string;
  /** Remote objects that other resources of the stack hold. */
  readonly heldByOthers?: () => ReadonlySet<string>;
  /** Lines of receipts that earlier runs have left. */
  readonly receipts?: () => string;
}

const driven = (
  sandbox: Sandbox,
  urn: string,
  { visibility = 0, apiKey = sandbox.partner.apiKey, ...more }: Options,
): Driven<PartnerClient> => {
  const url = new URL(sandbox.partner.url);
  const transport = new Transport({
    system: "DigiCert Partner API",
    url,
    headers: { "X-PARTNER-APIKEY": apiKey },
    timeout: 2000,
    backoff: 1,
  });
  return {
    api: new PartnerClient((call, traceId) => transport.send(call, READS, traceId), url.href, visibility),
    send: (operation, traceId) => transport.send(operation.call, operation.repeat, traceId),
    now: () => sandbox.clock.now(),
    urn,
    ...more,
  };
};

/** A contract against a sandbox, without Pulumi. */
export class ContractSteps extends Steps<ContractInputs, ContractState, PartnerClient> {
  constructor(
    readonly sandbox: Sandbox,
    options: Options = {},
  ) {
    super(acmeContract, driven(sandbox, urnOf("AcmeContract"), options));
  }
}

/** A credential against a sandbox, without Pulumi. */
export class CredentialSteps extends Steps<CredentialInputs, CredentialState, PartnerClient> {
  constructor(
    readonly sandbox: Sandbox,
    options: Options = {},
  ) {
    super(acmeCredential, driven(sandbox, urnOf("AcmeCredential"), options));
  }
}

/** Calls that the service executed since a log position, without what every one begins with. */
export const executed = (sandbox: Sandbox, since = 0): string[] =>
  sandbox.log
    .made(since)
    .filter(({ outcome }) => outcome === "executed")
    .map(({ operation = "" }) => operation.replace(/^partner\./, ""));

/** Ids of the contract's active credentials. */
export const active = (sandbox: Sandbox, contractId: number): number[] =>
  sandbox.partner
    .credentials(contractId)
    .filter(({ status }) => status === "active")
    .map(({ id }) => id);
