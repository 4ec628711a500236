import type { LoggedRequest } from "../../sandbox/index.js";
import { fits, previewPart } from "./transcript.js";

/**
 * What a request to Apinizer asks for besides its target: which certificate goes to which environments, what becomes of
 * JWKs, a JWK's source. Labels do not
 * hold that, so the words of the preview are held against what the sandbox saw. Like `transcript.ts` it shares nothing
 * with the provider: the words are those that a person reads.
 */

/** What was asked for, or what the words allow; by subject. */
type Asked = Readonly<Record<string, string>>;

const sorted = (list: string): string => list.split(/, ?/).sort().join(",");

/** What a logged request asked for. */
function askedBy({ query, body, operation = "" }: LoggedRequest): Asked {
  const sent: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(new URLSearchParams(query)),
    ...(typeof body === "object" ? body : {}),
  };
  const said = (field: string, otherwise: string): string => {
    const value = sent[field];
    return typeof value === "string" ? value : otherwise;
  };
  const deployed = {
    environments: sorted(said("environmentList", "")),
    thumbprint: said("pemEncodedFile", ""),
  };
  switch (operation.split(" ")[0]) {
    case "apinizer.certificates.create":
      return deployed;
    case "apinizer.certificates.update": {
      // The service's own default is NULLIFY (apinizer.md 2.4).
      const action = said("jwkUpdateAction", "NULLIFY");
      return { ...deployed, jwks: action === "UPDATE" ? `UPDATE ${said("updateScope", "?")}` : action };
    }
    case "apinizer.certificates.delete":
      return { jwks: said("jwkDeleteAction", "NULLIFY") };
    case "apinizer.jwks.create":
      return typeof sent.certificateName === "string"
        ? { source: ["certificateName", "environmentName", "useType", "algorithm"].map((one) => said(one, "")).join() }
        : {};
  }
  return {};
}

const DEPLOYED = /(?:\(|goes, )(.*)(?:\) to | comes; )/;
const COMES = /thumbprint ([0-9A-F]{40}), valid till [0-9-]+$/;
const TO = /\) to (.+), because /;
const MOVES = /comes; (.+); the gateways may be without it /;
const ON_UPDATE = /without it between removal and deployment; (.+)$/;
const ON_DELETE = /(DELETED FOR GOOD|lose their reference and keep their key)/;
const SOURCE = /\(from certificate (.+) of (.+), (SIGNATURE|ENCRYPTION), (\S+)\) and deploy/;

/** What the sentence of an operation names. What it calls unknown is left out, and may be anything. */
function namedBy(operation: string, sentence: string): Asked {
  const words = (pattern: RegExp): string => pattern.exec(sentence)?.[1] ?? "";
  const named = (subject: string, said: string, value: string): Asked =>
    said.includes("not known yet") ? {} : { [subject]: value };
  const comes = words(DEPLOYED);
  const thumbprint = named("thumbprint", comes, COMES.exec(comes)?.[1] ?? "none");
  switch (operation.split(" ")[0]) {
    case "apinizer.certificates.create":
      return { ...thumbprint, ...named("environments", words(TO), sorted(words(TO))) };
    case "apinizer.certificates.update": {
      const moves = words(MOVES);
      const stays = moves
        .split(/(?:^|, )(?=kept in |added to |DROPPED from )/)
        .filter((one) => !one.startsWith("DROPPED"))
        .map((one) => one.replace(/^(?:kept in|added to) /, ""));
      const onUpdate = words(ON_UPDATE);
      const jwks = onUpdate.endsWith("are DETACHED AND KEEP THE OLD KEY")
        ? "NULLIFY"
        : `UPDATE ${onUpdate.includes(" in this project, ") ? "SAME_PROJECT" : onUpdate.endsWith(" in ALL projects") ? "ALL_PROJECTS" : "?"}`;
      return {
        ...thumbprint,
        ...named("environments", moves, sorted(stays.filter((one) => one !== "").join(","))),
        ...named("jwks", onUpdate, jwks),
      };
    }
    case "apinizer.certificates.delete":
      return { jwks: words(ON_DELETE).startsWith("DELETED") ? "DELETE" : "NULLIFY" };
    case "apinizer.jwks.create":
      return named("source", sentence, (SOURCE.exec(sentence) ?? []).slice(1).join());
  }
  return {};
}

const LINE = /warning: (.*) \[(apinizer\.[a-z]+\.[a-z]+(?: [a-z]+=[^\s\];]+)+)/;

const targetOf = (label: string): string => label.split(" ").slice(1, 3).map(decodeURIComponent).join(" ");

interface Named {
  readonly label: string;
  readonly asked: Asked;
  /** A repair names those that it may be needed for, and goes to those that need it. */
  readonly narrowed: boolean;
}

const namedIn = (text: string): Named[] =>
  previewPart(text)
    .split("\n")
    .flatMap((line) => {
      const [, sentence = "", label] = LINE.exec(line) ?? [];
      if (label === undefined) return [];
      return [
        { label, asked: namedBy(label, sentence), narrowed: sentence.includes("to those alone that still trust it") },
      ];
    });

/**
 * Requests that asked for what no line of the preview has named.
 *
 * @param trusting environments that held a certificate before the run, by target: those that a repair may go to.
 */
export function unnamedRequests(
  preview: string,
  requests: readonly LoggedRequest[],
  trusting: ReadonlyMap<string, readonly string[]>,
): string[] {
  const named = namedIn(preview);
  return requests.flatMap((request) => {
    const { operation = "" } = request;
    const asked = askedBy(request);
    if (Object.keys(asked).length === 0) return [];
    const lines = named.filter(({ label }) => fits(label, operation));
    // Without a line the operation is not shown at all, which `compare` finds.
    const isNamed =
      lines.length === 0 ||
      lines.some(({ asked: words, narrowed }) =>
        Object.entries(words).every(([subject, value]) => {
          const sent = asked[subject] ?? "";
          if (!narrowed || subject !== "environments") return sent === value;
          const allowed = value.split(",").filter((one) => trusting.get(targetOf(operation))?.includes(one) === true);
          return sent.split(",").every((one) => allowed.includes(one));
        }),
      );
    const all = (one: Asked): string =>
      Object.entries(one)
        .map(([subject, value]) => `${subject} ${value}`)
        .join(", ");
    return isNamed
      ? []
      : [
          `${operation} asked for ${all(asked)}; named was ${[...new Set(lines.map((one) => all(one.asked)))].join(" or ")}`,
        ];
  });
}
