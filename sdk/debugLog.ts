import * as pulumi from "@pulumi/pulumi";
import engine from "@pulumi/pulumi/proto/engine_pb.js";

/** What marks a secret value on the wire, and in whatever prints a message of the wire. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

interface Log {
  log(request: engine.LogRequest, ...rest: unknown[]): unknown;
}

const quiet = new WeakSet<Log>();

/**
 * Pulumi's SDK writes each of the engine's answers into its debug log, secret outputs in clear, and `pulumi up --json`
 * prints that log. Debug messages that hold a secret are replaced on their way to the engine; all others go as they are.
 */
export function keepSecretsOutOfDebugLog(): void {
  const client = runtime.getEngine() as Log | undefined;
  if (client === undefined || quiet.has(client)) return;
  quiet.add(client);
  const log = client.log.bind(client);
  client.log = (request, ...rest) => {
    if (request.getSeverity() === engine.LogSeverity.DEBUG && request.getMessage().includes(SECRET))
      request.setMessage("pulumi-clm: a message that holds secret outputs was left out");
    return log(request, ...rest);
  };
}

/** Exported by the SDK's runtime; held by an engine test. */
const runtime = pulumi.runtime as unknown as { getEngine(): object | undefined };
