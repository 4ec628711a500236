import { differencesIn, noFigures, run, type Options } from "./fidelity.js";

/**
 * The shortest part of a failing run that still fails: its transitions are left out one by one, until none can be left out.
 *
 * @param failed the first transition with a difference.
 * @returns the transitions that are needed, and the differences that they lead to.
 */
export async function shortened(
  options: Options,
  failed: number,
  progress: (line: string) => void,
): Promise<{ readonly transitions: readonly number[]; readonly differences: readonly string[] } | undefined> {
  const play = async (onlyTransitions: readonly number[]): Promise<string[]> => {
    const figures = noFigures();
    await run({ ...options, onlyTransitions, stopAtDifference: true }, figures);
    progress(`transitions ${onlyTransitions.join(",")}: ${differencesIn(figures)} differences`);
    return [...figures.missing, ...figures.extra, ...figures.unapproved, ...figures.reviewed];
  };
  const possible = options.onlyTransitions ?? Array.from({ length: options.transitions + 1 }, (_, step) => step);
  let transitions = possible.filter((step) => step <= failed);
  let differences = await play(transitions);
  // What does not fail again cannot be shortened.
  if (differences.length === 0) return undefined;
  for (let left = true; left && transitions.length > 1;) {
    left = false;
    for (const step of transitions) {
      const others = transitions.filter((one) => one !== step);
      const found = others.length === 0 ? [] : await play(others);
      if (found.length === 0) continue;
      transitions = others;
      differences = found;
      left = true;
    }
  }
  return { transitions, differences };
}
