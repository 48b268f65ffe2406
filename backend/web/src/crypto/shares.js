// Shares of a poll's secret: each proves itself, any t of them make the secret (protocol §22.5).

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { toHex, word } from "./bytes.js";
import { addressOfPoint } from "./points.js";

const { Point } = secp256k1;
const { Fn } = Point;

/** Whether a share, a bigint, belongs to a share key. */
export const isShareOf = (share, shareKey) =>
  share > 0n && share < Fn.ORDER && toHex(addressOfPoint(Point.BASE.multiply(share))) === shareKey.toLowerCase();

/** What a trustee publishes after the close. */
export const openingOf = (seat, share) => ({ seat, share: toHex(word(share)) });

/** The value at zero of the polynomial through shares, pairs [seat, bigint] of different seats: the secret, if they are t right ones. */
export function combined(shares) {
  return shares.reduce((sum, [i, share]) => {
    const others = shares.map(([j]) => j).filter((j) => j !== i);
    const top = others.reduce((product, j) => Fn.mul(product, BigInt(j + 1)), 1n);
    const bottom = others.reduce((product, j) => Fn.mul(product, Fn.create(BigInt(j - i))), 1n);
    return Fn.add(sum, Fn.mul(share, Fn.mul(top, Fn.inv(bottom))));
  }, 0n);
}

/** Whether a secret, a bigint, is that of a seal key { x, y }. */
export function isSecretOf(secret, { x, y }) {
  if (secret <= 0n || secret >= Fn.ORDER) return false;
  const own = Point.BASE.multiply(secret).toAffine();
  return own.x === BigInt(x) && own.y === BigInt(y);
}
