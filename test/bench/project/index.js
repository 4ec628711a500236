"use strict";
// BENCH_RESOURCES certificates: by this package's classes, or ("bare") by Pulumi's own class with the same inputs and the same
// provider text, and so without what this package adds: hidden inputs, and the inventory.
const pulumi = require("@pulumi/pulumi");

const names = Array.from({ length: Number(process.env.BENCH_RESOURCES) }, (_, at) => `certificate-${at}`);
const args = { commId: 5001, overlapDays: 30, allowLastTermination: true };

if (process.env.BENCH_CLASS === "bare") {
  const inputs = {
    ...args,
    __provider: 'exports.handler=()=>require("pulumi-clm/dynamic").EcgridCertificate;',
    ...Object.fromEntries(["comm", "current", "previous", "found"].map((output) => [output, undefined])),
  };
  for (const name of names) new pulumi.CustomResource("pulumi-nodejs:dynamic/ecgrid:Certificate", name, inputs);
} else {
  const { ecgrid } = require("pulumi-clm");
  for (const name of names) new ecgrid.Certificate(name, args);
}
