import { Fault } from "../../core/fault.js";
import type { Operation } from "../../core/operation.js";
import { cameBackOf } from "../../http/jsonReply.js";
import { removeJwk } from "../operations.js";
import { unlessRights } from "../client.js";
import { fault, partial, type Step } from "../step.js";
import { saidOf, type DeploymentResult } from "../wire.js";
import type { JwkState } from "./state.js";

/** A deletion. Workers that could not be reached are told: no call shows what JWKs they hold (apinizer.md 2.8, 3). */
export async function end(state: JwkState, context: Step): Promise<void> {
  const operation = context.plan.operations.find(({ name }) => name === removeJwk.name);
  if (operation === undefined) return;
  const found = await context.api.jwk(state.project, state.name, context.resource);
  if (found === undefined) return;
  const said = await removed(state, operation, context);
  demandUndeployed(
    state,
    said,
    "the resource stays in the state until the next run, which finds no record and lets it go",
    context,
  );
}

/**
 * Performs a planned deletion and settles it by reading.
 *
 * @param open what is kept where nobody can say whether it was deleted; the deletion of a resource can keep nothing.
 * @returns what the service said of its environments.
 */
export async function removed(
  { project, name }: JwkState,
  operation: Operation,
  context: Step,
  open?: JwkState,
): Promise<DeploymentResult | undefined> {
  const { api, resource } = context;
  const reply = await api.ask(context.perform, operation);
  const refuse = (known: string, more = "", kept?: JwkState): Fault => {
    const parts = {
      action: `delete JWK ${name} of project ${project}`,
      ...cameBackOf(reply),
      cameBack: `${cameBackOf(reply).cameBack}${more}`,
      known: `${known}; the resource stays in the state`,
      next: unlessRights(cameBackOf(reply).cameBack, "run again: what has ended is settled by reading"),
    };
    return kept === undefined ? fault(context, parts) : partial(context, kept, parts);
  };
  if (reply.outcome === "not executed") throw refuse("nothing was deleted by this call");
  let still: boolean;
  try {
    const { seen } = await api.await(
      () => api.jwk(project, name, resource),
      (found) => (found === undefined ? true : undefined),
      reply.outcome !== "refused",
    );
    still = seen !== undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw refuse("whether it was deleted is not known", `; reading it back failed: ${error.parts.cameBack}`, open);
  }
  if (still)
    throw refuse(
      `the project still has it${failedIn(saidOf(reply))}`,
      "",
      reply.outcome === "refused" ? undefined : open,
    );
  return saidOf(reply);
}

/** What was said of no environment by its name: the end of a sentence that begins with "the service has". */
export const inWords = (said: DeploymentResult | undefined): string =>
  said?.message !== undefined
    ? `said "${said.message}"`
    : said?.success === false
      ? "said that it failed, and not where"
      : "not said";

const failures = (said: DeploymentResult | undefined): string =>
  (said?.results ?? [])
    .flatMap(({ environment, success, message }) =>
      success ? [] : [`${environment} (${message ?? "no reason given"})`],
    )
    .join(", ");

const failedIn = (said: DeploymentResult | undefined): string => {
  const failed = failures(said);
  return failed === "" ? "" : `, and undeployment failed in ${failed}`;
};

/**
 * @param known what becomes of the resource.
 * @param kept the state that says so; the deletion of a resource can keep none.
 * @throws Fault, once, when the record is deleted and environments say that they still have the JWK.
 */
export function demandUndeployed(
  { project, name }: JwkState,
  said: DeploymentResult | undefined,
  known: string,
  context: Step,
  kept?: JwkState,
): void {
  const failed = failures(said);
  if (failed !== "") {
    const parts = {
      action: `undeploy JWK ${name} of project ${project}`,
      cameBack: `the record is deleted, and these environments have not undeployed it: ${failed}`,
      known,
      next: "look at those environments' gateways: no call of this API shows the JWKs of their workers, or undeploys one that the manager does not have",
      outcome: "done",
    } as const;
    throw kept === undefined ? fault(context, parts) : partial(context, kept, parts);
  }
  if (!said?.listed)
    context.tell(
      `JWK ${name} of project ${project} is deleted; where it was undeployed is not known: the service has ${inWords(said)}`,
    );
}
