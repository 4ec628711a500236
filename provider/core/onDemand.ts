import type * as X509 from "@peculiar/x509";
import type NodeForge from "node-forge";
import type * as Undici from "undici";

/**
 * Modules that take long to load, loaded when they are needed: a program sends nothing and opens no file, and many runs of
 * the provider do not, either. `import` would load them with the package.
 */
/* eslint-disable @typescript-eslint/no-require-imports -- import() would make every caller asynchronous */
export const undici = (): typeof Undici => require("undici") as typeof Undici;

export const nodeForge = (): typeof NodeForge => require("node-forge") as typeof NodeForge;

export function peculiarX509(): typeof X509 {
  require("reflect-metadata"); // it needs this one before it
  return require("@peculiar/x509") as typeof X509;
}
