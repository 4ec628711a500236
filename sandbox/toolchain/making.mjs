/**
 * Tools that this project makes for itself. A tool is { name, lock, makers, found }: what sentences call it, the name of
 * its lock, the ways to make it in the order in which they are tried, and what a caller gets for a sound entry of the
 * cache. A maker is { origin, entry, fill, about, otherwise }: each makes an entry of its own, which is named by what is
 * in it and so found again.
 */
import { join } from "node:path";
import { NotThisWay, cacheDirectory, cacheRoot } from "./context.mjs";
import { makeEntry, readEntry } from "./cache.mjs";
import { withLock } from "./lock.mjs";

/** What `way` finds; undefined, with the reason kept, when it is not open. */
export async function attempt(reasons, way, tell = () => undefined) {
  try {
    return await way();
  } catch (error) {
    if (!(error instanceof NotThisWay)) throw error;
    reasons.push(error.message);
    tell(error.message);
    return undefined;
  }
}

export function findInCache(tool, context) {
  for (const { entry: name } of tool.makers) {
    const entry = readEntry(context, name);
    if (entry.state === "sound") return { ...tool.found(entry), source: "cache" };
    if (entry.state === "damaged") {
      context.log(`The cached ${tool.name} is damaged: ${entry.reason}. It will not be used, and made again.`);
    }
  }
  throw new NotThisWay(`the cache ${cacheRoot(context)} holds no sound one`);
}

/** Makes an entry by the first maker that can. One process at a time: the others then find what it has made. */
export async function make(tool, reasons, context) {
  const lock = join(cacheDirectory(context, "locks"), `${tool.lock}-${context.platform}-${context.arch}`);
  return await withLock(lock, `making a ${tool.name}`, context, async () => {
    const meanwhile = await attempt([], () => findInCache(tool, { ...context, log: () => {} }));
    if (meanwhile) return meanwhile;
    for (const maker of tool.makers) {
      const last = maker === tool.makers.at(-1);
      const fill = async (bin, scratch) => {
        await maker.fill(bin, scratch);
        return { origin: maker.origin, ...maker.about };
      };
      const entry = await attempt(
        reasons,
        () => makeEntry(context, maker.entry, fill),
        (reason) => last || context.log(`${sentence(reason)}; ${maker.otherwise}.`),
      );
      if (entry) return { ...tool.found(entry), source: maker.origin };
    }
    return undefined;
  });
}

export const sentence = (clause) => clause[0].toUpperCase() + clause.slice(1);
