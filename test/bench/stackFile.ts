import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectCode, World } from "../instrument/world.js";

/**
 * What a stack file costs: previews of 200 certificates that it declares, as a ratio to those of a plain program with the same
 * ones, in one run, by turns; and the bytes that the engine copies into the state.
 */

const CERTIFICATES = 200;
const ROUNDS = 5;

const names = Array.from({ length: CERTIFICATES }, (_, index) => `partner-${String(index + 1).padStart(3, "0")}`);
const commOf = (name: string): number => 5000 + Number(name.slice(8));

const LIST = [
  ...["groups:", "  - type: ecgrid.Certificate", "    defaults: { overlapDays: 30, years: 1 }", "    resources:"],
  ...names.map((name) => `      ${name}: { commId: ${commOf(name)} }`),
  "  - end",
];

interface Contender {
  readonly name: "program" | "ownFile" | "inConfiguration";
  readonly world: World;
}

async function contender(name: Contender["name"]): Promise<Contender> {
  const world = await World.open({ from: name === "program" ? "test/engine/project" : "examples/stack-files" });
  const { project } = world;
  for (const one of names) world.sandbox.ecgrid.addComm({ commId: commOf(one) });
  // The states of so many take long to write one after the other, and nothing here can crash.
  Object.assign(project.environment, { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_EXPERIMENTAL: "true" });
  if (name === "program")
    world.program(
      ...names.map((one) => ({
        ...{ kind: "ecgrid.Certificate", name: one },
        args: { overlapDays: 30, years: 1, commId: commOf(one) },
      })),
    );
  else {
    const settings = readFileSync(join(project.folder, "project", "Pulumi.dev.yaml"), "utf8");
    const list = name === "ownFile" ? ["file: list.yaml"] : LIST;
    project.write(
      "Pulumi.dev.yaml",
      `${settings}\nconfig:\n  clm:stack:\n${list.map((line) => `    ${line}\n`).join("")}`,
    );
    project.write("list.yaml", `${LIST.join("\n")}\n`);
  }
  return { name, world };
}

/** The fastest preview of each, by turns, milliseconds. */
async function previews(contenders: readonly Contender[]): Promise<Record<string, number>> {
  const fastest: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, world } of contenders) {
      const start = performance.now();
      expectCode(await world.project.preview(), 0);
      fastest[name] = Math.round(Math.min(fastest[name] ?? Infinity, performance.now() - start));
    }
  return fastest;
}

const ratios = ({ program = Number.NaN, ...others }: Record<string, number>): object => ({
  program,
  ...Object.fromEntries(
    Object.entries(others).map(([name, milliseconds]) => [
      name,
      { milliseconds, ratio: Number((milliseconds / program).toFixed(3)) },
    ]),
  ),
});

/** Bytes of the list in the provider's inputs and outputs, and of the whole state. */
function stateOf({ project }: World): object {
  const resources = project.resources();
  const provider = resources.filter(({ type }) => type.startsWith("pulumi:providers:"));
  const copies = provider.flatMap(({ inputs, outputs }) => [inputs?.["clm:stack"], outputs?.["clm:stack"]]);
  return {
    list: copies.reduce<number>((sum, copy) => sum + (copy === undefined ? 0 : JSON.stringify(copy).length), 0),
    state: JSON.stringify(resources).length,
  };
}

/** Figures of `npm run bench`. */
export async function stackFileFigures(): Promise<object> {
  const contenders = [await contender("program"), await contender("ownFile"), await contender("inConfiguration")];
  try {
    const first = ratios(await previews(contenders));
    for (const { world } of contenders) expectCode(await world.project.up(), 0);
    const unchanged = ratios(await previews(contenders));
    const bytes = Object.fromEntries(contenders.map(({ name, world }) => [name, stateOf(world)]));
    return { certificates: CERTIFICATES, first, unchanged, bytes };
  } finally {
    for (const { world } of contenders) await world.close();
  }
}
