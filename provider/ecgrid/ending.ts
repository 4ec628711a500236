import { isoDay } from "../core/clock.js";
import { NOTHING, type Plan } from "../core/plan.js";
import { terminate, type TerminateArguments } from "./operations.js";
import { validUntil, type Held, type KeptCertificate } from "./held.js";

/** What deletion does: every certificate on its own line, oldest first, whatever its status and the clock say. */
export function ending(before: Held): Plan {
  const { commId } = before;
  const described = [
    ...[...before.previous].reverse().map((old) => terminateArguments(commId, old, "previous")),
    terminateArguments(commId, before.current, "current"),
  ];
  if (before.onDelete === "retain") {
    return {
      ...NOTHING,
      changes: true,
      remarks: described.map(
        ({ certKeyId, role, validUntil: until }) =>
          `KEEP ${role} certificate ${certKeyId} of comm ${commId} at ECGrid (onDelete is retain), valid until ${until}: no remote call`,
      ),
    };
  }
  return { ...NOTHING, changes: true, operations: described.map((args) => terminate.certain(args)) };
}

export const terminateArguments = (
  commId: number,
  certificate: Omit<KeptCertificate, "pem">,
  role: TerminateArguments["role"],
): TerminateArguments => ({
  commId,
  certKeyId: certificate.certKeyId,
  serialNumber: certificate.serialNumber,
  validUntil: isoDay(validUntil(certificate)),
  role,
});
