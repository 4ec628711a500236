import { z } from "zod";
import { echo } from "../../core/echo.js";
import { heldShape } from "../held.js";
import { idsOf } from "../comparing.js";
import type { Found, Step } from "../step.js";
import { heldAfter } from "../succession.js";
import { certificateInputs, type CertificateInputs } from "./inputs.js";

/** A renewal that was sent and whose certificate was not found yet. */
const pendingRenewal = z.object({
  certKeyId: z.number().int(),
  /** `done`: the service said yes. `unknown`: no trustworthy answer came. */
  outcome: z.enum(["done", "unknown"]),
  /** certKeyIds on the comm before the call. */
  before: z.array(z.number().int()),
  /** The trigger that was asked for, when there was one. */
  trigger: z.string().optional(),
});

/**
 * State of a generated certificate: the inputs that made it, what is there, and what is still open. Version 1; see
 * DESIGN.md "State".
 */
export const certificateState = z.object({
  ...certificateInputs.shape,
  ...heldShape,
  /**
   * Certificates that appeared on the comm and look like a renewal of `current` that this state knows nothing of.
   * `linked`: the windows of the two fit together, so it is one and not only looks like one.
   */
  found: z.array(z.object({ certKeyId: z.number().int(), linked: z.boolean() })),
  pendingRenewal: pendingRenewal.optional(),
  /** All certKeyIds on the comm at the last change: what is not among them is new. */
  __seen: z.array(z.number().int()),
});

export type CertificateState = z.output<typeof certificateState>;

export const { inputsOf } = echo<CertificateInputs, CertificateState>(certificateInputs);

/** The state of a generated certificate after its creation, a renewal, a takeover or a new one in place of an ended one. */
export const stateAfter = (
  before: CertificateState | undefined,
  inputs: CertificateInputs,
  found: Found,
  context: Step,
): CertificateState => ({
  ...inputs,
  ...heldAfter(before, found, context),
  found: [],
  __seen: [...idsOf(found.snapshot.certificates)].sort((a, b) => a - b),
});
