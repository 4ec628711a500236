/** An endpoint's documented fields, as paths: what the `fields` report is held against. */
export interface DocumentedGatewayEndpoint {
  readonly endpoint: string;
  /** Section of the API document. */
  readonly section: string;
  readonly request: readonly string[];
  /** As the newest generation's pages show it. */
  readonly answer: readonly string[];
}

const PROJECT = "/apiops/projects/{project}";
const DEPLOYMENT = [
  ...["success", "deploymentResult.success", "deploymentResult.message"],
  ...["environmentName", "success", "message"].map((field) => `deploymentResult.environmentResults[].${field}`),
];
const CERTIFICATE = [
  ...["name", "description"].map((field) => `resultList[].${field}`),
  ...["environmentName", "startDate", "endDate", "base64EncodedContent", "sha1Thumbprint", "subjectDn", "alias"].map(
    (field) => `resultList[].certificateEnvironmentList[].${field}`,
  ),
];
const JWK = ["name", "description", "projectId", "sourceType", "sourceId", "sourceUrl", "type", "kid"].map(
  (field) => `resultList[].${field}`,
);
/** What `jwks/generate` takes for each type, in an object of its name (the page "Generate JWK"). */
const PARAMETERS = ["keyUseType", "algorithm", "keyIdType", "notBeforeTime", "expirationTime"];
const GENERATED = Object.entries({
  rsa: ["keySize"],
  ec: ["curveType"],
  oct: ["keySize", "passwordSaltLength", "passwordIterationCount"],
  okp: ["curveType"],
}).flatMap(([type, own]) => [...own, ...PARAMETERS].map((field) => `${type}.${field}`));
const FORM = ["alias", "certificateDescription", "environmentList", "pemEncodedFile"];

/** The endpoints of certificates, JWKs, truststores and environments that a client of certificates needs. */
export const DOCUMENTED_GATEWAY: readonly DocumentedGatewayEndpoint[] = [
  {
    endpoint: "POST /apiops/auth/token",
    section: "apinizer.md 1.2",
    request: ["grant_type", "client_id", "client_secret"],
    answer: ["access_token", "token_type", "expires_in"],
  },
  {
    endpoint: `GET ${PROJECT}/certificates/`,
    section: "apinizer.md 2.1",
    request: [],
    answer: ["status", ...CERTIFICATE],
  },
  {
    endpoint: `GET ${PROJECT}/certificates/{name}/`,
    section: "apinizer.md 2.2",
    request: [],
    answer: ["success", ...CERTIFICATE],
  },
  {
    endpoint: `POST ${PROJECT}/certificates/`,
    section: "apinizer.md 2.3",
    request: ["certificateName", ...FORM],
    answer: DEPLOYMENT,
  },
  {
    endpoint: `PUT ${PROJECT}/certificates/{name}/`,
    section: "apinizer.md 2.4",
    request: FORM,
    answer: DEPLOYMENT,
  },
  { endpoint: `DELETE ${PROJECT}/certificates/{name}/`, section: "apinizer.md 2.5", request: [], answer: DEPLOYMENT },
  {
    endpoint: `GET ${PROJECT}/certificates/truststore/{environment}/`,
    section: "apinizer.md 2.8",
    request: [],
    answer: ["status", ...CERTIFICATE],
  },
  {
    endpoint: `POST ${PROJECT}/jwks/`,
    section: "apinizer.md 3.1",
    request: ["name", "description", "sourceType", "certificateName", "environmentName", "useType", "algorithm"],
    answer: DEPLOYMENT,
  },
  {
    endpoint: `POST ${PROJECT}/jwks/generate`,
    section: "apinizer.md 3, the page Generate JWK",
    request: ["name", "description", "type", "kid", ...GENERATED],
    answer: DEPLOYMENT,
  },
  { endpoint: `GET ${PROJECT}/jwks/`, section: "apinizer.md 3.2", request: [], answer: ["status", ...JWK] },
  {
    endpoint: `GET ${PROJECT}/jwks/{name}/`,
    section: "apinizer.md 3.2",
    request: [],
    answer: ["success", ...JWK, "resultList[].rsa.n", "resultList[].rsa.e"],
  },
  {
    endpoint: `PUT ${PROJECT}/jwks/{name}/`,
    section: "apinizer.md 3.3",
    request: ["name", "description"],
    answer: DEPLOYMENT,
  },
  { endpoint: `DELETE ${PROJECT}/jwks/{name}/`, section: "apinizer.md 3.3", request: [], answer: DEPLOYMENT },
  {
    endpoint: `GET ${PROJECT}/environments/`,
    section: "apinizer.md 5.1",
    request: [],
    answer: [
      ...["status", "resultCount"],
      ...["id", "name", "description", "type", "accessUrl", "status", "deployed", "redeployRequired"].map(
        (field) => `resultList[].${field}`,
      ),
    ],
  },
];
