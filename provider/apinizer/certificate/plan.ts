import type { Operation } from "../../core/operation.js";
import { overUnknowns } from "../../core/overUnknowns.js";
import { NOTHING, perhapsReplaced, type Change, type Plan } from "../../core/plan.js";
import { changedFields, knownChanges, withSettings } from "../../core/settingChanges.js";
import { replacesBecause } from "../../core/fields.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import {
  create,
  remove,
  update as replace,
  type DeleteArguments,
  type Deployment,
  type UpdateArguments,
} from "../operations.js";
import { heldElsewhere, holding, referringTo } from "../scope.js";
import { certificateInputs, type CertificateInputs } from "./inputs.js";
import { NO_LONGER } from "./outcomes.js";
import { readPem, whatOf, type PemInfo } from "./pem.js";
import {
  doubled,
  environmentsIn,
  everywhere,
  isGone,
  isWaiting,
  thumbprintsOf,
  type CertificateState,
} from "./state.js";

type Inputs = Planned<CertificateInputs>;
/** What other resources hold, as `referring` and `holding` name it. */
type Held = ReadonlySet<string>;

const FIELDS = certificateInputs.keyof().options;
const IDENTITY = ["project", "name"] as const;
/** What these cause is said by the operation, or by the reason why there is none. */
const SAID_OTHERWISE = ["pem", "alias", "description", "environments", "trigger"];
const MEANING: Readonly<Record<string, string>> = {
  jwkUpdateAction: "used by the next replacement",
  jwkUpdateScope: "used by the next replacement",
  jwkDeleteAction: "used by a removal",
  allowJwkDeletion: "used by a removal",
  onDelete: "decides what a removal does",
  whenUndeployUnknown: "used by a removal",
  whenEndedOutside: "decides what a deletion outside leads to",
  adopt: "only used when the resource is made",
};
const NOT_KNOWN = "a certificate that is not known yet";
const ISSUED = "the certificate is issued by then, and the project does not have it already";
const ABSENT = "the project does not have it already";
const THERE = "the manager still has it";

/** What a change of a certificate on a gateway will do. Pure; the same for previews, execution and lists. */
export function plan({ before, after, heldByOthers = new Set() }: Change<Inputs, CertificateState>): Plan {
  if (after === undefined) return before === undefined ? NOTHING : ending(before, heldByOthers);
  if (before === undefined) {
    const { project, name } = after;
    if (project !== UNKNOWN && name !== UNKNOWN && heldByOthers.has(holding(project, name)))
      return { ...NOTHING, changes: true, refusal: heldElsewhere(`certificate ${name} of project ${project}`) };
    return overUnknowns<CertificateInputs>(after, { adopt: [undefined] }, creation);
  }
  const decided = overUnknowns<CertificateInputs>(
    after,
    {
      project: [before.project],
      name: [before.name],
      alias: [before.alias],
      description: [before.description],
      environments: [before.environments],
      pem: [before.pem, undefined],
      trigger: [before.trigger],
      whenEndedOutside: ["fail"],
      ...(isWaiting(before) ? { adopt: [undefined] } : {}),
    },
    (turned) => decide(before, turned, heldByOthers),
  );
  return withSettings(
    decided,
    changedFields(FIELDS, before, after),
    (field) => MEANING[field],
    before,
    after,
    SAID_OTHERWISE,
  );
}

const adoption = (after: Inputs): Plan => ({
  ...NOTHING,
  changes: true,
  remarks: [
    `ADOPT certificate ${known(after.name) ?? ""} of project ${known(after.project) ?? ""}: it is read and taken into the stack, no remote call changes anything`,
  ],
});

function creation(after: Inputs): Plan {
  const { adopt, pem } = after;
  if (adopt === true) return adoption(after);
  if (pem === undefined) return { ...NOTHING, changes: true, remarks: [waits("nothing is deployed")] };
  const deployment = deploymentOf(after);
  const args = { ...deployment, why: "the resource is new" };
  return {
    ...NOTHING,
    changes: true,
    operations: [create.conditional(args, pem === UNKNOWN ? ISSUED : ABSENT)],
  };
}

const waits = (until: string): string => `WAIT: the certificate is not there yet, so ${until}: no remote call`;

function deploymentOf(after: Inputs, before?: CertificateState): Deployment {
  const pem = known(after.pem);
  const read = pem === undefined ? undefined : readPem(pem);
  return {
    project: known(after.project) ?? before?.project ?? "?",
    name: known(after.name) ?? before?.name ?? "?",
    alias: known(after.alias) ?? before?.alias ?? "?",
    description: known(after.description) ?? before?.description ?? "?",
    environments: known(after.environments) ?? ["environments that are not known yet"],
    pem,
    what: read === undefined || "problem" in read ? NOT_KNOWN : whatOf(read),
  };
}

function decide(before: CertificateState, after: Inputs, heldByOthers: Held): Plan {
  const moved = IDENTITY.filter((field) => after[field] !== before[field]);
  if (moved.length === 0) return update(before, after, heldByOthers);
  const ended = ending(before, heldByOthers);
  if (moved.every((field) => after[field] !== UNKNOWN))
    return { ...ended, remarks: [...ended.remarks, ...aliasTaken(before, after)], replaces: moved };
  return perhapsReplaced(
    `${moved.join(" and ")} ${moved.length === 1 ? "is" : "are"} not known yet: if it turns out to be another one, the certificate is deployed there and the old one deleted`,
    creation(after),
    ended,
  );
}

/** A new name is made before the old one is deleted, and an alias is unique in its environment (section 2.3). */
function aliasTaken(before: CertificateState, { alias, environments }: Inputs): string[] {
  const taken = before.entries.filter(
    (entry) => entry.alias === alias && environments !== UNKNOWN && environments.includes(entry.environment),
  );
  return taken.length === 0
    ? []
    : [
        `alias ${known(alias) ?? ""} is used by certificate ${before.name} in ${taken.map(({ environment }) => environment).join(", ")} until that is deleted, which comes after: THE SERVICE REFUSES IT FOR ANOTHER CERTIFICATE, give another alias`,
      ];
}

/** What an earlier replacement has left behind: no call undeploys where the manager has no entry (section 2.4). */
function leftBehind(before: CertificateState, after: Inputs): string[] {
  const listed = [...environmentsIn(before), ...(known(after.environments) ?? [])];
  const left = before.outcomes.filter(
    ({ environment, outcome }) => outcome !== "deployed" && !listed.includes(environment),
  );
  if (left.length === 0) return [];
  return [
    `certificate ${before.name} was dropped from ${left.map(({ environment }) => environment).join(", ")}, which may still have it: a refresh looks at the truststores; to have it undeployed, name them in environments again and drop them then`,
  ];
}

function update(before: CertificateState, after: Inputs, heldByOthers: Held): Plan {
  const plan = whatChanges(before, after, heldByOthers);
  return { ...plan, remarks: [...plan.remarks, ...leftBehind(before, after)] };
}

function whatChanges(before: CertificateState, after: Inputs, heldByOthers: Held): Plan {
  const { deployed, entries, missing } = before;
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger;
  if (isWaiting(before) && after.adopt === true) return adoption(after);
  if (after.pem === undefined)
    return deployed === undefined
      ? { ...NOTHING, remarks: changed(before, after, ["pem"]) ? [waits("nothing is deployed")] : [] }
      : {
          ...NOTHING,
          remarks: [
            waits(isGone(before) ? "nothing is deployed" : `certificate ${deployed.thumbprint} stays deployed`),
          ],
        };
  const deployment = deploymentOf(after, before);
  const conditional = after.pem === UNKNOWN;
  if (missing && !isGone(before) && !triggered && after.whenEndedOutside === "fail") {
    const fact = `certificate ${before.name} of project ${before.project} was deleted outside; nothing is made by itself`;
    const { changed: stored, unless } = knownChanges(FIELDS, before, after, [
      "alias",
      "description",
      "environments",
      "pem",
    ]);
    return stored.length > 0
      ? { ...NOTHING, remarks: [fact] }
      : {
          ...NOTHING,
          changes: true,
          refusal: `${fact}${unless}. Change trigger to have it deployed again, set whenEndedOutside to "replace", or remove the resource from the program`,
        };
  }
  if (missing || entries.length === 0) {
    const args = {
      ...deployment,
      why: missing
        ? `it was deleted outside${triggered ? ", and the trigger has changed" : isGone(before) || after.whenEndedOutside === "fail" ? "" : `, and ${replacesBecause(after.whenEndedOutside)}`}`
        : isWaiting(before)
          ? "it is issued now"
          : "an earlier deployment has not come to its end",
    };
    return {
      ...NOTHING,
      changes: true,
      operations: [create.conditional(args, conditional ? ISSUED : ABSENT)],
    };
  }
  const twice = doubled(before);
  if (twice.length > 0 && !conditional) {
    const why = `the manager lists ${twice.join(", ")} twice`;
    return {
      ...NOTHING,
      changes: true,
      operations: [
        remove.conditional({ ...deletion(before, heldByOthers), jwkDelete: "NULLIFY" }, THERE),
        create.certain({ ...deployment, why }),
      ],
      remarks: [`${why}: the certificate is deleted and deployed once; GATEWAYS ARE WITHOUT IT IN BETWEEN`],
    };
  }
  const why = reasons(before, after, triggered);
  if (why.length === 0) return NOTHING;
  const args = {
    ...deployment,
    goes: goesOf(before),
    moves: movesOf(environmentsIn(before), known(after.environments)),
    jwkUpdate: known(after.jwkUpdateAction),
    jwkScope: known(after.jwkUpdateScope),
    jwks: jwksOf(before, heldByOthers),
    why: why.join(" and "),
  };
  return { ...NOTHING, changes: true, operations: [replace.certain(args)] };
}

const movesOf = (had: readonly string[], wanted: readonly string[] | undefined): UpdateArguments["moves"] =>
  wanted && {
    kept: wanted.filter((environment) => had.includes(environment)),
    added: wanted.filter((environment) => !had.includes(environment)),
    dropped: had.filter((environment) => !wanted.includes(environment)),
  };

/** What the manager has, which can be another one than was deployed last. */
function goesOf({ entries }: CertificateState): string {
  const thumbprints = thumbprintsOf(entries);
  return thumbprints.length === 0 ? "what is there" : `thumbprint ${thumbprints.join(" and ")}`;
}

const changed = (before: CertificateState, after: Inputs, fields: readonly string[]): boolean =>
  changedFields(fields, before, after).length > 0;

/** Why the certificate is replaced; none when everything is as it is wanted. */
function reasons(before: CertificateState, after: Inputs, triggered: boolean): string[] {
  const { entries, outcomes, deployed } = before;
  const why: string[] = [];
  if (triggered) why.push("the trigger has changed");
  const read = typeof after.pem === "string" ? readPem(after.pem) : undefined;
  const info = read === undefined || "problem" in read ? undefined : read;
  const thumbprint = info?.thumbprint;
  if (
    after.pem === UNKNOWN ||
    entries.some((entry) => entry.thumbprint !== undefined && entry.thumbprint !== thumbprint)
  )
    why.push("it is another certificate");
  else if (info !== undefined && deployed?.pem !== undefined && !isSameChain(info, deployed.pem))
    why.push("the certificates after it in its PEM have changed");
  const wantedAlias = known(after.alias);
  if (
    changed(before, after, ["alias", "description"]) ||
    entries.some(({ alias }) => alias !== undefined && wantedAlias !== undefined && alias !== wantedAlias)
  )
    why.push("alias or description have changed");
  if (after.environments === UNKNOWN) why.push("its environments change");
  else {
    const had = environmentsIn(before);
    const wanted = after.environments;
    if (had.length !== wanted.length || wanted.some((environment) => !had.includes(environment)))
      why.push("its environments change");
    const failed = outcomes.filter(({ environment, outcome }) => outcome === "failed" && wanted.includes(environment));
    const named = (all: typeof failed): string => all.map(({ environment }) => environment).join(", ");
    const lost = failed.filter(({ message }) => message === NO_LONGER);
    const never = failed.filter((one) => !lost.includes(one));
    if (lost.length > 0) why.push(`it was undeployed outside in ${named(lost)}`);
    if (never.length > 0) why.push(`its deployment has failed in ${named(never)}`);
  }
  return why;
}

function isSameChain({ chain }: PemInfo, sent: string): boolean {
  const read = readPem(sent);
  return !("problem" in read) && chain.join() === read.chain.join();
}

const jwksOf = ({ project, name }: CertificateState, heldByOthers: Held): string[] =>
  referringTo(project, name, heldByOthers);

const deletion = (before: CertificateState, heldByOthers: Held): DeleteArguments => ({
  project: before.project,
  name: before.name,
  environments: everywhere(before).map(({ environment }) => environment),
  what: whatIsThere(before),
  jwkDelete: before.jwkDeleteAction,
  jwks: jwksOf(before, heldByOthers),
  truststores: before.truststores,
});

function whatIsThere(before: CertificateState): string {
  const { deployed } = before;
  const thumbprints = thumbprintsOf(before.entries);
  if (deployed !== undefined && thumbprints.every((one) => one === deployed.thumbprint)) return whatOf(deployed);
  return thumbprints.length === 0 ? "as it is there" : goesOf(before);
}

/**
 * What a deletion does. Where it leaves an environment behind, the record is made again there, for the next deletion to
 * undeploy it (section 5.3). One that an earlier deletion has left without a record is made again and deleted at once.
 *
 * @param heldByOthers what resources hold that stay when this one goes.
 */
export function ending(before: CertificateState, heldByOthers: Held = new Set()): Plan {
  const { deployed, name, project } = before;
  if (isWaiting(before))
    return {
      ...NOTHING,
      changes: true,
      remarks: [`certificate ${name} of project ${project} was never deployed: no remote call`],
    };
  if (isGone(before))
    return {
      ...NOTHING,
      changes: true,
      remarks: [`certificate ${name} of project ${project} was deleted outside: no remote call`],
    };
  if (before.onDelete === "retain")
    return {
      ...NOTHING,
      changes: true,
      remarks: [
        `KEEP certificate ${name} of project ${project} in ${environmentsIn(before).join(", ")} (onDelete is retain): no remote call`,
      ],
    };
  const args = deletion(before, heldByOthers);
  if (args.jwkDelete === "DELETE" && args.jwks.length > 0)
    return {
      ...NOTHING,
      changes: true,
      refusal:
        `certificate ${name} of project ${project} is not deleted: jwkDeleteAction DELETE would delete JWK ${args.jwks.join(", ")}, which this stack keeps. ` +
        "Remove the JWK from the program, too, or set jwkDeleteAction to NULLIFY and run up before the removal",
    };
  const operations: Operation[] = [remove.conditional(args, THERE)];
  const pem = deployed?.pem ?? before.pem;
  const read = pem === undefined ? undefined : readPem(pem);
  const sent = deployed ?? (read === undefined || "problem" in read ? undefined : read);
  if (sent !== undefined) {
    const left = "an environment still trusts it although the manager does not have it any more";
    const again = create.conditional(
      {
        ...deploymentOf({ ...before, pem }),
        // Lists leave the PEM out.
        what: whatOf(sent),
        environments: everywhere(before).map(({ environment }) => environment),
        why: "only a deployed certificate can be undeployed; to those alone that still trust it, or show nothing",
      },
      left,
    );
    operations.push(again, remove.conditional(args, left), again);
  }
  return { ...NOTHING, changes: true, operations };
}
