import { gatewayCertificate } from "../apinizer/certificate/lifecycle.js";
import { jwk } from "../apinizer/jwk/lifecycle.js";
import { order } from "../certcentral/order/lifecycle.js";
import { certificate } from "../ecgrid/generated/certificate.js";
import { partnerCertificate, uploadedCertificate } from "../ecgrid/upload/lifecycle.js";
import { acmeContract } from "../partner/contract/lifecycle.js";
import { acmeCredential } from "../partner/credential/lifecycle.js";
import { adapt } from "./adapter.js";
import { apinizer } from "./apinizer.js";
import { certcentral } from "./certcentral.js";
import { ecgrid } from "./ecgrid.js";
import { partner } from "./partner.js";
import { retirement } from "../retirement/lifecycle.js";
import { RETIRABLE } from "./kinds.js";
import { bySubject } from "./bySubject.js";
import { inventoryProvider } from "./inventory.js";
import { telling } from "./told.js";

/**
 * What `require("pulumi-clm/dynamic")` gives to the dynamic host. FROZEN: these names stand in users' states
 * (architecture section 8). Add, never rename.
 */
export const EcgridCertificate = telling(adapt(certificate, ecgrid));
export const EcgridUploadedCertificate = telling(adapt(uploadedCertificate, ecgrid));
export const EcgridPartnerCertificate = telling(adapt(partnerCertificate, ecgrid));
export const CertcentralOrder = telling(adapt(order, certcentral));
export const ApinizerCertificate = telling(adapt(gatewayCertificate, apinizer));
export const ApinizerJwk = telling(adapt(jwk, apinizer));
export const PartnerAcmeContract = telling(adapt(acmeContract, partner));
export const PartnerAcmeCredential = telling(adapt(acmeCredential, partner));
export const Retirement = telling(adapt(retirement(RETIRABLE), bySubject({ ecgrid, certcentral, partner })));
export const Inventory = telling(inventoryProvider);
