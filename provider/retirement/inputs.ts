import { z } from "zod";

const DAYS = "allowed is a whole number of days from 0 to 3650";

/** The resource whose older objects are retired, as the program's SDK hands it over. */
const subject = z.object({
  urn: z.string(),
  /** Type token. */
  type: z.string(),
  /** The engine's id. */
  id: z.string(),
  /** Its outputs; without PEM and secrets. */
  state: z.record(z.string(), z.unknown()),
});

const use = z.object({
  urn: z.string(),
  what: z.string(),
  /** SHA-1, hex, upper case. */
  thumbprints: z.array(z.string()),
});

export const retirementInputs = z.object({
  /** The certificate or credential whose older ones are ended. */
  of: subject,
  /** UTC days between the replacement of an older one and its end. */
  delayDays: z
    .number({ error: DAYS })
    .int({ error: DAYS })
    .min(0, { error: DAYS })
    .max(3650, { error: DAYS })
    .default(0),
  /**
   * What the partner, or whoever must, has accepted: the thumbprint of the one in charge. Nothing is ended while it says
   * something else, so it cannot go stale.
   */
  accepted: z
    .string({ error: "allowed is the thumbprint of the certificate in charge" })
    .transform((text) => text.replace(/[\s:]/g, "").toUpperCase())
    .optional(),
  /** The subject's state before the run: what a preview can name while `of` is not known. Hidden. */
  __before: z.record(z.string(), z.unknown()).optional(),
  /** What the resources of its option `after` have in use, as far as they can say. Hidden. */
  __after: z.array(use.extend({ unsettled: z.string().optional() })).optional(),
  /** Who had the subject's certificates in use at the last state; `after`: a resource of that option. Hidden. */
  __inUse: z.array(use.extend({ after: z.boolean() })).optional(),
  /** The subject's type token: known also while `of` is not. Hidden. */
  __type: z.string().optional(),
});

export type RetirementInputs = z.output<typeof retirementInputs>;

export const retirementState = retirementInputs
  .omit({ __before: true, __type: true, __after: true, __inUse: true })
  .extend({
    /** What this resource has ended and the subject's state still lists: keys. */
    ended: z.array(z.string()),
  });

export type RetirementState = z.output<typeof retirementState>;

/** What was ended, of the subject that it was ended for: another subject's objects may have the same keys. */
export const endedOf = (before: RetirementState | undefined, of: RetirementInputs["of"]): readonly string[] =>
  before?.of.type === of.type && before.of.id === of.id ? before.ended : [];
