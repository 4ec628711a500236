/** The program of projects that have none of their own: `main: node_modules/pulumi-clm/dist/sdk/stack/main.js`. */
import { stack } from "./index.js";

export const certificates = stack();
