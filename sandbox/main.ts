import { parseArgs } from "node:util";
import { startSandbox } from "./index.js";
import { setVariant, VARIANTS, variantSettings } from "./variants.js";

const USAGE = `clm sandbox [--port N] [--file F] [--now ISO] [--variant NAME=VALUE]...   serve the APIs on loopback
clm sandbox --variants                                                    list what can be switched
`;

/** `clm sandbox`. @returns the exit code. */
export async function runSandbox(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: "string" },
      file: { type: "string" },
      now: { type: "string" },
      variant: { type: "string", multiple: true, default: [] },
      variants: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (values.variants) {
    for (const { name, section, says, values: allowed } of VARIANTS) {
      process.stdout.write(
        `${name.padEnd(20)} ${allowed.map((value, at) => (at === 0 ? `${value} (default)` : value)).join(", ")}\n${" ".repeat(21)}${section}: ${says}\n`,
      );
    }
    return 0;
  }
  const variants = variantSettings();
  for (const setting of values.variant) {
    const [name = "", value = ""] = setting.split("=");
    setVariant(variants, name, value);
  }
  const sandbox = await startSandbox({
    variants,
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values.file === undefined ? {} : { file: values.file }),
    ...(values.now === undefined ? {} : { now: values.now }),
  });
  sandbox.ecgrid.addComm({ commId: 5001 });
  process.stdout.write(
    `ECGrid sandbox at ${sandbox.ecgrid.url}, with comm 5001. In a Pulumi project:\n\n` +
      `  export ECGRID_URL=${sandbox.ecgrid.url} ECGRID_API_KEY=${sandbox.ecgrid.apiKey}\n\n` +
      `Look at it: curl ${sandbox.url}/__sandbox/state ; curl ${sandbox.url}/__sandbox/log\n` +
      `Move its clock: curl ${sandbox.url}/__sandbox -d '{"action":"advance","days":340}'\nCtrl-C ends it.\n`,
  );
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await sandbox.close();
  return 0;
}
