"use strict";
// One public TLS certificate for each site of the stack's configuration (Pulumi.<stack>.yaml):
//
//   config:
//     clm-certcentral:organizationId: 9001
//     clm-certcentral:sites:
//       www: { commonName: www.example.com, csr: "-----BEGIN CERTIFICATE REQUEST-----..." }
//       shop: { commonName: shop.example.com, csr: "...", retireAfterDays: 7 }
//
// The private keys stay where they are. `pulumi preview` names every call, and what is billed, before `pulumi up` makes it.
const pulumi = require("@pulumi/pulumi");
const { certcentral, Retirement } = require("pulumi-clm");

const config = new pulumi.Config();
const sites = config.requireObject("sites");

const orders = Object.entries(sites).map(([name, { retireAfterDays, ...site }]) => {
  const order = new certcentral.Order(name, {
    productNameId: "ssl_basic",
    organizationId: config.requireNumber("organizationId"),
    orderValidity: { years: 1 },
    renewalWindow: { days: 30 }, // from this many days before the end a new CSR gives a renewal, which is billed
    ...site,
  });
  // Without a retirement the order before a renewal runs out by itself.
  if (retireAfterDays !== undefined) new Retirement(`${name}-old`, { of: order, delayDays: retireAfterDays });
  return [name, order];
});

// What servers present: the certificate and its intermediates. Missing until the first certificate is issued.
exports.chains = Object.fromEntries(orders.map(([name, order]) => [name, order.current.apply((one) => one?.chainPem)]));
