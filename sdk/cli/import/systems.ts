import { apinizer } from "../../../provider/dynamic/apinizer.js";
import { certcentral } from "../../../provider/dynamic/certcentral.js";
import { ecgrid } from "../../../provider/dynamic/ecgrid.js";
import { partner } from "../../../provider/dynamic/partner.js";
import type { Reads } from "../../../provider/dynamic/reads.js";
import type { Settings } from "../../../provider/dynamic/settings.js";
import { UsageError } from "../io.js";
import { scanApinizer } from "./apinizer.js";
import { scanCertcentral } from "./certcentral.js";
import { scanEcgrid } from "./ecgrid.js";
import type { Filters } from "./filters.js";
import type { Scanned } from "./found.js";
import { scanPartner } from "./partner.js";

interface Scanner {
  /** @throws UsageError for what has to be said, because no call lists it. */
  demand?(filters: Filters): void;
  scan(settings: Settings, reads: Reads, filters: Filters, now: Date, tell: (text: string) => void): Promise<Scanned>;
}

/** The systems that can be scanned: one entry each. */
export const SYSTEMS: Readonly<Record<string, Scanner>> = {
  ecgrid: { scan: (settings, reads, filters, now) => scanEcgrid(ecgrid(settings, reads).api, filters, now) },
  certcentral: {
    scan: (settings, reads, filters, _now, tell) => scanCertcentral(certcentral(settings, reads).api, filters, tell),
  },
  partner: {
    demand: ({ contracts }) => {
      if (contracts.length === 0)
        throw new UsageError(
          "--contract is missing: a subaccount's key cannot list contracts. The parent account's report has their ids (GET /account/reporting).",
        );
    },
    scan: (settings, reads, filters) => scanPartner(partner(settings, reads).api, filters),
  },
  apinizer: {
    demand: ({ projects }) => {
      if (projects.length === 0)
        throw new UsageError("--project is missing: the projects of the manager whose certificates are wanted.");
    },
    scan: (settings, reads, filters, now) => scanApinizer(apinizer(settings, reads).api, filters, now),
  },
};
