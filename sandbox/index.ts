import { DatabaseSync } from "node:sqlite";
import { ApinizerApi } from "./apinizer/api.js";
import { ApinizerSandbox } from "./apinizer/outside.js";
import { ApinizerStore } from "./apinizer/store.js";
import { CertcentralApi } from "./certcentral/api.js";
import { CertcentralSandbox } from "./certcentral/outside.js";
import { CertcentralStore } from "./certcentral/store.js";
import { SandboxClock } from "./clock.js";
import { control, type Outside } from "./control.js";
import { EcgridApi } from "./ecgrid/api.js";
import { EcgridSandbox } from "./ecgrid/outside.js";
import { EcgridStore } from "./ecgrid/store.js";
import { Hostility } from "./hostility.js";
import { RequestLog } from "./requestLog.js";
import { PartnerApi } from "./partner/api.js";
import { PartnerSandbox } from "./partner/outside.js";
import { PartnerStore } from "./partner/store.js";
import { listen } from "./server.js";
import { variantSettings, type VariantSettings } from "./variants.js";

/**
 * The sandbox: the APIs as documented, on loopback, with real certificates, a clock that can be moved and every
 * documented contradiction as a switch. A second reading of the documentation: it shares no code with `provider/`.
 */

export type { ApinizerSandbox, GivenCertificate } from "./apinizer/outside.js";
export type { Served } from "./apinizer/gateways.js";
export { CANARIES } from "./ecgrid/present.js";
export { CC_CANARIES } from "./certcentral/present.js";
export { makeCsr } from "./certcentral/ca.js";
export type { CertcentralSandbox } from "./certcentral/outside.js";
export type { OutsideCredential, PartnerSandbox } from "./partner/outside.js";
export { makePfx } from "./pfx.js";
export { VARIANTS, type ListedVariant, type VariantSettings } from "./variants.js";
export type { EcgridSandbox, OutsideUpload } from "./ecgrid/outside.js";
export type { CertificateRecord } from "./ecgrid/store.js";
export type { Mode, Rule } from "./hostility.js";
export type { LoggedRequest, RequestLog } from "./requestLog.js";

export interface SandboxOptions {
  /** Any free port by default. */
  readonly port?: number;
  /** SQLite file; in memory by default. */
  readonly file?: string;
  /** ISO 8601: freezes the clock there. The system's time by default. */
  readonly now?: string;
  readonly variants?: Partial<VariantSettings>;
}

export interface Sandbox {
  readonly url: string;
  readonly clock: SandboxClock;
  readonly log: RequestLog;
  readonly hostile: Hostility;
  /** Live: assign to switch. */
  readonly variants: VariantSettings;
  readonly ecgrid: EcgridSandbox;
  readonly certcentral: CertcentralSandbox;
  readonly partner: PartnerSandbox;
  readonly apinizer: ApinizerSandbox;
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const database = new DatabaseSync(options.file ?? ":memory:");
  const clock = new SandboxClock(options.now);
  const variants = variantSettings(options.variants);
  const log = new RequestLog(database);
  const hostile = new Hostility();
  const store = new EcgridStore(database, clock, variants);
  const api = new EcgridApi(store, () => log.all());
  const orders = new CertcentralApi(new CertcentralStore(database, clock, variants));
  const contracts = new PartnerApi(new PartnerStore(database, clock, variants));
  const manager = new ApinizerApi(new ApinizerStore(database, clock, variants));
  const parts = { systems: [api, orders, contracts, manager], clock, log, hostile, variants };
  const server = await listen(
    {
      ...parts,
      control: (request) => control(request, { ...parts, store, outside: () => outside }),
    },
    options.port ?? 0,
  );
  const ecgrid = new EcgridSandbox(server.url, store);
  const certcentral = new CertcentralSandbox(server.url, orders);
  const partner = new PartnerSandbox(server.url, contracts);
  const apinizer = new ApinizerSandbox(server.url, manager);
  const outside: Outside = { ecgrid, certcentral, partner, apinizer };
  return {
    url: server.url,
    clock,
    log,
    hostile,
    variants,
    ecgrid,
    certcentral,
    partner,
    apinizer,
    close: async () => {
      await server.close();
      database.close();
    },
  };
}
