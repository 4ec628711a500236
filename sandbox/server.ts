import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SandboxClock } from "./clock.js";
import type { Hostility, Rule } from "./hostility.js";
import { isForm, readForm } from "./multipart.js";
import { fieldPaths, maskedBody, maskedHeaders, maskedQuery, type Outcome, type RequestLog } from "./requestLog.js";
import type { Request, Response, System } from "./system.js";
import type { VariantSettings } from "./variants.js";

/** Largest request body, bytes. */
const LARGEST = 4 * 1024 * 1024;

export interface Parts {
  readonly systems: readonly System[];
  readonly clock: SandboxClock;
  readonly log: RequestLog;
  readonly hostile: Hostility;
  readonly variants: VariantSettings;
  /** Answers requests below `/__sandbox`. */
  readonly control: (request: Request) => Promise<Response>;
}

/** Serves the sandbox on loopback. */
export async function listen(parts: Parts, port: number): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      response.destroy();
      process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function serve(parts: Parts, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = await parse(incoming, parts.systems);
  // One clock for everything that a client sees.
  outgoing.setHeader("date", parts.clock.now().toUTCString());
  if (request.path.startsWith("/__sandbox")) {
    send(outgoing, await parts.control(request));
    return;
  }
  const system = parts.systems.find(({ prefix }) => request.path.startsWith(`${prefix}/`));
  if (system === undefined) {
    const served = parts.systems.map(({ prefix }) => `${prefix}/`).join(" and ");
    send(outgoing, { status: 404, headers: {}, body: { message: `the sandbox serves ${served}` } });
    return;
  }
  const own = { ...request, path: request.path.slice(system.prefix.length) };
  const rule = parts.hostile.take(own.method, own.path);
  await rule?.before?.();
  const answered = await respond(parts, system, own, rule);
  log(parts, system, own, answered);
  await rule?.after?.();
  if (answered.cut === "all") incoming.socket.destroy();
  else if (answered.cut === "half") cutShort(outgoing, answered.response);
  else send(outgoing, answered.response);
}

interface Answered {
  readonly response: Response;
  readonly outcome: Outcome;
  readonly cut?: "all" | "half";
}

/** Executes a request, or not, as a hostile rule has it. */
async function respond(parts: Parts, api: System, request: Request, rule: Rule | undefined): Promise<Answered> {
  const execute = async (): Promise<Answered> => {
    const response = await answerOrFault(api, request);
    return { response, outcome: api.operationOf(request) === undefined ? "read" : api.outcomeOf(response) };
  };
  const instead = async (response: Response): Promise<Answered> => ({
    response,
    outcome: rule?.executed === true ? (await execute()).outcome : "not executed",
  });
  if (api.isOverLimit(request)) return { response: turnedAway(parts, api), outcome: "not executed" };
  switch (rule?.mode) {
    case undefined:
    case "hook":
      return execute();
    case "delay":
      await new Promise((resolve) => setTimeout(resolve, rule.milliseconds ?? 0));
      return execute();
    case "drop-before":
      return { response: api.failure(0, "", ""), outcome: "not executed", cut: "all" };
    case "drop-after":
      return { ...(await execute()), cut: "all" };
    case "truncate":
      return { ...(await execute()), cut: "half" };
    case "429":
    case "503":
      return instead(later(parts, api, rule.mode, { seconds: 0, ...rule }));
    case "403":
      return { response: api.failure(403, "AccessDenied", "The user's AuthLevel is too low"), outcome: "refused" };
    case "500":
      return instead(api.failure(500, "InternalError", "Server fault"));
    case "html":
      return instead({
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<html><body>Service page</body></html>",
      });
    case "empty":
      return instead({ status: 200, headers: {}, body: "" });
    case "redirect":
      return {
        response: { status: 307, headers: { location: rule.location ?? "http://127.0.0.1:9/" }, body: "" },
        outcome: "not executed",
      };
  }
}

/** 429 or 503 with `Retry-After` as it is given, or otherwise in the form that is switched on. */
function later(
  { variants, clock }: Parts,
  api: System,
  mode: "429" | "503",
  { seconds, retryAfter }: { seconds: number; retryAfter?: string },
): Response {
  const header = {
    seconds: String(seconds),
    date: new Date(clock.now().getTime() + seconds * 1000).toUTCString(),
    missing: undefined,
  };
  const after = retryAfter ?? header[variants.rateLimitHeader];
  const [code, message] = mode === "429" ? api.overLimit : ["", "Service unavailable"];
  const answer = api.failure(Number(mode), code, message);
  return { ...answer, headers: { ...answer.headers, ...(after === undefined ? {} : { "retry-after": after }) } };
}

/** The answer over a limit. DigiCert names no time to wait (digicert-certcentral.md 12). */
const turnedAway = (parts: Parts, api: System): Response =>
  api.name === "ecgrid" ? later(parts, api, "429", { seconds: 60 }) : api.failure(429, ...api.overLimit);

/** A mistake of the sandbox's own is answered and logged as a server fault, so that no request goes missing. */
async function answerOrFault(api: System, request: Request): Promise<Response> {
  try {
    return await api.answer(request);
  } catch (error) {
    process.stderr.write(`sandbox: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return api.failure(500, "InternalError", "The sandbox has failed; see its standard error");
  }
}

function log(
  { log: requests, clock }: Parts,
  system: System,
  request: Request,
  { response, outcome, cut }: Answered,
): void {
  const operation = system.operationOf(request);
  requests.append({
    at: clock.now().toISOString(),
    system: system.name,
    method: request.method,
    path: request.path,
    query: maskedQuery(request.query),
    arrived: request.arrived,
    body: maskedBody(request.path, request.body),
    headers: maskedHeaders(request.headers),
    status: cut === "all" ? 0 : response.status,
    outcome,
    ...(operation === undefined ? {} : { operation }),
    answerFields: cut === undefined ? fieldPaths(response.body) : [],
  });
}

async function parse(incoming: IncomingMessage, systems: readonly System[]): Promise<Request> {
  const arrived = performance.now();
  const [path = "/", query = ""] = (incoming.url ?? "/").split("?");
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= LARGEST) chunks.push(chunk);
  }
  const content = Buffer.concat(chunks);
  const type = incoming.headers["content-type"];
  const takesForms = systems.some(({ prefix, forms }) => forms === true && path.startsWith(`${prefix}/`));
  let body: unknown;
  let malformed = length > LARGEST;
  try {
    if (takesForms && isForm(type) && content.length > 0) body = await readForm(content, type);
    else if (content.length > 0) body = JSON.parse(content.toString("utf8")) as unknown;
  } catch {
    malformed = true; // answered with 400
  }
  return {
    method: incoming.method ?? "",
    path,
    query: new URLSearchParams(query),
    arrived,
    headers: incoming.headers,
    body,
    malformed,
  };
}

const bytes = ({ body }: Response): string | Buffer =>
  body === undefined ? "" : typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);

function send(outgoing: ServerResponse, response: Response): void {
  outgoing.writeHead(response.status, { "content-type": "application/json", ...response.headers });
  outgoing.end(bytes(response));
}

/** Promises the whole body, sends half of it and cuts the connection. */
function cutShort(outgoing: ServerResponse, response: Response): void {
  const whole = Buffer.from(bytes(response));
  outgoing.writeHead(response.status, { "content-type": "application/json", "content-length": whole.length });
  outgoing.write(whole.subarray(0, Math.floor(whole.length / 2)), () => outgoing.socket?.destroy());
}
