import type { EcgridSandbox, OutsideUpload } from "./ecgrid/outside.js";
import type { CertcentralSandbox } from "./certcentral/outside.js";
import type { Request, Response } from "./system.js";
import type { EcgridStore } from "./ecgrid/store.js";
import type { SandboxClock } from "./clock.js";
import type { RequestLog } from "./requestLog.js";
import { APINIZER_ACTIONS, apinizerCommand, apinizerState, servingQuery } from "./apinizer/control.js";
import type { ApinizerSandbox } from "./apinizer/outside.js";
import { PARTNER_ACTIONS, partnerCommand, partnerState } from "./partner/control.js";
import type { PartnerSandbox } from "./partner/outside.js";
import { MODES, type Hostility, type Mode } from "./hostility.js";
import { setVariant, type VariantSettings } from "./variants.js";

const ACTIONS = [
  ...["set-clock", "advance", "variant", "add-comm", "remove-comm", "add-certificate"],
  ...[
    "terminate-outside",
    "renew-outside",
    "upload-outside",
    "vanish",
    "issue-key",
    "revoke-key",
    "hostile",
    "clear-hostile",
  ],
  ...["cc-approve", "cc-reject", "cc-issue", "cc-revoke", "cc-cancel", "cc-settings", "cc-issue-key"],
  ...PARTNER_ACTIONS,
  ...APINIZER_ACTIONS,
];

/** The outside view of every system. */
export interface Outside {
  readonly ecgrid: EcgridSandbox;
  readonly certcentral: CertcentralSandbox;
  readonly partner: PartnerSandbox;
  readonly apinizer: ApinizerSandbox;
}

/** What people change by hand while the sandbox runs: `GET /__sandbox/log`, `GET /__sandbox/state`, `GET /__sandbox/serving`, `POST /__sandbox`. */
export async function control(
  { method, path, body, query }: Request,
  {
    clock,
    log,
    hostile,
    variants,
    store,
    outside: opened,
  }: {
    clock: SandboxClock;
    log: RequestLog;
    hostile: Hostility;
    variants: VariantSettings;
    store: EcgridStore;
    /** Undefined until all of it is there. */
    outside: () => Outside | undefined;
  },
): Promise<Response> {
  const ok = (answer: unknown): Response => ({ status: 200, headers: {}, body: answer });
  const { ecgrid: outside, certcentral: orders, partner, apinizer } = opened() ?? {};
  if (method === "GET" && path === "/__sandbox/log") return ok(log.all());
  if (method === "GET" && path === "/__sandbox/state") {
    return ok({
      now: clock.now(),
      variants,
      hostileRulesLeft: hostile.pending(),
      comms: store.comms().map((comm) => ({ ...comm, certificates: store.certificates(comm.commId) })),
      orders: orders?.orders().map((order) => ({ ...order, certificates: orders.certificates(order.id) })) ?? [],
      requests: orders?.requests() ?? [],
      contracts: partner === undefined ? [] : partnerState(partner),
      apinizer: apinizer === undefined ? {} : apinizerState(apinizer),
    });
  }
  if (method === "GET" && path === "/__sandbox/serving" && apinizer !== undefined) {
    const served = servingQuery(apinizer, query);
    return typeof served === "string" ? refused(served) : ok(served);
  }
  const isCommand = method === "POST" && typeof body === "object" && body !== null;
  if (!isCommand || outside === undefined || orders === undefined || partner === undefined || apinizer === undefined)
    return refused("there is GET /__sandbox/log, GET /__sandbox/state and POST /__sandbox with a JSON object");
  const command = body as Record<string, unknown>;
  const number = (name: string, otherwise?: number): number => {
    const value = Number(command[name] ?? otherwise ?? Number.NaN);
    if (!Number.isFinite(value)) throw new Error(`${name} must be a number`);
    return value;
  };
  const text = (name: string): string => {
    const value = command[name];
    if (typeof value !== "string") throw new Error(`${name} must be a text`);
    return value;
  };
  const optional = (name: string): Record<string, string> =>
    command[name] === undefined ? {} : { [name]: text(name) };
  try {
    switch (command.action) {
      case "set-clock":
        clock.set(text("now"));
        return ok({ now: clock.now() });
      case "advance":
        clock.advance({ days: number("days", 0), hours: number("hours", 0), seconds: number("seconds", 0) });
        return ok({ now: clock.now() });
      case "variant":
        setVariant(variants, text("name"), text("value"));
        return ok(variants);
      case "add-comm":
        outside.addComm({ commId: number("commId"), ...optional("identifier"), ...optional("tenant") });
        return ok({ commId: number("commId") });
      case "remove-comm":
        outside.removeComm(number("commId"));
        return ok({ removed: number("commId") });
      case "add-certificate":
        return ok({
          certKeyId: await outside.addCertificate({
            commId: number("commId"),
            ...optional("usage"),
            ...optional("notBefore"),
            ...optional("notAfter"),
          }),
        });
      case "terminate-outside":
        outside.terminateOutside(number("commId"), number("certKeyId"));
        return ok({ terminated: number("certKeyId") });
      case "renew-outside":
        return ok({ certKeyId: await outside.renewOutside(number("commId"), number("certKeyId")) });
      case "upload-outside": {
        const given = ["password", "certType", "usage", "beginUsage", "keyId", "userId", "partnerCommId", "partnerUrl"];
        const upload = Object.assign({ cert: text("cert") }, ...given.map(optional)) as OutsideUpload;
        return ok({ certKeyId: outside.uploadOutside(number("commId"), upload) });
      }
      case "vanish":
        outside.vanish(number("commId"), number("certKeyId"));
        return ok({ vanished: number("certKeyId") });
      case "issue-key":
        return ok({ apiKey: outside.issueKey({ ...optional("tenant"), ...optional("authLevel") }) });
      case "revoke-key":
        outside.revokeKey(text("apiKey"));
        return ok({ revoked: true });
      case "cc-approve":
        await orders.approve(number("requestId"));
        return ok({ approved: number("requestId") });
      case "cc-reject":
        await orders.reject(number("requestId"));
        return ok({ rejected: number("requestId") });
      case "cc-issue":
        await orders.issue(number("orderId"));
        return ok({ issued: number("orderId") });
      case "cc-revoke":
        orders.revokeOutside(number("orderId"));
        return ok({ revoked: number("orderId") });
      case "cc-cancel":
        orders.cancelOutside(number("orderId"));
        return ok({ canceled: number("orderId") });
      case "cc-settings":
        return ok(Object.assign(orders.settings, settings(command)));
      case "cc-issue-key":
        return ok({
          apiKey: orders.issueKey({ role: role(command.role === undefined ? "administrator" : text("role")) }),
        });
      case "hostile":
        hostile.add({
          match: text("match"),
          mode: mode(text("mode")),
          times: number("times", 1),
          afterMatches: number("afterMatches", 0),
          milliseconds: number("milliseconds", 0),
          executed: command.executed === true,
          ...optional("retryAfter"),
          ...optional("location"),
        });
        return ok({ pending: hostile.pending() });
      case "clear-hostile":
        hostile.clear();
        return ok({ pending: 0 });
    }
    const given = { fields: command, number, text };
    const done = partnerCommand(partner, given) ?? (await apinizerCommand(apinizer, given));
    if (done !== undefined) return ok(done);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  return refused(`action is one of ${ACTIONS.join(", ")}`);
}

function mode(name: string): Mode {
  const found = MODES.find((one) => one === name);
  if (found === undefined) throw new Error(`mode is one of ${MODES.join(", ")}`);
  return found;
}

/** How the account handles what is asked of it; see `AccountSettings`. */
function settings({
  approval,
  validation,
  revocationTakesOrder,
}: Record<string, unknown>): Partial<CertcentralSandbox["settings"]> {
  const approvals = ["required", "auto", "skipped"] as const;
  const validations = ["prevalidated", "dcv", "manual"] as const;
  const [chosen, validated] = [
    approvals.find((one) => one === approval),
    validations.find((one) => one === validation),
  ];
  if (approval !== undefined && chosen === undefined) throw new Error(`approval is one of ${approvals.join(", ")}`);
  if (validation !== undefined && validated === undefined)
    throw new Error(`validation is one of ${validations.join(", ")}`);
  return {
    ...(chosen === undefined ? {} : { approval: chosen }),
    ...(validated === undefined ? {} : { validation: validated }),
    ...(revocationTakesOrder === undefined ? {} : { revocationTakesOrder: revocationTakesOrder === true }),
  };
}

function role(name: string): "administrator" | "manager" | "standard" {
  if (name === "administrator" || name === "manager" || name === "standard") return name;
  throw new Error("role is one of administrator, manager, standard");
}

const refused = (message: string): Response => ({ status: 400, headers: {}, body: { message } });
