import type { PartnerSandbox } from "./outside.js";

/** What people change by hand at the Partner Subscriptions API, of `POST /__sandbox`. */
export const PARTNER_ACTIONS = [
  ...[
    "pa-add-contract",
    "pa-revoke-credential",
    "pa-regenerate",
    "pa-cancel",
    "pa-expire",
    "pa-add-san",
    "pa-remove-san",
  ],
  ...["pa-void-organization", "pa-validate-organization", "pa-issue-key", "pa-revoke-key"],
] as const;

/** Readers of a command's fields; they throw in words. */
export interface Command {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly number: (name: string, otherwise?: number) => number;
  readonly text: (name: string) => string;
}

/** @returns the answer, without HMAC keys; undefined for an action that is not of this API. */
export function partnerCommand(partner: PartnerSandbox, { fields, number, text }: Command): object | undefined {
  const contractId = (): number => number("contractId");
  switch (PARTNER_ACTIONS.find((action) => action === fields.action)) {
    case undefined:
      return undefined;
    case "pa-add-contract":
      return { contractId: partner.addContract(fields.sans === undefined ? {} : { sans: fields.sans }) };
    case "pa-revoke-credential":
      partner.revokeCredentialOutside(contractId(), number("credentialId"));
      return { revoked: number("credentialId") };
    case "pa-regenerate":
      return { credentialId: partner.regenerateOutside(contractId(), fields.revokeExisting !== false) };
    case "pa-cancel":
      partner.cancelOutside(contractId());
      return { canceled: contractId() };
    case "pa-expire":
      partner.expire(contractId());
      return { expired: contractId() };
    case "pa-add-san":
      partner.addSanOutside(contractId(), text("san"));
      return { sans: partner.contract(contractId()).sans };
    case "pa-remove-san":
      partner.removeSanOutside(contractId(), text("san"));
      return { sans: partner.contract(contractId()).sans };
    case "pa-void-organization":
      partner.voidOrganization(contractId());
      return { validated: false };
    case "pa-validate-organization":
      partner.validateOrganization(contractId());
      return { validated: true };
    case "pa-issue-key": {
      const kind = fields.kind === undefined ? "subaccount" : text("kind");
      if (kind !== "subaccount" && kind !== "parent") throw new Error("kind is one of subaccount, parent");
      return {
        apiKey: partner.issueKey({ kind, ...(fields.account === undefined ? {} : { account: number("account") }) }),
      };
    }
    case "pa-revoke-key":
      partner.revokeKey(text("apiKey"));
      return { revoked: true };
  }
}

/** Contracts and their credentials for `GET /__sandbox/state`: without HMAC keys. */
export const partnerState = (partner: PartnerSandbox): object[] =>
  partner.contracts().map((contract) => ({
    ...contract,
    credentials: partner.credentials(contract.id).map(({ hmac, ...shown }) => shown),
  }));
