import { expectCode, World } from "../instrument/world.js";
import type { StoredResource } from "../instrument/project.js";

/**
 * What this package adds to a stack of a thousand certificates, most of all the inventory: bytes of the state, and the time of a
 * preview as a ratio to one with bare resources of the same provider, in the same run (architecture.md section 10).
 */

export interface InventoryFigures {
  readonly resources: number;
  /** HTTP requests of a preview without a change. */
  readonly requests: number;
  /** Bytes of the stack's state, of a certificate, and of the inventory for each of them. */
  readonly bytes: { readonly state: number; readonly certificate: number; readonly inventoryPerCertificate: number };
  /** Fastest preview of a stack that is yet to be made, milliseconds. */
  readonly registration: { readonly bare: number; readonly ours: number; readonly ratio: number };
  /** Fastest preview without a change, milliseconds; and one that removes ten of them. */
  readonly preview: { readonly unchanged: number; readonly removing: number };
}

const ROUNDS = 3;

export async function inventoryFigures(resources: number): Promise<InventoryFigures> {
  const world = await World.open({ from: "test/bench/project" });
  const { project, sandbox } = world;
  try {
    sandbox.ecgrid.addComm({ commId: 5001 });
    const preview = async (count: number, by = "ours"): Promise<number> => {
      Object.assign(project.environment, { BENCH_RESOURCES: String(count), BENCH_CLASS: by });
      const start = performance.now();
      expectCode(await project.preview(), 0);
      return Math.round(performance.now() - start);
    };
    const registration = { bare: Infinity, ours: Infinity };
    for (let round = 0; round < ROUNDS; round++)
      for (const by of ["bare", "ours"] as const)
        registration[by] = Math.min(registration[by], await preview(resources, by));

    // Checkpoints are the engine's own cost (pulumi-dynamic.md E22).
    Object.assign(project.environment, { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_EXPERIMENTAL: "true" });
    Object.assign(project.environment, { BENCH_RESOURCES: String(resources), BENCH_CLASS: "ours" });
    expectCode(await project.up(), 0);
    const stored = project.resources();
    const certificates = stored.filter(({ type }) => type.endsWith("ecgrid:Certificate"));
    const inventory = stored.filter(({ type }) => type.endsWith("clm:Inventory"));
    if (certificates.length !== resources || inventory.length !== 1) throw new Error("the stack is not whole");

    const position = sandbox.log.last();
    const unchanged = Math.min(await preview(resources), await preview(resources));
    const requests = sandbox.log.since(position).length;
    return {
      resources,
      requests,
      bytes: {
        state: bytes(stored),
        certificate: Math.round(bytes(certificates) / resources),
        inventoryPerCertificate: Math.round(bytes(inventory) / resources),
      },
      registration: { ...registration, ratio: Number((registration.ours / registration.bare).toFixed(2)) },
      preview: { unchanged, removing: await preview(resources - 10) },
    };
  } finally {
    await world.close();
  }
}

const bytes = (resources: readonly StoredResource[]): number => Buffer.byteLength(JSON.stringify(resources));
