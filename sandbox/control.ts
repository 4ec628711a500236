import type { EcgridSandbox } from "./index.js";
import type { Request, Response } from "./ecgrid/api.js";
import type { EcgridStore } from "./ecgrid/store.js";
import type { SandboxClock } from "./clock.js";
import type { RequestLog } from "./requestLog.js";
import { setVariant, type VariantSettings } from "./variants.js";

/** What people change by hand while the sandbox runs: `GET /__sandbox/log`, `GET /__sandbox/state`, `POST /__sandbox`. */
export async function control(
  { method, path, body }: Request,
  {
    clock,
    log,
    variants,
    store,
    ecgrid,
  }: {
    clock: SandboxClock;
    log: RequestLog;
    variants: VariantSettings;
    store: EcgridStore;
    ecgrid: () => EcgridSandbox | undefined;
  },
): Promise<Response> {
  const ok = (answer: unknown): Response => ({ status: 200, headers: {}, body: answer });
  const outside = ecgrid();
  if (method === "GET" && path === "/__sandbox/log") return ok(log.all());
  if (method === "GET" && path === "/__sandbox/state") {
    return ok({
      now: clock.now(),
      variants,
      comms: store.comms().map((comm) => ({ ...comm, certificates: store.certificates(comm.commId) })),
    });
  }
  if (method !== "POST" || typeof body !== "object" || body === null || outside === undefined)
    return refused("there is GET /__sandbox/log, GET /__sandbox/state and POST /__sandbox with a JSON object");
  const command = body as Record<string, unknown>;
  try {
    switch (command.action) {
      case "set-clock":
        clock.set(String(command.now));
        return ok({ now: clock.now() });
      case "advance":
        clock.advance({ days: Number(command.days ?? 0) });
        return ok({ now: clock.now() });
      case "variant":
        setVariant(variants, String(command.name), String(command.value));
        return ok(variants);
      case "add-comm":
        outside.addComm({ commId: Number(command.commId) });
        return ok({ commId: Number(command.commId) });
      case "terminate-outside":
        outside.terminateOutside(Number(command.commId), Number(command.certKeyId));
        return ok({ terminated: Number(command.certKeyId) });
      case "renew-outside":
        return ok({ certKeyId: await outside.renewOutside(Number(command.commId), Number(command.certKeyId)) });
    }
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  return refused(
    'action is one of "set-clock", "advance", "variant", "add-comm", "terminate-outside", "renew-outside"',
  );
}

const refused = (message: string): Response => ({ status: 400, headers: {}, body: { message } });
