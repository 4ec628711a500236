import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import { printable } from "../core/printable.js";
import { mask } from "../http/redaction.js";
import { grpc } from "./pulumiModules.js";

/**
 * Messages on a resource's own row. The dynamic host does not connect `pulumi.log` to the engine, but the engine's
 * address is its last argument (pulumi-dynamic.md 2.7, fact E6).
 */

/** A malformed URN panics the CLI (inventory.md F14). */
const URN = /^urn:pulumi:[^:\s]+::[^:\s]+::[^\s]+?::[^\n\r]+$/;

export type Severity = "warning" | "info";

/** Longest wait for the engine to take a message, milliseconds. */
const PATIENCE = 10_000;

export class EngineLog {
  #client: EngineClient | undefined;

  constructor(readonly address: string) {
    if (/^[^\s]+:\d+$/.test(address)) this.#client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  /** Resolves when the engine has the message; without an engine it goes to stderr, which the engine shows too. */
  async write(severity: Severity, urn: string | undefined, text: string): Promise<void> {
    const message = printable(mask(text));
    const client = this.#client;
    if (client === undefined) {
      process.stderr.write(`${severity}: ${message}\n`);
      return;
    }
    const request = new engine.LogRequest();
    request.setSeverity(severity === "warning" ? engine.LogSeverity.WARNING : engine.LogSeverity.INFO);
    request.setMessage(message);
    if (urn !== undefined && URN.test(urn)) request.setUrn(urn);
    await new Promise<void>((resolve) => {
      client.log(request, new grpc.Metadata(), { deadline: Date.now() + PATIENCE }, (error) => {
        if (error) {
          this.#client = undefined; // no engine there: a test drives the host alone
          process.stderr.write(`${severity}: ${message}\n`);
        }
        resolve();
      });
    });
  }
}
