import { cameBackOf } from "../../http/jsonReply.js";
import { Fault } from "../../core/fault.js";
import type { Operation } from "../../core/operation.js";
import { create, remove } from "../operations.js";
import { unlessRights } from "../client.js";
import { fault, type Step } from "../step.js";
import { saidOf, type DeploymentResult } from "../wire.js";
import { trusts, truststores, type Wanted } from "./outcomes.js";
import { environmentsIn, type CertificateState } from "./state.js";

/** A deletion: every environment is looked at before, the certificate is deleted, and what is left behind is told. */
export async function end(state: CertificateState, context: Step): Promise<void> {
  const { api, plan, resource } = context;
  const operations = plan.operations.filter(({ name }) => name === remove.name);
  const [operation] = operations;
  if (operation === undefined) return;
  const found = await api.certificate(state.project, state.name, resource);
  const environments = [
    ...new Set([...environmentsIn(state), ...(found?.entries ?? []).map(({ environment }) => environment)]),
  ];
  const left = await demandReachable(state, environments, context);
  if (found !== undefined) {
    const said = await removed(state, operation, context);
    await demandUndeployed(state, environments, said, context);
    return;
  }
  // Deleted before, by an earlier run or outside: only those that still trust it are touched.
  if (left.length === 0) return;
  const again = plan.operations.find(({ name }) => name === create.name);
  const second = operations[1];
  if (again === undefined || second === undefined)
    throw told(state, `${left.join(", ")} still trust it, and it cannot be undeployed without its PEM`, context);
  const narrowed = onlyTo(again, left);
  const reply = await api.ask(context.perform, narrowed);
  if ((await api.certificate(state.project, state.name, resource)) === undefined)
    throw told(state, `${cameBackOf(reply).cameBack}, so ${left.join(", ")} still trust it`, context);
  const said = await removed(state, second, context);
  await demandUndeployed(state, left, said, context);
}

/** The planned creation for some of its environments. */
const onlyTo = (operation: Operation, environments: readonly string[]): Operation => {
  const { form } = operation.call;
  if (form === undefined || !("multipart" in form)) return operation;
  return {
    ...operation,
    call: { ...operation.call, form: { multipart: { ...form.multipart, environmentList: environments.join(",") } } },
    narrowable: { field: "environmentList", values: environments },
  };
};

const wantedOf = ({ alias, deployed, entries }: CertificateState): Wanted => ({
  alias,
  thumbprints: [deployed?.thumbprint, ...entries.map(({ thumbprint }) => thumbprint)].filter(
    (one): one is string => one !== undefined,
  ),
});

/**
 * Environments that trust the certificate, where that can be seen. @throws Fault before anything is sent when workers of
 * one cannot be reached: nobody could say afterwards whether it was undeployed there.
 */
async function demandReachable(
  state: CertificateState,
  environments: readonly string[],
  context: Step,
): Promise<readonly string[]> {
  const stores = await truststores(environments, context);
  const unreachable = [...stores].flatMap(([environment, store]) =>
    store.seen === "unreachable" ? [environment] : [],
  );
  if (unreachable.length > 0 && state.whenUndeployUnknown === "fail")
    throw fault(context, {
      action: `delete certificate ${state.name} of project ${state.project}`,
      cameBack: `the workers of ${unreachable.join(", ")} do not tell what they trust`,
      known: "nothing was sent, the resource stays in the state",
      next: 'bring them back, and run again; or set whenUndeployUnknown: "letGo" and run up before the removal',
      outcome: "not executed",
    });
  return [...stores].flatMap(([environment, store]) => (trusts(store, wantedOf(state)) === true ? [environment] : []));
}

/** Performs a planned deletion and settles it by reading. @returns what the service said of its environments. */
export async function removed(
  state: CertificateState,
  operation: Operation,
  context: Step,
): Promise<DeploymentResult | undefined> {
  const { api, resource } = context;
  const { project, name } = state;
  const reply = await api.ask(context.perform, operation);
  const refuse = (known: string, more = ""): Fault =>
    fault(context, {
      action: `delete certificate ${name} of project ${project}`,
      ...cameBackOf(reply),
      cameBack: `${cameBackOf(reply).cameBack}${more}`,
      known: `${known}; the resource stays in the state`,
      next: unlessRights(cameBackOf(reply).cameBack, "run again: what has ended is settled by reading"),
    });
  if (reply.outcome === "not executed") throw refuse("nothing was deleted by this call");
  let still: boolean;
  try {
    const { seen } = await api.await(
      () => api.certificate(project, name, resource),
      (found) => (found === undefined ? true : undefined),
      reply.outcome !== "refused",
    );
    still = seen !== undefined;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw refuse("whether it was deleted is not known", `; reading it back failed: ${error.parts.cameBack}`);
  }
  if (still) throw refuse("the project still has it");
  return saidOf(reply);
}

/** A record that is gone says nothing of the workers: each must have said yes, or be seen to be clean. */
async function demandUndeployed(
  state: CertificateState,
  environments: readonly string[],
  said: DeploymentResult | undefined,
  context: Step,
): Promise<void> {
  const rows = new Map(said?.results.map((row) => [row.environment, row]));
  const doubtful = environments.filter((environment) => rows.get(environment)?.success !== true);
  const stores = await truststores(doubtful, context);
  const wanted = wantedOf(state);
  const left: string[] = [];
  const unknown: string[] = [];
  for (const [environment, store] of stores) {
    const there = trusts(store, wanted);
    const message = rows.get(environment)?.message ?? said?.message ?? "the service has not said";
    if (there === true || (there === undefined && rows.get(environment)?.success === false))
      left.push(`${environment} (${message})`);
    else if (there === undefined) unknown.push(environment);
  }
  if (left.length > 0)
    throw told(state, `the record is deleted, and these environments still trust it: ${left.join(", ")}`, context);
  if (unknown.length === 0) return;
  if (state.whenUndeployUnknown === "letGo")
    context.tell(
      `whether ${unknown.join(", ")} still trust certificate ${state.name} is not known: let go as the program says`,
    );
  else
    throw told(
      state,
      `the record is deleted, and whether ${unknown.join(", ")} still trust it is not known: the truststores cannot be read`,
      context,
    );
}

const told = (state: CertificateState, cameBack: string, context: Step): Fault =>
  fault(context, {
    action: `undeploy certificate ${state.name} of project ${state.project}`,
    cameBack,
    known: "the resource stays in the state",
    next: 'run again: the truststores are read, and only those that still trust it are touched; where nobody can see them, look at the gateways and set whenUndeployUnknown: "letGo" before the removal',
    outcome: "done",
  });
