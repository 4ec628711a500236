import { expect } from "chai";
import { Settings, transportFor } from "../../provider/dynamic/settings.js";
import { mask } from "../../provider/http/redaction.js";

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
    ["an empty variable is not set either", { "ecgrid:apiKey": "config" }, { ECGRID_API_KEY: "" }, "config"],
    ["the environment alone", {}, { ECGRID_API_KEY: "environment" }, "environment"],
    [
      "an instance never takes another instance's",
      { "clm:instance": "acme" },
      { ECGRID_API_KEY: "common", ECGRID_API_KEY_OTHER: "other" },
      undefined,
    ],
    [
      "without an instance, an instance's variable counts for nothing",
      { "ecgrid:apiKey": "config" },
      { ECGRID_API_KEY_ACME: "acme" },
      "config",
    ],
  ] as const) {
    it(name, () => {
      expect(settings(config, environment).get("ecgrid:apiKey")).to.equal(value);
    });
  }

  for (const [key, instance, variable] of [
    ["ecgrid:apiKey", undefined, "ECGRID_API_KEY"],
    ["ecgrid:url", undefined, "ECGRID_URL"],
    ["ecgrid:timeoutSeconds", undefined, "ECGRID_TIMEOUT_SECONDS"],
    ["clm:caFile", "acme", "CLM_CA_FILE_ACME"],
    ["ecgrid:apiKey", "acmeTwo", "ECGRID_API_KEY_ACME_TWO"],
    ["ecgrid:apiKey", "acme.two 3", "ECGRID_API_KEY_ACME_TWO_3"],
  ] as const) {
    it(`${key} of ${instance ?? "no instance"} is ${variable}`, () => {
      expect(settings(instance === undefined ? {} : { "clm:instance": instance }).variable(key)).to.equal(variable);
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
    expect(settings({ "ecgrid:timeoutSeconds": "1.001" }).seconds("ecgrid:timeoutSeconds", 60)).to.equal(1001);
    expect(settings({ "ecgrid:timeoutSeconds": "3600" }).seconds("ecgrid:timeoutSeconds", 60)).to.equal(3_600_000);
    for (const bad of ["-1", "3601", "NaN", "Infinity", " ", "60s"]) {
      expect(() => settings({ "ecgrid:timeoutSeconds": bad }).seconds("ecgrid:timeoutSeconds", 60)).to.throw(
        `ecgrid:timeoutSeconds is "${bad}"`,
      );
    }
    expect(() => settings({ "ecgrid:timeoutSeconds": "soon" }).seconds("ecgrid:timeoutSeconds", 60)).to.throw(
      "Allowed: a number of seconds from 0 to 3600",
    );
  });
});

describe("a transport from settings", () => {
  const system = {
    name: "ECGrid",
    namespace: "ecgrid",
    url: "https://rest.ecgrid.io",
    credentialHeader: "X-API-Key",
  };
  const key = "canary-api-key-of-settings";

  for (const [name, config, origin] of [
    ["the default address", {}, "https://rest.ecgrid.io"],
    ["an address of its own", { "ecgrid:url": "http://127.0.0.1:8080/base/" }, "http://127.0.0.1:8080/base"],
  ] as const) {
    it(`goes to ${name}, and masks the key from then on`, () => {
      expect(transportFor(settings({ ...config, "ecgrid:apiKey": key }), system).origin).to.equal(origin);
      expect(mask(`key ${key}`)).to.equal("key [secret]");
    });
  }

  for (const [name, config, said] of [
    ["without a key", {}, "ecgrid:apiKey is not set"],
    ["in clear", { "ecgrid:url": "http://rest.ecgrid.io" }, "credentials would travel in clear"],
    ["with a limit that is none", { "ecgrid:timeoutSeconds": "x" }, 'ecgrid:timeoutSeconds is "x"'],
    ["with a file that is not there", { "clm:caFile": "/nowhere/ca.pem" }, 'clm:caFile is "/nowhere/ca.pem"'],
  ] as const) {
    it(`is refused ${name}`, () => {
      const all = name === "without a key" ? {} : { ...config, "ecgrid:apiKey": key };
      let text = "";
      try {
        transportFor(settings(all), system);
      } catch (error) {
        text = String(error);
      }
      expect(text).to.include(said).and.not.include(key);
    });
  }
});
