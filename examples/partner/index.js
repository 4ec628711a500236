"use strict";
// One ACME contract, and a credential of its own for each group of ACME clients (Pulumi.<stack>.yaml):
//
//   config:
//     clm-partner:sans: [www.example.com, shop.example.com]
//     clm-partner:groups:
//       servers: { rotateAfterDays: 90, retireAfterDays: 14 }
//       cluster: { trigger: "2026-03" }
//       edge: {}
//
// A new trigger, or the age, rotates: the new credential is minted beside the old one, clients are moved, and the old one
// is revoked `retireAfterDays` later. A new text in `emergency` revokes EVERY credential of the contract and mints afresh.
const pulumi = require("@pulumi/pulumi");
const { partner, Retirement } = require("pulumi-clm");

const config = new pulumi.Config();

const contract = new partner.AcmeContract("acme", {
  productNameId: "ssl_dv_rapidssl",
  sans: config.requireObject("sans"),
  autoRenew: true,
  onDelete: config.get("onDelete") ?? "expire",
  firstCredential: "revoke", // each group has its own, so nobody uses the one that comes with the contract
});

const groups = Object.entries(config.requireObject("groups")).map(([name, { retireAfterDays, ...group }]) => {
  const credential = new partner.AcmeCredential(name, {
    contractId: contract.id, // stays known in previews while the contract is changed
    contractDirectoryUrl: contract.directoryUrl,
    ...group,
  });
  // Without a retirement the old credential stays active until its resource is removed.
  if (retireAfterDays !== undefined) new Retirement(`${name}-old`, { of: credential, delayDays: retireAfterDays });
  return [name, credential];
});

// Secrets, encrypted in the state. Each client needs a NEW ACME ACCOUNT KEY with each new credential.
// Servers: `pulumi stack output certbot --show-secrets --json`, then run the command of the group on its machines.
exports.certbot = Object.fromEntries(groups.map(([name, { clients }]) => [name, clients.apply((one) => one?.certbot)]));
// Kubernetes: the manifest of a Secret and a ClusterIssuer; add your solvers.
exports.certManager = Object.fromEntries(
  groups.map(([name, { clients }]) => [name, clients.apply((one) => one?.certManager)]),
);
// Edge proxies: the static configuration.
exports.traefik = Object.fromEntries(groups.map(([name, { clients }]) => [name, clients.apply((one) => one?.traefik)]));
