import { expect } from "chai";
import { setTimeout as delay } from "node:timers/promises";
import type { Mode } from "../../sandbox/index.js";
import { importing, type Importing } from "./importing.js";

/** A scan of each system, and the paths of its reads in the order in which they are sent. */
const SCANS: Readonly<
  Record<
    string,
    { readonly prepare: (opened: Importing) => Promise<readonly string[]>; readonly reads: readonly string[] }
  >
> = {
  ecgrid: {
    prepare: async ({ sandbox: { ecgrid } }) => {
      ecgrid.addComm({ commId: 5001 });
      await ecgrid.addCertificate({ commId: 5001 });
      return [];
    },
    reads: ["POST /v2/comms/list", "GET /v2/comms/5001"],
  },
  certcentral: {
    prepare: async ({ sandbox: { certcentral } }) => {
      await certcentral.addOrder();
      return [];
    },
    reads: [
      "GET /services/v2/order/certificate",
      "GET /services/v2/order/certificate/700001",
      "GET /services/v2/certificate/download/order/700001/format/pem_all",
      "GET /services/v2/certificate/*",
      "GET /services/v2/request",
      "GET /services/v2/order/certificate/700001/reissue",
    ],
  },
  partner: {
    prepare: ({ sandbox: { partner } }) => Promise.resolve(["--contract", String(partner.addContract())]),
    reads: ["GET /partner-subscription/api/v1/acme/20001", "GET /partner-subscription/api/v1/acme/20001/credentials"],
  },
  apinizer: {
    prepare: async ({ sandbox: { apinizer } }) => {
      const { project } = await apinizer.addCertificateOutside({ name: "api", description: "x" });
      return ["--project", project];
    },
    reads: ["GET /apiops/projects/*"],
  },
};

/** Each way in which an answer fails, with the words that say so. */
const FAILURES: readonly (readonly [mode: Mode, words: RegExp])[] = [
  ["403", /403/],
  ["429", /429/],
  ["503", /503/],
  ["500", /500/],
  ["html", /JSON|HTML|html/],
  ["empty", /empty|not an object|is missing|invalid/i],
  ["truncate", /JSON|no answer/],
  ["redirect", /redirect/],
  ["drop-before", /no answer/],
  ["drop-after", /no answer/],
  ["delay", /time limit/],
];

describe("a scan that fails", () => {
  for (const [system, { prepare, reads }] of Object.entries(SCANS)) {
    for (const [mode, words] of FAILURES)
      for (const match of reads)
        it(
          `${system}: ${match} answered by ${mode}: nothing is written, and the message says why`,
          importing(async (opened) => {
            const args = await prepare(opened);
            const { hostile, log } = opened.sandbox;
            opened.env.ECGRID_TIMEOUT_SECONDS = opened.env.CERTCENTRAL_TIMEOUT_SECONDS = "0.05";
            opened.env.PARTNER_TIMEOUT_SECONDS = opened.env.APINIZER_TIMEOUT_SECONDS = "0.05";
            if (mode !== "delay")
              for (const name of ["ECGRID", "CERTCENTRAL", "PARTNER", "APINIZER"])
                opened.env[`${name}_TIMEOUT_SECONDS`] = "5";
            // Answers that nobody waits for any more come before the sandbox ends.
            const late = mode === "delay" ? delay(1500) : undefined;
            hostile.add({
              match,
              mode,
              times: mode === "delay" ? 4 : 100,
              milliseconds: 400,
              location: "https://example.invalid/",
            });
            const ended = await opened.written(system, ...args);
            // A download that came otherwise is asked for another way, and its order is complete.
            const isOptional = match.includes("/download/");
            if (isOptional && ended.code === 0) {
              expect(ended.files?.get("import.json")).to.include("-----BEGIN CERTIFICATE-----");
              return;
            }
            expect(ended.code, ended.stdout + ended.stderr).to.equal(3);
            expect(ended.files).to.equal(undefined);
            expect(ended.stdout).to.equal("");
            expect(ended.stderr).to.include("nothing is written").and.match(words);
            expect(log.made()).to.deep.equal([]);
            await late;
          }),
        );

    it(
      `${system}: a key that is not good: nothing is written, and the message says which setting`,
      importing(async (opened) => {
        const args = await prepare(opened);
        const [name, variable] =
          system === "apinizer" ? ["token", "APINIZER_TOKEN"] : ["apiKey", `${system.toUpperCase()}_API_KEY`];
        opened.env[variable] = "not-the-key-4f1d";
        const ended = await opened.written(system, ...args);
        expect(ended.code, ended.stderr).to.equal(3);
        expect(ended.files).to.equal(undefined);
        expect(ended.stderr).to.include(`${system}:${name}`).and.not.include("not-the-key-4f1d");
        opened.env[variable] = undefined;
        const missing = await opened.written(system, ...args);
        expect(missing.code).to.equal(3);
        expect(missing.stderr).to.include(variable);
      }),
    );
  }
});
