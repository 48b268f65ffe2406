// Whether an official, an institution or a trustee signed: a plain key or a passkey (protocol §1, §5.1), as the contracts judge it.

import { fromHex, join, toNumber, utf8 } from "./bytes.js";
import { isSignedBy } from "./keys.js";

const HEAD = 0xc0; // r, s, two places, two offsets
const [PLAIN, PASSKEY] = [20, 84]; // bytes of a signer
const LEAST_AUTHENTICATOR = 37; // hash of the site, flags, counter
const HALF_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n >> 1n;
const TYPE = utf8('"type":"webauthn.get"');

/** Whether a signer, 20 or 84 bytes as 0x, signed a digest; false for anything unreadable. Which code stands behind a passkey is on chain. */
export async function identitySigned(signer, digest, signature) {
  try {
    const bytes = fromHex(signer);
    if (bytes.length === PLAIN) return fromHex(signature).length === 65 && isSignedBy(signer, digest, signature);
    return bytes.length === PASSKEY && (await passkeySigned(bytes.subarray(PLAIN), digest, fromHex(signature)));
  } catch {
    return false;
  }
}

const wordAt = (bytes, at) => toNumber(bytes.subarray(at, at + 32));

/** The bytes whose length stands where the word at a place points; null when they do not lie within the signature. */
function pointed(signature, place) {
  const start = wordAt(signature, place);
  if (start > BigInt(signature.length - 32)) return null;
  const from = Number(start) + 32;
  const length = wordAt(signature, from - 32);
  return length > BigInt(signature.length - from) ? null : signature.subarray(from, from + Number(length));
}

const standsAt = (bytes, place, text) =>
  place + BigInt(text.length) <= BigInt(bytes.length) && text.every((byte, i) => bytes[Number(place) + i] === byte);

/** A person was there and was verified; what is backed up could be. */
const flagsFit = (flags) => (flags & 0x05) === 0x05 && ((flags & 0x08) !== 0 || (flags & 0x10) === 0);

const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** Whether the passkey of 64 bytes x ‖ y signed a digest of 32 bytes. Throws what WebCrypto throws for a key off the curve. */
async function passkeySigned(publicKey, digest, signature) {
  if (signature.length < HEAD) return false;
  const [r, s, challengeAt, typeAt] = [0, 32, 64, 96].map((at) => wordAt(signature, at));
  const [authenticator, client] = [pointed(signature, 0x80), pointed(signature, 0xa0)];
  if (authenticator === null || client === null || typeAt >= BigInt(signature.length)) return false;
  const said = standsAt(client, typeAt, TYPE) && standsAt(client, challengeAt, utf8(`"challenge":"${base64url(digest)}"`));
  if (!said || authenticator.length < LEAST_AUTHENTICATOR || !flagsFit(authenticator[32])) return false;
  if (r === 0n || s === 0n || s > HALF_ORDER) return false;
  const key = await crypto.subtle.importKey("raw", join(Uint8Array.of(4), publicKey), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const signed = join(authenticator, new Uint8Array(await crypto.subtle.digest("SHA-256", client)));
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature.subarray(0, 64), signed);
}
