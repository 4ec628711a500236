import type { Operation } from "./operation.js";
import type { Plan } from "./plan.js";

/** The planned operation of a name; it must be there. */
export function plannedOperation({ operations }: Plan, name: string): Operation {
  const operation = operations.find((candidate) => candidate.name === name);
  if (operation === undefined)
    throw new Error(
      `${name} is not in the plan of this step. Nothing was sent. This is a fault of pulumi-clm; please report it.`,
    );
  return operation;
}
