import { z } from "zod";

/**
 * What `pulumi preview --json`, `pulumi destroy --preview-only --json` and `pulumi refresh --preview-only --json` print
 * (pulumi-dynamic.md, fact E10; Pulumi's `previewDigest`). Only what a review needs is read.
 */

const properties = z.record(z.string(), z.unknown()).nullish();

/** A resource before or after a step. Secrets in it are `[secret]`, unknowns the sentinel of the SDK. */
const resourceState = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().nullish(),
  inputs: properties,
  outputs: properties,
  /** It waits to be deleted: a replaced original. */
  delete: z.boolean().nullish(),
  protect: z.boolean().nullish(),
  retainOnDelete: z.boolean().nullish(),
  deletedWith: z.string().nullish(),
  parent: z.string().nullish(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullish()).nullish(),
});

const step = z.object({
  /** `create`, `update`, `delete`, `same`, `replace`, `create-replacement`, `delete-replaced`, `refresh`, ... */
  op: z.string(),
  urn: z.string(),
  oldState: resourceState.nullish(),
  newState: resourceState.nullish(),
});

const diagnostic = z.object({
  urn: z.string().nullish(),
  message: z.string().nullish(),
  severity: z.string().nullish(),
});

const previewDocument = z.object({
  steps: z.array(step).nullish(),
  diagnostics: z.array(diagnostic).nullish(),
  /** Nanoseconds. All that is printed where there is nothing at all. */
  duration: z.number(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
  maybeCorrupt: z.boolean().nullish(),
});

export type ResourceState = z.output<typeof resourceState>;
export type Step = z.output<typeof step>;
export type Diagnostic = z.output<typeof diagnostic>;

/** A preview as Pulumi has printed it. */
export interface PreviewDocument {
  readonly steps: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  readonly changeSummary: Readonly<Record<string, number>>;
  /** Pulumi itself says that it may have lost something. */
  readonly maybeCorrupt: boolean;
}

/** A text that is no whole preview of Pulumi. It must never look like one without operations. */
export class UnreadablePreview extends Error {
  override readonly name = "UnreadablePreview";
}

const HOW = 'Make it by "pulumi preview --json --show-sames --show-replacement-steps".';
const PRINTED = ["steps", "diagnostics", "changeSummary"];

/** @throws UnreadablePreview when the text is empty, cut off, of something else, or lacks steps that it counts. */
export function readPreview(text: string): PreviewDocument {
  const parsed = previewDocument.safeParse(json(text.replace(/^\uFEFF/, "")));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UnreadablePreview(
      `it is JSON, but not what Pulumi prints of a preview (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}). ${HOW}`,
    );
  }
  const { steps, diagnostics, changeSummary, maybeCorrupt } = parsed.data;
  const document = {
    steps: steps ?? [],
    diagnostics: diagnostics ?? [],
    changeSummary: changeSummary ?? {},
    maybeCorrupt: maybeCorrupt === true,
  };
  const missing = missingSteps(document);
  if (missing !== undefined) throw new UnreadablePreview(`${missing}: it is not whole. ${HOW}`);
  return document;
}

function json(text: string): unknown {
  if (text.trim() === "")
    throw new UnreadablePreview(`it is empty: the command that should have written it has failed. ${HOW}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadablePreview(
      `it is not one JSON object (${visible(reason)}): cut off, mixed with other output, or a stream of events. ${HOW}`,
      { cause: error },
    );
  }
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (keys.some((key) => key !== "duration") && !keys.some((key) => PRINTED.includes(key)))
    throw new UnreadablePreview(`it is JSON of something else than a preview. ${HOW}`);
  return value;
}

/** An error of the parser quotes the text, which is whatever it is. */
const visible = (text: string): string => text.replace(/[^\x20-\x7e]+/g, " ").slice(0, 160);

/**
 * Whether the JSON is of a refresh alone. What it finds gone is a step to delete in place of one to refresh, of which nothing
 * is called (tried on the engine); a destroy that refreshes first has both.
 */
export function isRefresh({ steps }: Pick<PreviewDocument, "steps">): boolean {
  const refreshed = new Set(steps.flatMap(({ op, urn }) => (op === "refresh" ? [urn] : [])));
  return (
    refreshed.size > 0 && steps.every(({ op, urn }) => op === "refresh" || (op === "delete" && !refreshed.has(urn)))
  );
}

/** Compares the steps with what Pulumi has counted. In a refresh all steps are of one kind. */
function missingSteps({ steps, changeSummary }: PreviewDocument): string | undefined {
  const others = steps.filter(({ op }) => op !== "refresh");
  if (isRefresh({ steps })) {
    const counted = Object.values(changeSummary).reduce((sum, count) => sum + count, 0);
    return steps.length < counted ? `it counts ${counted} resources and has ${steps.length} of them` : undefined;
  }
  for (const op of ["create", "update", "replace", "delete"]) {
    const counted = changeSummary[op] ?? 0;
    const there = others.filter((one) => one.op === op).length;
    if (there < counted) return `it counts ${counted} resources to ${op} and has ${there} of them`;
  }
  return undefined;
}
