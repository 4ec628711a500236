import { Fault } from "../core/fault.js";
import { appeared } from "./comparing.js";
import type { Found, Step } from "./step.js";
import { readCommAnswer, type Certificate, type Reply } from "./wire.js";

export type Settled =
  | { readonly kind: "one"; readonly found: Found }
  | { readonly kind: "none"; readonly unread: string }
  | { readonly kind: "several"; readonly candidates: readonly Certificate[]; readonly unread: string };

/**
 * Looks for the one certificate that a call made (ecgrid.md 2.4 step 3): named in the answer, or new on the comm. Waits
 * for it to be listed as long as the settings say. Never throws for a failed read: the call was sent, that must be kept.
 */
export async function lookFor(
  context: Step,
  commId: number,
  before: ReadonlySet<number>,
  reply: Reply | undefined,
  choose: (candidates: readonly Certificate[]) => readonly Certificate[],
): Promise<Settled> {
  const named = reply?.outcome === "done" ? readCommAnswer(reply.data) : undefined;
  const certKeyId = typeof named === "object" ? named.certKeyId : undefined;
  let candidates: readonly Certificate[] = [];
  try {
    const found = await context.api.await(commId, context.resource, (snapshot) => {
      const fresh = appeared(snapshot.certificates, before);
      const exact =
        certKeyId === undefined || before.has(certKeyId)
          ? undefined
          : fresh.filter((candidate) => candidate.certKeyId === certKeyId);
      candidates = exact?.length === 1 ? exact : choose(fresh);
      if (candidates.length === 0) return undefined;
      return { snapshot, candidates };
    });
    const [only, ...more] = found?.candidates ?? [];
    if (found !== undefined && only !== undefined && more.length === 0)
      return { kind: "one", found: { snapshot: found.snapshot, certificate: only } };
    return candidates.length > 1 ? { kind: "several", candidates, unread: "" } : { kind: "none", unread: "" };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: "none", unread: `; reading the comm failed: ${error.parts.cameBack}` };
  }
}
