// Whether an announced seal key is the one that its trustees dealt, from `seal.json` alone (protocol §22.4): enough for whoever only votes.

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { fromHex, keccak, toHex, toNumber, utf8 } from "./bytes.js";
import { addressOfPoint } from "./points.js";
import { sealKeyHash } from "./seal.js";

const { Point } = secp256k1;

/** Σ A_k place^k; everything here is public. */
const pointAtPlace = (points, place) => points.reduceRight((sum, one) => sum.multiplyUnsafe(BigInt(place)).add(one), Point.ZERO);

/**
 * Whether a seal key is the announced one and the one of a transcript: hashes, threshold, X, and every seat's share key follow from what the
 * trustees dealt. `text` is `seal.json` byte for byte. What cannot be read does not agree.
 */
export function isDealtKey(sealKey, announcedHash, text) {
  try {
    const { threshold, rollHash, trustees, dealings } = JSON.parse(text);
    const named = sealKeyHash(sealKey) === announcedHash && toHex(keccak(utf8(text))) === sealKey.transcript_hash;
    if (!named || threshold !== sealKey.threshold || rollHash !== sealKey.roll_hash || dealings.length !== trustees.length) return false;
    const points = dealings.map(({ commitments }) => commitments.map((one) => Point.fromBytes(fromHex(one))));
    const sums = Array.from({ length: threshold }, (_, k) => points.reduce((sum, of) => sum.add(of[k]), Point.ZERO));
    const { x, y } = sums[0].toAffine();
    const shareKeys = trustees.map((_, seat) => toHex(addressOfPoint(pointAtPlace(sums, seat + 1))));
    const rightKey = x === toNumber(fromHex(sealKey.x)) && y === toNumber(fromHex(sealKey.y));
    return rightKey && points.every((of) => of.length === threshold) && shareKeys.join() === sealKey.share_keys.join();
  } catch {
    return false;
  }
}
