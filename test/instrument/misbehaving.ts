import { expect } from "chai";
import { Fault } from "../../provider/core/fault.js";
import { MODES, type Mode } from "../../sandbox/hostility.js";
import type { Rule, Sandbox } from "../../sandbox/index.js";

/** Where in a step the service misbehaves: the call itself, and every read after it. */
export const PLACES = ["the call", "the reads after"] as const;
export type Place = (typeof PLACES)[number];
export type Way = Pick<Rule, "mode" | "executed">;

/** A rule for each way to fail, and for those that may come after the change was made: both. */
export const WAYS: readonly Way[] = MODES.filter((mode) => mode !== "hook").flatMap((mode: Mode) =>
  ["503", "500", "html", "empty"].includes(mode) ? [{ mode }, { mode, executed: true }] : [{ mode }],
);

/** From now on the service misbehaves at a call, or at every read after it. */
export function misbehave(sandbox: Sandbox, match: string, place: Place, way: Way): void {
  const rule = { ...way, ...(way.mode === "delay" ? { milliseconds: 20 } : {}) };
  if (place === "the call") sandbox.hostile.add({ ...rule, match, times: 9 });
  else
    sandbox.hostile.add({
      mode: "hook",
      match,
      after: () => {
        sandbox.hostile.add({ ...rule, match: "GET *", times: 99 });
      },
    });
}

/** The fault that work ends with; it must end with one. */
export async function failure<Kind extends Fault = Fault>(work: Promise<unknown>): Promise<Kind> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(Fault);
  return outcome as Kind;
}
