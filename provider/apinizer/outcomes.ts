import { z } from "zod";

/** What is known of each environment's workers (apinizer.md 5). */
export const environmentOutcomes = z.array(
  z.object({
    environment: z.string(),
    /** `deployed`: said so, or seen in its truststore. `unknown`: nobody has said. */
    outcome: z.enum(["deployed", "failed", "unknown"]),
    message: z.string().optional(),
  }),
);

export type Outcome = z.output<typeof environmentOutcomes>[number];

/** An environment with what is known of it, in whatever words. */
type Known = Pick<Outcome, "environment" | "message"> & { readonly outcome: string };

/** For a fault: each environment with its outcome. */
export const outcomesInWords = (outcomes: readonly Known[]): string =>
  outcomes.map(({ environment, outcome }) => `${environment} is ${outcome}`).join(", ");

/** For a fault: what was said of those that have failed. */
export const failuresInWords = (failed: readonly Omit<Known, "outcome">[], otherwise: string): string =>
  failed.map(({ environment, message }) => `${environment}: ${message ?? otherwise}`).join("; ");

export const namesOf = (outcomes: readonly Pick<Outcome, "environment">[]): string =>
  outcomes.map(({ environment }) => environment).join(", ");
