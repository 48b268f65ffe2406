// secp256k1 keys, signatures and commitments (protocol §1 to §3, §5).

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { fromHex, join, keccak, same, toHex, toNumber, utf8, word } from "./bytes.js";
import { addressOfPoint } from "./points.js";

const { Point } = secp256k1;
const ORDER = Point.Fn.ORDER;

/** A new random private key, 32 bytes. */
export const makeKey = () => secp256k1.utils.randomSecretKey();

/** The 20-byte address of a private key, as 0x lower case. */
export function addressOf(key) {
  return toHex(addressOfPoint(Point.fromBytes(secp256k1.getPublicKey(key))));
}

/** r ‖ s ‖ v over a 32-byte digest, 65 bytes as 0x; s is in the lower half. */
export function sign(digest, key) {
  const recovered = secp256k1.sign(digest, key, { prehash: false, format: "recovered" });
  return toHex(join(recovered.subarray(1), Uint8Array.of(27 + recovered[0])));
}

/** The address that signed the digest. Throws when the signature is not readable or its s is above n/2. */
export function recover(digest, signature) {
  const bytes = fromHex(signature);
  const { rs, bit } = bytes.length === 64 ? unpackCompact(bytes) : unpackPlain(bytes);
  if (toNumber(rs.subarray(32)) > ORDER >> 1n) throw new RangeError("signature with a high s");
  const point = secp256k1.recoverPublicKey(join(Uint8Array.of(bit), rs), digest, { prehash: false });
  return toHex(addressOfPoint(Point.fromBytes(point)));
}

function unpackPlain(bytes) {
  if (bytes.length !== 65 || (bytes[64] !== 27 && bytes[64] !== 28)) throw new RangeError("not a signature");
  return { rs: bytes.subarray(0, 64), bit: bytes[64] - 27 };
}

function unpackCompact(bytes) {
  const rs = Uint8Array.from(bytes);
  const bit = rs[32] >> 7;
  rs[32] &= 0x7f;
  return { rs, bit };
}

/** Whether the address signed the digest; false for anything unreadable. */
export function isSignedBy(address, digest, signature) {
  try {
    return recover(digest, signature) === address.toLowerCase();
  } catch {
    return false;
  }
}

/** The private key in the text of a key file, `{"private_key": "0x…"}`. Throws a RangeError when there is none in it. */
export function readKeyFile(text) {
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    throw new RangeError("not a key file");
  }
  const written = String(content?.private_key ?? "");
  const key = /^(0x)?[0-9a-fA-F]{64}$/.test(written) ? fromHex("0x" + written.replace(/^0x/, "")) : new Uint8Array();
  if (!secp256k1.utils.isValidSecretKey(key)) throw new RangeError("not a key file");
  return key;
}

let secondGenerator;

/** H, the second generator, by the recipe of protocol §2. */
export function generatorH() {
  for (let counter = 0; !secondGenerator; counter += 1) {
    const x = keccak(join(utf8("LenderVote/1/H"), word(counter).subarray(28)));
    const number = toNumber(x);
    if (number === 0n || number >= ORDER) continue;
    try {
      secondGenerator = Point.fromBytes(join(Uint8Array.of(2), x));
    } catch {
      // no point has this x: the recipe goes on to the next
    }
  }
  return secondGenerator;
}

/** C = amount*G + blind*H as {x, y} of bigints (protocol §3). Throws a RangeError for a blind outside 1 .. n-1. */
export function commitment(amountFen, blind) {
  const amount = BigInt(amountFen);
  const factor = BigInt(blind);
  if (factor < 1n || factor >= ORDER || amount < 0n || amount >= 1n << 63n) throw new RangeError("not an opening");
  const hidden = generatorH().multiply(factor);
  const point = amount === 0n ? hidden : Point.BASE.multiply(amount).add(hidden);
  return point.toAffine();
}

/** Whether amount and blind open the commitment (x, y given as 0x words). */
export function opens(amountFen, blind, x, y) {
  try {
    const point = commitment(amountFen, blind);
    return same(word(point.x), word(x)) && same(word(point.y), word(y));
  } catch {
    return false;
  }
}
