import type { Retirable } from "../../core/lifecycle.js";
import type { PartnerClient } from "../client.js";
import { nameOf, revokeCredential } from "../operations.js";
import { revoked } from "../revoking.js";
import { fault, oneWriter, type Step } from "../step.js";
import { isActive, type ListedCredential } from "../wire.js";
import type { CredentialState } from "./state.js";

const named = (contractId: number, credential: Parameters<typeof nameOf>[0]): string =>
  `credential ${nameOf(credential)} of contract ${contractId}`;

/** Older credentials are revoked (section 2), once the one in charge is active and its clients were moved. */
export const retirable: Retirable<CredentialState, PartnerClient> = {
  older: ({ contractId, previous }) =>
    [...previous]
      .reverse()
      .filter(({ status }) => status === "active")
      .map((old) => ({
        key: String(old.credentialId),
        what: named(contractId, old),
        since: old.replacedOn,
        until: "it is revoked",
      })),
  inCharge: ({ contractId, current, owed }) => ({
    key: current === undefined ? undefined : String(current.credentialId),
    what: current === undefined ? `the credential of contract ${contractId}` : named(contractId, current),
    mark: current === undefined ? undefined : String(current.credentialId),
    unfit:
      current === undefined || owed !== undefined
        ? "it is not minted yet"
        : current.status === "active"
          ? undefined
          : `its status is ${current.status}`,
  }),
  ending: ({ contractId, current, previous }, key) => {
    const old = [...(current === undefined ? [] : [current]), ...previous].find(
      (one) => String(one.credentialId) === key,
    );
    if (old === undefined) throw new Error(`credential ${key} is not in the state of contract ${contractId}`);
    const args = { ...old, contractId, role: "previous" };
    return {
      certain: () => revokeCredential.certain(args),
      conditional: (on) => revokeCredential.conditional(args, on),
      due: (from) => revokeCredential.due(args, from),
    };
  },
  retire: (state, context, ended) =>
    oneWriter(state.contractId, context, async () => {
      const list = await guard(state, context);
      for (const operation of context.plan.operations.filter(({ certainty }) => certainty.kind !== "due")) {
        await revoked(state.contractId, operation, context, [...list, ...state.previous]);
        ended(operation.target.credentialId ?? "");
      }
    }),
};

/** The state can be older than the world: what is in charge is looked at before anything is ended. */
async function guard({ contractId, current }: CredentialState, context: Step): Promise<readonly ListedCredential[]> {
  const list = await context.api.credentials(contractId, context.resource);
  const now = list.find(({ credentialId }) => credentialId === current?.credentialId);
  if (now !== undefined && isActive(now)) return list;
  throw fault(context, {
    action: `revoke the previous credentials of contract ${contractId}`,
    cameBack: `credential ${current?.credentialId ?? "(none)"}, which took their place, is ${now?.status ?? "not listed"}`,
    known: "nothing was sent, the previous credentials stay as they are",
    next: "refresh, and bring the credential in charge in order first",
    outcome: "not executed",
  });
}
