import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectCode, World } from "../instrument/world.js";

/**
 * What a stack file costs: previews of 200 certificates that it declares, as a ratio to those of a plain program with the same
 * ones, in one run, by turns; and the bytes that the engine copies into the state.
 */

const CERTIFICATES = 200;
const ROUNDS = 3;

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

interface Cost {
  /** Of the fastest preview, milliseconds. */
  readonly wall: number;
  /** Processor time of the cheapest one, its child processes included, milliseconds: what other work on the machine does not change. */
  readonly cpu: number;
}

/** Previews of each, by turns. */
async function previews(contenders: readonly Contender[]): Promise<Record<string, Cost>> {
  const costs: Record<string, Cost> = {};
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, world } of contenders) {
      const [start, used] = [performance.now(), childrenCpu()];
      expectCode(await world.project.preview(), 0);
      const { wall, cpu } = costs[name] ?? { wall: Infinity, cpu: Infinity };
      costs[name] = {
        wall: Math.round(Math.min(wall, performance.now() - start)),
        cpu: Math.round(Math.min(cpu, childrenCpu() - used)),
      };
    }
  return costs;
}

/** Processor time of child processes that have ended, milliseconds; not a number where the system does not tell. */
function childrenCpu(): number {
  try {
    const [, , , , , , , , , , , , , user, system] =
      readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(user) + Number(system)) * 10; // clock ticks of 1/100 s
  } catch {
    return Number.NaN;
  }
}

const ratio = (one: number, other = Number.NaN): number => Number((one / other).toFixed(3));

const ratios = ({ program, ...others }: Record<string, Cost>): object => ({
  program,
  ...Object.fromEntries(
    Object.entries(others).map(([name, cost]) => [
      name,
      { ...cost, ratio: { wall: ratio(cost.wall, program?.wall), cpu: ratio(cost.cpu, program?.cpu) } },
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
