import { makeCsr } from "../../sandbox/index.js";
import type { OrderState } from "../../provider/certcentral/order/state.js";
import type { Spec, World } from "../instrument/world.js";
import { apply, stored } from "./engine.js";

const requests = new Map<number, Promise<string>>();

/** A CSR for www.example.com, by number: made once. */
export function csr(number: number): Promise<string> {
  const made = requests.get(number) ?? makeCsr("www.example.com");
  requests.set(number, made);
  return made;
}

/** An order of the test program, for CSR 0, revoked without approval. */
export const order = async (
  name: string,
  { csr: number = 0, ...args }: Record<string, unknown> & { csr?: number } = {},
  more: Omit<Partial<Spec>, "name" | "args"> = {},
): Promise<Spec> => ({
  kind: "certcentral.Order",
  name,
  args: {
    productNameId: "ssl_basic",
    commonName: "www.example.com",
    csr: await csr(number),
    organizationId: 9001,
    orderValidity: { years: 1 },
    revocationSkipApproval: true,
    ...args,
  },
  ...more,
});

export const orderState = (world: World, name: string): OrderState =>
  stored(world, name).outputs as unknown as OrderState;

/** Orders are approved by themselves, and issued at once. */
export const approving = ({ sandbox }: World): void => {
  sandbox.certcentral.settings.approval = "auto";
};

/** Makes order `www`, issued. @returns its id. */
export async function issued(world: World, args: Record<string, unknown> & { csr?: number } = {}): Promise<number> {
  approving(world);
  world.program(await order("www", args));
  await apply(world);
  return orderState(world, "www").order.id;
}

/** Ids and statuses of all orders at the service. */
export const statuses = ({ sandbox }: World): string[] =>
  sandbox.certcentral.orders().map(({ id, status }) => `${id} ${status}`);

/** Whether an order is in the stack's state. */
export const isStored = (world: World): boolean =>
  world.project.resources().some(({ type }) => type.includes("certcentral"));
