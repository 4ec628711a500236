import { isoDay } from "../../core/clock.js";
import type { Retirable } from "../../core/lifecycle.js";
import type { CertcentralClient } from "../client.js";
import { revokeCertificate, revokeOrder } from "../operations.js";
import { fault, oneWriter, type Step } from "../step.js";
import { orderArguments } from "./ending.js";
import { revocationsOf, revoked, tellOf } from "./revoking.js";
import { nameOf, type KeptCertificate, type OrderState, type PreviousCertificate } from "./state.js";
import { endedHow } from "./statuses.js";

type Older = Omit<KeptCertificate, "pem" | "chainPem"> | PreviousCertificate;

const ORDER = "order ";
const CERTIFICATE = "certificate ";

/**
 * Older orders are revoked as a whole, once another one is in charge. Earlier certificates of the order in charge are
 * left to run out unless `retireReissued` says otherwise: an account's preference can take the whole order along
 * (section 8), and with it the certificate that is in use.
 */
export const retirable: Retirable<OrderState, CertcentralClient> = {
  older: (state) => {
    const open = [...state.previous].reverse().filter(({ status }) => status !== "revoked");
    const orders = [...new Set(open.map(({ orderId }) => orderId))].filter((id) => id !== state.order.id);
    const onOrder = state.retireReissued ? open.filter(({ orderId }) => orderId === state.order.id) : [];
    return [
      ...orders.map((orderId) => {
        const its = open.filter((old) => old.orderId === orderId);
        const last = its.at(-1);
        return {
          key: `${ORDER}${orderId}`,
          what: `order ${orderId} (${its.map(nameOf).join("; ")})`,
          thumbprints: its.flatMap(({ thumbprint }) => thumbprint ?? []),
          since: last?.replacedOn ?? "",
          until: last?.validTill ?? "its end",
        };
      }),
      ...onOrder.map((old) => ({
        key: `${CERTIFICATE}${old.certificateId}`,
        what: nameOf(old),
        thumbprints: old.thumbprint === undefined ? [] : [old.thumbprint],
        since: old.replacedOn,
        until: old.validTill ?? "its end",
      })),
    ];
  },
  inCharge: ({ order, current }, now) => ({
    // What a run that replaces it would leave: the order, when that run renews. One that was never issued leaves nothing.
    key: current === undefined ? undefined : `${ORDER}${order.id}`,
    what: `order ${order.id}`,
    mark: current?.thumbprint,
    unfit:
      current === undefined
        ? `order ${order.id} has no certificate yet (${order.status})`
        : (endedHow(order.status) ??
          (order.status === "issued" || order.status === "reissue_pending"
            ? undefined
            : `its status is ${order.status}`) ??
          (current.status === "revoked"
            ? "its certificate is revoked"
            : current.validTill !== undefined && current.validTill < isoDay(now)
              ? `it expired on ${current.validTill}`
              : undefined)),
  }),
  ending: (state, key) => {
    const all: Older[] = [...(state.current === undefined ? [] : [state.current]), ...state.previous];
    if (key.startsWith(ORDER)) {
      const orderId = Number(key.slice(ORDER.length));
      const args = orderArguments(
        state,
        orderId,
        all
          .filter((one) => one.orderId === orderId)
          .map(nameOf)
          .join("; "),
      );
      return {
        certain: () => revokeOrder.conditional(args, "it is still in force then, and no revocation of it waits"),
        conditional: (on) => revokeOrder.conditional(args, on),
        due: (from) => revokeOrder.due(args, from),
      };
    }
    const old = all.find(({ certificateId }) => `${CERTIFICATE}${certificateId}` === key);
    if (old === undefined) throw new Error(`${key} is not in the state of order ${state.order.id}`);
    const args = { ...orderArguments(state, old.orderId, nameOf(old)), certificateId: old.certificateId };
    return {
      certain: () => revokeCertificate.conditional(args, "it is still in force then, and no revocation of it waits"),
      conditional: (on) => revokeCertificate.conditional(args, on),
      due: (from) => revokeCertificate.due(args, from),
    };
  },
  retire: (state, context, ended) =>
    oneWriter(state.commonName, context, async () => {
      await guard(state, context);
      for (const operation of context.plan.operations.filter(({ certainty }) => certainty.kind !== "due")) {
        const { orderId, certificateId } = operation.target;
        const old = state.previous.find((one) => String(one.certificateId) === certificateId);
        const info = await context.api.order(Number(orderId ?? old?.orderId), context.resource);
        if (endedHow(info.status) === undefined) {
          const { open } = await revocationsOf(info, context);
          const waiting =
            open.length > 0
              ? { orderId: info.id, requests: open }
              : await revoked(
                  operation,
                  info,
                  context,
                  certificateId === undefined ? undefined : Number(certificateId),
                );
          if (waiting !== undefined) tellOf([waiting], context);
        }
        ended(certificateId === undefined ? `${ORDER}${info.id}` : `${CERTIFICATE}${certificateId}`);
      }
    }),
};

/** The state can be older than the world: what is in charge is looked at before anything is ended. */
async function guard({ order, current }: OrderState, context: Step): Promise<void> {
  const info = await context.api.order(order.id, context.resource);
  const good =
    (info.status === "issued" || info.status === "reissue_pending") &&
    info.certificate.id === current?.certificateId &&
    info.certificate.status !== "revoked";
  if (good) return;
  throw fault(context, {
    action: `end the orders that order ${order.id} has replaced`,
    cameBack: `order ${order.id} is ${info.status} with certificate ${info.certificate.id ?? "none"}${info.certificate.status === undefined ? "" : ` (${info.certificate.status})`}, not issued with certificate ${current?.certificateId ?? "none"}`,
    known: "nothing was sent, the older orders stay as they are",
    next: "refresh, and bring the order in charge in order first",
    outcome: "not executed",
  });
}
