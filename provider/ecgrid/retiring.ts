import { isoDay } from "../core/clock.js";
import type { Retirable } from "../core/lifecycle.js";
import type { EcgridClient } from "./client.js";
import { terminateArguments } from "./ending.js";
import { terminate } from "./operations.js";
import { inUse } from "./roles.js";
import { hasEnded, validFrom, validUntil, type Held } from "./held.js";
import { fault, oneWriter, type Step } from "./step.js";
import { ends, terminated } from "./termination.js";

/** Older certificates of a comm are terminated (ecgrid.md 1.5), once the one in charge is in use. */
export const retirable: Retirable<Held, EcgridClient> = {
  older: ({ commId, previous }) =>
    [...previous]
      .reverse()
      .filter((old) => !hasEnded(old))
      .map((old) => ({
        key: String(old.certKeyId),
        what: nameOf(commId, old.certKeyId),
        thumbprints: old.thumbprint === undefined ? [] : [old.thumbprint],
        since: old.replacedOn,
        until: isoDay(validUntil(old)),
      })),
  inCharge: ({ commId, current }, now) => ({
    key: String(current.certKeyId),
    what: nameOf(commId, current.certKeyId),
    mark: current.thumbprint,
    unfit: hasEnded(current)
      ? `it is ${current.status}`
      : validUntil(current) <= now
        ? `it expired on ${isoDay(validUntil(current))}`
        : validFrom(current) > now
          ? `its use begins on ${isoDay(validFrom(current))}`
          : current.status === "Active"
            ? undefined
            : `its status is ${current.status}`,
  }),
  ending: ({ commId, current, previous }, key) => {
    const certificate = [current, ...previous].find(({ certKeyId }) => String(certKeyId) === key);
    if (certificate === undefined) throw new Error(`certificate ${key} is not in the state of comm ${commId}`);
    const args = terminateArguments(commId, certificate, "previous");
    return {
      certain: () => terminate.certain(args),
      conditional: (on) => terminate.conditional(args, on),
      due: (from) => terminate.due(args, from),
    };
  },
  retire: (state, context, ended) =>
    oneWriter(state.commId, context, async () => {
      await guard(state, context);
      for (const operation of ends(context)) {
        await terminated(state.commId, operation, context);
        ended(operation.target.certKeyId ?? "");
      }
    }),
};

const nameOf = (commId: number, certKeyId: number): string => `certificate ${certKeyId} of comm ${commId}`;

/** The state can be older than the world: what is in charge is looked at before anything is ended. */
async function guard({ commId, current }: Held, context: Step): Promise<void> {
  const { certificates } = await context.api.snapshot(commId, context.resource, true);
  const now = certificates.find(({ certKeyId }) => certKeyId === current.certKeyId);
  if (now !== undefined && inUse(now, context.now)) return;
  throw fault(context, {
    action: `end the previous certificates of comm ${commId}`,
    cameBack:
      now === undefined
        ? `certificate ${current.certKeyId}, which took their place, is not listed on the comm`
        : `certificate ${current.certKeyId}, which took their place, is ${now.status} and in use from ${now.beginUsage} to ${now.endUsage}`,
    known: "nothing was sent, the previous certificates stay as they are",
    next: "refresh, and bring the certificate in charge in order first",
    outcome: "not executed",
  });
}
