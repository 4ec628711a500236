import { parseArgs } from "node:util";
import {
  compare,
  shownByDestroyPreview,
  shownByPreview,
  type Difference,
  type Shown,
} from "../instrument/transcript.js";
import type { Ran } from "../instrument/project.js";
import { makeCsr, makePfx } from "../../sandbox/index.js";
import { World } from "../instrument/world.js";

/**
 * `npm run demo [-- --json] [-- --keep] [-- --only ecgrid|certcentral|partner|chain] [-- --break silent-warning|extra-call]`: the example projects against the local
 * sandbox, by the real CLI. What was shown is read from the CLI's plain text, what was made from the sandbox's log.
 */

interface Step {
  readonly name: string;
  readonly transcript: string;
  readonly shown: string[];
  readonly made: string[];
  readonly differences: Difference[];
}

/** Certificates, or orders, by their name in the example's configuration. */
type Named = Record<string, Record<string, unknown>>;

class Demo {
  readonly steps: Step[] = [];

  constructor(
    readonly world: World,
    readonly say: (text: string) => void,
  ) {}

  /** Runs a command that names operations and one that makes them, and compares. */
  async step(
    name: string,
    naming: (() => Promise<Ran>) | undefined,
    making: () => Promise<Ran>,
    read = shownByPreview,
  ): Promise<void> {
    this.say(`\n=== ${name}\n`);
    const position = this.world.sandbox.log.last();
    const named = naming === undefined ? undefined : await this.#run(naming);
    const made = await this.#run(making);
    const shown: Shown[] = named === undefined ? [] : read(named.text);
    const calls = this.world.made(position);
    const differences = compare(shown, calls, made.code === 0);
    const ran = [named, made].filter((one) => one !== undefined);
    for (const { command, code } of ran)
      if (code !== 0) differences.push({ kind: "made but not shown", operation: `"${command}" ended with ${code}` });
    this.steps.push({
      name,
      transcript: ran.map(({ command, text }) => `$ ${command}\n${text}`).join("\n"),
      shown: shown.map(({ operation }) => operation),
      made: calls,
      differences,
    });
    this.say(`--- shown: ${list(shown.map(({ operation }) => operation))}\n--- made:  ${list(calls)}\n`);
    for (const { kind, operation } of differences) this.say(`--- DIFFERENCE: ${kind}: ${operation}\n`);
  }

  async #run(command: () => Promise<Ran>): Promise<Ran> {
    const ran = await command();
    this.say(`$ ${ran.command}\n${ran.text}\n`);
    return ran;
  }
}

const list = (operations: readonly string[]): string => (operations.length === 0 ? "nothing" : operations.join("; "));

/** Trading partners on ECGrid. */
async function ecgridExample(demo: Demo): Promise<void> {
  const { world } = demo;
  const { project } = world;
  const { ecgrid } = world.sandbox;
  const configure = (partners: Named): void => {
    project.write("Pulumi.dev.yaml", `config:\n  clm-ecgrid:partners: ${JSON.stringify(partners)}\n`);
  };
  ecgrid.addComm({ commId: 5001, identifier: "MYCOMPANY-A" });
  ecgrid.addComm({ commId: 5002, identifier: "MYCOMPANY-B" });
  const theirs = await makePfx({
    subject: "CN=PARTNER-B, O=Partner",
    password: "",
    notBefore: world.now,
    notAfter: "2036-01-01T00:00:00Z",
  });
  const both: Named = {
    "partner-a": { commId: 5001 },
    "partner-b": { commId: 5002, years: 1, allowLastTermination: true, retireAfterDays: 14, theirs: theirs.pem },
  };
  configure(both);
  await demo.step("create two certificates, and upload a partner's one", project.preview, project.up);
  await demo.step("nothing changes, nothing is called", project.preview, project.up);
  world.days(340);
  await demo.step("340 days later partner-b is inside its renewal window", project.preview, project.up);
  world.days(13);
  await demo.step(
    "the old certificate of partner-b is to be retired tomorrow: no call yet",
    project.preview,
    project.up,
  );
  world.days(1);
  await demo.step("its retirement is due", project.preview, project.up);
  const renewed = ecgrid.active(5001)[0]?.certKeyId;
  if (renewed !== undefined) await ecgrid.renewOutside(5001, renewed);
  await demo.step("somebody renews partner-a in the portal: a refresh sees it", undefined, project.refresh);
  await demo.step("the new certificate is taken over, without a call", project.preview, project.up);
  const consent: Named = { "partner-a": { commId: 5001, allowLastTermination: true } };
  configure({ ...both, ...consent });
  await demo.step("a setting for the end: no call", project.preview, project.up);
  configure(consent);
  await demo.step("partner-b leaves the program", project.preview, project.up);
  await demo.step("destroy", project.destroyPreview, project.destroy, shownByDestroyPreview);
}

/** Public certificates from CertCentral: people approve, orders are billed, revocation is for ever. */
async function certcentralExample(demo: Demo): Promise<void> {
  const { world } = demo;
  const { project } = world;
  const { certcentral } = world.sandbox;
  const configure = (sites: Named): void => {
    project.write(
      "Pulumi.dev.yaml",
      `config:\n  clm-certcentral:organizationId: 9001\n  clm-certcentral:sites: ${JSON.stringify(sites)}\n`,
    );
  };
  const www = async (more: object = {}): Promise<Record<string, unknown>> => ({
    commonName: "www.example.com",
    csr: await makeCsr("www.example.com"),
    retireAfterDays: 7,
    ...more,
  });
  const shop = { commonName: "shop.example.com", csr: await makeCsr("shop.example.com"), revocationSkipApproval: true };
  configure({ www: await www(), shop });
  await demo.step("two orders are placed, and wait for an approver", project.preview, project.up);
  await certcentral.approveAll();
  await demo.step(
    "they were approved and issued meanwhile: both are read, nothing is called",
    project.preview,
    project.up,
  );
  await demo.step("nothing changes", project.preview, project.up);
  configure({ www: await www(), shop });
  await demo.step("a new CSR for www: a reissue, which is not billed", project.preview, project.up);
  await certcentral.approveAll();
  await demo.step("a refresh sees the reissued certificate", undefined, project.refresh);
  world.days(340);
  configure({ www: await www(), shop });
  await demo.step(
    "www is inside its window, with a new CSR: a renewal, billed; shop needs a new CSR",
    project.preview,
    project.up,
  );
  await certcentral.approveAll();
  await demo.step("the renewed order comes into charge", project.preview, project.up);
  const last = { ...(await www({ revocationSkipApproval: true })), csr: lastCsr(world, "www") };
  configure({ www: last, shop });
  await demo.step("a setting for the end: no call", project.preview, project.up);
  world.days(7);
  await demo.step("its predecessor is retired: revoked without approval", project.preview, project.up);
  configure({ www: { ...last, revocationSkipApproval: false, whenRevocationWaits: "letGo" }, shop });
  await demo.step("an administrator shall approve the end of www", project.preview, project.up);
  configure({ shop });
  await demo.step("www leaves the program: its revocation waits for an administrator", project.preview, project.up);
  await certcentral.approveAll();
  await demo.step(
    "destroy: shop is revoked without approval",
    project.destroyPreview,
    project.destroy,
    shownByDestroyPreview,
  );
}

/** ACME credentials of the Partner API: shared by many clients, shown once, dead for all of them when revoked. */
async function partnerExample(demo: Demo): Promise<void> {
  const { world } = demo;
  const { project } = world;
  const configure = (groups: Named, more: Record<string, unknown> = {}): void => {
    const config = { sans: ["www.example.com", "shop.example.com"], ...more, groups };
    const lines = Object.entries(config).map(([key, value]) => `  clm-partner:${key}: ${JSON.stringify(value)}`);
    project.write("Pulumi.dev.yaml", `config:\n${lines.join("\n")}\n`);
  };
  const servers = { rotateAfterDays: 90, retireAfterDays: 14 };
  configure({ servers, cluster: {} });
  await demo.step(
    "a contract, which is billed, and a credential for each group of clients",
    project.preview,
    project.up,
  );
  await demo.step("nobody uses the credential that came with the contract: it is revoked", project.preview, project.up);
  await demo.step("nothing changes, nothing is called", project.preview, project.up);
  world.days(90);
  await demo.step(
    "the credential of the servers is 90 days old: a new one is minted beside it, and clients are moved",
    project.preview,
    project.up,
  );
  world.days(14);
  await demo.step("the old one is retired", project.preview, project.up);
  configure({ servers, cluster: {} }, { sans: ["www.example.com", "api.example.com"] });
  await demo.step("a name is added, another one removed", project.preview, project.up);
  const [contract] = world.sandbox.partner.contracts();
  if (contract !== undefined) world.sandbox.partner.regenerateOutside(contract.id, false);
  await demo.step("somebody mints a credential in the portal: a refresh sees it", undefined, project.refresh);
  const sans = { sans: ["www.example.com", "api.example.com"] };
  configure({ servers, cluster: { emergency: "a key has leaked" } }, sans);
  await demo.step(
    "an emergency: every credential of the contract is listed, then revoked, and one is minted afresh",
    project.preview,
    project.up,
  );
  await demo.step("a refresh sees that the servers were cut off, too", undefined, project.refresh);
  configure({ servers: { ...servers, trigger: "after the leak" }, cluster: { emergency: "a key has leaked" } }, sans);
  await demo.step("they get a new one by a trigger", project.preview, project.up);
  configure({ servers: { ...servers, trigger: "after the leak" } }, sans);
  await demo.step("the cluster leaves the program", project.preview, project.up);
  await demo.step(
    "destroy: the contract expires at its end",
    project.destroyPreview,
    project.destroy,
    shownByDestroyPreview,
  );
}

/** From the CA to the gateway: what is served changes only when the next one is issued, and the old one ends last. */
async function chainExample(demo: Demo): Promise<void> {
  const { world } = demo;
  const { project } = world;
  const { apinizer, certcentral } = world.sandbox;
  const configure = async (more: Record<string, unknown> = {}): Promise<void> => {
    const site = { commonName: "api.example.com", csr: await makeCsr("api.example.com"), algorithm: "ES256", ...more };
    const api = { environments: ["staging", "production"], ...site };
    const config = { organizationId: 9001, project: apinizer.project, sites: more.gone === true ? {} : { api } };
    const lines = Object.entries(config).map(([key, value]) => `  clm-chain:${key}: ${JSON.stringify(value)}`);
    project.write("Pulumi.dev.yaml", `config:\n${lines.join("\n")}\n`);
  };
  await configure();
  await demo.step("an order is placed; its gateway and its JWK wait for it", project.preview, project.up);
  await certcentral.approveAll();
  await demo.step("it is issued, deployed, and made into a JWK", project.preview, project.up);
  await demo.step("nothing changes, nothing is called", project.preview, project.up);
  world.days(340);
  await configure();
  await demo.step("a renewal waits: the gateways keep the certificate that they have", project.preview, project.up);
  await certcentral.approveAll();
  await demo.step("it goes to every gateway, then its predecessor is revoked", project.preview, project.up);
  await configure({ csr: lastCsr(world, "api"), environments: ["production"] });
  await demo.step("staging is dropped", project.preview, project.up);
  await configure({ gone: true });
  await demo.step("the site leaves the program: undeployed, deleted and revoked", project.preview, project.up);
}

/** The CSR that the program gave last for an order. */
function lastCsr({ project }: World, name: string): string {
  const resources = project.resources();
  return String(resources.find(({ urn }) => urn.endsWith(`certcentral:Order::${name}`))?.outputs?.csr);
}

const EXAMPLES = [
  { name: "ecgrid", play: ecgridExample },
  { name: "certcentral", play: certcentralExample },
  { name: "partner", play: partnerExample },
  { name: "chain", play: chainExample },
];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      break: { type: "string" },
      only: { type: "string" },
    },
  });
  const breaks = ["silent-warning", "extra-call"];
  if (values.break !== undefined && !breaks.includes(values.break)) {
    process.stderr.write(`--break is "${values.break}". Allowed: ${breaks.join(", ")}.\n`);
    return 2;
  }
  const names = EXAMPLES.map(({ name }) => name);
  if (values.only !== undefined && !names.includes(values.only)) {
    process.stderr.write(`--only is "${values.only}". Allowed: ${names.join(", ")}.\n`);
    return 2;
  }
  const say = (text: string): void => {
    (values.json ? process.stderr : process.stdout).write(text);
  };
  const steps: Step[] = [];
  const examples = EXAMPLES.filter(({ name }) => values.only === undefined || name === values.only);
  for (const { name, play } of examples) {
    const world = await World.open({
      from: `examples/${name}`,
      ...(values.break === undefined ? {} : { plant: values.break }),
    });
    const demo = new Demo(world, say);
    await play(demo);
    steps.push(...demo.steps);
    if (values.keep && name === examples.at(-1)?.name) await keep(world, say);
    else await world.close();
  }

  const totals = {
    steps: steps.length,
    shown: sum(steps, ({ shown }) => shown.length),
    made: sum(steps, ({ made }) => made.length),
    differences: sum(steps, ({ differences }) => differences.length),
  };
  if (values.json) process.stdout.write(`${JSON.stringify({ steps, totals })}\n`);
  const last = `demo: ${totals.steps} steps, ${totals.shown} shown, ${totals.made} made, ${totals.differences} differences\n`;
  (values.json ? process.stderr : process.stdout).write(last);
  return totals.differences === 0 ? 0 : 1;
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Leaves sandbox and project running until interrupted. */
async function keep(world: World, say: (text: string) => void): Promise<void> {
  const shell = Object.entries(world.project.environment)
    .filter(([key, value]) => value !== undefined && !["NODE_OPTIONS", "CLM_TEST_CLOCK"].includes(key))
    .map(([key, value]) => `export ${key}='${value ?? ""}'`);
  say(
    `\nThe sandbox runs at ${world.sandbox.url} until you press Ctrl-C. To go on by hand, in another terminal:\n\n` +
      `cd '${world.project.folder}/project'\n${shell.join("\n")}\nexport PATH='${process.env.PATH ?? ""}'\npulumi preview\n\n`,
  );
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await world.close();
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`demo: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
