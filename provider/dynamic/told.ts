import { Fault } from "../core/fault.js";
import { mask } from "../http/redaction.js";

/** Masks credentials in whatever leaves; expected faults show their sentence in place of a stack. */
export async function told<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error) {
      error.message = mask(error.message);
      error.stack = error instanceof Fault ? error.message : mask(error.stack ?? error.message);
    }
    throw error;
  }
}
