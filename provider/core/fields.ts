import { z } from "zod";
import { parseTime } from "./clock.js";
import { UNKNOWN, type Unknown } from "./unknown.js";

/** Schemas of inputs, each with what is allowed in words. */

export const count = (least: number, most: number, unit: string) => {
  const error = `allowed is a whole number of ${unit} from ${least} to ${most}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};

/** Ids are 32-bit positive integers. */
export const id = (what: string, allowed = `allowed is a whole number from 1 to 2147483647 (${what})`) =>
  z
    .number({ error: allowed })
    .int({ error: allowed })
    .min(1, { error: allowed })
    .max(2_147_483_647, { error: allowed });

export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `allowed is ${values.join(", ")}` });
export const flag = z.boolean({ error: "allowed is true or false" });

/** What a plan does in place of what was revoked, terminated, canceled or deleted outside. */
export const whenEndedOutside = oneOf(["fail", "replace"]).default("fail");

/** Why something is made in place of what was ended outside: ends a sentence that says how it was. */
export const replacesBecause = (setting: "replace" | Unknown): string =>
  `whenEndedOutside is ${setting === UNKNOWN ? "not known yet" : setting}`;

export const text = (most: number) => {
  const error = `allowed is a text of 1 to ${most} characters`;
  return z.string({ error }).min(1, { error }).max(most, { error });
};

export const moment = (error: string) =>
  z.string({ error }).refine((value) => parseTime(value) !== undefined, { error });
export const isoTime = moment(
  "allowed is an ISO 8601 date-time, UTC when it has no zone, for instance 2026-05-07T00:00:00Z",
);
const DAY = "allowed is a date, YYYY-MM-DD, for instance 2027-05-07";
export const day = z
  .string({ error: DAY })
  .refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && parseTime(value) !== undefined, { error: DAY });

export const trigger = z.string({ error: "allowed is a text; any change of it asks for a new certificate" });

export const dnsName = z
  .string({ error: "allowed is a DNS name" })
  .regex(/^(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/, {
    error: "allowed is a DNS name, for instance www.example.com or *.example.com",
  })
  .max(253, { error: "allowed is a DNS name of at most 253 characters" });
