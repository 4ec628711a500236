import { differing, type Drift } from "../../core/drift.js";
import { isUnread, type JwkState } from "./state.js";

const inWords = ({ missing }: JwkState): string => (missing ? "not there" : "there");

/** What the service says otherwise of a JWK. */
export function drift(before: JwkState, after: JwkState): Drift[] {
  if (!before.made) return [];
  const what = `JWK ${after.name} of project ${after.project}`;
  if (after.missing || before.missing)
    return differing(after.missing ? "deleted" : "status", what, inWords(before), inWords(after));
  const follows = ({ attached }: JwkState): string =>
    attached === undefined ? "not shown" : attached ? "attached" : "detached";
  const key = ({ thumbprint, kid }: JwkState): string | undefined => thumbprint ?? kid;
  return [
    ...(after.certificateName === undefined || after.attached !== false
      ? []
      : differing("detached", `${what} from certificate ${after.certificateName}`, follows(before), follows(after))),
    ...(isUnread(before) ? [] : differing("content", what, key(before), key(after))),
    ...differing("settings", `description of ${what}`, before.description, after.description),
  ];
}
