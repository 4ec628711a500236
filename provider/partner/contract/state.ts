import { z } from "zod";
import { echo } from "../../core/echo.js";
import { bindingShape, keptCredential } from "../binding.js";
import { holding, holdingContract } from "../scope.js";
import type { ContractInfo } from "../wire.js";
import { contractInputs, type ContractInputs } from "./inputs.js";

const text = z.string().optional();

/** The contract as the service has it (section 1.2). Times are ISO 8601, UTC. */
const kept = z.object({
  id: z.number().int(),
  accountId: z.number().int().optional(),
  sans: z.array(z.string()),
  createdAt: text,
  validTill: text,
  autoRenew: z.boolean().optional(),
  organizationValidated: z.boolean().optional(),
  /** What the organization is, without contacts, as far as the service shows it. */
  organization: z.record(z.string(), z.string()).optional(),
  /** When it was canceled, as the service writes it; missing while it is in force. */
  canceledAt: text,
});
export type KeptContract = z.output<typeof kept>;

/** State of an ACME contract: its inputs, what is there, its first credential, and a creation whose answer was lost. */
export const contractState = z.object({
  ...contractInputs.shape,
  /** Missing while it is not known whether the contract was made. */
  contract: kept.optional(),
  /** Whether this resource has sent the organization: of an adopted contract nobody knows what it is. */
  organizationSent: z.boolean(),
  /** The credential that the contract was made with; missing when it is not known. */
  credential: keptCredential.optional(),
  ...bindingShape,
  /** A creation whose answer was lost: when, ISO 8601. */
  lost: z.object({ at: z.string(), traceId: z.string() }).optional(),
});

export type ContractState = z.output<typeof contractState>;

export const keptContract = ({ contractId, accountId, sans, ...info }: ContractInfo): KeptContract => ({
  id: contractId,
  sans: [...sans],
  ...(accountId === undefined ? {} : { accountId }),
  ...(info.createdAt === undefined ? {} : { createdAt: info.createdAt }),
  ...(info.validTill === undefined ? {} : { validTill: info.validTill }),
  ...(info.autoRenew === undefined ? {} : { autoRenew: info.autoRenew }),
  ...(info.organizationValidated === undefined ? {} : { organizationValidated: info.organizationValidated }),
  ...(info.organization === undefined ? {} : { organization: { ...info.organization } }),
  ...(info.canceledAt === undefined ? {} : { canceledAt: info.canceledAt }),
});

/** Names of the contract and of its first credential, as other resources know them. */
export const holdsOf = ({ contract, credential }: Pick<ContractState, "contract" | "credential">): string[] =>
  contract === undefined
    ? []
    : [
        holdingContract(contract.id),
        ...(credential === undefined ? [] : [holding(contract.id, credential.credentialId)]),
      ];

export const { inputsOf, withInputs } = echo<ContractInputs, ContractState>(contractInputs);
