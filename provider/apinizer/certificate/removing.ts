import { cameBackOf } from "../../http/jsonReply.js";
import { Fault } from "../../core/fault.js";
import type { Operation } from "../../core/operation.js";
import { create, remove } from "../operations.js";
import { failuresInWords } from "../outcomes.js";
import { unlessRights, type Truststore } from "../client.js";
import { fault, type Step } from "../step.js";
import { saidOf, type Certificate, type DeploymentResult } from "../wire.js";
import { isUnlistedNo, trusts, truststores, wantedOf } from "./outcomes.js";
import { everywhere, type CertificateState, type EnvironmentState } from "./state.js";
import { unnamedIn } from "./unnamed.js";

/** A deletion: every environment is looked at before, the certificate is deleted, and what is left behind is told. */
export async function end(state: CertificateState, context: Step): Promise<void> {
  const { api, plan, resource } = context;
  const [operation, second] = plan.operations.filter(({ name }) => name === remove.name);
  if (operation === undefined) return;
  const [again, afterwards] = plan.operations.filter(({ name }) => name === create.name);
  const found = await api.certificate(state.project, state.name, resource);
  demandAsNamed(state, found === undefined ? [] : unnamedIn(state, found), context);
  const known = everywhere(state, found);
  const stores = await truststores(
    known.map(({ environment }) => environment),
    context,
  );
  const covered = new Set(found?.entries.map(({ environment }) => environment));
  const wanted = wantedOf(state);
  const isRepair = found === undefined && [...stores.values()].some((store) => trusts(store, wanted) === true);
  demandAnswers(state, known, { stores, covered, isThere: found !== undefined, isRepair }, context);
  if (found !== undefined) {
    const jwks = state.jwkDeleteAction === "DELETE" ? await attachedJwks(state, context) : [];
    if (jwks.length > 0 && !(await context.knowsWhatStays())) throw mayBeKept(state, jwks, context);
    const said = await removed(state, operation, context);
    await tellOfJwks(state, jwks, context);
    await demandUndeployed(state, known, { said, stores, covered, again }, context);
    return;
  }
  // Deleted before, by an earlier run or outside: only those that still trust it are touched.
  const answered = (environment: string): boolean => stores.get(environment)?.seen === "yes";
  const left = known.filter((one) => {
    const store = stores.get(one.environment);
    const there = store === undefined ? undefined : trusts(store, wanted);
    const denied = one.outcome === "failed" || one.outcome === "left";
    // A truststore does not show workers that do not answer: only a call takes back that the service said no.
    return there === true || (denied && answered(one.environment));
  });
  const unseen = known.filter(
    (one) => !left.includes(one) && trusts(stores.get(one.environment) ?? UNSEEN, wanted) === undefined,
  );
  // What shows nothing cannot be told from what does not answer: it goes through the same repair.
  const silent = left.length === 0 ? [] : unseen.filter(({ environment }) => stores.get(environment)?.seen === "empty");
  const repaired = [...left, ...silent];
  const names = repaired.map(({ environment }) => environment);
  if (left.length > 0) {
    if (again === undefined || second === undefined)
      throw told(state, `${names.join(", ")} still trust it, and it cannot be undeployed without its PEM`, context);
    await madeAgain(state, onlyTo(again, names), names, context);
    const now = await truststores(names, context);
    const said = await removed(state, second, context);
    await demandUndeployed(state, repaired, { said, stores: now, covered: new Set(names), again: afterwards }, context);
  }
  demandKnown(
    state,
    unseen.filter((one) => !silent.includes(one)).map(({ environment }) => environment),
    stores,
    context,
  );
}

const UNSEEN: Truststore = { seen: "unread", cameBack: "it was not asked" };

/** @throws Fault before anything is sent when the manager has what no preview can have named. */
function demandAsNamed(state: CertificateState, strange: readonly string[], context: Step): void {
  if (strange.length === 0) return;
  throw fault(context, {
    action: `delete certificate ${state.name} of project ${state.project}`,
    cameBack: `the manager has it otherwise than the state: ${strange.join(", ")}`,
    known: "nothing was sent, the resource stays in the state",
    next: 'run "pulumi refresh", and look at the preview again: it names what would be deleted',
    outcome: "not executed",
  });
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

/** Makes the record again, so that it can be undeployed. @throws Fault where it is not there, or its workers do not answer. */
async function madeAgain(
  state: CertificateState,
  operation: Operation,
  environments: readonly string[],
  context: Step,
): Promise<void> {
  const { project, name } = state;
  const { api, resource } = context;
  const reply = await api.ask(context.perform, operation);
  const { cameBack } = cameBackOf(reply);
  const where = environments.join(", ");
  let found: Certificate | undefined;
  try {
    found = await api.certificate(project, name, resource);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const more = `reading it back failed: ${error.parts.cameBack}`;
    throw told(
      state,
      `whether it is made again for ${where}, which still trust it, is not known: ${cameBack}; ${more}`,
      context,
    );
  }
  if (found === undefined) throw told(state, `${cameBack}, so ${where} still trust it`, context);
  const failed = saidOf(reply)?.results.filter(({ success }) => !success) ?? [];
  if (failed.length > 0)
    throw told(
      state,
      `it is made again for ${where}, which still trust it, and cannot be undeployed: ${failuresInWords(failed, "no reason given")}`,
      context,
    );
}

/** JWKs of the project that refer to a certificate, of which no answer says which one (section 3.2). */
const attachedJwks = async ({ project }: CertificateState, { api, resource }: Step): Promise<string[]> =>
  (await api.listedJwks(project, resource)).flatMap(({ name, attached }) => (attached === true ? [name] : []));

/** Without an inventory (`destroy --target`) nobody knows whether the stack keeps one of them. */
const mayBeKept = (state: CertificateState, jwks: readonly string[], context: Step): Fault =>
  fault(context, {
    action: `delete certificate ${state.name} of project ${state.project}`,
    cameBack: `jwkDeleteAction DELETE would delete the JWKs made from it, which may be among ${jwks.join(", ")}, and this run does not know which of them the stack keeps`,
    known: "nothing was sent, the resource stays in the state",
    next: "remove the certificate from the program and run up, which knows; or set jwkDeleteAction to NULLIFY and run up before the removal",
    outcome: "not executed",
  });

/** Tells of JWKs that were to be deleted with their certificate, and have only lost their reference to it. */
async function tellOfJwks(state: CertificateState, before: readonly string[], context: Step): Promise<void> {
  if (before.length === 0) return;
  const { api, resource, tell } = context;
  try {
    const left = (await api.listedJwks(state.project, resource)).flatMap(({ name, attached }) =>
      before.includes(name) && attached !== true ? [name] : [],
    );
    if (left.length > 0)
      tell(
        `JWK ${left.join(", ")} of project ${state.project} lost the reference to certificate ${state.name} and was not deleted: the installation does not know jwkDeleteAction`,
      );
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    tell(`whether the JWKs of certificate ${state.name} were deleted is not known: ${error.parts.cameBack}`);
  }
}

/** What is there before a deletion. */
interface Before {
  readonly stores: ReadonlyMap<string, Truststore>;
  /** Environments of the manager's record. */
  readonly covered: ReadonlySet<string>;
  readonly isThere: boolean;
  /** Whether the record is gone, and an environment is seen to trust it still. */
  readonly isRepair: boolean;
}

/**
 * @throws Fault before anything is sent when workers of an environment that has it do not show it: nobody could say
 * afterwards whether it was undeployed there.
 */
function demandAnswers(
  state: CertificateState,
  known: readonly EnvironmentState[],
  { stores, covered, isThere, isRepair }: Before,
  context: Step,
): void {
  const silent = known.flatMap(({ environment, outcome }) => {
    const seen = stores.get(environment)?.seen;
    // Nothing is expected where the manager's record leaves the environment out.
    const expected = outcome === "deployed" && !isRepair && (!isThere || covered.has(environment));
    return seen === "unreachable" || seen === "unread" || (seen === "empty" && expected) ? [environment] : [];
  });
  if (silent.length === 0 || state.whenUndeployUnknown === "letGo") return;
  throw fault(context, {
    action: `delete certificate ${state.name} of project ${state.project}`,
    cameBack: `the workers of ${silent.join(", ")} do not tell what they trust`,
    known: "nothing was sent, the resource stays in the state",
    next: 'bring them back, and run again; or, where the gateways are seen to be without it, set whenUndeployUnknown: "letGo" and run up before the removal',
    outcome: "not executed",
  });
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

interface Undeployed {
  readonly said: DeploymentResult | undefined;
  /** Truststores before the deletion. */
  readonly stores: ReadonlyMap<string, Truststore>;
  /** Environments that the record had: those that the call was to undeploy it from. */
  readonly covered: ReadonlySet<string>;
  /** Makes the record again, where the plan still has that. */
  readonly again: Operation | undefined;
}

/**
 * A record that is gone says nothing of the workers: of each environment the service must have said yes, or, where it has
 * said nothing, its workers are seen to be clean.
 */
async function demandUndeployed(
  state: CertificateState,
  known: readonly EnvironmentState[],
  { said, stores: before, covered, again }: Undeployed,
  context: Step,
): Promise<void> {
  const rows = new Map(said?.results.map((row) => [row.environment, row]));
  const doubtful = known.filter(({ environment }) => rows.get(environment)?.success !== true);
  const stores = await truststores(
    doubtful.map(({ environment }) => environment),
    context,
  );
  const wanted = wantedOf(state);
  const lenient = state.whenUndeployUnknown === "letGo";
  const of = ({ environment, outcome }: EnvironmentState): "clean" | "left" | "unknown" => {
    const store = stores.get(environment) ?? UNSEEN;
    const there = trusts(store, wanted);
    const denied = rows.has(environment) || (outcome === "left" && !covered.has(environment));
    if (there === true || (denied && !lenient)) return "left";
    if (denied) return "unknown";
    // Workers that answered before the call are believed when they show nothing after it.
    const nothing = before.get(environment)?.seen === "yes" || !covered.has(environment);
    return there === false || (store.seen === "empty" && nothing) ? "clean" : "unknown";
  };
  const all = doubtful.map((one) => ({ environment: one.environment, is: of(one) }));
  // It failed somewhere: where nobody is seen to have it, workers that do not answer are behind it.
  const hidden = !lenient && isUnlistedNo(said) && all.every(({ is }) => is === "clean");
  const left = all.filter(({ is }) => is === "left" || hidden).map(({ environment }) => environment);
  if (left.length > 0) {
    const messages = left.map(
      (environment) =>
        `${environment} (${rows.get(environment)?.message ?? said?.message ?? "the service has not said"})`,
    );
    const kept = await remembered(state, left, again, context);
    throw told(
      state,
      `the record is deleted, and these environments still trust it: ${messages.join(", ")}${kept}`,
      context,
    );
  }
  demandKnown(
    state,
    all.filter(({ is }) => is === "unknown").map(({ environment }) => environment),
    stores,
    context,
  );
}

/**
 * A deletion that fails can remember nothing, and truststores do not show workers that do not answer: the record is made
 * again for the environments that still trust the certificate, so that the manager knows what the next run has to undeploy.
 *
 * @returns what became of it: the end of a sentence.
 */
async function remembered(
  { project, name }: CertificateState,
  environments: readonly string[],
  again: Operation | undefined,
  { api, perform, resource }: Step,
): Promise<string> {
  if (environments.length === 0 || again === undefined) return "";
  const where = environments.join(", ");
  const reply = await api.ask(perform, onlyTo(again, environments));
  const failed = `; making the record again for ${where} failed (${cameBackOf(reply).cameBack})`;
  try {
    const found = await api.certificate(project, name, resource);
    return found === undefined ? failed : `; the record is made again for ${where}, for the next run to undeploy it`;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return `; whether the record is made again for ${where} is not known (${error.parts.cameBack})`;
  }
}

/** @throws Fault unless environments of which nothing is known are let go. */
function demandKnown(
  state: CertificateState,
  unknown: readonly string[],
  stores: ReadonlyMap<string, Truststore>,
  context: Step,
): void {
  if (unknown.length === 0) return;
  const reasons = unknown.map((environment) => {
    const store = stores.get(environment) ?? UNSEEN;
    return store.seen === "yes" ? "rows of its truststore cannot be read" : store.cameBack;
  });
  if (state.whenUndeployUnknown !== "letGo")
    throw told(
      state,
      `the record is deleted, and whether ${unknown.join(", ")} still trust it is not known: ${[...new Set(reasons)].join("; ")}`,
      context,
    );
  context.tell(
    `whether ${unknown.join(", ")} still trust certificate ${state.name} is not known: let go as the program says`,
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
