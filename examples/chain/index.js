"use strict";
// From the CA to the gateway: for each site of the stack's configuration (Pulumi.<stack>.yaml) a certificate is ordered,
// deployed to the API gateways, and made into a JWK; its predecessor is revoked when every environment has the new one.
//
//   config:
//     clm-chain:organizationId: 9001
//     clm-chain:project: partners
//     clm-chain:sites:
//       api: { commonName: api.example.com, csr: "...", environments: [staging, production], algorithm: ES256 }
//
// While an order waits for its approval, the gateways keep the certificate that they have.
const pulumi = require("@pulumi/pulumi");
const { apinizer, certcentral, Retirement } = require("pulumi-clm");

const config = new pulumi.Config();
const project = config.require("project");

const sites = Object.entries(config.requireObject("sites")).map(
  ([name, { environments, algorithm, description, retireAfterDays = 0, ...site }]) => {
    const order = new certcentral.Order(name, {
      productNameId: "ssl_basic",
      organizationId: config.requireNumber("organizationId"),
      orderValidity: { years: 1 },
      renewalWindow: { days: 30 }, // from this many days before the end a new CSR gives a renewal, which is billed
      revocationSkipApproval: true, // an API key whose owner may revoke without an administrator
      ...site,
    });
    const gateway = new apinizer.Certificate(name, {
      project,
      name,
      alias: name,
      ...(description === undefined ? {} : { description }),
      environments,
      pem: order.current.apply((current) => current?.pem), // missing until the first certificate is issued
      jwkUpdateAction: "UPDATE", // the JWK gets the new key with the certificate
    });
    const jwk = new apinizer.Jwk(name, {
      name: `${name}-signing`,
      certificate: gateway,
      environment: environments[0],
      algorithm,
    });
    // The order before a renewal is revoked once both are done, and not while a gateway still has its certificate.
    new Retirement(`${name}-old`, { of: order, after: [gateway, jwk], delayDays: retireAfterDays });
    return [name, { gateway, jwk }];
  },
);

// What each environment is known to have.
exports.deployed = Object.fromEntries(sites.map(([name, { gateway }]) => [name, gateway.outcomes]));
// RFC 7517: public keys of the sites.
exports.jwks = Object.fromEntries(sites.map(([name, { jwk }]) => [name, jwk.publicJwk]));
