import { createRequire } from "node:module";
import type * as Grpc from "@grpc/grpc-js";
import type * as StructModule from "google-protobuf/google/protobuf/struct_pb.js";

/**
 * Modules that Pulumi's SDK brings along. They are taken from where the SDK sits: a strict package manager does not let
 * this package see them by itself, and a second copy of the protobuf runtime would not fit the SDK's messages.
 */
const fromPulumi = createRequire(require.resolve("@pulumi/pulumi"));

export const grpc = fromPulumi("@grpc/grpc-js") as typeof Grpc;
export const { Struct } = fromPulumi("google-protobuf/google/protobuf/struct_pb.js") as typeof StructModule;
