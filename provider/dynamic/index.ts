import { certificate } from "../ecgrid/certificate.js";
import { adapt } from "./adapter.js";
import { ecgrid } from "./ecgrid.js";
import { inventoryProvider } from "./inventory.js";

/**
 * What `require("pulumi-clm/dynamic")` gives to the dynamic host. FROZEN: these names stand in users' states
 * (architecture section 8). Add, never rename.
 */
export const EcgridCertificate = adapt(certificate, ecgrid);
export const Inventory = inventoryProvider;
