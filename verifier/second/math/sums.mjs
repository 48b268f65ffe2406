// Sums of points of secp256k1 in BigInts (protocol, section 1), for what a recount does by the hundred thousand: signatures and range proofs.
//
// Written for speed, apart from any library; vectors.mjs holds it against @noble/curves. Numbers modulo p are kept a little out of range and
// folded: 2^256 = 2^32 + 977 modulo p. Nothing here is secret.

export const P = 2n ** 256n - 2n ** 32n - 977n;
export const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const FOLD = 2n ** 32n + 977n;
const MASK = 2n ** 256n - 1n;

/** A number of at most 640 bits, brought near 0 .. 2^256: it may be below 0 or above p by less than 2^200. */
export function fold(number) {
  const once = (number & MASK) + (number >> 256n) * FOLD;
  return (once & MASK) + (once >> 256n) * FOLD;
}

/** Half of that, for what is only a factor of the next product: 520 bits become 298, 560 become 338. */
export const half = (number) => (number & MASK) + (number >> 256n) * FOLD;

/** @type {(number: bigint, modulus: bigint) => bigint} */
export const modulo = (number, modulus) => {
  const rest = number % modulus;
  return rest < 0n ? rest + modulus : rest;
};
export const isZero = (folded) => folded === 0n || folded === P || folded === -P;

/**
 * 1/a modulo a prime, by Euclid's algorithm; a is not 0.
 * @param {bigint} a @param {bigint} modulus
 */
export function inverse(a, modulus) {
  let [low, high, x, y] = [modulo(a, modulus), modulus, 1n, 0n];
  while (low > 1n) {
    const times = high / low;
    [low, high, x, y] = [high - times * low, low, y - times * x, x];
  }
  return modulo(x, modulus);
}

/**
 * The inverses of many numbers for the price of one; none is 0 modulo the modulus.
 * @param {bigint[]} numbers @param {bigint} modulus @returns {bigint[]}
 */
export function invertAll(numbers, modulus) {
  const before = [];
  let product = 1n;
  for (const one of numbers) {
    before.push(product);
    product = (product * one) % modulus;
  }
  let rest = numbers.length ? inverse(product, modulus) : 1n;
  const found = new Array(numbers.length);
  for (let i = numbers.length - 1; i >= 0; i--) {
    found[i] = modulo(rest * before[i], modulus);
    rest = (rest * numbers[i]) % modulus;
  }
  return found;
}

/** A point in Jacobian coordinates: x = X/Z^2, y = Y/Z^3; Z = 0 is infinity. */
export class Sum {
  constructor(x = 0n, y = 0n, z = 0n) {
    [this.x, this.y, this.z] = [x, y, z];
  }

  double() {
    const yy = half(this.y * this.y);
    const s = half(4n * this.x * yy);
    const m = 3n * half(this.x * this.x);
    const x = fold(m * m - 2n * s);
    this.z = fold(2n * this.y * this.z);
    this.y = fold(m * (s - x) - 8n * yy * yy);
    this.x = x;
  }

  /** Adds an affine point. */
  add(x2, y2) {
    if (isZero(this.z)) return void ([this.x, this.y, this.z] = [x2, y2, 1n]);
    const zz = half(this.z * this.z);
    const h = fold(x2 * zz) - this.x;
    const r = fold(y2 * half(zz * this.z)) - this.y;
    if (isZero(h)) return isZero(r) ? this.double() : void ([this.x, this.y, this.z] = [0n, 0n, 0n]);
    const hh = half(h * h);
    const hhh = half(h * hh);
    const v = half(this.x * hh);
    const x = fold(r * r - hhh - 2n * v);
    this.y = fold(r * (v - x) - this.y * hhh);
    this.z = fold(this.z * h);
    this.x = x;
    return undefined;
  }

  copy() {
    return new Sum(this.x, this.y, this.z);
  }
}

/** Affine [x, y] of many sums; null for infinity. */
export function normalise(sums) {
  const finite = sums.filter((one) => !isZero(one.z));
  const inverses = invertAll(
    finite.map((one) => one.z),
    P,
  );
  let next = 0;
  return sums.map((one) => {
    if (isZero(one.z)) return null;
    const z = inverses[next++];
    const zz = (z * z) % P;
    return [modulo(one.x * zz, P), modulo(one.y * ((zz * z) % P), P)];
  });
}
