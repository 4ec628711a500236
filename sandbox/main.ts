import { parseArgs } from "node:util";
import { startSandbox } from "./index.js";
import { setVariant, VARIANTS, variantSettings, type ListedVariant } from "./variants.js";

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
    process.stdout.write(VARIANTS.map(row).join(""));
    return 0;
  }
  const variants = variantSettings();
  for (const setting of values.variant) {
    const [name = "", value = ""] = setting.split("=");
    setVariant(variants, name, value);
  }
  const sandbox = await startSandbox({
    variants,
    ...(values.port === undefined ? {} : { port: port(values.port) }),
    ...(values.file === undefined ? {} : { file: values.file }),
    ...(values.now === undefined ? {} : { now: values.now }),
  });
  if (sandbox.ecgrid.store.comm(5001) === undefined) sandbox.ecgrid.addComm({ commId: 5001 });
  process.stdout.write(
    `ECGrid sandbox at ${sandbox.ecgrid.url}, with comm 5001. In a Pulumi project:\n\n` +
      `  pulumi config set ecgrid:url ${sandbox.ecgrid.url}\n` +
      `  pulumi config set --secret ecgrid:apiKey ${sandbox.ecgrid.apiKey}\n\nor for this shell:\n\n` +
      `  export ECGRID_URL=${sandbox.ecgrid.url} ECGRID_API_KEY=${sandbox.ecgrid.apiKey}\n\n` +
      `CertCentral sandbox at ${sandbox.certcentral.url}, with organization 9001:\n\n` +
      `  export CERTCENTRAL_URL=${sandbox.certcentral.url} CERTCENTRAL_API_KEY=${sandbox.certcentral.apiKey}\n\n` +
      `Partner Subscriptions sandbox at ${sandbox.partner.url}, with subaccount ${sandbox.partner.accountId}:\n\n` +
      `  export PARTNER_URL=${sandbox.partner.url} PARTNER_API_KEY=${sandbox.partner.apiKey}\n\n` +
      `Apinizer sandbox at ${sandbox.apinizer.url}, with project ${sandbox.apinizer.project} and environments ` +
      `${sandbox.apinizer
        .environments()
        .map(({ name }) => name)
        .join(", ")}:\n\n` +
      `  export APINIZER_URL=${sandbox.apinizer.managerUrl} APINIZER_TOKEN=${sandbox.apinizer.token}\n\n` +
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

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new Error(`--port is "${text}". Allowed: a whole number from 0 to 65535.`);
  return value;
}

const row = ({ name, section, says, values, default: usual }: ListedVariant): string =>
  `${name.padEnd(20)} ${values.map((value) => (value === usual ? `${value} (default)` : value)).join(", ")}\n` +
  `${" ".repeat(21)}${section}: ${says}\n`;
