import { Fields, invalid } from "./refusal.js";
import type { CertcentralStore, OrderRecord, RequestRecord } from "./store.js";

/** Filters, order and pages of the lists (section 10). */

const STATUSES = ["pending", "issued", "rejected", "revoked", "waiting_pickup", "reissue_pending", "canceled"];

/** `filters[name]=value` and `filters[name][0]=value`: every value of a filter. */
export function filtersOf(query: URLSearchParams): ReadonlyMap<string, readonly string[]> {
  const filters = new Map<string, string[]>();
  for (const [key, value] of query) {
    const name = /^filters\[([a-z_]+)\](?:\[\d+\])?$/.exec(key)?.[1];
    if (name !== undefined) filters.set(name, [...(filters.get(name) ?? []), value]);
  }
  return filters;
}

/** Exact, unless a `%` in front makes it a search. */
const fits = (wanted: string, value: string): boolean =>
  wanted.startsWith("%")
    ? value.toLowerCase().includes(wanted.slice(1).toLowerCase())
    : value.toLowerCase() === wanted.toLowerCase();

/** The one user of every account. */
export const USER = { id: 1, first_name: "Sandbox", last_name: "User", email: "user@sandbox.example" };

const customFields = ({ body }: OrderRecord) =>
  Fields.of(body)
    .parts("custom_fields")
    .map((one) => one.body);
/** No notifications of its renewal are wanted. */
export const isQuiet = ({ body }: OrderRecord): boolean => Fields.of(body).flag("disable_renewal_notifications");

type Test = (order: OrderRecord, wanted: string, store: CertcentralStore) => boolean;

const active = (order: OrderRecord, store: CertcentralStore) => store.certificate(order.active);

const ORDER_FILTERS: Readonly<Record<string, Test>> = {
  id: (order, wanted) => String(order.id) === wanted,
  status: (order, wanted) => order.status === wanted || (wanted === "issued" && order.status === "expired"),
  organization_id: (order, wanted) => String(order.organizationId) === wanted,
  product_name_id: (order, wanted) => order.product === wanted,
  valid_till: (order, wanted, store) => compared(active(order, store)?.validTill ?? "", wanted),
  common_name: (order, wanted) => fits(wanted, order.commonName),
  domain_name: (order, wanted, store) =>
    [order.commonName, ...(active(order, store)?.dnsNames ?? [])].some((name) => fits(wanted, name)),
  date_created: (order, wanted) => compared(order.dateCreated, wanted),
  user_id: (_order, wanted) => String(USER.id) === wanted,
  email: (_order, wanted) => fits(wanted, USER.email),
  container_id: (order, wanted) => String(order.containerId) === wanted,
  metadata_id: (order, wanted) => customFields(order).some(({ metadata_id: id }) => String(id) === wanted),
  metadata_value: (order, wanted) => customFields(order).some(({ value }) => fits(wanted, String(value))),
  disable_renewal_notifications: (order, wanted) => String(Number(isQuiet(order))) === wanted,
  is_renewed: (order, wanted) => String(Number(order.isRenewed)) === wanted,
  origin: ({ migrated }, wanted) => (migrated === true ? "migrated" : "certcentral") === wanted,
  certificate_id: (order, wanted) => order.active === Number(wanted),
  serial_number: (order, wanted, store) => fits(wanted, active(order, store)?.serialNumber ?? ""),
  search: (order, wanted) => fits(wanted, order.commonName) || String(order.id) === wanted,
};

/** `>` in front of a date. */
const compared = (value: string, wanted: string): boolean =>
  wanted.startsWith(">") ? value > wanted.slice(1) : value.startsWith(wanted);

export function filteredOrders(store: CertcentralStore, tenant: string, query: URLSearchParams): OrderRecord[] {
  const filters = filtersOf(query);
  const unknown = [...filters.keys()].find((name) => ORDER_FILTERS[name] === undefined);
  if (unknown !== undefined) throw invalid(`filters.${unknown}`);
  for (const status of filters.get("status") ?? []) if (!STATUSES.includes(status)) throw invalid("filters.status");
  return store
    .orders()
    .filter((order) => order.tenant === tenant)
    .filter(({ status }) => status !== "needs_approval" || store.variants.ccListedNeedsApproval === "listed")
    .filter((order) =>
      [...filters].every(([name, wanted]) =>
        wanted.some((value) => ORDER_FILTERS[name]?.(order, value, store) === true),
      ),
    );
}

const REQUEST_FILTERS: Readonly<Record<string, (request: RequestRecord, wanted: string) => boolean>> = {
  type: (request, wanted) => request.type === wanted,
  status: (request, wanted) => request.status === wanted,
};
/** Filters of requests that look at their order. */
const ORDER_OF_REQUEST: Readonly<Record<string, Test | undefined>> = {
  ...Object.fromEntries(["container_id", "metadata_id", "metadata_value"].map((name) => [name, ORDER_FILTERS[name]])),
  search: (order, wanted) => fits(wanted, order.commonName),
};

export function filteredRequests(store: CertcentralStore, tenant: string, query: URLSearchParams): RequestRecord[] {
  const filters = filtersOf(query);
  const unknown = [...filters.keys()].find(
    (name) => REQUEST_FILTERS[name] === undefined && ORDER_OF_REQUEST[name] === undefined,
  );
  if (unknown !== undefined) throw invalid(`filters.${unknown}`);
  const ofOrder = ({ orderId }: RequestRecord, name: string, value: string): boolean => {
    const order = store.order(orderId);
    return order !== undefined && ORDER_OF_REQUEST[name]?.(order, value, store) === true;
  };
  const passes = (request: RequestRecord, name: string, value: string): boolean =>
    REQUEST_FILTERS[name]?.(request, value) ?? ofOrder(request, name, value);
  return store
    .requests()
    .filter((request) => request.tenant === tenant)
    .filter((request) => [...filters].every(([name, wanted]) => wanted.some((value) => passes(request, name, value))));
}

const KEYS: Readonly<Record<string, (row: { id: number }) => string | number>> = {
  id: ({ id }) => id,
  date_created: (row) => (row as Partial<OrderRecord>).dateCreated ?? "",
  date: (row) => (row as Partial<RequestRecord>).date ?? "",
};

/** A number of a query: whole, 0 or more. */
export function count(query: URLSearchParams, name: string, otherwise: number): number {
  const value = Number(query.get(name) ?? otherwise);
  if (!Number.isInteger(value) || value < 0) throw invalid(name);
  return value;
}

/** `from...to`, in Mountain time, as milliseconds: `2026-03-01`, `2026-03-01 10:00`, `2026-03-01T10:00:00`. */
export function rangeOf(text: string, field: string): [number, number] {
  const [from, to, ...rest] = text.split("...").map(mountain);
  if (from === undefined || to === undefined || rest.length > 0) throw invalid(field);
  return [from, to];
}

function mountain(text: string): number | undefined {
  const [, day, time = "00:00"] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?$/.exec(text) ?? [];
  const read = Date.parse(`${day ?? ""}T${time}Z`);
  if (Number.isNaN(read)) return undefined;
  const behind = (at: number): number =>
    at - Date.parse(`${new Date(at).toLocaleString("sv-SE", { timeZone: "America/Denver" }).replace(" ", "T")}Z`);
  return read + behind(read + behind(read));
}

/** One page, sorted: `page{total,limit,offset}`. */
export function page<Row extends { id: number }>(
  rows: readonly Row[],
  query: URLSearchParams,
  largest: number,
): { rows: Row[]; page: { total: number; limit: number; offset: number } } {
  const limit = Math.min(count(query, "limit", largest) || largest, largest);
  const offset = count(query, "offset", 0);
  const sorted = [...rows];
  for (const key of (query.get("sort") ?? "")
    .split(",")
    .filter((one) => one !== "")
    .reverse()) {
    const [name, sign] = key.startsWith("-") ? [key.slice(1), -1] : [key, 1];
    const by = KEYS[name];
    if (by === undefined) throw invalid("sort");
    sorted.sort((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0));
  }
  return { rows: sorted.slice(offset, offset + limit), page: { total: rows.length, limit, offset } };
}

/** The same as CSV (section 1): the leaves of the first row name the columns. */
export function csv(rows: readonly object[]): string {
  const leaves = (value: unknown, path = ""): [string, string][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, item]) => leaves(item, path === "" ? key : `${path}.${key}`))
      : [[path, typeof value === "string" ? value : JSON.stringify(value ?? "")]];
  const columns = [...new Set(rows.flatMap((row) => leaves(row).map(([path]) => path)))];
  const line = (cells: readonly string[]): string => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");
  return [
    line(columns),
    ...rows.map((row) => {
      const own = new Map(leaves(row));
      return line(columns.map((column) => own.get(column) ?? ""));
    }),
  ].join("\n");
}
