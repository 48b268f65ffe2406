// Points and numbers of the curve as seals and their trustees need them (protocol §21).

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { join, keccak, toNumber } from "./bytes.js";

const { Point } = secp256k1;
const ORDER = Point.Fn.ORDER;

/** The address of a point, 20 bytes. Throws a RangeError for infinity, which has none. */
export function addressOfPoint(point) {
  if (point.is0()) throw new RangeError("infinity has no address");
  return keccak(point.toBytes(false).subarray(1)).subarray(12);
}

/** The point { x, y }, coordinates as bigint or 0x. Throws a RangeError when it is not on the curve. */
export function pointOf({ x, y }) {
  try {
    const point = Point.fromAffine({ x: BigInt(x), y: BigInt(y) });
    point.assertValidity();
    return point;
  } catch {
    throw new RangeError("not a point of the curve");
  }
}

/** A number of 1 .. n-1 that follows from bytes without a bias: 1 + (keccak(0 ‖ m) ‖ keccak(1 ‖ m)) mod (n-1). */
export function wideScalar(bytes) {
  const wide = join(...[0, 1].map((first) => keccak(join(Uint8Array.of(first), bytes))));
  return 1n + (toNumber(wide) % (ORDER - 1n));
}
