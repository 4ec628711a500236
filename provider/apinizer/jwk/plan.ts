import { overUnknowns } from "../../core/overUnknowns.js";
import { NOTHING, perhapsReplaced, type Change, type Plan } from "../../core/plan.js";
import { changedFields, withSettings } from "../../core/settingChanges.js";
import { known, UNKNOWN, type Planned } from "../../core/unknown.js";
import { createJwk, removeJwk, updateJwk, type CreateJwkArguments, type DeleteJwkArguments } from "../operations.js";
import { namesOf } from "../outcomes.js";
import { heldElsewhere, holdingJwk } from "../scope.js";
import { generatedAlgorithm, generatedCurve, type Use } from "./algorithms.js";
import { jwkInputs, type JwkInputs } from "./inputs.js";
import { isFollowing, isThere, isUnread, mayRefer, type JwkState } from "./state.js";

type Inputs = Planned<JwkInputs>;

const FIELDS = jwkInputs.keyof().options;
const IDENTITY = ["project", "name"] as const;
/** What a key is made of: another one is another key. */
const SOURCE = ["certificateName", "environment", "use", "algorithm", "generate"] as const;
/** What these cause is said by the operation, or by the reason why there is none. */
const SAID_OTHERWISE = [...SOURCE, "certificateThumbprint", "certificateWrites", "description", "trigger"];
const MEANING: Readonly<Record<string, string>> = {
  onDelete: "decides what a removal does",
  adopt: "only used when the resource is made",
};
const ABSENT = "the project does not have it already";
const THERE = "the project still has it";
const WAITS = "WAIT: the certificate is not deployed yet, so no JWK is made from it: no remote call";

/** What a change of a JWK will do. Pure; the same for previews, execution and lists. */
export function plan({ before, after, heldByOthers }: Change<Inputs, JwkState>): Plan {
  if (after === undefined) return before === undefined ? NOTHING : ending(before);
  if (before === undefined && heldByOthers !== undefined) {
    const { project, name } = after;
    if (project !== UNKNOWN && name !== UNKNOWN && heldByOthers.has(holdingJwk(project, name)))
      return { ...NOTHING, changes: true, refusal: heldElsewhere(jwkOf(after)) };
  }
  if (before === undefined)
    return overUnknowns<JwkInputs>(after, { adopt: [undefined], certificateThumbprint: [""] }, creation);
  const decided = overUnknowns<JwkInputs>(
    after,
    {
      project: [before.project],
      name: [before.name],
      description: [before.description],
      certificateName: [before.certificateName],
      certificateThumbprint: isThere(before) ? [before.certificateThumbprint, ""] : [""],
      certificateWrites: [before.certificateWrites],
      environment: [before.environment],
      use: [before.use],
      algorithm: [before.algorithm],
      generate: [before.generate],
      trigger: [before.trigger],
      ...(isThere(before) ? {} : { adopt: [undefined] }),
    },
    (turned) => decide(before, turned),
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

const jwkOf = ({
  project,
  name,
}: {
  readonly project: string | typeof UNKNOWN;
  readonly name: string | typeof UNKNOWN;
}) => `JWK ${known(name) ?? "?"} of project ${known(project) ?? "?"}`;

const adoption = (after: Inputs): Plan => ({
  ...NOTHING,
  changes: true,
  remarks: [`ADOPT ${jwkOf(after)}: it is read and taken into the stack, no remote call changes anything`],
});

function creation(after: Inputs): Plan {
  if (after.adopt === true) return adoption(after);
  if (after.certificateThumbprint === "") return { ...NOTHING, changes: true, remarks: [WAITS] };
  return {
    ...NOTHING,
    changes: true,
    operations: [createJwk.conditional(making(after, "the resource is new"), ABSENT)],
  };
}

/** The call that makes the JWK of these inputs; what is not known yet stands as a question mark. */
export function making(after: Inputs, why: string): CreateJwkArguments {
  const use = after.use === UNKNOWN ? "?" : after.use;
  const algorithm = after.algorithm === UNKNOWN ? "?" : after.algorithm;
  const common = {
    project: known(after.project) ?? "?",
    name: known(after.name) ?? "?",
    description: known(after.description),
    why,
  };
  const used = [use, algorithm].filter((word) => word !== undefined).join(", ");
  if (after.generate !== undefined) {
    const { what, fields } = generation(known(after.generate), use, algorithm);
    return { ...common, source: "generated", fields, what: `a new ${what} key, ${used}` };
  }
  const certificateName = known(after.certificateName) ?? "?";
  const environmentName = known(after.environment) ?? "?";
  return {
    ...common,
    source: "certificate",
    fields: {
      ...{ sourceType: "CERTIFICATE", certificateName, environmentName, useType: use },
      algorithm: algorithm ?? "?",
    },
    what: `from certificate ${certificateName} of ${environmentName}, ${used}`,
  };
}

/** The body of `jwks/generate`: what belongs to a type stands in an object of its name (the page "Generate JWK"). */
function generation(
  generate: JwkInputs["generate"],
  use: Use | "?",
  algorithm: string | undefined,
): { readonly what: string; readonly fields: Readonly<Record<string, unknown>> } {
  if (generate === undefined) return { what: "generated", fields: {} };
  const { type, size, curve, kid, kidFrom, notBefore, expires } = generate;
  return {
    what: [type, size === undefined ? undefined : `${size} bits`, curve].filter((word) => word !== undefined).join(" "),
    fields: {
      type,
      ...(kid === undefined ? {} : { kid }),
      [type.toLowerCase()]: {
        ...(size === undefined ? {} : { keySize: size }),
        ...(curve === undefined ? {} : { curveType: generatedCurve(curve) }),
        keyUseType: use,
        ...(algorithm === undefined ? {} : { algorithm: generatedAlgorithm(algorithm) }),
        ...(kidFrom === undefined ? {} : { keyIdType: kidFrom }),
        ...(notBefore === undefined ? {} : { notBeforeTime: notBefore }),
        ...(expires === undefined ? {} : { expirationTime: expires }),
      },
    },
  };
}

function decide(before: JwkState, after: Inputs): Plan {
  const moved = IDENTITY.filter((field) => after[field] !== before[field]);
  if (moved.length === 0) return update(before, after);
  const ended = ending(before);
  if (moved.every((field) => after[field] !== UNKNOWN)) return { ...ended, replaces: moved };
  return perhapsReplaced(
    `${moved.join(" and ")} ${moved.length === 1 ? "is" : "are"} not known yet: if it turns out to be another one, the JWK is made there and the old one deleted`,
    creation(after),
    ended,
  );
}

const differs = (before: JwkState, after: Inputs, fields: readonly string[]): string[] =>
  changedFields(fields, before, after);

function update(before: JwkState, after: Inputs): Plan {
  const { attached, outdated, certificateName, outcomes, missing } = before;
  if (!isThere(before)) {
    if (after.adopt === true) return adoption(after);
    if (after.certificateThumbprint === "") return NOTHING;
    const why = missing
      ? "it was deleted outside"
      : after.certificateName === undefined
        ? "it is not made yet"
        : "the certificate is deployed now";
    return { ...NOTHING, changes: true, operations: [createJwk.conditional(making(after, why), ABSENT)] };
  }
  const triggered = after.trigger !== undefined && after.trigger !== before.trigger;
  const source = differs(before, after, SOURCE);
  if (triggered || source.length > 0) {
    const why = triggered
      ? "the trigger has changed"
      : `${source.join(" and ")} change${source.length === 1 ? "s" : ""}`;
    if (after.certificateThumbprint === "")
      return {
        ...NOTHING,
        changes: true,
        refusal:
          `${jwkOf(before)} is not made anew although ${why}: certificate ${known(after.certificateName) ?? "?"} is not deployed, so the old JWK would be deleted and none made. ` +
          "Deploy the certificate first",
      };
    return {
      ...NOTHING,
      changes: true,
      operations: [removeJwk.conditional({ ...deletion(before), why }, THERE), createJwk.certain(making(after, why))],
      remarks: [`${jwkOf(before)} is deleted and made anew: POLICIES THAT USE IT ARE WITHOUT IT IN BETWEEN`],
    };
  }
  const why: string[] = [];
  if (after.description !== undefined && differs(before, after, ["description"]).length > 0)
    why.push("its description changes");
  const failed = outcomes.filter(({ outcome }) => outcome === "failed");
  if (failed.length > 0) why.push(`its deployment has failed in ${namesOf(failed)}`);
  const follows = isFollowing(before, after);
  const refers = mayRefer(before);
  const remarks = [
    ...(follows && refers && why.length === 0
      ? [
          `its certificate ${certificateName ?? ""} is replaced, or written again: ${jwkOf(before)} is read again, no remote call changes it`,
        ]
      : []),
    ...(refers && outdated
      ? [
          `${jwkOf(before)} HAS ANOTHER KEY than certificate ${certificateName ?? ""}${attached === true ? ", which it refers to" : ""}: the service has not updated it; nothing is made by itself, a new trigger makes it anew`,
        ]
      : []),
    ...(isUnread(before) && why.length === 0
      ? [`${jwkOf(before)} is made and could not be read yet: it is read, no remote call changes it`]
      : []),
    ...(certificateName === undefined || refers
      ? []
      : [
          `${jwkOf(before)} is DETACHED from certificate ${certificateName} and keeps key ${before.kid ?? before.thumbprint ?? "that it has"}: nothing is made by itself, a new trigger makes it anew`,
        ]),
  ];
  const operations =
    why.length === 0
      ? []
      : [
          updateJwk.certain({
            project: before.project,
            name: before.name,
            description: known(after.description) ?? before.description,
            attachedTo: refers ? certificateName : undefined,
            why: why.join(" and "),
          }),
        ];
  return { ...NOTHING, changes: follows || isUnread(before) || operations.length > 0, operations, remarks };
}

const deletion = (before: JwkState): DeleteJwkArguments => ({
  project: before.project,
  name: before.name,
  what: [
    before.keyType,
    before.kid === undefined ? undefined : `kid ${before.kid}`,
    before.certificateName === undefined ? "generated" : `from certificate ${before.certificateName}`,
  ]
    .filter((word) => word !== undefined)
    .join(", "),
  keyIsLost: before.certificateName === undefined,
});

/** What a deletion does. */
export function ending(before: JwkState): Plan {
  if (!before.made) return { ...NOTHING, changes: true, remarks: [`${jwkOf(before)} was never made: no remote call`] };
  if (before.missing)
    return { ...NOTHING, changes: true, remarks: [`${jwkOf(before)} was deleted outside: no remote call`] };
  if (before.onDelete === "retain")
    return {
      ...NOTHING,
      changes: true,
      remarks: [`KEEP ${jwkOf(before)} in all environments (onDelete is retain): no remote call`],
    };
  return { ...NOTHING, changes: true, operations: [removeJwk.conditional(deletion(before), THERE)] };
}
