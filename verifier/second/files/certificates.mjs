// Certificates of authorities that stamp times, with what Node does not tell of them (protocol, section 26).
import { X509Certificate } from "node:crypto";
import { Items, NotDer, TAGS } from "../encoding/der.mjs";
import { Wrong } from "../findings.mjs";

const [KEY_USAGE, BASIC, EXTENDED_USAGE, STAMPING] = ["2.5.29.15", "2.5.29.19", "2.5.29.37", "1.3.6.1.5.5.7.3.8"];
const VERSION = 0xa0; // tag [0]
const [OWN_EXTENSIONS, SIGNS_CERTIFICATES, SIGNS_OTHERWISE] = [0xa3, 0x04, 0xc0];
/** Extensions that may be critical: names, rules and lists beside them say nothing about a stamp. */
const KNOWN = [KEY_USAGE, BASIC, EXTENDED_USAGE, "2.5.29.17", "2.5.29.30", "2.5.29.31", "2.5.29.32", "2.5.29.33", "2.5.29.36", "2.5.29.54"];

/** One certificate. */
export class Certificate {
  constructor(bytes) {
    this.x509 = new X509Certificate(bytes);
    this.valid = [this.x509.validFrom, this.x509.validTo].map((text) => Date.parse(text) / 1000);
    if (this.valid.some(Number.isNaN)) throw new NotDer("a time that is none");
    const fields = Items.only(this.x509.raw, TAGS.sequence).items().list();
    fields.optional(VERSION);
    this.serial = fields.take(TAGS.integer).content;
    fields.take(TAGS.sequence);
    this.issuer = fields.take(TAGS.sequence).whole;
    this.extensions = extensionsOf(fields.rest().find(({ tag }) => tag === OWN_EXTENSIONS));
  }

  is(other) {
    return this.x509.raw.equals(other.x509.raw);
  }

  isValidAt(seconds) {
    const [from, until] = this.valid;
    return from <= Number(seconds) && Number(seconds) < until;
  }

  /** Whether no extension is critical that is not known here. */
  isUnderstood() {
    return [...this.extensions].every(([name, { isCritical }]) => !isCritical || KNOWN.includes(name));
  }

  /** The bits of the key's usage, two bytes; null where it is not said. */
  get usage() {
    const said = this.extensions.get(KEY_USAGE);
    return said ? [said.content.at(3) ?? 0, said.content.at(4) ?? 0] : null; // BIT STRING: tag, length, spare bits, bits
  }

  /** Whether it may sign other certificates, with so many authorities between it and the signer of a stamp. */
  isAuthority(below) {
    if (!this.x509.ca || !this.extensions.has(BASIC)) return false;
    const fields = Items.only(this.extensions.get(BASIC).content, TAGS.sequence).items();
    fields.optional(TAGS.boolean);
    const isLong = fields.is(TAGS.integer) && BigInt(below) > fields.whole();
    return !isLong && (this.usage === null || (this.usage[0] & SIGNS_CERTIFICATES) !== 0);
  }

  /** Whether it is for stamping, and for nothing else. */
  stamps() {
    const said = this.extensions.get(EXTENDED_USAGE);
    if (!said?.isCritical) return false;
    const kinds = Items.only(said.content, TAGS.sequence).items();
    const isOnly = kinds.oid() === STAMPING && kinds.rest().length === 0;
    return isOnly && (this.usage === null || ((this.usage[0] & ~SIGNS_OTHERWISE) === 0 && this.usage[0] !== 0 && this.usage[1] === 0));
  }

  isSignedBy(other) {
    return this.x509.checkIssued(other.x509) && this.x509.verify(other.x509.publicKey);
  }
}

function extensionsOf(item) {
  const found = new Map();
  for (const one of item ? Items.only(item.content, TAGS.sequence).items().rest() : []) {
    const fields = one.items();
    const name = fields.oid();
    const critical = fields.optional(TAGS.boolean)?.content;
    if (critical && !critical.equals(Buffer.of(0xff))) throw new NotDer("a truth value that is none, or the usual one");
    const isCritical = critical !== undefined;
    found.set(name, { isCritical, content: fields.take(TAGS.octets).content });
  }
  return found;
}

/** The certificates of a PEM file. Throws Wrong. */
export function certificatesIn(content, path) {
  const found = content.toString("latin1").match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (!found.length) throw new NotDer("nothing between BEGIN CERTIFICATE and END CERTIFICATE");
    return found.map((text) => new Certificate(text));
  } catch (error) {
    throw new Wrong("authority", path, "holds no certificate", "PEM", error);
  }
}
