/** The script "prepare": in a clone, this package can be found under its own name, as Pulumi's provider process needs it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeContext } from "./context.mjs";
import { linkPackage } from "./dependencies.mjs";

const context = makeContext({ log: () => {} });
// npm runs it for "npm pack", too, where nothing may be installed.
if (existsSync(join(context.root, "node_modules"))) linkPackage(context);
