/** Contracts and credentials of the Partner API in the test program. */
import type { Spec, World } from "../instrument/world.js";
import { stored } from "./engine.js";

export const contract = (args: Record<string, unknown> = {}): Spec => ({
  kind: "partner.AcmeContract",
  name: "web",
  args: { productNameId: "ssl_dv_rapidssl", sans: ["a.example.com", "b.example.com"], ...args },
});

/** A credential of the contract of the program, or of one that the program does not make. */
export const credential = (args: Record<string, unknown> = {}, name = "key"): Spec => ({
  kind: "partner.AcmeCredential",
  name,
  args,
  ...(args.contractId === undefined
    ? { later: { contractId: "web.id", contractDirectoryUrl: "web.directoryUrl" } }
    : {}),
});

export const retirement = (args: Record<string, unknown> = {}): Spec => ({
  kind: "Retirement",
  name: "old",
  args: { of: "key", ...args },
});

/** Ids of the active credentials of a contract, oldest first. */
export const activeOf = ({ sandbox }: World, contractId: number): number[] =>
  sandbox.partner
    .credentials(contractId)
    .filter(({ status }) => status === "active")
    .map(({ id }) => id);

/** A resource's outputs as the state has them; secrets are objects without their values. */
export const outputsOf = (world: World, name: string): Readonly<Record<string, unknown>> =>
  stored(world, name).outputs ?? {};

/** Outputs of a resource with their secrets, as a program gets them. */
export async function secretsOf(world: World, name: string): Promise<Record<string, unknown>> {
  const { stdout } = await world.project.pulumi("stack", "export", "--show-secrets");
  const { deployment } = JSON.parse(stdout) as {
    deployment: { resources: { urn: string; outputs?: Record<string, unknown> }[] };
  };
  const found = deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs ?? {};
  return Object.fromEntries(
    Object.entries(found).map(([key, value]) => {
      const plain = (value as { plaintext?: string } | null)?.plaintext;
      return [key, plain === undefined ? value : (JSON.parse(plain) as unknown)];
    }),
  );
}
