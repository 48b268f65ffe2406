// Signatures of officials and institutions (protocol, sections 1, 5.1 and 6). Nobody else is asked whether they are right.
import { hex } from "../bytes.mjs";
import { signerOf } from "./curve.mjs";
import { passkeySigned } from "./passkey.mjs";

const [PLAIN, PASSKEY] = [20, 84]; // bytes

/** Whether bytes can be a signer: a plain key other than zero, or a passkey. */
export const isSigner = (bytes) => bytes.length === PASSKEY || (bytes.length === PLAIN && bytes.some((one) => one));

/** The contracts that judge the passkeys among these signers, in hex, each once, in rising order. */
export const verifiersBehind = (signers) =>
  [...new Set(signers.filter((one) => one.length > PLAIN).map((one) => hex(one.subarray(0, PLAIN))))].sort();

/** Whether the signer signed the digest. Whose code stands behind a passkey is looked at with the case. */
export function hasSigned(signer, digest, signature) {
  if (signer.length === PASSKEY) return passkeySigned(signer.subarray(PLAIN), digest, signature);
  return signer.length === PLAIN && (signerOf(digest, signature)?.equals(signer) ?? false);
}

/** A signer for people: a plain key whole, a passkey by the beginning of its own key. */
export const short = (signer) => (signer.length === PLAIN ? hex(signer) : `passkey ${hex(signer.subarray(PLAIN, PLAIN + 8))}...`);

/** The officials of a case, of whom `threshold` decide. */
export class Panel {
  constructor(officials, threshold) {
    this.officials = officials;
    this.threshold = threshold;
  }

  has(signer) {
    return this.officials.some((one) => one.equals(signer));
  }

  /** Findings of that name unless k or more distinct officials, and nobody else, signed the digest. */
  signed(name, digest, signers, signatures, log, place) {
    if (!log.equal(name, place, "has not as many signatures as signers", BigInt(signers.length), BigInt(signatures.length))) return;
    if (!log.holds(name, place, "more signed than there are officials", signers.length <= this.officials.length)) return;
    const distinct = new Set(signers.map(hex));
    log.holds(name, place, "an official signed twice", distinct.size === signers.length, "distinct signers", BigInt(signers.length));
    const good = new Set();
    signers.forEach((signer, i) => {
      if (!log.holds(name, place, "signer is no official", this.has(signer), "an official", signer)) return;
      const right = hasSigned(signer, digest, signatures[i]);
      if (log.holds(name, place, "signature is not that of its signer", right, short(signer), signatures[i])) good.add(hex(signer));
    });
    const enough = BigInt(good.size) >= this.threshold;
    if (log.holds(name, place, "too few officials signed", enough, `${this.threshold} or more`, good.size)) {
      log.note(`${place}: signed by ${good.size} of ${this.officials.length} officials; ${this.threshold} are required`);
    }
  }
}
