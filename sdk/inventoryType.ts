/** Type token of the inventory; frozen, it is in users' states. */
export const INVENTORY_TYPE = "pulumi-nodejs:dynamic/clm:Inventory";
