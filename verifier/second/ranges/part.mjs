// A part of a register's range proofs, read strictly and put under fresh weights (protocol, section 4.2).
import { randomBytes } from "node:crypto";
import { number } from "../bytes.mjs";
import { multiproduct } from "../math/multiproduct.mjs";
import { BITS, challengesIn, readProof, statesOf } from "../math/range_proof.mjs";
import { Terms, addProof } from "../math/range_terms.mjs";
import { N, modulo } from "../math/sums.mjs";

const LEAF = 64; // bytes of a commitment
const WEIGHT = 16; // bytes

/** A number of 128 random bits, not 0: whoever knew it beforehand could make two wrong proofs that cancel each other. */
function weight() {
  for (;;) {
    const found = number(randomBytes(WEIGHT));
    if (found !== 0n) return found;
  }
}

/** Commitments of 64 bytes each as points [x, y]; step 3 has looked whether they are. */
function pointsIn(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; at += LEAF)
    found.push([number(bytes.subarray(at, at + 32)), number(bytes.subarray(at + 32, at + LEAF))]);
  return found;
}

/**
 * What chunks [{ number, start, leaves, bytes }] demand together, their commitments and proofs given one behind the other: the factors g of
 * G, h of H, left and right of the generators, the sum [x, y] of all other terms (null for infinity), and the numbers of those chunks whose
 * proof is none, which are not in it.
 */
export function demandOf({ context, chunks, commitments, proofs }) {
  const [read, unreadable] = [[], []];
  let [leaf, at] = [0, 0];
  for (const { number: chunk, start, leaves, bytes } of chunks) {
    const [own, written] = [commitments.subarray(leaf, (leaf += LEAF * leaves)), proofs.subarray(at, (at += bytes))];
    const proof = readProof(written, leaves);
    const challenges = proof && challengesIn(statesOf(context, start, own, written));
    if (challenges) read.push({ proof, challenges, points: pointsIn(own) });
    else unreadable.push(chunk);
  }
  const terms = new Terms(BITS * read.reduce((most, { points }) => Math.max(most, points.length), 0));
  for (const { proof, challenges, points } of read) addProof(terms, proof, challenges, points, [weight(), weight()]);
  const [left, right] = [terms.left, terms.right].map((all) => all.map((one) => modulo(one, N)));
  return {
    g: modulo(terms.g, N),
    h: modulo(terms.h, N),
    left,
    right,
    point: multiproduct(terms.factors, terms.points),
    unreadable,
  };
}
