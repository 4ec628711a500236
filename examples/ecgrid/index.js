"use strict";
const pulumi = require("@pulumi/pulumi");
const { ecgrid } = require("pulumi-clm");

const partnerA = new ecgrid.Certificate("partner-a", {
  commId: 5001,
  overlapDays: 30, // the old certificate stays valid this long beside a renewed one
  renewalWindow: { days: 30 },
});
module.exports = { pem: partnerA.current.pem };
