import { differing, listed, type Drift } from "../../core/drift.js";
import {
  doubled,
  environmentsIn,
  isGone,
  thumbprintsOf,
  type CertificateState,
  type EnvironmentState,
} from "./state.js";

/** What the manager and the truststores of its environments say otherwise of a certificate. */
export function drift(before: CertificateState, after: CertificateState, now: Date): Drift[] {
  const what = `certificate ${after.name} of project ${after.project}`;
  if (after.missing)
    return before.missing
      ? []
      : differing(
          "deleted",
          what,
          "there",
          isGone(after) ? "not there" : "not there, and environments may still trust it: see the truststores",
        );
  const [had, has] = [environmentsIn(before), environmentsIn(after)];
  const twice = doubled(after).filter((environment) => !doubled(before).includes(environment));
  const ends = after.entries.flatMap(({ notAfter }) => notAfter ?? []).sort();
  const [end] = ends;
  return [
    ...has
      .filter((environment) => had.includes(environment) && !twice.includes(environment))
      .flatMap((environment) =>
        differing("content", `${what} in ${environment}`, inCharge(before, environment), inCharge(after, environment)),
      ),
    ...differing("deployment", `environments of ${what}`, listed(had), listed(has)),
    ...workersDrift(before, after, what),
    ...twice.flatMap((environment) => differing("strays", `${what} in ${environment}`, "one entry", "several entries")),
    ...differing("settings", `alias of ${what}`, aliasOf(before), aliasOf(after)),
    ...differing("settings", `description of ${what}`, before.description, after.description),
    ...(end === undefined || new Date(end) > now
      ? []
      : differing("expired", what, `valid until ${end.slice(0, 10)}`, "expired", end.slice(0, 10))),
  ];
}

const inCharge = ({ entries }: CertificateState, environment: string): string =>
  listed(thumbprintsOf(entries.filter((entry) => entry.environment === environment)));

const aliasOf = ({ entries }: CertificateState): string =>
  listed([...new Set(entries.flatMap(({ alias }) => alias ?? []))]);

function workersDrift(before: CertificateState, after: CertificateState, what: string): Drift[] {
  const last = new Map(before.outcomes.map((one) => [one.environment, one]));
  const inWords = ({ outcome, message }: EnvironmentState): string =>
    outcome === "deployed" || message === undefined ? outcome : `${outcome} (${message})`;
  return after.outcomes.flatMap((one) => {
    const was = last.get(one.environment);
    return was === undefined || was.outcome === one.outcome
      ? []
      : differing("deployment", `workers of ${one.environment} with ${what}`, inWords(was), inWords(one));
  });
}
