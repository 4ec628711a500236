"use strict";
// Everything is declared in the stack's file. What the stack prints is the summary of all certificates.
const { stack } = require("pulumi-clm/stack");

exports.certificates = stack();
