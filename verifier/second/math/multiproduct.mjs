// Σ factor * point over secp256k1, for many points at once (Pippenger's buckets), with nothing but BigInts.
//
// Every addition is one of affine points. Additions that do not wait for each other are done together, so that they share one inversion:
// six products each instead of sixteen. Nothing here is secret.
import { N, P, Sum, inverse, isZero, normalise } from "./sums.mjs";

/** Points in groups, one behind the other; starts[g] is where group g begins, starts[groups] the end. Additions happen in place. */
class Groups {
  /** @param {bigint[]} xs @param {bigint[]} ys @param {Int32Array} starts */
  constructor(xs, ys, starts) {
    this.xs = xs;
    this.ys = ys;
    this.starts = starts;
    this.sizes = Int32Array.from({ length: starts.length - 1 }, (_, g) => starts[g + 1] - starts[g]);
  }

  /** The sum [x, y] of every group; null for infinity, which an empty group has. @returns {([bigint, bigint] | null)[]} */
  sums() {
    while (this.halve());
    return Array.from(this.sizes, (size, g) => (size ? [positive(this.xs[this.starts[g]]), positive(this.ys[this.starts[g]])] : null));
  }

  /** Adds neighbours in every group of two or more; whether there was any. */
  halve() {
    const { sizes, starts, xs, ys } = this;
    const pairs = []; // of each its first place
    /** @type {bigint[]} */
    const slopes = []; // of each the denominator of its slope, then the inverse
    for (let g = 0; g < sizes.length; g++) {
      for (let i = starts[g]; i + 1 < starts[g] + sizes[g]; i += 2) {
        const run = xs[i + 1] - xs[i];
        const denominator = isZero(run) ? ys[i] + ys[i + 1] : run; // 2y of a doubling; 0 where the two cancel
        pairs.push(i);
        slopes.push(isZero(denominator) ? 0n : denominator);
      }
    }
    if (!pairs.length) return false;
    invertPresent(slopes);
    let next = 0;
    for (let g = 0; g < sizes.length; g++) next = this.merge(g, pairs, slopes, next);
    return true;
  }

  /** Writes the sums of one group's pairs, and the point that has no partner, one behind the other. */
  merge(g, pairs, slopes, next) {
    const { sizes, starts, xs, ys } = this;
    const end = starts[g] + sizes[g];
    let to = starts[g];
    for (let i = to; i < end; i += 2) {
      if (i + 1 === end) {
        [xs[to], ys[to]] = [xs[i], ys[i]];
        to += 1;
      } else if (slopes[next++] !== 0n) {
        const [x1, y1, x2] = [xs[pairs[next - 1]], ys[i], xs[i + 1]];
        const rise = isZero(x2 - x1) ? 3n * x1 * x1 : ys[i + 1] - y1;
        const slope = (rise * slopes[next - 1]) % P;
        const x = (slope * slope - x1 - x2) % P;
        [xs[to], ys[to]] = [x, (slope * (x1 - x) - y1) % P];
        to += 1;
      }
    }
    sizes[g] = to - starts[g];
    return next;
  }
}

const positive = (number) => (number < 0n ? number + P : number);

/** Puts the inverse modulo p in the place of every number that is not 0. @param {bigint[]} numbers */
function invertPresent(numbers) {
  const before = new Array(numbers.length);
  let product = 1n;
  for (let i = 0; i < numbers.length; i++) {
    before[i] = product;
    if (numbers[i] !== 0n) product = (product * numbers[i]) % P;
  }
  let rest = inverse(product, P);
  for (let i = numbers.length - 1; i >= 0; i--) {
    if (numbers[i] === 0n) continue;
    const one = (rest * before[i]) % P;
    rest = (rest * numbers[i]) % P;
    numbers[i] = one;
  }
}

/** The groups that hold for every label, from 0 on, the points that bear it; null points are left out. A point may bear several labels. */
function grouped(points, labels, count) {
  const starts = new Int32Array(count + 1);
  points.forEach((one, i) => one !== null && labels[i].forEach((label) => starts[label + 1]++));
  for (let label = 0; label < count; label++) starts[label + 1] += starts[label];
  const next = starts.slice();
  const [xs, ys] = [new Array(starts[count]), new Array(starts[count])];
  points.forEach((one, i) => {
    if (one !== null)
      for (const label of labels[i]) {
        [xs[next[label]], ys[next[label]]] = one;
        next[label] += 1;
      }
  });
  return new Groups(xs, ys, starts);
}

/** For every factor its digits from the lowest: from -2^(width-1) to 2^(width-1), so many windows of them. */
function digitsOf(factors, width) {
  const windows = Math.ceil(257 / width);
  const found = new Int16Array(factors.length * windows);
  const [mask, full, half] = [BigInt(2 ** width - 1), 2 ** width, 2 ** (width - 1)];
  factors.forEach((factor, i) => {
    let [rest, carry] = [factor, 0];
    for (let w = 0; w < windows; w++) {
      const digit = Number(rest & mask) + carry;
      carry = digit > half ? 1 : 0;
      found[i * windows + w] = digit - carry * full;
      rest >>= BigInt(width);
    }
  });
  return { found, windows };
}

/** One window's buckets: in place d the sum of the points whose digit is d, or of their opposites where it is -d; place 0 stays empty. */
function bucketsOf(points, { found, windows }, window, count) {
  const starts = new Int32Array(count + 1);
  const digitAt = (i) => (points[i] === null ? 0 : found[i * windows + window]);
  for (let i = 0; i < points.length; i++) if (digitAt(i)) starts[Math.abs(digitAt(i)) + 1]++;
  for (let d = 0; d < count; d++) starts[d + 1] += starts[d];
  const next = starts.slice();
  const [xs, ys] = [new Array(starts[count]), new Array(starts[count])];
  for (let i = 0; i < points.length; i++) {
    const digit = digitAt(i);
    if (digit === 0) continue;
    const at = next[Math.abs(digit)]++;
    xs[at] = points[i][0];
    ys[at] = digit < 0 ? P - points[i][1] : points[i][1];
  }
  return new Groups(xs, ys, starts).sums();
}

const bitsOf = (number) => Array.from({ length: 31 }, (_, bit) => bit).filter((bit) => (number >> bit) & 1);

/**
 * Σ d * bucket d of each window, as one point for each bit of d: first the buckets are added up by the lower and by the upper half of d,
 * then those sums by bit.
 */
function byBit(buckets, width) {
  const low = width >> 1;
  const [lows, highs] = [2 ** low, 2 ** (width - low)];
  const rows = lows + highs;
  const halves = grouped(
    buckets.flat(),
    buckets.flatMap((of, w) => of.map((_, d) => [w * rows + (d % lows), w * rows + lows + (d >> low)])),
    rows * buckets.length,
  ).sums();
  const labels = halves.map((_, i) => {
    const [window, place] = [Math.floor(i / rows), i % rows];
    const bits = place < lows ? bitsOf(place) : bitsOf(place - lows).map((bit) => bit + low);
    return bits.map((bit) => window * width + bit);
  });
  return grouped(halves, labels, width * buckets.length).sums();
}

/** As many bits as make the least work of that many points. */
const widthFor = (count) => Math.max(2, Math.min(13, Math.round(Math.log2(count + 1)) - 2));

/**
 * Σ factors[i] * points[i] as [x, y] with 0 <= x, y < p; null for infinity. Points are [x, y] of the curve with coordinates below p, or null
 * for infinity; 0 <= factor < n.
 * @param {bigint[]} factors @param {([bigint, bigint] | null)[]} points @returns {[bigint, bigint] | null}
 */
export function multiproduct(factors, points) {
  if (factors.length !== points.length) throw new RangeError("as many factors as points");
  if (factors.some((one) => one < 0n || one >= N)) throw new RangeError("a factor is out of range");
  const width = widthFor(points.length);
  const digits = digitsOf(factors, width);
  const count = 2 ** (width - 1) + 1;
  const buckets = Array.from({ length: digits.windows }, (_, window) => bucketsOf(points, digits, window, count));
  const sum = new Sum();
  for (const point of byBit(buckets, width).reverse()) {
    if (!isZero(sum.z)) sum.double();
    if (point !== null) sum.add(...point);
  }
  return normalise([sum])[0];
}
