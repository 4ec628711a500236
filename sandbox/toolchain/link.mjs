/** The script "prepare": in a clone, this package can be found under its own name, as Pulumi's provider process needs it. */
import { linkPackage } from "./dependencies.mjs";
import { makeContext } from "./context.mjs";

linkPackage(makeContext({ log: () => {} }));
