import type { ApiOf } from "../retirement/lifecycle.js";
import type { System } from "./adapter.js";
import { kindOf } from "./kinds.js";
import type { Settings } from "./settings.js";

type Connect = (settings: Settings) => System<unknown>;

/** The systems of a retirement's subjects, each connected when it is first needed: by type token, or by catalogue name. */
export function bySubject(systems: Readonly<Record<string, Connect>>): (settings: Settings) => System<ApiOf> {
  return (settings) => {
    const connected = new Map<string, System<unknown>>();
    const system = (name: string): System<unknown> => {
      const connect = systems[name];
      if (connect === undefined) throw new Error(`there is no system ${name} whose older objects could be retired`);
      const made = connected.get(name) ?? connect(settings);
      connected.set(name, made);
      return made;
    };
    return {
      api: (type) => system(kindOf(type)?.system ?? type).api,
      send: (operation, traceId, secrets) =>
        system(operation.name.split(".")[0] ?? "").send(operation, traceId, secrets),
    };
  };
}
