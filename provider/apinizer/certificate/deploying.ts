import { Fault } from "../../core/fault.js";
import type { Made } from "../../core/lifecycle.js";
import type { Operation } from "../../core/operation.js";
import { cameBackOf, type Reply } from "../../http/jsonReply.js";
import { failuresInWords, namesOf, outcomesInWords } from "../outcomes.js";
import { create, remove, update as replace } from "../operations.js";
import { unlessRights } from "../client.js";
import { fault, partial, type Step } from "../step.js";
import { saidOf, type Certificate, type DeploymentResult } from "../wire.js";
import type { CertificateInputs } from "./inputs.js";
import { deployedWhere } from "./outcomes.js";
import { readPem, type PemInfo } from "./pem.js";
import { removed } from "./removing.js";
import { doubled, entriesOf, environmentsIn, isWaiting, withInputs, type CertificateState } from "./state.js";

/** Deploys a certificate, adopts one, or waits for one that is not issued yet. */
export async function make(inputs: CertificateInputs, context: Step): Promise<Made<CertificateState>> {
  const id = `${inputs.project}/${inputs.name}`;
  const empty: CertificateState = {
    ...inputs,
    entries: [],
    outcomes: [],
    truststores: "readable",
    missing: false,
    writes: 0,
  };
  if (inputs.adopt !== true && context.plan.operations.length === 0) return { id, state: empty };
  const found = await context.api.certificate(inputs.project, inputs.name, context.resource);
  if (inputs.adopt === true) return { id, state: adopted(found, empty, context) };
  return { id, state: await deploy(empty, found, inputs, context) };
}

function adopted(found: Certificate | undefined, empty: CertificateState, context: Step): CertificateState {
  if (found !== undefined) return { ...empty, entries: entriesOf(found) };
  throw fault(context, {
    action: `adopt certificate ${empty.name} of project ${empty.project}`,
    cameBack: "the project has no certificate of this name",
    known: "nothing was sent and nothing is kept",
    next: "remove adopt to have it deployed, or mend the names",
    outcome: "not executed",
  });
}

/** Performs what the plan holds: deploys, replaces, or mends double entries. */
export async function change(
  before: CertificateState,
  inputs: CertificateInputs,
  context: Step,
): Promise<CertificateState> {
  const { plan, resource, api } = context;
  if (plan.refusal !== undefined)
    throw fault(context, {
      action: `change certificate ${before.name} of project ${before.project}`,
      cameBack: plan.refusal,
      known: "nothing was sent, the state is left as it was",
      next: "answer that in the program, and run again",
      outcome: "not executed",
    });
  const adopts = isWaiting(before) && inputs.adopt === true;
  if (plan.operations.length === 0 && !adopts) return withInputs(before, inputs);
  const found = await api.certificate(before.project, before.name, resource);
  if (adopts) return adopted(found, withInputs(before, inputs), context);
  const operation = plan.operations.find(({ name }) => name === replace.name);
  if (operation === undefined) {
    const mending = plan.operations.find(({ name }) => name === remove.name);
    if (mending !== undefined && found !== undefined) await removed(before, mending, context);
    return deploy(before, mending === undefined ? found : undefined, inputs, context);
  }
  if (found === undefined)
    throw partial(
      context,
      { ...before, entries: [], missing: true },
      {
        action: `replace certificate ${before.name} of project ${before.project}`,
        cameBack: "it was deleted outside",
        known: "nothing was sent, and that it is missing is kept in the state",
        next: "look at the preview again: a new trigger deploys it again",
        outcome: "not executed",
      },
    );
  return settle(operation, withInputs(before, inputs), found, context);
}

/** Creates the certificate unless the project has it already: the very one that is wanted is taken over. */
async function deploy(
  before: CertificateState,
  found: Certificate | undefined,
  inputs: CertificateInputs,
  context: Step,
): Promise<CertificateState> {
  const state = withInputs(before, inputs);
  const operation = context.plan.operations.find(({ name }) => name === create.name);
  if (operation === undefined) throw new Error("the plan of this step deploys nothing. Nothing was sent.");
  if (found === undefined) return settle(operation, state, undefined, context);
  const info = infoOf(inputs);
  const entries = entriesOf(found);
  const same =
    entries.length > 0 &&
    entries.every(
      ({ thumbprint, alias }) => thumbprint === info?.thumbprint && (alias ?? inputs.alias) === inputs.alias,
    );
  if (same) return outcomesOf({ ...state, entries, missing: false }, undefined, info, context);
  throw fault(context, {
    action: `deploy certificate ${inputs.name} of project ${inputs.project}`,
    cameBack: "the project has another certificate of this name",
    known: "nothing was sent and nothing is kept",
    next: "set adopt: true to take it over and have it replaced, or give another name",
    outcome: "not executed",
  });
}

const infoOf = ({ pem }: CertificateInputs): PemInfo | undefined => {
  const read = pem === undefined ? undefined : readPem(pem);
  return read === undefined || "problem" in read ? undefined : read;
};

/** Performs a deployment and reads back what the manager holds; then what became of each environment. */
async function settle(
  operation: Operation,
  last: CertificateState,
  before: Certificate | undefined,
  context: Step,
): Promise<CertificateState> {
  const { api, resource } = context;
  const { project, name } = last;
  const info = infoOf(last);
  const reply = await api.ask(context.perform, operation);
  const action = `deploy certificate ${name} of project ${project}`;
  if (reply.outcome === "not executed") throw undone(action, reply, "nothing was changed by this call", context);
  const state = { ...last, writes: last.writes + 1 };
  let found: Certificate | undefined;
  try {
    found = (
      await api.await(
        () => api.certificate(project, name, resource),
        (seen) => (seen?.entries.some(({ thumbprint }) => thumbprint === info?.thumbprint) === true ? seen : undefined),
        reply.outcome !== "refused",
      )
    ).seen;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw undone(
      action,
      {
        ...cameBackOf(reply),
        codes: [],
        cameBack: `${cameBackOf(reply).cameBack}; reading it back failed: ${error.parts.cameBack}`,
      },
      "whether it was stored is not known",
      context,
    );
  }
  const entries = found === undefined ? [] : entriesOf(found);
  const stored = entries.some(({ thumbprint }) => thumbprint === info?.thumbprint);
  if (!stored) {
    const known =
      found === undefined
        ? before === undefined
          ? "the project has no such certificate"
          : "THE CERTIFICATE IS GONE from the project, and gateways may be without it"
        : "the project has what it had before";
    throw partial(
      context,
      found === undefined && before === undefined
        ? { ...state, entries: [] }
        : { ...state, entries, missing: found === undefined },
      {
        action,
        ...cameBackOf(reply),
        known: `${known}; that is kept in the state`,
        next: unlessRights(
          cameBackOf(reply).cameBack,
          "mend what the answer names, and run again: the preview names what is missing",
        ),
      },
      `${project}/${name}`,
    );
  }
  return outcomesOf({ ...state, entries, missing: false }, saidOf(reply), info, context);
}

/** The state with each environment's outcome. @throws Fault that keeps it, where one has failed. */
async function outcomesOf(
  state: CertificateState,
  said: DeploymentResult | undefined,
  info: PemInfo | undefined,
  context: Step,
): Promise<CertificateState> {
  const { project, name } = state;
  const { count, ...deployed } = info ?? { count: 0 };
  const wanted = { alias: state.alias, thumbprints: info === undefined ? [] : [info.thumbprint] };
  const { outcomes, truststores } = await deployedWhere(environmentsIn(state), said, wanted, context);
  const after: CertificateState = {
    ...state,
    ...("thumbprint" in deployed ? { deployed: { ...deployed, pem: state.pem } } : {}),
    outcomes,
    truststores,
  };
  const twice = doubled(after);
  if (twice.length > 0)
    context.tell(
      `the manager lists certificate ${name} twice for ${twice.join(", ")}: the next preview names what mends it`,
    );
  const unknown = outcomes.filter(({ outcome }) => outcome === "unknown");
  if (unknown.length > 0)
    context.tell(
      `whether certificate ${name} is deployed in ${namesOf(unknown)} is not known: the service has not said, and the truststores cannot be read`,
    );
  const failed = outcomes.filter(({ outcome }) => outcome === "failed");
  if (failed.length === 0) return after;
  throw partial(
    context,
    after,
    {
      action: `deploy certificate ${name} of project ${project} to ${namesOf(failed)}`,
      cameBack: failuresInWords(failed, "its truststore does not hold it"),
      known: `the manager has stored it; ${outcomesInWords(outcomes)}; the resource is kept`,
      next: "bring those environments' workers back, and run again: the preview names the deployment to all of its environments",
      outcome: "done",
    },
    `${project}/${name}`,
  );
}

const undone = (action: string, reply: Reply, known: string, context: Step): Fault =>
  fault(context, {
    action,
    ...cameBackOf(reply),
    known: `${known}; the state is left as it was`,
    next: unlessRights(cameBackOf(reply).cameBack, "run again: what the project has is read first"),
  });
