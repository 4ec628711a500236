import { createHmac, createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import forge from "node-forge";
import { describe, selfSigned, type KeyKind } from "./pki.js";

/** PKCS#12 files, as people upload them (ecgrid.md 1.1): opened, and made for tests. */

const { asn1, md, pkcs12, pki, rc2, util } = forge;
const oids = pki.oids as Readonly<Record<string, string>>;

type Node = forge.asn1.Asn1;

/** Rounds of hashing that a password goes through: what OpenSSL takes. */
const ROUNDS = 2048;

/**
 * The certificate, DER, that belongs to the private key of a file; the file may hold a chain besides.
 * @throws Error that says what the file lacks, and nothing of what it holds.
 */
export function openPfx(file: Buffer, password: string): Buffer {
  const structure = or("is not a PKCS#12 file", () => fromDer(file));
  const bags = decrypted(structure, password).safeContents.flatMap(({ safeBags }) => safeBags);
  const [keys, certificates] = or("holds what cannot be read", () => [
    bags.flatMap((bag) => key(bag) ?? []).map((der) => createPrivateKey({ key: der, format: "der", type: "pkcs8" })),
    bags.flatMap((bag) => certificate(bag) ?? []).map((der) => new X509Certificate(der)),
  ]);
  if (keys.length === 0) throw new Error("holds no private key");
  const own = certificates.find((one) => keys.some((each) => one.checkPrivateKey(each)));
  if (own === undefined) throw new Error("holds no certificate that belongs to its private key");
  return own.raw;
}

function or<T>(message: string, read: () => T): T {
  let result: { value: T } | undefined;
  try {
    result = { value: read() };
  } catch {
    result = undefined; // why it failed may quote the file
  }
  if (result === undefined) throw new Error(message);
  return result.value;
}

function decrypted(file: Node, password: string): forge.pkcs12.Pkcs12Pfx {
  let reason = "cannot be opened with the password";
  try {
    return pkcs12.pkcs12FromAsn1(file, false, password);
  } catch (error) {
    if (String(error).includes("Cannot read PKCS#12 PFX")) reason = "is not a PKCS#12 file";
  }
  // Newer encryption takes the password in UTF-8, the seal of the same file takes it in UTF-16, and the library knows
  // one spelling at a time: beyond ASCII the file is opened without its seal.
  return or(reason, () => {
    const bytes = util.encodeUtf8(password);
    if (bytes === password) throw new Error("the spelling is the same");
    return pkcs12.pkcs12FromAsn1({ ...file, value: (file.value as Node[]).slice(0, 2) }, false, bytes);
  });
}

/** A bag's private key: PKCS#8, DER. The library gives keys that are not RSA as they are. */
function key(bag: forge.pkcs12.Bag): Buffer | undefined {
  if (bag.type !== oids.keyBag && bag.type !== oids.pkcs8ShroudedKeyBag) return undefined;
  return toDer(bag.key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(bag.key)) : bag.asn1);
}

/** A bag's certificate, DER. */
function certificate(bag: forge.pkcs12.Bag): Buffer | undefined {
  if (bag.type !== oids.certBag) return undefined;
  return toDer(bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1);
}

/**
 * A PKCS#12 file with a new key pair and a certificate that it signed itself, for tests. `subject` is a distinguished
 * name: `CN=MYCOMPANY-AS2, O=My Company`. `legacy` encrypts as old programs do: RC2 and 3DES with SHA-1, in place of
 * AES with SHA-256.
 */
export async function makePfx(options: {
  subject: string;
  password: string;
  notBefore: string | Date;
  notAfter: string | Date;
  /** EC P-256 by default; RSA keys of 2048 bits take their time. */
  key?: KeyKind;
  legacy?: boolean;
}): Promise<{
  /** Base64. */
  pfx: string;
  /** The certificate. */
  pem: string;
  /** SHA-1 of the certificate, hex, upper case. */
  thumbprint: string;
}> {
  const { password, legacy = false } = options;
  const made = await selfSigned({
    subject: options.subject,
    notBefore: new Date(options.notBefore),
    notAfter: new Date(options.notAfter),
    key: options.key ?? "ec",
  });
  const file = packPfx({ certificates: [made.certificate], privateKey: made.privateKey, password, legacy });
  return {
    pfx: file.toString("base64"),
    pem: new X509Certificate(made.certificate).toString(),
    thumbprint: describe(made.certificate).thumbprint,
  };
}

/** Packs certificates, DER, and a private key, PKCS#8 in DER, whether or not they belong together. */
export function packPfx({
  certificates,
  privateKey,
  password,
  legacy = false,
}: {
  certificates: readonly Buffer[];
  privateKey?: Buffer;
  password: string;
  legacy?: boolean;
}): Buffer {
  const chain = sequence(...certificates.map(certificateBag));
  const [algorithm, secret] = legacy ? withRc2(chain, password) : parts(withAes(chain, password));
  const encrypted = sequence(oid("data"), algorithm, implicit(secret));
  const safes = [contentInfo("encryptedData", sequence(integer(0), encrypted))];
  if (privateKey !== undefined) {
    const shrouded = (legacy ? with3Des : withAes)(fromDer(privateKey), password);
    const bag = sequence(oid("pkcs8ShroudedKeyBag"), explicit(shrouded));
    safes.push(contentInfo("data", octets(toDer(sequence(bag)))));
  }
  const content = toDer(sequence(...safes));
  return toDer(sequence(integer(3), contentInfo("data", octets(content)), seal(content, password, legacy)));
}

const contentInfo = (type: string, content: Node): Node => sequence(oid(type), explicit(content));

const certificateBag = (der: Buffer): Node =>
  sequence(oid("certBag"), explicit(sequence(oid("x509Certificate"), explicit(octets(der)))));

/** EncryptedPrivateKeyInfo; its two parts serve certificates as well. */
const withAes = (content: Node, password: string): Node =>
  pki.encryptPrivateKeyInfo(content, util.encodeUtf8(password), {
    algorithm: "aes256",
    prfAlgorithm: "sha256",
    count: ROUNDS,
  });

const with3Des = (content: Node, password: string): Node =>
  pki.encryptPrivateKeyInfo(content, password, { algorithm: "3des", count: ROUNDS });

function parts(encrypted: Node): [algorithm: Node, secret: Buffer] {
  const [algorithm, secret] = encrypted.value as [Node, Node];
  return [algorithm, Buffer.from(secret.value as string, "binary")];
}

/** 40 bits, as old programs encrypt certificates. The library opens it and does not make it. */
function withRc2(content: Node, password: string): [algorithm: Node, secret: Buffer] {
  const salt = randomBytes(8);
  const cipher = rc2.createEncryptionCipher(derived(password, salt, 1, 5), 40);
  cipher.start(derived(password, salt, 2, 8));
  cipher.update(util.createBuffer(toDer(content).toString("binary")));
  cipher.finish();
  const algorithm = sequence(oid("pbewithSHAAnd40BitRC2-CBC"), sequence(octets(salt), integer(ROUNDS)));
  return [algorithm, Buffer.from(cipher.output.getBytes(), "binary")];
}

/** MacData: the content's HMAC under the password. */
function seal(content: Buffer, password: string, legacy: boolean): Node {
  const [hash, length, digest] = legacy
    ? (["sha1", 20, md.sha1.create()] as const)
    : (["sha256", 32, md.sha256.create()] as const);
  const salt = randomBytes(8);
  const sealing = derived(password, salt, 3, length, digest);
  const mac = createHmac(hash, Buffer.from(sealing.getBytes(), "binary")).update(content).digest();
  const nothing = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, "");
  return sequence(sequence(sequence(oid(hash), nothing), octets(mac)), octets(salt), integer(ROUNDS));
}

/** RFC 7292, appendix B: `purpose` 1 makes a key, 2 the start of a cipher, 3 a seal. */
const derived = (
  password: string,
  salt: Buffer,
  purpose: 1 | 2 | 3,
  length: number,
  digest: forge.md.MessageDigest = md.sha1.create(),
): forge.util.ByteBuffer =>
  pkcs12.generateKey(password, util.createBuffer(salt.toString("binary")), purpose, ROUNDS, length, digest);

const fromDer = (der: Buffer): Node => asn1.fromDer(der.toString("binary"));
const toDer = (node: Node): Buffer => Buffer.from(asn1.toDer(node).getBytes(), "binary");

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;
const sequence = (...items: Node[]): Node => asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, items);
const octets = (content: Buffer): Node =>
  asn1.create(UNIVERSAL, asn1.Type.OCTETSTRING, false, content.toString("binary"));
const integer = (value: number): Node =>
  asn1.create(UNIVERSAL, asn1.Type.INTEGER, false, asn1.integerToDer(value).getBytes());
const oid = (name: string): Node =>
  asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(oids[name] ?? "").getBytes());
/** [0] EXPLICIT, around a value. */
const explicit = (value: Node): Node => asn1.create(CONTEXT_SPECIFIC, asn1.Type.NONE, true, [value]);
/** [0] IMPLICIT, in place of the tag of an octet string. */
const implicit = (content: Buffer): Node =>
  asn1.create(CONTEXT_SPECIFIC, asn1.Type.NONE, false, content.toString("binary"));
