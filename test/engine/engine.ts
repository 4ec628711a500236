import { expect } from "chai";
import { clm } from "../instrument/clm.js";
import { compare, shownByPreview, type Shown } from "../instrument/transcript.js";
import type { Ran, StoredResource } from "../instrument/project.js";
import { expectCode, World, type Spec } from "../instrument/world.js";

/** A certificate of the test program with what most tests want. */
export const certificate = (
  name: string,
  args: Record<string, unknown> = {},
  more: Omit<Partial<Spec>, "name" | "args"> = {},
): Spec => ({
  kind: "ecgrid.Certificate",
  name,
  args: { commId: 5001, overlapDays: 30, allowLastTermination: true, ...args },
  ...more,
});

/** Runs a test in a world of its own, with comms 5001 and 5002. */
export function inWorld(
  test: (world: World) => Promise<void>,
  options: Parameters<typeof World.open>[0] = {},
): () => Promise<void> {
  return async () => {
    const world = await World.open(options);
    try {
      world.sandbox.ecgrid.addComm({ commId: 5001 });
      world.sandbox.ecgrid.addComm({ commId: 5002 });
      await test(world);
    } finally {
      await world.close();
    }
  };
}

export interface Applied {
  readonly preview: Ran;
  readonly up: Ran;
  readonly shown: Shown[];
  readonly made: string[];
  /** Every request of preview and up. */
  readonly requests: number;
}

/** Previews, applies, and holds the one against the other. */
export async function apply(world: World, code = 0): Promise<Applied> {
  const position = world.sandbox.log.last();
  const preview = expectCode(await world.project.preview(), 0);
  expect(world.sandbox.log.made(position), "a preview changes nothing").to.deep.equal([]);
  const up = expectCode(await world.project.up(), code);
  const shown = shownByPreview(preview.text);
  const made = world.made(position);
  expect(compare(shown, made, code === 0)).to.deep.equal([]);
  return { preview, up, shown, made, requests: world.sandbox.log.since(position).length };
}

/** Reviews what a command is about to do, and approves it. */
export async function approve(world: World, ...options: string[]): Promise<void> {
  expectCode(await clm(world, "review", "--approve", "approvals.json", ...options), 0);
  world.project.environment.CLM_APPROVALS = "approvals.json";
}

/** The resource of a name as the stack's state has it. */
export function stored(world: World, name: string): StoredResource {
  const found = world.project
    .resources()
    .find(({ urn, delete: pending }) => urn.endsWith(`::${name}`) && pending !== true);
  if (found === undefined) throw new Error(`the state has no ${name}`);
  return found;
}

/** The certificate in charge by the state. */
export function current(world: World, name: string): Record<string, unknown> & { certKeyId: number } {
  const { outputs } = stored(world, name);
  return outputs?.current as Record<string, unknown> & { certKeyId: number };
}

export const previousIds = (world: World, name: string): number[] =>
  (stored(world, name).outputs?.previous as { certKeyId: number }[]).map(({ certKeyId }) => certKeyId);

/** certKeyIds that the service takes for active. */
export const activeIds = (world: World, commId: number): number[] =>
  world.sandbox.ecgrid.active(commId).map(({ certKeyId }) => certKeyId);

/** Makes certificate `a` on comm 5001. @returns its id. */
export async function made(world: World, args: Record<string, unknown> = {}): Promise<number> {
  world.program(certificate("a", args));
  await apply(world);
  return current(world, "a").certKeyId;
}

/** How often the service has executed a call of /v2/certificates. */
export const executed = (world: World, verb: string): number =>
  world.sandbox.log.all().filter(({ path, outcome }) => path === `/v2/certificates/${verb}` && outcome === "executed")
    .length;

/** A preview and an up that have nothing to do. @returns the number of their requests. */
export async function expectNothing(world: World): Promise<number> {
  const position = world.sandbox.log.last();
  const { preview, up } = await apply(world);
  for (const { text } of [preview, up]) expect(text).to.match(/Resources:\s+\d+ unchanged/);
  return world.sandbox.log.since(position).length;
}
