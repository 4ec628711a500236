import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { dynamic } from "@pulumi/pulumi";
import type engine from "@pulumi/pulumi/proto/engine_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { expect } from "chai";
import { announcement, readAnnouncement } from "../../provider/core/operation.js";
import { Fault } from "../../provider/core/fault.js";
import { remove } from "../../provider/apinizer/operations.js";
import { EngineLog } from "../../provider/dynamic/engineLog.js";
import { grpc } from "../../provider/dynamic/pulumiModules.js";
import { told, telling } from "../../provider/dynamic/told.js";

const NAME = "gw<{%bogus%}>\u001b[2J\u0007";

/** What an engine is told by some work with its log. */
async function heard(work: (log: EngineLog) => Promise<void>): Promise<string[]> {
  const texts: string[] = [];
  const server = new grpc.Server();
  server.addService(EngineService, {
    log: (call: { request: engine.LogRequest }, done: (error: null, answer: empty.Empty) => void) => {
      texts.push(call.request.getMessage());
      done(null, new empty.Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  try {
    await work(new EngineLog(`127.0.0.1:${port}`));
  } finally {
    server.forceShutdown();
  }
  return texts;
}

const failing = async (work: () => Promise<unknown>): Promise<Error> => {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not fail");
};

describe("what is handed to the engine", () => {
  it("a warning holds nothing that the CLI obeys, and its operation is read back", async () => {
    const operation = remove.conditional(
      {
        project: "p",
        name: NAME,
        what: NAME,
        environments: [NAME],
        jwkDelete: "NULLIFY",
        jwks: [],
        truststores: "refused",
      },
      `${NAME} is there`,
    );
    const [text = ""] = await heard((log) => log.write("warning", undefined, announcement(operation)));
    expect(text).to.include("DELETE certificate gw<\\{%bogus%}>\\u{1b}(2J\\u{7} of project p");
    const { name, target, certainty, sentence } = operation;
    expect(readAnnouncement(text)).to.deep.include({ name, target, certainty, sentence });
    expect(target.name).to.equal(encodeURIComponent(NAME));
  });

  it("nor does a message that is no operation", async () => {
    expect(await heard((log) => log.write("info", undefined, NAME))).to.deep.equal(["gw<\\{%bogus%}>\\u{1b}[2J\\u{7}"]);
  });

  it("a fault of a service that answers with such a text; the lines of other errors stay", async () => {
    const fault = new Fault({
      ...{ action: "delete it", resource: "a", system: "Apinizer", cameBack: `HTTP 500: ${NAME}\nand a line` },
      ...{ known: "nothing", next: "run again", outcome: "refused" },
    });
    for (const text of [(await failing(() => told(() => Promise.reject(fault)))).message, fault.stack])
      expect(text).to.include("HTTP 500: gw<\\{%bogus%}>\\u{1b}[2J\\u{7}\\nand a line");
    const other = await failing(() => told(() => Promise.reject(new Error(`one\n${NAME}`))));
    expect(other.message).to.equal("one\ngw<\\{%bogus%}>\\u{1b}[2J\\u{7}");
    expect(other.stack).to.include("\n    at ").and.not.include("<{%");
  });

  it("every method of a provider is told so, and a failed check does not have the engine print the value", async () => {
    const failure = (): Promise<never> => Promise.reject(new Error(NAME));
    const provider = telling({
      check: (_olds: unknown, news: unknown) =>
        Promise.resolve({
          inputs: news,
          failures: [
            { property: "name", reason: `name is "${NAME}"` },
            { property: "plain", reason: "plain is wrong" },
          ],
        }),
      ...{ configure: failure, diff: failure, create: failure, read: failure, update: failure, delete: failure },
    });
    expect((await provider.check?.({}, { name: NAME, plain: 1 }))?.failures).to.deep.equal([
      { property: "", reason: 'name is "gw<\\{%bogus%}>\\u{1b}[2J\\u{7}"' },
      { property: "plain", reason: "plain is wrong" },
    ]);
    for (const method of ["configure", "diff", "create", "read", "update", "delete"] as const) {
      const call = provider[method] as unknown as (...args: unknown[]) => Promise<unknown>;
      expect((await failing(() => call())).message, method).to.not.include("<{%");
    }
  });

  it("every export of the provider's module is told", async () => {
    const exported = (await import("../../provider/dynamic/index.js")) as unknown as Record<
      string,
      dynamic.ResourceProvider
    >;
    for (const [name, provider] of Object.entries(exported)) {
      if (typeof provider.configure !== "function" || name === "Inventory") continue; // what it throws is told where it is thrown
      await provider.configure({ config: { get: () => undefined, require: () => "" } });
      const error = await failing(() => provider.read?.("gw<{%bogus%}>") ?? Promise.resolve());
      expect(error.message, name).to.include("gw<\\{%bogus%}> has no stored state");
    }
  });
});
