import { crc32 } from "node:zlib";
import { authority } from "./ca.js";
import type { CertificateRecord } from "./store.js";

/** Downloads (section 11): contents and content types of the formats. */

const PEM = "application/x-pem-file";
const ZIP = "application/zip";
const P7 = "application/x-pkcs7-certificates";

/** @returns undefined for a format that is not documented. */
export async function download(
  certificate: CertificateRecord,
  format: string,
): Promise<{ type: string; body: string | Buffer } | undefined> {
  const { root, intermediate } = await authority();
  const leaf = certificate.pem ?? "";
  const lines = (...parts: string[]): string => parts.map((part) => part.trimEnd()).join("\n") + "\n";
  switch (format) {
    case "pem_all":
      return { type: PEM, body: lines(leaf, intermediate, root) };
    case "pem_noroot":
      return { type: PEM, body: lines(leaf, intermediate) };
    case "pem_nointermediate":
      return { type: PEM, body: lines(leaf, root) };
    case "default":
    case "default_pem":
    case "default_cer":
      return { type: ZIP, body: zip({ "root.pem": root, "intermediate.pem": intermediate, "leaf.pem": leaf }) };
    case "apache":
      return { type: ZIP, body: zip({ "intermediate.pem": intermediate, "leaf.pem": leaf }) };
    case "p7b":
    case "cer":
      return { type: P7, body: pkcs7([leaf, intermediate, root]) };
    default:
      return undefined;
  }
}

/** The chain, leaf first (sections 2, 3.2). */
export async function chainOf({ pem = "", commonName }: CertificateRecord): Promise<object[]> {
  const { intermediate, root } = await authority();
  return [
    { subject_common_name: commonName, pem },
    { subject_common_name: "Sandbox TLS Issuing CA", pem: intermediate },
    { subject_common_name: "Sandbox Root CA", pem: root },
  ];
}

/** A ZIP archive of stored files (APPNOTE 4.3). */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed; flags, method (stored), time and date stay 0
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04"), common, path, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), common, tail, path]));
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(central.length, 4);
  end.writeUInt16LE(central.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from("PK\x05\x06"), end]);
}

/** A degenerate PKCS#7 SignedData that carries certificates (RFC 2315 section 9), PEM. */
function pkcs7(pems: readonly string[]): string {
  const der = (tag: number, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    const size =
      body.length < 128 ? [body.length] : body.length < 65_536 ? [0x82, body.length >> 8, body.length & 255] : [];
    return Buffer.concat([Buffer.from([tag, ...size]), body]);
  };
  const oid = (bytes: number[]): Buffer => der(0x06, Buffer.from(bytes));
  const data = oid([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]);
  const signed = oid([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]);
  const certificates = pems.map((pem) => Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64"));
  const content = der(
    0x30,
    der(0x02, Buffer.from([1])),
    der(0x31),
    der(0x30, data),
    der(0xa0, ...certificates),
    der(0x31),
  );
  const text = der(0x30, signed, der(0xa0, content)).toString("base64");
  return `-----BEGIN PKCS7-----\n${text.replace(/(.{64})/g, "$1\n")}\n-----END PKCS7-----\n`;
}
