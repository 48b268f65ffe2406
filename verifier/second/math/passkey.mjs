// What a passkey signed, as contracts/approval/PasskeyVerifier.sol judges it (protocol, section 5.1). P-256 is OpenSSL's, by way of Node.
import { createHash, createPublicKey, verify } from "node:crypto";
import { ascii, number, sized } from "../bytes.mjs";

const HEAD = 0xc0; // r, s, two places, two offsets
const LEAST_AUTHENTICATOR = 37; // hash of the site, flags, counter
const [PRESENT, VERIFIED, MAY_BE_BACKED_UP, IS_BACKED_UP] = [0x01, 0x04, 0x08, 0x10];
const TYPE = ascii('"type":"webauthn.get"');
const HALF_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n >> 1n;

const wordAt = (bytes, place) => number(bytes.subarray(place, place + 32));

/** The bytes whose length stands where the word at a place points; null when they do not lie within the signature. */
function pointed(signature, place) {
  const start = wordAt(signature, place);
  if (start > BigInt(signature.length - 32)) return null;
  const from = Number(start) + 32;
  const length = wordAt(signature, from - 32);
  return length > BigInt(signature.length - from) ? null : signature.subarray(from, from + Number(length));
}

/** Whether a text stands at that place. */
const standsAt = (bytes, place, text) =>
  place + BigInt(text.length) <= BigInt(bytes.length) && bytes.subarray(Number(place), Number(place) + text.length).equals(text);

/** A person was there and was verified; what is backed up could be. */
function flagsFit(flags) {
  const seen = (flags & PRESENT) !== 0 && (flags & VERIFIED) !== 0;
  return seen && ((flags & MAY_BE_BACKED_UP) !== 0 || (flags & IS_BACKED_UP) === 0);
}

function keyOf(bytes) {
  const [x, y] = [bytes.subarray(0, 32), bytes.subarray(32)].map((one) => one.toString("base64url"));
  try {
    return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  } catch {
    return null; // no point of the curve
  }
}

/** Whether the passkey of 64 bytes x, y signed a digest of 32 bytes. */
export function passkeySigned(keyBytes, digest, signature) {
  if (keyBytes.length !== 64 || signature.length < HEAD) return false;
  const [r, s, challengeAt, typeAt] = [0, 32, 64, 96].map((place) => wordAt(signature, place));
  const [authenticator, client] = [pointed(signature, 0x80), pointed(signature, 0xa0)];
  if (authenticator === null || client === null || typeAt >= BigInt(signature.length)) return false;
  const challenge = ascii(`"challenge":"${digest.toString("base64url")}"`);
  const said = standsAt(client, typeAt, TYPE) && standsAt(client, challengeAt, challenge);
  if (!said || authenticator.length < LEAST_AUTHENTICATOR || !flagsFit(authenticator[32])) return false;
  if (r === 0n || s === 0n || s > HALF_ORDER) return false;
  const key = keyOf(keyBytes);
  const signed = Buffer.concat([authenticator, createHash("sha256").update(client).digest()]);
  const pair = Buffer.concat([sized(r, 32), sized(s, 32)]);
  return key !== null && verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, pair);
}
