import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import { clm } from "../instrument/clm.js";
import type { Ran } from "../instrument/project.js";
import { expectCode, type World } from "../instrument/world.js";

export type Program = "yaml" | "typescript";

/** Files that `clm import` has written for a world's project. */
export const written = ({ project }: World, name: string): string =>
  readFileSync(join(project.folder, "project", "imported", name), "utf8");

/** `clm import` into the folder of the project. */
export const scan = (world: World, program: Program, ...args: string[]): Promise<Ran> =>
  clm(world, "import", ...args, "--out", "imported", "--program", program);

/** The engine writes its whole state after each resource otherwise. */
const UNCHECKED = { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_EXPERIMENTAL: "true" };

/** What its last words ask for: the import, and the program. */
export async function apply(world: World, program: Program): Promise<Ran> {
  const { project } = world;
  Object.assign(project.environment, UNCHECKED);
  const ran = expectCode(
    await project.pulumi(
      ...["import", "--file", "imported/import.json", "--yes", "--skip-preview"],
      ...["--generate-code=false", "--protect=false"],
    ),
    0,
  );
  for (const name of Object.keys(UNCHECKED)) project.environment[name] = undefined;
  if (program === "yaml") {
    project.write("index.js", `require("pulumi-clm/stack").stack();\n`);
    appendFileSync(
      join(project.folder, "project", "Pulumi.dev.yaml"),
      `\nconfig:\n  clm:stack: { file: imported/stack.yaml }\n`,
    );
  } else {
    project.write("index.js", `require("./imported/index.js");\n`);
    const { outputText } = transpileModule(written(world, "index.ts"), {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
    });
    project.write("imported/index.js", outputText);
  }
  return ran;
}

/** What a grown account has: so many orders, certificates on comms of ten, and contracts with two credentials each. */
export async function filled(
  { sandbox: { certcentral, ecgrid, partner } }: World,
  { orders, certificates, credentials }: { orders: number; certificates: number; credentials: number },
): Promise<{ readonly contracts: readonly number[] }> {
  for (let at = 0; at < orders; at++)
    await certcentral.addOrder({
      commonName: `www${at % (orders * 0.95)}.example.com`,
      ...(at % 3 === 0 ? { dnsNames: [`alt${at}.example.com`] } : {}),
    });
  for (let at = 0; at < certificates; at++) {
    const commId = 6000 + Math.floor(at / 10);
    if (at % 10 === 0) ecgrid.addComm({ commId });
    const usage = at % 2 === 0 ? "Encryption" : "Signature";
    await ecgrid.addCertificate({ commId, usage, hasPrivateKey: at % 4 < 2 });
  }
  const contracts = Array.from({ length: credentials / 2 }, (_, at) => {
    const id = partner.addContract({ sans: [`acme${at}.example.com`] });
    partner.regenerateOutside(id, false);
    return id;
  });
  return { contracts };
}
