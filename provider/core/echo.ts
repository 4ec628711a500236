import type { z } from "zod";

/** How a state echoes the inputs that it was made with: side by side with its own fields, none of the same name. */
export interface Echo<Inputs extends object, State extends object> {
  /** The inputs that a state echoes: what `read` gives back to the engine. */
  readonly inputsOf: (state: State) => Inputs;
  /** A state with other inputs than those that it echoes; optional ones that were removed do not survive. */
  readonly withInputs: (state: State, inputs: Inputs) => State;
}

export function echo<Inputs extends object, State extends object>(
  schema: z.ZodObject<z.ZodRawShape> & z.ZodType<Inputs>,
): Echo<Inputs, State> {
  const isInput = ([key, value]: readonly [string, unknown]): boolean =>
    value !== undefined && Object.hasOwn(schema.shape, key);
  const isOwn = ([key]: readonly [string, unknown]): boolean => !Object.hasOwn(schema.shape, key);
  return {
    inputsOf: (state) => Object.fromEntries(Object.entries(state).filter(isInput)) as Inputs,
    withInputs: (state, inputs) =>
      ({ ...Object.fromEntries(Object.entries(state).filter(isOwn)), ...inputs }) as unknown as State,
  };
}
