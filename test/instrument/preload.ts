import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import type * as Transport from "../../provider/http/transport.js";
import type * as EngineLog from "../../provider/dynamic/engineLog.js";
import type * as Inventory from "../../provider/inventory/inventory.js";
import type { FormFile, HttpCall, MultipartForm } from "../../provider/core/operation.js";
import type * as GatewayOutcomes from "../../provider/apinizer/certificate/outcomes.js";
import type * as Approvals from "../../provider/core/approvals.js";
import type * as Policy from "../../provider/core/policy.js";
import type * as EcgridCertificate from "../../provider/ecgrid/generated/certificate.js";

/**
 * Loaded into the processes of a test run by NODE_OPTIONS: moves their clock (`CLM_TEST_CLOCK`), keeps what they compile
 * (`CLM_TEST_COMPILE_CACHE`), lets the time of rolling limits run so many times as fast (`CLM_TEST_HASTE`), and plants one bug into the provider (`CLM_TEST_PLANT`), to show that the instrument finds
 * it. The product itself has no such switches.
 */

const [, script = ""] = process.argv;
const isProgram = script.includes(join("cmd", "run"));
const isProvider = script.includes(join("cmd", "dynamic-provider"));
moveClock(process.env.CLM_TEST_CLOCK);
hasten(Number(process.env.CLM_TEST_HASTE ?? "1"));
if (isProgram) withoutTypeScript();
if (isProgram || isProvider) keepCompiled(process.env.CLM_TEST_COMPILE_CACHE);
if (process.env.CLM_TEST_PLANT !== undefined && isProvider) {
  const plant = PLANTS()[process.env.CLM_TEST_PLANT];
  if (plant === undefined) throw new Error(`unknown plant ${process.env.CLM_TEST_PLANT}`);
  plant();
}

function moveClock(text: string | undefined): void {
  if (text === undefined) return;
  const Real = Date;
  const offset = new Real(text).getTime() - Real.now();
  globalThis.Date = new Proxy(Real, {
    construct: (target, args: unknown[], self) =>
      Reflect.construct(
        target,
        args.length === 0 ? [Real.now() + offset] : args,
        self === globalThis.Date ? target : self,
      ) as object,
    get: (target, key, self) =>
      key === "now" ? () => Real.now() + offset : (Reflect.get(target, key, self) as unknown),
  });
}

/** Limits count in minutes: what a test proves of them, it proves of windows that are shorter by this factor. */
function hasten(factor: number): void {
  if (factor === 1) return;
  const now = performance.now.bind(performance);
  performance.now = () => now() * factor;
}

/**
 * The language host that is built from source loads TypeScript and ts-node into every program, whatever its Pulumi.yaml
 * says. Today's host reads `typescript: false` there, as all programs of these tests have it.
 */
function withoutTypeScript(): void {
  process.env.PULUMI_NODEJS_TYPESCRIPT = "false";
}

/**
 * A folder for each kind of process: programs run with the debugger, and V8 then takes what a process without it has
 * compiled for foreign, and the other way round. The provider is killed at the end, so it writes while it runs.
 */
function keepCompiled(folder: string | undefined): void {
  if (folder === undefined) return;
  enableCompileCache(join(folder, isProvider ? "provider" : "program"));
  if (isProvider) setInterval(flushCompileCache, 500).unref();
}

/** A module whose functions can be replaced. */
type Patched<Module> = { -readonly [Key in keyof Module]: Module[Key] };
type Send = Transport.Transport["send"];

/** The planted bugs, by name: each breaks what a preview says, or what a step does. */
function PLANTS(): Record<string, () => void> {
  /* eslint-disable @typescript-eslint/no-require-imports -- the modules are patched where the provider finds them */
  const transport = require("../../provider/http/transport.js") as typeof Transport;
  const engineLog = require("../../provider/dynamic/engineLog.js") as typeof EngineLog;
  const inventory = require("../../provider/inventory/inventory.js") as Patched<typeof Inventory>;
  const gatewayOutcomes = require("../../provider/apinizer/certificate/outcomes.js") as Patched<typeof GatewayOutcomes>;
  const policy = require("../../provider/core/policy.js") as Patched<typeof Policy>;
  const approvals = require("../../provider/core/approvals.js") as Patched<typeof Approvals>;
  const { certificate } = require("../../provider/ecgrid/generated/certificate.js") as typeof EcgridCertificate;
  /* eslint-enable @typescript-eslint/no-require-imports */

  const saying = (change: (text: string) => string | undefined): void => {
    const write = Reflect.get(engineLog.EngineLog.prototype, "write");
    engineLog.EngineLog.prototype.write = async function (this: EngineLog.EngineLog, severity, urn, text) {
      const changed = change(text);
      if (changed !== undefined) await write.call(this, severity, urn, changed);
    };
  };
  const sending = (change: (send: Send, ...args: Parameters<Send>) => ReturnType<Send>): void => {
    const send = Reflect.get(transport.Transport.prototype, "send");
    transport.Transport.prototype.send = function (this: Transport.Transport, ...args) {
      return change(send.bind(this), ...args);
    };
  };
  /** Calls of Apinizer, as `altering` finds them. */
  const GATEWAY_PUT = /^PUT \/projects\/[^/]+\/certificates\//;
  const GATEWAY_DELETE = /^DELETE \/projects\/[^/]+\/certificates\//;
  const GATEWAY_DEPLOYMENT = /^(?:POST|PUT) \/projects\/[^/]+\/certificates\//;
  const JWK_CREATION = /^POST \/projects\/[^/]+\/jwks\/$/;
  /** Changes the calls of one kind. */
  const altering = (calls: RegExp, alter: (call: HttpCall) => HttpCall): void => {
    sending((send, call, rule, traceId) =>
      send(calls.test(`${call.method} ${call.path}`) ? alter(call) : call, rule, traceId),
    );
  };
  type Parts = MultipartForm["multipart"];
  const formOf = ({ form }: HttpCall): Parts => (form !== undefined && "multipart" in form ? form.multipart : {});
  const withForm = (call: HttpCall, parts: Parts): HttpCall => ({
    ...call,
    form: { multipart: { ...formOf(call), ...parts } },
  });
  const once = <T>(): ((value: T) => T) => {
    let first: { value: T } | undefined;
    return (value) => (first ??= { value }).value;
  };

  return {
    "silent-warning": () => {
      saying((text) => (text.startsWith("RENEW") ? undefined : text));
    },
    "silent-removal": () => {
      // Only the words are lost: an inventory that names nothing would have its deletions refused.
      saying((text) => (text.startsWith("TERMINATE") ? undefined : text));
    },
    "silent-clock": () => {
      saying((text) => (text.includes("inside the renewal window") ? undefined : text));
    },
    "silent-create": () => {
      saying((text) => (text.startsWith("CREATE") ? undefined : text));
    },
    "wrong-target": () => {
      saying((text) => text.replace(/certKeyId=(\d+)/, (_, id: string) => `certKeyId=${Number(id) + 1}`));
    },
    "wrong-comm": () => {
      saying((text) => text.replace(/commId=(\d+)/, (_, id: string) => `commId=${Number(id) + 1}`));
    },
    "wrong-operation": () => {
      saying((text) => text.replace("[ecgrid.certificates.terminate", "[ecgrid.certificates.renew"));
    },
    "phantom-warning": () => {
      saying((text) =>
        text.includes("no remote call") ? `${text} [ecgrid.certificates.renew commId=1 certKeyId=1]` : text,
      );
    },
    "false-removal": () => {
      const { leaving } = inventory;
      inventory.leaving = (stored, before, _wanted, unknown) => leaving(stored, before, {}, unknown);
    },
    "extra-call": () => {
      sending(async (send, call, rule, traceId) => {
        const answer = await send(call, rule, traceId);
        if (call.path.endsWith("/renew")) {
          const { commId, certKeyId } = call.body as { commId: number; certKeyId: number };
          await send({ ...call, path: "/v2/certificates/terminate", body: { commId, certKeyId } }, rule, traceId);
        }
        return answer;
      });
    },
    "double-renew": () => {
      sending(async (send, call, rule, traceId) => {
        if (call.path.endsWith("/renew")) await send(call, rule, traceId);
        return send(call, rule, traceId);
      });
    },
    "double-create": () => {
      sending(async (send, call, rule, traceId) => {
        const answer = await send(call, rule, traceId);
        if (call.path.endsWith("/create")) await send(call, rule, traceId);
        return answer;
      });
    },
    "silent-upload": () => {
      saying((text) => (text.startsWith("UPLOAD") ? undefined : text));
    },
    "double-upload": () => {
      sending(async (send, call, rule, traceId) => {
        const answer = await send(call, rule, traceId);
        if (/\/add-(?:private|public)$/.test(call.path)) await send(call, rule, traceId);
        return answer;
      });
    },
    "silent-order": () => {
      saying((text) => (text.startsWith("ORDER") ? undefined : text));
    },
    "silent-reissue": () => {
      saying((text) => (text.startsWith("REISSUE") ? undefined : text));
    },
    "silent-revocation": () => {
      saying((text) => (/^REVOKE order|^CANCEL|^REJECT/.test(text) ? undefined : text));
    },
    "double-order": () => {
      sending(async (send, call, rule, traceId) => {
        if (call.method === "POST" && call.path.includes("/order/certificate/ssl")) await send(call, rule, traceId);
        return send(call, rule, traceId);
      });
    },
    "silent-mint": () => {
      saying((text) => (text.startsWith("MINT") ? undefined : text));
    },
    "silent-emergency": () => {
      saying((text) => (text.startsWith("REVOKE ALL") ? undefined : text));
    },
    "silent-names": () => {
      saying((text) => (/^(?:ADD|REMOVE) /.test(text) ? undefined : text));
    },
    "double-mint": () => {
      sending(async (send, call, rule, traceId) => {
        if (call.path.endsWith("/credentials/regenerate")) await send(call, rule, traceId);
        return send(call, rule, traceId);
      });
    },
    "silent-gateway": () => {
      saying((text) => (/^(?:DEPLOY|REPLACE|DELETE) certificate/.test(text) ? undefined : text));
    },
    "silent-jwk": () => {
      saying((text) => (/^(?:MAKE|UPDATE|DELETE) JWK/.test(text) ? undefined : text));
    },
    "gateway-nullify": () => {
      altering(GATEWAY_PUT, (call) => ({
        ...call,
        path: call.path.replace(/jwkUpdateAction=UPDATE.*/, "jwkUpdateAction=NULLIFY"),
      }));
    },
    "gateway-all-projects": () => {
      altering(GATEWAY_PUT, (call) => ({
        ...call,
        path: call.path.replace("updateScope=SAME_PROJECT", "updateScope=ALL_PROJECTS"),
      }));
    },
    "gateway-shorter-list": () => {
      altering(GATEWAY_PUT, (call) => {
        const { environmentList } = formOf(call);
        return typeof environmentList === "string"
          ? withForm(call, { environmentList: environmentList.replace(/,[^,]*$/, "") })
          : call;
      });
    },
    "gateway-other-certificate": () => {
      // Every deployment of the process sends the certificate that was sent first.
      const first = once<string | FormFile>();
      altering(GATEWAY_DEPLOYMENT, (call) =>
        withForm(call, { pemEncodedFile: first(formOf(call).pemEncodedFile ?? "") }),
      );
    },
    "gateway-deletes-jwks": () => {
      altering(GATEWAY_DELETE, (call) => ({
        ...call,
        path: call.path.replace("jwkDeleteAction=NULLIFY", "jwkDeleteAction=DELETE"),
      }));
    },
    "gateway-wide-repair": () => {
      // A repair goes to those alone that still trust the certificate: everyone is taken to trust it.
      gatewayOutcomes.trusts = ({ seen }) => (seen === "yes" ? true : undefined);
    },
    "gateway-double-create": () => {
      sending(async (send, call, rule, traceId) => {
        const answer = await send(call, rule, traceId);
        if (call.method === "POST" && call.path.endsWith("/certificates/")) await send(call, rule, traceId);
        return answer;
      });
    },
    "gateway-redeploys-jwk": () => {
      sending(async (send, call, rule, traceId) => {
        const answer = await send(call, rule, traceId);
        if (call.method === "POST" && /\/jwks\/(?:generate)?$/.test(call.path)) {
          const { name } = call.body as { name: string };
          const path = `${call.path.replace(/generate$/, "")}${encodeURIComponent(name)}/`;
          await send({ ...call, method: "PUT", path, body: { name } }, rule, traceId);
        }
        return answer;
      });
    },
    "jwk-of-another-use": () => {
      altering(JWK_CREATION, (call) => ({ ...call, body: { ...call.body, useType: "ENCRYPTION" } }));
    },
    "silent-retirement": () => {
      saying((text) => (text.startsWith("TERMINATE previous") ? undefined : text));
    },
    "stale-id": () => {
      // Every termination of the process goes to the certificate that was ended first.
      const first = once<unknown>();
      sending((send, call, rule, traceId) =>
        send(
          call.path.endsWith("/terminate") ? { ...call, body: first(call.body) as Record<string, unknown> } : call,
          rule,
          traceId,
        ),
      );
    },
    "approvals-ignored": () => {
      policy.demandsApproval = () => false;
      policy.needsApproval = () => false;
    },
    "approvals-for-ever": () => {
      approvals.invalidFor = () => undefined;
    },
    "ceiling-ignored": () => {
      const { effectivePolicy } = policy;
      policy.effectivePolicy = (...args) => ({ ...effectivePolicy(...args), maxDestructive: 1_000_000 });
    },
    "forgotten-previous": () => {
      const end = certificate.delete.bind(certificate);
      certificate.delete = (state, context) =>
        end(state, { ...context, plan: { ...context.plan, operations: context.plan.operations.slice(-1) } });
    },
  };
}

/** Names of the planted bugs. */
export const plantNames = (): string[] => Object.keys(PLANTS());
