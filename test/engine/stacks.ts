import { kindOf } from "../../provider/dynamic/kinds.js";
import { makePfx } from "../../sandbox/index.js";
import type { Spec, World } from "../instrument/world.js";
import { contract, credential, retirement } from "./acme.js";
import { apply, certificate } from "./engine.js";
import { gateway, generated, pem, signing } from "./gateways.js";
import { approving, order, orderState } from "./orders.js";

const PASSWORD = "canary-password-of-the-file";
const PERIOD = { notBefore: "2026-01-01T00:00:00Z", notAfter: "2029-01-01T00:00:00Z" };

type File = Awaited<ReturnType<typeof makePfx>>;
let own: Promise<File> | undefined;
let partners: Promise<File> | undefined;

/** An own file and a partner's, made once. */
export const files = async (): Promise<{ readonly own: File; readonly partners: File }> => ({
  own: await (own ??= makePfx({ subject: "CN=OWN", password: PASSWORD, ...PERIOD })),
  partners: await (partners ??= makePfx({ subject: "CN=PARTNER", password: PASSWORD, ...PERIOD })),
});

export const uploads = async (args: Record<string, unknown> = {}): Promise<Spec[]> => {
  const { own: mine, partners: theirs } = await files();
  const common = { allowLastTermination: true, ...args };
  return [
    {
      ...{ kind: "ecgrid.UploadedCertificate", name: "uploaded" },
      args: { commId: 5002, cert: mine.pfx, password: PASSWORD, ...common },
    },
    { kind: "ecgrid.PartnerCertificate", name: "theirs", args: { commId: 5002, cert: theirs.pem, ...common } },
  ];
};

/** A program with a resource of every kind; `more` are inputs of single ones, by name. */
export async function everyKind(
  world: World,
  more: Readonly<Record<string, Record<string, unknown>>> = {},
): Promise<Spec[]> {
  const all = [
    certificate("a", { expires: "2029-03-01T00:00:00Z" }),
    ...(await uploads()),
    await order("www", { orderValidity: { years: 3 }, certValidity: { years: 3 } }),
    gateway({ pem: await pem(world.sandbox) }),
    signing(),
    generated(),
    contract({ autoRenew: false }),
    credential(),
    credential({}, "second"),
    retirement(),
  ];
  return all.map((spec) => ({ ...spec, args: { ...spec.args, ...more[spec.name] } }));
}

/** Makes them, with an order `waits` that waits for an approver. @returns the program. */
export async function applied(world: World): Promise<Spec[]> {
  approving(world);
  const program = await everyKind(world);
  world.program(...program);
  await apply(world);
  world.sandbox.certcentral.settings.approval = "required";
  const all = [...program, await order("waits", { commonName: "waits.example.com" })];
  world.program(...all);
  await apply(world);
  if (orderState(world, "waits").order.status !== "needs_approval") throw new Error("the order does not wait");
  return all;
}

/** What the state holds of each resource that is somewhere else, too; of secrets, that there is one: the engine encrypts them anew whenever it writes. */
export const kept = ({ project }: World): string[] =>
  project
    .resources()
    .filter(({ type }) => kindOf(type) !== undefined && !type.includes("clm:"))
    .map(({ urn, id, inputs, outputs }) =>
      JSON.stringify({ urn, id, inputs, outputs }, (key, value: unknown) =>
        // Who the neighbours are is told anew in each run, and stored with whatever the run stores.
        key === "__heldByOthers" ? undefined : key === "ciphertext" ? "secret" : value,
      ),
    )
    .sort();
