import { z } from "zod";

/**
 * How common ACME clients take an external account binding (digicert-acme.md 7). Every text holds the HMAC key: secret.
 * Values may begin with a hyphen (base64url), so they are joined to their option where a client allows it.
 */

/** What a client needs. */
export interface Account {
  readonly directoryUrl: string;
  readonly keyId: string;
  /** SECRET, exactly as issued. */
  readonly hmacKey: string;
}

export const clientsSchema = z.object({
  certbot: z.string(),
  acmeSh: z.string(),
  lego: z.string(),
  certManager: z.string(),
  caddy: z.string(),
  traefik: z.string(),
});

/** SECRET: snippets by client. */
export type Clients = z.output<typeof clientsSchema>;

/** A word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A text in YAML; JSON's double quotes are YAML's. */
const yaml = (text: string): string => JSON.stringify(text);

export function clientsFor({ directoryUrl, keyId, hmacKey }: Account): Clients {
  const [server, kid, hmac] = [directoryUrl, keyId, hmacKey].map(quoted);
  return {
    certbot: `certbot register --agree-tos --server=${server} --eab-kid=${kid} --eab-hmac-key=${hmac}\n`,
    acmeSh: `acme.sh --register-account --server ${server} --eab-kid ${kid} --eab-hmac-key ${hmac}\n`,
    lego: `LEGO_EAB=true LEGO_EAB_KID=${kid} LEGO_EAB_HMAC=${hmac} lego --accept-tos --server=${server} --eab --kid=${kid} --hmac=${hmac} run\n`,
    certManager: `apiVersion: v1
kind: Secret
metadata:
  name: digicert-eab
stringData:
  hmac: ${yaml(hmacKey)}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata:
  name: digicert
spec:
  acme:
    server: ${yaml(directoryUrl)}
    # Another credential needs another account key: rename this secret when you rotate.
    privateKeySecretRef:
      name: digicert-account-key
    externalAccountBinding:
      keyID: ${yaml(keyId)}
      keySecretRef:
        name: digicert-eab
        key: hmac
    solvers: []
`,
    caddy: `{
\tacme_ca ${directoryUrl}
\tacme_eab {
\t\tkey_id ${keyId}
\t\tmac_key ${hmacKey}
\t}
}
`,
    traefik: `certificatesResolvers:
  digicert:
    acme:
      caServer: ${yaml(directoryUrl)}
      storage: acme.json
      eab:
        kid: ${yaml(keyId)}
        hmacEncoded: ${yaml(hmacKey)}
`,
  };
}
