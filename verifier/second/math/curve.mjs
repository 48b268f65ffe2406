// Commitments and their sums (protocol, sections 2, 3 and 9), by @noble/curves; single signatures (sections 1 and 5).
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ascii, join, keccak, number, sized, word } from "../bytes.mjs";
import { N, P, lift, recoverAll } from "./recovery.mjs";

const { Point } = secp256k1;
export { N, Point };

/** Section 2: the second generator. */
function secondGenerator() {
  for (let counter = 0; ; counter++) {
    const x = number(keccak(ascii("LenderVote/1/H"), sized(counter, 4)));
    const y = x > 0n && x < N ? lift(x, 0n) : null;
    if (y !== null) return Point.fromAffine({ x, y });
  }
}
export const H = secondGenerator();

/**
 * Whether (x, y) is an affine point of the curve in coordinates below p; infinity is not.
 * @type {(x: bigint, y: bigint) => boolean}
 */
export const isOnCurve = (x, y) => x < P && y < P && (y * y - x * x * x - 7n) % P === 0n;

/** The point at 64 bytes x, y; null when it is none of the curve. */
export function pointAt(bytes) {
  const [x, y] = [number(bytes.subarray(0, 32)), number(bytes.subarray(32, 64))];
  return isOnCurve(x, y) ? Point.fromAffine({ x, y }) : null;
}

/** A point as 64 bytes x, y; infinity is 64 zeros. */
export function bytesOf(point) {
  if (point.is0()) return Buffer.alloc(64);
  const { x, y } = point.toAffine();
  return join(word(x), word(y));
}

/** Section 3: amount * G + blind * H, both numbers modulo n. */
export const commit = (amount, blind) => Point.BASE.multiplyUnsafe(amount % N).add(H.multiplyUnsafe(blind % N));

/** Whether amount and blind open a sum of 64 bytes; infinity is opened by 0 and 0 alone (section 9). */
export const opens = (sum, amount, blind) =>
  sum.some((one) => one) ? bytesOf(commit(amount, blind)).equals(sum) : amount === 0n && blind === 0n;

/** A signature of 64 bytes r, vs (EIP-2098) as 65 bytes r, s, v; null for another length. */
export function expanded(signature) {
  if (signature.length !== 64) return null;
  const found = Buffer.concat([signature, Buffer.of(27 + (signature[32] >> 7))]);
  found[32] &= 127;
  return found;
}

/** A signature of 65 bytes r, s, v over a digest as the numbers that recovery takes; null when it has another form. */
export function parts(digest, signature) {
  if (signature.length !== 65 || (signature[64] !== 27 && signature[64] !== 28)) return null;
  const [r, s] = [number(signature.subarray(0, 32)), number(signature.subarray(32, 64))];
  return { e: number(digest), r, s, parity: BigInt(signature[64] - 27) };
}

/** The address of a public key [x, y]. */
export const addressOf = ([x, y]) => keccak(word(x), word(y)).subarray(12);

/** The address that signed a digest by 65 bytes; null when nobody did. */
export function signerOf(digest, signature) {
  const numbers = parts(digest, signature);
  const [key] = numbers ? recoverAll([numbers]) : [null];
  return key && addressOf(key);
}
