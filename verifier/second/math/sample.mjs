// A sample of a register: seed, points, what proves that a leaf covers a point, and the bound (protocol, section 4.3).
import { ascii, join, keccak, number, sized, word } from "../bytes.mjs";
import { H, Point, bytesOf } from "./curve.mjs";
import { Sum, normalise } from "./sums.mjs";

export const BLOCKS_LATER = 16;
export const SIZES = [0n, 90n, 459n]; // draws; with 0 every leaf is looked at
const VERSION = 1;
const MILLION = 10n ** 6n;
const ONE_IN = 100n;

/** 32 bytes, from the frozen root and the hash of the block so many later. */
export const seedOf = (root, blockHash) => keccak(keccak(ascii("LenderVote/1/sample")), root, blockHash);

/** Fen of the register that are drawn, counted from 0 on through all leaves; `total` is above 0. */
export const pointsOf = (seed, draws, total) => Array.from({ length: draws }, (_, j) => number(keccak(seed, sized(j, 4))) % total);

/** What the proofs are bound to; `register` is the context of the register's range proofs. */
export function sampleContext(register, seed, indexes) {
  const drawn = keccak(join(...indexes.map((one) => sized(one, 4))));
  return keccak(keccak(ascii("LenderVote/1/sample proofs")), word(VERSION), register, seed, word(indexes.length), drawn);
}

/** The sum of all commitments before each place, as points of the library. */
function sumsBefore(places, commitments) {
  const [sum, kept] = [new Sum(), []];
  let at = 0;
  for (const place of places) {
    for (; at < place; at++) sum.add(number(commitments[at].subarray(0, 32)), number(commitments[at].subarray(32)));
    kept.push(sum.copy());
  }
  const points = normalise(kept).map((one) => (one === null ? Point.ZERO : Point.fromAffine({ x: one[0], y: one[1] })));
  return new Map(places.map((place, i) => [place, points[i]]));
}

/** Two commitments for each draw, 64 bytes each: from the leaf's begin to the point, and from the point to its last fen; null if infinity. */
export function drawCommitments(points, indexes, commitments) {
  const places = [...new Set(indexes.flatMap((one) => [one, one + 1]))].sort((a, b) => a - b);
  const before = sumsBefore(places, commitments);
  const times = (factor) => Point.BASE.multiplyUnsafe(factor);
  const found = indexes.flatMap((index, j) => [
    times(points[j]).add(H).subtract(before.get(index)),
    before.get(index + 1).subtract(times(points[j] + 1n)),
  ]);
  return found.some((one) => one.is0()) ? null : found.map(bytesOf);
}

/**
 * The least share in millionths that so few wrong draws speak against, by the exact binomial bound at 99 %. The chances of each number of wrong
 * draws are taken one from the other: the share is tried from bit to bit.
 * @type {(draws: number, wrong: number) => bigint}
 */
export function boundMillionths(draws, wrong) {
  if (wrong >= draws) return wrong ? MILLION : 0n;
  let bound = 0n; // the highest share that is not spoken against, and 1
  for (let step = 1n << 19n; step; step >>= 1n) {
    const tried = bound + step;
    if (tried <= MILLION && !speaksAgainst(tried - 1n, draws, wrong)) bound = tried;
  }
  return bound;
}

/** @type {(share: bigint, draws: number, wrong: number) => boolean} */
function speaksAgainst(share, draws, wrong) {
  const rest = MILLION - share;
  let [chance, choices] = [0n, 1n];
  for (let found = 0; found <= wrong; found++) {
    chance += choices * share ** BigInt(found) * rest ** BigInt(draws - found);
    choices = (choices * BigInt(draws - found)) / BigInt(found + 1);
  }
  return ONE_IN * chance <= MILLION ** BigInt(draws);
}

/**
 * So many millionths of the register, rounded up.
 * @type {(millionths: bigint, total: bigint) => bigint}
 */
export const boundFen = (millionths, total) => (millionths * total + MILLION - 1n) / MILLION;
