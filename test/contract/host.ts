import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type engine from "@pulumi/pulumi/proto/engine_pb.js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { REPOSITORY } from "../instrument/project.js";

/** A message that the host sent to the engine. */
export interface Logged {
  readonly severity: number;
  readonly urn: string;
  readonly message: string;
}

type Properties = Record<string, unknown>;

/** The real `pulumi-resource-pulumi-nodejs`, driven over gRPC with an engine of the test's own that takes its log. */
export class DynamicHost {
  readonly logged: Logged[] = [];
  stderr = "";
  #engine = new grpc.Server();
  #child: ChildProcess | undefined;
  #client: ResourceProviderClient | undefined;

  static async start(environment: Record<string, string | undefined>): Promise<DynamicHost> {
    const host = new DynamicHost();
    host.#engine.addService(EngineService, {
      log: (call: grpc.ServerUnaryCall<engine.LogRequest, unknown>, done: grpc.sendUnaryData<unknown>) => {
        const request = call.request;
        host.logged.push({ severity: request.getSeverity(), urn: request.getUrn(), message: request.getMessage() });
        done(null, new empty.Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      host.#engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    const script = join(REPOSITORY, "node_modules", "@pulumi", "pulumi", "pulumi-resource-pulumi-nodejs");
    // A process group of its own: the script starts node, and both must end.
    const child = spawn("sh", [script, `127.0.0.1:${port}`], {
      cwd: REPOSITORY,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    host.#child = child;
    child.stderr.on("data", (chunk: Buffer) => (host.stderr += chunk.toString()));
    const [first] = (await once(child.stdout, "data")) as [Buffer];
    host.#client = new ResourceProviderClient(
      `127.0.0.1:${Number(first.toString().trim())}`,
      grpc.credentials.createInsecure(),
    );
    return host;
  }

  async stop(): Promise<void> {
    this.#client?.close();
    this.#engine.forceShutdown();
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid);
    await once(child, "exit");
  }

  get #service(): ResourceProviderClient {
    if (this.#client === undefined) throw new Error("the host has not been started");
    return this.#client;
  }

  configure(config: Record<string, string>): Promise<void> {
    const request = new provider.ConfigureRequest();
    request.setArgs(struct.Struct.fromJavaScript(config));
    return call((done) => this.#service.configure(request, done)).then(() => undefined);
  }

  async check(
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }> {
    const request = new provider.CheckRequest();
    request.setOlds(struct.Struct.fromJavaScript(olds as Record<string, struct.JavaScriptValue>));
    request.setNews(struct.Struct.fromJavaScript(news as Record<string, struct.JavaScriptValue>));
    const answer = await call<provider.CheckResponse>((done) => this.#service.check(request, done));
    return {
      inputs: answer.getInputs()?.toJavaScript() ?? {},
      failures: answer
        .getFailuresList()
        .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  }

  async diff(id: string, olds: Properties, news: Properties): Promise<{ changes: boolean; replaces: string[] }> {
    const request = new provider.DiffRequest();
    request.setId(id);
    request.setOlds(struct.Struct.fromJavaScript(olds as Record<string, struct.JavaScriptValue>));
    request.setNews(struct.Struct.fromJavaScript(news as Record<string, struct.JavaScriptValue>));
    const answer = await call<provider.DiffResponse>((done) => this.#service.diff(request, done));
    return {
      changes: answer.getChanges() === provider.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: answer.getReplacesList(),
    };
  }

  async create(inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const request = new provider.CreateRequest();
    request.setProperties(struct.Struct.fromJavaScript(inputs as Record<string, struct.JavaScriptValue>));
    const answer = await call<provider.CreateResponse>((done) => this.#service.create(request, done));
    return { id: answer.getId(), outputs: answer.getProperties()?.toJavaScript() ?? {} };
  }

  async read(id: string, outputs: Properties): Promise<{ id: string; outputs: Properties; inputs: Properties }> {
    const request = new provider.ReadRequest();
    request.setId(id);
    request.setProperties(struct.Struct.fromJavaScript(outputs as Record<string, struct.JavaScriptValue>));
    const answer = await call<provider.ReadResponse>((done) => this.#service.read(request, done));
    return {
      id: answer.getId(),
      outputs: answer.getProperties()?.toJavaScript() ?? {},
      inputs: answer.getInputs()?.toJavaScript() ?? {},
    };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<Properties> {
    const request = new provider.UpdateRequest();
    request.setId(id);
    request.setOlds(struct.Struct.fromJavaScript(olds as Record<string, struct.JavaScriptValue>));
    request.setNews(struct.Struct.fromJavaScript(news as Record<string, struct.JavaScriptValue>));
    const answer = await call<provider.UpdateResponse>((done) => this.#service.update(request, done));
    return answer.getProperties()?.toJavaScript() ?? {};
  }

  delete(id: string, outputs: Properties): Promise<void> {
    const request = new provider.DeleteRequest();
    request.setId(id);
    request.setProperties(struct.Struct.fromJavaScript(outputs as Record<string, struct.JavaScriptValue>));
    return call((done) => this.#service.delete(request, done)).then(() => undefined);
  }
}

function call<T>(send: (done: (error: grpc.ServiceError | null, answer: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    send((error, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
}
