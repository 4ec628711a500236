import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCsr, makePfx } from "../../sandbox/index.js";
import { REPOSITORY } from "../instrument/project.js";
import { World, type Spec } from "../instrument/world.js";

/**
 * Writes the previews that the unit tests of the review read, as the real engine prints them; run by hand with the tools of
 * the tests on PATH. What tells of the machine, and no review reads, is left out.
 */

const SHOW = ["--json", "--show-sames", "--show-replacement-steps"];
const LEFT_OUT = ["sourcePosition", "stackTrace", "created", "modified", "pem", "detailedDiff"];
const PASSWORD = "password of the recorded files";

const certificate = (name: string, commId: number, args: object = {}, opts: Record<string, unknown> = {}): Spec => ({
  kind: "ecgrid.Certificate",
  name,
  args: { commId, overlapDays: 30, allowLastTermination: true, ...args },
  opts,
});

async function record(name: string, world: World, ...command: string[]): Promise<void> {
  const { stdout } = await world.project.pulumi(...command);
  const preview: unknown = JSON.parse(stdout, (key, value: unknown) => (LEFT_OUT.includes(key) ? undefined : value));
  writeFileSync(join(REPOSITORY, "test", "review", "previews", `${name}.json`), `${JSON.stringify(preview)}\n`);
}

async function inWorld(story: (world: World) => Promise<void>): Promise<void> {
  const world = await World.open();
  try {
    for (let commId = 5001; commId <= 5010; commId++) world.sandbox.ecgrid.addComm({ commId });
    await story(world);
  } finally {
    await world.close();
  }
}

async function everyKind(world: World): Promise<void> {
  const { sandbox, project } = world;
  Object.assign(sandbox.certcentral.settings, { approval: "auto", validation: "prevalidated" });
  const upload = async (subject: string): Promise<Spec> => ({
    kind: "ecgrid.UploadedCertificate",
    name: "upload",
    args: {
      commId: 5008,
      cert: (await makePfx({ subject, password: PASSWORD, notBefore: "2026-01-01", notAfter: "2028-01-01" })).pfx,
      password: PASSWORD,
      allowLastTermination: true,
    },
  });
  const order = async (): Promise<Spec> => ({
    kind: "certcentral.Order",
    name: "www",
    args: {
      productNameId: "ssl_basic",
      commonName: "www.example.com",
      csr: await makeCsr("www.example.com"),
      organizationId: 9001,
      orderValidity: { years: 1 },
    },
  });
  const contract = (...sans: string[]): Spec => ({
    kind: "partner.AcmeContract",
    name: "contract",
    args: { productNameId: "ssl_dv_rapidssl", sans },
  });
  const credential = (args: Record<string, unknown>): Spec => ({
    kind: "partner.AcmeCredential",
    name: "key",
    args,
    later: { contractId: "contract.id", contractDirectoryUrl: "contract.directoryUrl" },
  });
  const retirement: Spec = { kind: "Retirement", name: "old", args: { of: "renewed", delayDays: 14 } };
  const same = [certificate("same", 5009, {}, { dependsOn: ["renewed"] }), { ...retirement, name: "later" }];

  const before = [certificate("renewed", 5001), certificate("replaced", 5002)];
  const gone = [
    certificate("gone", 5004),
    certificate("kept", 5005, {}, { retainOnDelete: true }),
    certificate("with", 5006, {}, { deletedWith: "gone" }),
  ];
  world.program(
    ...before,
    ...gone,
    ...same,
    await upload("CN=ONE"),
    await order(),
    contract("a.example.com"),
    credential({}),
  );
  await project.up();
  world.program(
    ...[certificate("renewed", 5001, { trigger: "1" }), certificate("replaced", 5002), ...gone, ...same],
    ...[await upload("CN=ONE"), await order(), contract("a.example.com"), credential({})],
  );
  await project.up();
  world.program(
    ...[certificate("renewed", 5001, { trigger: "1" }), certificate("replaced", 5003), ...same],
    ...[await upload("CN=TWO"), await order(), contract("a.example.com", "b.example.com")],
    ...[credential({ emergency: "a laptop was stolen" }), certificate("made", 5007)],
  );
  await record("preview", world, "preview", ...SHOW);
  await record("destroy", world, "destroy", "--preview-only", ...SHOW);
  const [active] = sandbox.ecgrid.active(5004);
  if (active !== undefined) sandbox.ecgrid.terminateOutside(5004, active.certKeyId);
  world.days(700);
  await record("refresh", world, "refresh", "--preview-only", ...SHOW);
}

/** A replaced original whose end has failed waits in the state. */
async function leftOver(world: World): Promise<void> {
  world.program(certificate("replaced", 5002));
  await world.project.up();
  world.program(certificate("replaced", 5003));
  world.sandbox.hostile.add({ match: "POST /v2/certificates/terminate", mode: "403" });
  await world.project.up();
  await record("leftOver", world, "preview", ...SHOW);
}

async function main(): Promise<void> {
  await inWorld(everyKind);
  await inWorld(leftOver);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
