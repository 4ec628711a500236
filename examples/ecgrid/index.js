"use strict";
// One certificate for each trading partner of the stack's configuration (Pulumi.<stack>.yaml):
//
//   config:
//     clm-ecgrid:partners:
//       partner-a: { commId: 5001 }
//       partner-b: { commId: 5002, years: 1, retireAfterDays: 14, theirs: "-----BEGIN CERTIFICATE-----..." }
//
// ECGrid generates each key pair. `pulumi preview` names every call before `pulumi up` makes it.
const pulumi = require("@pulumi/pulumi");
const { ecgrid, Retirement } = require("pulumi-clm");

const partners = new pulumi.Config().requireObject("partners");

const certificates = Object.entries(partners).map(([name, { retireAfterDays, theirs, ...partner }]) => {
  const certificate = new ecgrid.Certificate(name, {
    overlapDays: 30, // the old certificate stays valid this long beside a renewed one
    renewalWindow: { days: 30 }, // renew by the clock from this many days before the expiry
    ...partner,
  });
  // Without a retirement the certificate before a renewal runs out by itself.
  if (retireAfterDays !== undefined) new Retirement(`${name}-old`, { of: certificate, delayDays: retireAfterDays });
  // The partner's own public certificate: another file here is uploaded first, the old one stays valid.
  if (theirs !== undefined)
    new ecgrid.PartnerCertificate(`${name}-theirs`, {
      commId: partner.commId,
      cert: theirs,
      allowLastTermination: partner.allowLastTermination,
    });
  return [name, certificate];
});

// What each partner needs after a renewal: the new public certificate.
exports.publicCertificates = Object.fromEntries(
  certificates.map(([name, certificate]) => [name, certificate.current.pem]),
);
