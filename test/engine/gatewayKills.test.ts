import { expect } from "chai";
import { killProvider } from "../instrument/kill.js";
import type { Spec, World } from "../instrument/world.js";
import { apply, inWorld } from "./engine.js";
import { gateway, generated, pem, served, gatewayState } from "./gateways.js";

/** A call, and how often it is made in the killed run and the next one. */
interface Killed {
  readonly name: string;
  readonly match: string;
  readonly before: (world: World) => Promise<Spec[]>;
  readonly after: (world: World) => Promise<Spec[]>;
  readonly calls: number;
}

const AT = "/apiops/projects/partners";
const nothing = (): Promise<Spec[]> => Promise.resolve([]);
const deployed =
  (number: number) =>
  async (world: World): Promise<Spec[]> => [gateway({ pem: await pem(world.sandbox, number) })];
const own =
  (args: Record<string, unknown> = {}) =>
  (): Promise<Spec[]> =>
    Promise.resolve([generated(args)]);

const CALLS: readonly Killed[] = [
  // The very certificate that is wanted is taken over.
  { name: "certificates.create", match: `POST ${AT}/certificates/`, before: nothing, after: deployed(0), calls: 1 },
  // The same list and the same certificate again.
  {
    name: "certificates.update",
    match: `PUT ${AT}/certificates/gw/`,
    before: deployed(0),
    after: deployed(1),
    calls: 2,
  },
  {
    name: "certificates.delete",
    match: `DELETE ${AT}/certificates/gw/`,
    before: deployed(0),
    after: nothing,
    calls: 1,
  },
  // Its key is nobody's guess: the receipts of the killed run say whose it is.
  { name: "jwks.create", match: `POST ${AT}/jwks/generate`, before: nothing, after: own(), calls: 1 },
  { name: "jwks.update", match: `PUT ${AT}/jwks/own/`, before: own(), after: own({ description: "x" }), calls: 2 },
  { name: "jwks.delete", match: `DELETE ${AT}/jwks/own/`, before: own(), after: nothing, calls: 1 },
];

describe("killed in a call of Apinizer, after it was committed", () => {
  for (const { name, match, before, after, calls } of CALLS)
    it(
      `the next run comes to what was asked for [situation: apinizer.${name}, killed after commit]`,
      inWorld(async (world) => {
        const { apinizer, hostile, log } = world.sandbox;
        const first = await before(world);
        if (first.length > 0) {
          world.program(...first);
          await apply(world);
        }
        const since = log.last();
        world.program(...(await after(world)));
        hostile.add({
          match,
          mode: "hook",
          after: () => {
            killProvider(world.project);
          },
        });
        expect((await world.project.up()).code).to.not.equal(0);
        await apply(world);
        expect(log.made(since)).to.have.length(calls);
        const there = (await after(world)).length;
        expect(apinizer.certificates().length + apinizer.jwks().length).to.equal(there);
        if (apinizer.certificates().length > 0)
          expect(served(world, "staging")).to.deep.equal([gatewayState(world).deployed?.thumbprint]);
      }),
    );
});
