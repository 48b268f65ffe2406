// What proofs of ranges demand (protocol, section 4.2), as one sum that has to be infinity: every proof is two equations between points,
// and each equation gets a weight of its own that nobody could know when the proofs were made. So one sum speaks for thousands of proofs.
//
// The generators of all proofs are the same. Their factors are added up first, over all proofs, and the points are looked at once at the
// end.
import { BITS } from "./range_proof.mjs";
import { N, invertAll, modulo } from "./sums.mjs";

/**
 * @typedef {{ y: bigint, z: bigint, x: bigint, w: bigint, us: bigint[] }} Challenges
 * @typedef {[bigint, bigint]} Place
 * @typedef {{ A: Place, S: Place, T1: Place, T2: Place, t: bigint, tau: bigint, mu: bigint, L: Place[], R: Place[], a: bigint, b: bigint }} Proof
 */

/** The factors of G, of H and of the generators of both kinds, and with their own factors the points that belong to one proof only. */
export class Terms {
  /** @param {number} length how many generators of each kind */
  constructor(length) {
    this.g = 0n;
    this.h = 0n;
    this.left = new Array(length).fill(0n);
    this.right = new Array(length).fill(0n);
    /** @type {bigint[]} */
    this.factors = [];
    /** @type {Place[]} */
    this.points = [];
  }

  /** @param {bigint} factor @param {Place} point */
  put(factor, point) {
    this.factors.push(modulo(factor, N));
    this.points.push(point);
  }
}

/**
 * y^0 + y^1 + ... + y^(count - 1), for a count that is a power of two: (1 + y)(1 + y^2)(1 + y^4) ...
 * @param {bigint} y @param {number} count
 */
function geometric(y, count) {
  let [sum, power] = [1n, y];
  for (let length = 1; length < count; length *= 2) {
    sum = (sum * (1n + power)) % N;
    power = (power * power) % N;
  }
  return sum;
}

/**
 * Products of all choices of ratios: entry i is the first one times every ratio whose bit is set in i.
 * @param {bigint} first @param {bigint[]} ratios
 */
function products(first, ratios) {
  const found = [first];
  for (const ratio of ratios) {
    const length = found.length;
    for (let i = 0; i < length; i++) found.push((found[i] * ratio) % N);
  }
  return found;
}

/**
 * Adds the first equation: the polynomial's value t at x is that of commitments in range, under a weight.
 * @param {Terms} terms @param {Proof} proof @param {Challenges} challenges @param {Place[]} commitments @param {bigint} weight
 */
function addPolynomial(terms, proof, { y, z, x }, commitments, weight) {
  const zz = (z * z) % N;
  let [power, sumOfPowers] = [zz, 0n]; // z^(2 + j)
  for (const point of commitments) {
    terms.put(-weight * power, point);
    power = (power * z) % N;
    sumOfPowers += power; // z^(3 + j)
  }
  const delta = (z - zz) * geometric(y, BITS * commitments.length) - (2n ** BigInt(BITS) - 1n) * (sumOfPowers % N);
  terms.g += weight * modulo(proof.t - delta, N);
  terms.h += weight * proof.tau;
  terms.put(-weight * x, proof.T1);
  terms.put(((-weight * x) % N) * x, proof.T2);
}

/**
 * Adds the second: A and S hold vectors whose inner product is t, by the rounds' L and R, under another weight.
 * @param {Terms} terms @param {Proof} proof @param {Challenges} challenges @param {number} count @param {bigint} weight
 */
function addProduct(terms, proof, { y, z, x, w, us }, count, weight) {
  const [yBack, ...backs] = invertAll([y, ...us], N);
  terms.put(weight, proof.A);
  terms.put(weight * x, proof.S);
  us.forEach((u, k) => {
    terms.put(((weight * u) % N) * u, proof.L[k]);
    terms.put(((weight * backs[k]) % N) * backs[k], proof.R[k]);
  });
  terms.h -= weight * proof.mu;
  terms.g += weight * ((w * modulo(proof.t - proof.a * proof.b, N)) % N);
  addVectors(terms, proof, { z, zw: (z * weight) % N, yBack, us, backs }, count, weight);
}

/** base, base^2, base^4, ..., so many. @param {bigint} base @param {number} count */
function squarings(base, count) {
  const found = [base];
  while (found.length < count) found.push((found[found.length - 1] * found[found.length - 1]) % N);
  return found.slice(0, count);
}

/**
 * The factors of both kinds of generators; the last round has the lowest bit of a place.
 * @param {Terms} terms @param {Proof} proof @param {{ z: bigint, zw: bigint, yBack: bigint, us: bigint[], backs: bigint[] }} challenges
 * @param {number} count @param {bigint} weight
 */
function addVectors(terms, { a, b }, { z, zw, yBack, us, backs }, count, weight) {
  /** @type {(all: bigint[], first: bigint) => bigint} */
  const whole = (all, first) => all.reduce((product, one) => (product * one) % N, (weight * first) % N);
  const yPowers = squarings(yBack, us.length);
  const ratios = us.toReversed().map((u) => (u * u) % N);
  const turned = backs.toReversed().map((v, k) => (((v * v) % N) * yPowers[k]) % N);
  const lefts = products(whole(backs, a), ratios); // a * v_i
  const rights = products(whole(us, b), turned); // b / v_i / y^i
  const bits = Math.log2(BITS);
  const perLeaf = (z * yPowers[bits - 1] * yPowers[bits - 1]) % N; // z / y^64
  const claims = products((zw * z) % N, [
    ...squarings((2n * yBack) % N, bits), // 2^k / y^k for bit k of a leaf
    ...squarings(perLeaf, Math.log2(count)),
  ]); // z^(2 + j) * 2^k / y^i, at i = 64 j + k
  for (let i = 0; i < lefts.length; i++) {
    terms.left[i] -= zw + lefts[i];
    terms.right[i] += zw + claims[i] - rights[i];
  }
}

/**
 * Adds one proof under two weights.
 * @param {Terms} terms @param {Proof} proof @param {Challenges} challenges @param {Place[]} commitments @param {bigint[]} weights
 */
export function addProof(terms, proof, challenges, commitments, [one, other]) {
  addPolynomial(terms, proof, challenges, commitments, one);
  addProduct(terms, proof, challenges, commitments.length, other);
}
