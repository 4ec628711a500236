import { expect } from "chai";
import { inventoryProvider } from "../../provider/dynamic/inventory.js";
import { UNKNOWN_ON_THE_WIRE } from "../../provider/dynamic/wire.js";

describe("the inventory's diff (inventory.md rules 5 and 6)", () => {
  const entry = { kind: "ecgrid.Certificate", id: "5001/1", what: "certificate 1", ending: [] };
  const diff = (olds: object, news: object) =>
    inventoryProvider.diff?.("inventory", olds as Record<string, unknown>, news as Record<string, unknown>);

  before(() => inventoryProvider.configure?.({ config: { get: () => undefined, require: () => "" } }));

  it("the whole list as one unknown, as a cascade sends it, is a change, replaces nothing and does not fail", async () => {
    for (const entries of [UNKNOWN_ON_THE_WIRE, undefined]) {
      const found = await diff({ entries: { a: entry } }, { entries });
      expect(found?.changes).to.equal(true);
      expect(found?.replaces ?? []).to.deep.equal([]);
    }
  });

  it("what is the same is no change; what ends is one, although the list is the same without it", async () => {
    const same = { entries: { a: entry } };
    expect(await diff(same, { entries: { a: { ...entry } } })).to.deep.include({ changes: false, replaces: [] });
    expect(await diff(same, { ...same, __ending: { b: [] } })).to.deep.include({ changes: true, replaces: [] });
    expect(await diff(same, { entries: { a: { ...entry, id: "5001/2" } } })).to.deep.include({ changes: true });
  });
});
