/** Certificate lifecycle management for Pulumi. One namespace a system. */
export * as apinizer from "./apinizer.js";
export * as certcentral from "./certcentral.js";
export * as ecgrid from "./ecgrid.js";
export * as partner from "./partner.js";
export { deletionGuard, type DeletionGuardArgs } from "./guard.js";
export { inventory } from "./inventory.js";
export { Retirement, type RetirementArgs } from "./retirement.js";
