import { expect } from "chai";
import { Settings } from "../../provider/dynamic/settings.js";

const settings = (config: Record<string, string>, environment: Record<string, string> = {}): Settings =>
  new Settings((key) => config[key], environment);

describe("settings", () => {
  for (const [name, config, environment, value] of [
    ["the configuration", { "ecgrid:apiKey": "config" }, {}, "config"],
    ["the environment wins", { "ecgrid:apiKey": "config" }, { ECGRID_API_KEY: "environment" }, "environment"],
    ["an instance has its own", { "ecgrid:apiKey": "own", "clm:instance": "acme" }, {}, "own"],
    [
      "an instance ignores the common environment",
      { "ecgrid:apiKey": "own", "clm:instance": "acme" },
      { ECGRID_API_KEY: "common" },
      "own",
    ],
    [
      "an instance's variable wins",
      { "ecgrid:apiKey": "own", "clm:instance": "acme-two" },
      { ECGRID_API_KEY_ACME_TWO: "variable" },
      "variable",
    ],
    ["empty is not set", { "ecgrid:apiKey": "" }, {}, undefined],
  ] as const) {
    it(name, () => {
      expect(settings(config, environment).get("ecgrid:apiKey")).to.equal(value);
    });
  }

  it("a missing one says where it can be made", () => {
    expect(() => settings({}).require("ecgrid:apiKey")).to.throw(
      'Set the environment variable ECGRID_API_KEY, or run "pulumi config set --secret ecgrid:apiKey".',
    );
    expect(() => settings({ "clm:instance": "acme" }).require("ecgrid:apiKey")).to.throw(
      'ECGRID_API_KEY_ACME, or give it to the provider instance "acme"',
    );
  });

  it("seconds are numbers within bounds", () => {
    expect(settings({}).seconds("ecgrid:timeoutSeconds", 60)).to.equal(60_000);
    expect(settings({ "ecgrid:timeoutSeconds": "0.5" }).seconds("ecgrid:timeoutSeconds", 60)).to.equal(500);
    expect(() => settings({ "ecgrid:timeoutSeconds": "soon" }).seconds("ecgrid:timeoutSeconds", 60)).to.throw(
      "Allowed: a number of seconds from 0 to 3600",
    );
  });
});
