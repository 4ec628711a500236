import { label, type Certainty, type Operation } from "./operation.js";
import type { Plan } from "./plan.js";
import { moreSevere, severityOf } from "./policy.js";
import { UNKNOWN, type Planned } from "./unknown.js";

/**
 * Inputs on which it depends what a change does, each with what it may turn out to be besides something new. Left
 * unknown, an input stands for the new value: the one that asks for something.
 */
export type Deciding<Inputs> = { readonly [Key in keyof Inputs]?: readonly Inputs[Key][] };

/**
 * A plan for inputs that are not known yet: the plans for everything they may turn out to be, laid over each other.
 * What all of these plans hold is certain; what only some hold is said as a condition, and names the inputs it hangs
 * on (architecture 1.1: nothing is made that was not shown, and what is shown as certain is made).
 */
export function overUnknowns<Inputs extends object>(
  after: Planned<Inputs>,
  deciding: Deciding<Inputs>,
  planOf: (after: Planned<Inputs>) => Plan,
): Plan {
  const open = (Object.keys(deciding) as (keyof Inputs & string)[]).filter((field) => after[field] === UNKNOWN);
  if (open.length === 0) return planOf(after);
  const outcomes = combinations(open.map((field) => 1 + (deciding[field]?.length ?? 0))).map((at) => {
    const turned = open.map((field, index) => [
      field,
      at[index] === 0 ? UNKNOWN : deciding[field]?.[(at[index] ?? 1) - 1],
    ]);
    return { at, plan: planOf({ ...after, ...(Object.fromEntries(turned) as Partial<Planned<Inputs>>) }) };
  });
  const plans = outcomes.map(({ plan }) => plan);

  /** The open inputs whose turning out changes what `of` sees of the plan. */
  const hangsOn = (of: (plan: Plan) => string): string => {
    const seen = new Map(outcomes.map(({ at, plan }) => [at.join(), of(plan)]));
    const fields = open.filter((_field, index) =>
      outcomes.some(({ at }) => seen.get(at.join()) !== seen.get(at.with(index, 0).join())),
    );
    return `what ${fields.join(" and ")} turn${fields.length === 1 ? "s" : ""} out to be asks for it`;
  };

  const refused = plans.every(({ refusal }) => refusal !== undefined);
  // A plan that is refused makes nothing, whatever it lists.
  const effective = refused ? plans : plans.filter(({ refusal }) => refusal === undefined);
  const certaintyIn = (plan: Plan, operation: Operation): Certainty | undefined =>
    !effective.includes(plan) ? undefined : plan.operations.find((each) => label(each) === label(operation))?.certainty;
  const operations = merged(effective.map((plan) => plan.operations)).map((operation) => {
    const seen = plans.map((plan) => certaintyIn(plan, operation));
    return {
      ...operation,
      certainty: combined(seen, () => hangsOn((plan) => JSON.stringify(certaintyIn(plan, operation) ?? "absent"))),
    };
  });
  const remarks = unique(
    plans.flatMap((plan) => plan.remarks),
    String,
  ).map((remark) =>
    plans.every((plan) => plan.remarks.includes(remark))
      ? remark
      : `if ${hangsOn((plan) => String(plan.remarks.includes(remark)))}: ${remark}`,
  );
  const refusals = unique(
    plans.flatMap(({ refusal }) => refusal ?? []),
    String,
  );
  const hedged = refused
    ? []
    : refusals.map((refusal) => `refused if ${hangsOn((plan) => String(plan.refusal === refusal))}: ${refusal}`);
  return {
    operations,
    remarks: [...remarks, ...hedged],
    changes: plans.some(({ changes }) => changes),
    replaces: (plans[0]?.replaces ?? []).filter((field) => plans.every(({ replaces }) => replaces.includes(field))),
    ...(refused && { refusal: refusals.join("; ") }),
  };
}

/** Every way in which inputs can turn out, as indices, by the number of ways of each; 0 is left unknown. */
const combinations = (ways: readonly number[]): number[][] =>
  ways.reduce<number[][]>(
    (all, count) => all.flatMap((before) => Array.from({ length: count }, (_, index) => [...before, index])),
    [[]],
  );

/** The operations of several plans, each once, as the plan has it that destroys most, in the order in which the plans hold them. */
function merged(plans: readonly (readonly Operation[])[]): Operation[] {
  const all: Operation[] = [];
  for (const plan of plans) {
    let next = 0;
    for (const operation of plan) {
      const at = all.findIndex((each) => label(each) === label(operation));
      const known = all[at];
      if (known === undefined) all.splice(next, 0, operation);
      else if (moreSevere(severityOf(operation), severityOf(known))) all[at] = operation;
      next = at < 0 ? next + 1 : at + 1;
    }
  }
  return all;
}

/** One certainty for what several plans say; `undefined` is a plan without the operation. */
function combined(seen: readonly (Certainty | undefined)[], hangsOn: () => string): Certainty {
  const conditions = unique(
    seen.flatMap((each) =>
      each?.kind === "conditional" ? each.on : each?.kind === "due" ? `${each.from} has come` : [],
    ),
    String,
  ).join(" or ");
  if (new Set(seen.map((each) => JSON.stringify(each))).size === 1) return seen[0] ?? { kind: "certain" };
  if (conditions === "") return { kind: "conditional", on: hangsOn() };
  const joined = seen.includes(undefined) ? "and" : "or";
  return { kind: "conditional", on: `${hangsOn()}, ${joined} ${conditions}` };
}

function unique<T>(all: readonly T[], key: (each: T) => string): T[] {
  return [...new Map([...all].reverse().map((each) => [key(each), each])).values()].reverse();
}
