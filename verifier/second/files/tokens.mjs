// Answers of authorities that stamp times (RFC 3161), by this tool's own reading of DER and Node's own keys (protocol, section 26).
import { createHash, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Items, NotDer, TAGS, secondsOf } from "../encoding/der.mjs";
import { Wrong } from "../findings.mjs";
import { Certificate, certificatesIn } from "./certificates.mjs";

const SHA256 = "2.16.840.1.101.3.4.2.1";
const HASHES = { [SHA256]: "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512" };
/** Ways of signing: the hash that each names, or "" where the signer's own digest says it. */
const WAYS = {
  "1.2.840.113549.1.1.1": "", // RSA, PKCS #1 v1.5
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.2.1": "", // ECDSA
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};
const [SIGNED_DATA, TST_INFO] = ["1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"];
const [CONTENT_TYPE, MESSAGE_DIGEST] = ["1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"];
const [ZERO, ONE] = [0xa0, 0xa1]; // tags [0] and [1]
const MOST = 2 ** 20; // bytes of a file of roots
const MOST_CERTIFICATES = 16; // that a token carries

/** A token as far as it can be read: what was stamped when, who signed it how. Throws NotDer. */
function tokenOf(response) {
  const answer = Items.only(response, TAGS.sequence).items();
  const status = answer.list().whole();
  if (status !== 0n) return { status };
  const token = answer.list();
  answer.end();
  if (token.oid() !== SIGNED_DATA) throw new NotDer("no signed data");
  const signed = token.list(ZERO).list();
  token.end();
  signed.whole(); // version
  const digests = digestsIn(signed.list(TAGS.set));
  const content = signed.list();
  if (content.oid() !== TST_INFO) throw new NotDer("signed data of another kind");
  const info = Items.only(content.take(ZERO).content, TAGS.octets).content;
  content.end();
  const carried = signed.optional(ZERO)?.items().rest() ?? [];
  if (carried.length > MOST_CERTIFICATES) throw new NotDer("too many certificates");
  const certificates = carried.map(({ whole }) => new Certificate(whole));
  signed.optional(ONE);
  const signers = signed.list(TAGS.set);
  signed.end();
  const signer = signerOf(signers.list());
  signers.end();
  return { status, info, ...infoOf(info), digests, certificates, signer };
}

/** The hashes that a token names before its content. Throws NotDer. */
function digestsIn(named) {
  const found = [];
  while (named.is(TAGS.sequence)) found.push(named.list().oid());
  named.end();
  return found;
}

/** TSTInfo: hash, imprint and time. Throws NotDer. */
function infoOf(bytes) {
  const fields = Items.only(bytes, TAGS.sequence).items();
  if (fields.whole() !== 1n) throw new NotDer("another version");
  fields.oid(); // policy
  const imprint = fields.list();
  const hash = imprint.list().oid();
  const seen = imprint.take(TAGS.octets).content;
  imprint.end();
  fields.take(TAGS.integer); // serial number
  const at = secondsOf(fields.take(TAGS.time).content);
  fields.optional(TAGS.sequence); // accuracy
  const ordering = fields.optional(TAGS.boolean)?.content;
  if (ordering && !ordering.equals(Buffer.of(0xff))) throw new NotDer("a truth value that is written although it is the usual one");
  fields.optional(TAGS.integer); // nonce
  fields.optional(ZERO); // the authority's name
  fields.optional(ONE); // extensions
  fields.end();
  return { hash, seen, at };
}

/** The one who signed: named by issuer and number, with signed attributes. Throws NotDer. */
function signerOf(fields) {
  fields.whole(); // version
  const name = fields.list();
  const issuer = name.take(TAGS.sequence).whole;
  const serial = name.take(TAGS.integer).content;
  name.end();
  const digest = fields.list().oid();
  const attributes = fields.take(ZERO);
  const way = fields.list().oid();
  const signature = fields.take(TAGS.octets).content;
  fields.optional(ONE);
  fields.end();
  // What is signed are the attributes as a set of their own.
  const signed = Buffer.concat([Buffer.of(TAGS.set), attributes.whole.subarray(1)]);
  return { issuer, serial, digest, way, signature, signed, attributes: attributesOf(attributes) };
}

function attributesOf(set) {
  const found = new Map();
  for (const item of set.items().rest()) {
    const fields = item.items();
    const name = fields.oid();
    if (found.has(name)) throw new NotDer("an attribute twice");
    found.set(name, fields.list(TAGS.set));
  }
  return found;
}

/** Whether it says that it is signed by RSA or ECDSA over a hash of SHA-2, the same one wherever it is named. */
function isAllowed({ digests, signer: { digest, way } }) {
  const [hash, named] = [HASHES[digest], WAYS[way]];
  return Boolean(hash) && (named === "" || named === hash) && digests.includes(digest) && digests.every((one) => one in HASHES);
}

/** Whether the signature is the signer's, over attributes that speak of this content. Throws NotDer. */
function isSigned({ info, signer }, certificate) {
  const hash = HASHES[signer.digest];
  const kind = signer.attributes.get(CONTENT_TYPE)?.oid();
  const stated = signer.attributes.get(MESSAGE_DIGEST)?.take(TAGS.octets).content;
  const isOfContent = kind === TST_INFO && stated?.equals(createHash(hash).update(info).digest());
  return Boolean(isOfContent) && verify(hash, signer.signed, certificate.x509.publicKey, signer.signature);
}

/** The root certificates of the authorities whose stamps count. */
export class Roots {
  constructor(certificates) {
    this.certificates = certificates;
  }

  /** From PEM files. Throws Wrong. */
  static of(paths) {
    return new Roots(paths.flatMap(rootsIn));
  }

  /** When an authority saw the imprint, and which. Throws Wrong of the rule that does not hold. */
  stamped({ place, response }, imprint) {
    try {
      return this.judged(tokenOf(response), place, imprint);
    } catch (error) {
      // Whatever Node cannot read of a certificate or key is the authority's fault too.
      throw error instanceof Wrong
        ? error
        : new Wrong("stamps.token", place, "is no answer of an authority", "TimeStampResp in DER", error);
    }
  }

  judged(token, place, imprint) {
    if (token.status !== 0n) throw new Wrong("stamps.token", place, "the authority did not stamp it", 0n, token.status);
    if (token.hash !== SHA256 || !token.seen.equals(imprint))
      throw new Wrong("stamps.digest", place, "the stamp is over something else", imprint, token.seen);
    if (!isAllowed(token)) throw new Wrong("stamps.token", place, "is signed otherwise", "RSA or ECDSA over SHA-256, -384 or -512", "");
    const { issuer, serial } = token.signer;
    const signer = token.certificates.find((one) => one.issuer.equals(issuer) && one.serial.equals(serial));
    if (!signer) throw new Wrong("stamps.token", place, "does not carry its signer's certificate", "the certificate", "nothing");
    const root = this.above(signer, token.certificates, token.at);
    if (!root) {
      const what = "no path leads from its signer to an authority's root that was brought";
      throw new Wrong(
        "stamps.authority",
        place,
        what,
        this.certificates.map(({ x509 }) => x509.subject),
        signer.x509.issuer,
      );
    }
    if (!isSigned(token, signer)) throw new Wrong("stamps.token", place, "its signature or signer does not hold");
    if (!signer.stamps())
      throw new Wrong("stamps.authority", place, "its signer's certificate is not for stamping", "a critical extendedKeyUsage", "another");
    return { at: token.at, authority: root.x509.subject.replaceAll("\n", ",") };
  }

  /**
   * The root to which the shortest path leads from a signer through others, each valid at that time; null where none does. Each certificate
   * is tried once: those that sign each other make more paths than can be walked.
   */
  above(signer, others, at) {
    const fits = (one, below, level) =>
      one.isValidAt(at) && one.isUnderstood() && one.isAuthority(below) && level.some((each) => each.isSignedBy(one));
    const tried = new Set([signer]);
    let level = signer.isValidAt(at) && signer.isUnderstood() ? [signer] : [];
    for (let below = 0; level.length; below++) {
      const reached = level;
      const root = this.certificates.find((one) => fits(one, below, reached));
      if (root) return root;
      level = others.filter((one) => !tried.has(one) && fits(one, below, reached));
      for (const one of level) tried.add(one);
    }
    return null;
  }
}

function rootsIn(path) {
  const name = basename(path);
  let content;
  try {
    content = readFileSync(path);
  } catch (error) {
    throw new Wrong("authority", name, "cannot be read", "the file", error);
  }
  if (content.length > MOST) throw new Wrong("authority", name, "is too long", `${MOST} bytes`, BigInt(content.length));
  const found = certificatesIn(content, name);
  const strange = found.find((one) => !one.isSignedBy(one));
  if (strange) throw new Wrong("authority", name, "is no root: bring the certificate at the top", "signed by itself", strange.x509.subject);
  return found;
}
