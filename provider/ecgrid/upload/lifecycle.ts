import { isoDay } from "../../core/clock.js";
import type { Lifecycle } from "../../core/lifecycle.js";
import { UNKNOWN } from "../../core/unknown.js";
import { drift, isMissing, vanishes } from "../drift.js";
import type { EcgridClient } from "../client.js";
import type { UploadArguments } from "../operations.js";
import { newlyAdopted } from "../adoption.js";
import { reread } from "../reading.js";
import { retirable } from "../retiring.js";
import { holding, scopeOf } from "../scope.js";
import { validUntil, type Held } from "../held.js";
import { fault, oneWriter, type Found, type Step } from "../step.js";
import { heldAfter, holdsOf } from "../succession.js";
import { end } from "../termination.js";
import type { UploadFile } from "./file.js";
import { normalizeUpload, SECRET, type PrivateInputs, type PublicInputs, type UploadInputs } from "./inputs.js";
import { ownUpload, partnerUpload, type UploadKind } from "./kind.js";
import { adoptUpload, place } from "./placing.js";
import { planUpload } from "./plan.js";
import { privateState, publicState, type PrivateState, type PublicState, type UploadState } from "./state.js";

/** An own certificate that is uploaded with its private key: add-private, terminate (ecgrid.md 1.1, 1.5). */
export const uploadedCertificate: Lifecycle<PrivateInputs, PrivateState, EcgridClient> = uploads(ownUpload, {
  name: "UploadedCertificate",
  state: privateState,
  secretInputs: SECRET,
});

/** A partner's public certificate: add-public, terminate (ecgrid.md 1.2, 1.5). */
export const partnerCertificate: Lifecycle<PublicInputs, PublicState, EcgridClient> = uploads(partnerUpload, {
  name: "PartnerCertificate",
  state: publicState,
});

function uploads<Inputs extends UploadInputs, State extends UploadState & object, Arguments extends UploadArguments>(
  kind: UploadKind<Inputs, Arguments>,
  {
    name,
    state: schema,
    secretInputs = [],
  }: {
    name: string;
    state: Lifecycle<Inputs, State, EcgridClient>["state"];
    secretInputs?: readonly string[];
  },
): Lifecycle<Inputs, State, EcgridClient> {
  const stateAfter = (before: Held | undefined, inputs: Inputs, file: UploadFile, found: Found, context: Step): State =>
    ({ ...withoutSecrets(inputs), file: stored(file), ...heldAfter(before, found, context) }) as unknown as State;

  const change = async (before: State, inputs: Inputs, context: Step): Promise<State> => {
    const file = opened(kind, inputs);
    const { refusal, operations } = context.plan;
    if (refusal !== undefined)
      throw stopped(context, `update certificate ${before.current.certKeyId} of comm ${before.commId}`, refusal);
    if (operations.length > 0)
      return stateAfter(before, inputs, file, await place(kind, inputs, file, before, context), context);
    const adopt = newlyAdopted(inputs.adopt, before);
    if (adopt !== undefined)
      return stateAfter(before, inputs, file, await adoptUpload(kind, adopt, inputs, file, context), context);
    const { file: held, comm, current, previous } = before;
    return { ...withoutSecrets(inputs), file: held, comm, current, previous } as unknown as State;
  };

  return {
    kind: `ecgrid.${name}`,
    type: `pulumi-nodejs:dynamic/ecgrid:${name}`,
    system: "ecgrid",
    state: schema,
    inputs: kind.inputs,
    secretInputs,
    normalize: (raw, before) => normalizeUpload(kind.inputs, (inputs) => kind.read(inputs), raw, before),
    inputsOf: (state) =>
      Object.fromEntries(
        Object.entries(state).filter(([key, value]) => key in kind.inputs.shape && value !== undefined),
      ) as unknown as Inputs,
    scope: ({ commId }) => (commId === UNKNOWN ? undefined : scopeOf(commId)),
    holds: holdsOf,
    finds: ({ commId, adopt }) =>
      typeof commId === "number" && typeof adopt === "number" ? [holding(commId, adopt)] : [],
    summary: ({ commId, current, file }) => ({
      what: `ECGrid comm ${commId} certificate ${current.certKeyId} (${current.serialNumber === undefined ? file.what : `serial ${current.serialNumber}`})`,
      until: isoDay(validUntil(current)),
    }),
    plan: (planned, now) => planUpload(kind, planned, now),
    drift,
    vanishes,
    isMissing,
    create: (inputs, context) =>
      oneWriter(inputs.commId, context, async () => {
        const { refusal } = context.plan;
        if (refusal !== undefined) throw stopped(context, `upload to comm ${inputs.commId}`, refusal);
        const file = opened(kind, inputs);
        const found =
          inputs.adopt === undefined
            ? await place(kind, inputs, file, undefined, context)
            : await adoptUpload(kind, inputs.adopt, inputs, file, context);
        return {
          id: `${inputs.commId}/${found.certificate.certKeyId}`,
          state: stateAfter(undefined, inputs, file, found, context),
        };
      }),
    read: async (state, context) => (await reread(state, context)).state,
    update: (state, inputs, context) => oneWriter(state.commId, context, () => change(state, inputs, context)),
    delete: (state, context) => oneWriter(state.commId, context, () => end(state, context)),
    retirable,
  };
}

const withoutSecrets = (inputs: object): object =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => !(SECRET as readonly string[]).includes(key)));

const stored = ({ id, what, thumbprint, notAfter, bytes }: UploadFile): UploadFile => ({
  id,
  what,
  ...(thumbprint === undefined ? {} : { thumbprint }),
  ...(notAfter === undefined ? {} : { notAfter }),
  bytes,
});

/** The file, which `check` has opened before. */
function opened<Inputs extends UploadInputs, Arguments extends UploadArguments>(
  kind: UploadKind<Inputs, Arguments>,
  inputs: Inputs,
): UploadFile {
  const file = kind.read(inputs);
  if ("problem" in file) throw new Error(`cert ${file.problem}. Nothing was sent.`);
  return file;
}

const stopped = (context: Step, action: string, refusal: string) =>
  fault(context, {
    action,
    cameBack: refusal,
    known: "nothing was sent, and the state is left as it was",
    next: "decide as the message says, then run again",
    outcome: "not executed",
  });
