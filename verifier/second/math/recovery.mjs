// Who signed, by secp256k1 (protocol, sections 1 and 5): public keys from many signatures at once.
//
// A recount spends most of its time here, and signatures of lenders who each have a key of their own can only be recovered one by one.
// So this is written for speed, apart from any library; vectors.mjs holds it against @noble/curves. Nothing here is secret.
import { N, P, Sum, fold, half, invertAll, isZero, modulo, normalise } from "./sums.mjs";

export { N, P };
const HALF_N = N >> 1n;
const GX = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;
const GY = 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n;
// (x, y) times LAMBDA is (BETA x, y); the other four split a factor into two of 128 bits (Guide to ECC, algorithm 3.74).
const BETA = 0x7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501een;
const [A1, B1] = [0x3086d221a7d46bcde86c90e49284eb15n, -0xe4437ed6010e88286f547fa90abfe4c3n];
const [A2, B2] = [0x114ca50f7a8e2f3f657c1108d9d44cfd8n, A1];

const [WIDTH, WIDTH_G] = [5, 12]; // bits of a digit, for points that come once and for G
const LONGEST = 160; // digits of half a factor

/** Every multiple of a point that one byte of a factor can ask for: 32 rows of 255. */
export class Multiples {
  constructor(x, y) {
    const sums = [];
    let base = [x, y];
    for (let row = 0; row < 32; row++) {
      const sum = new Sum();
      for (let i = 1; i < 256; i++) {
        sum.add(...base);
        sums.push(sum.copy());
      }
      sum.add(...base);
      [base] = normalise([sum]);
    }
    this.points = normalise(sums);
  }

  /** Adds the point, so many times, to a sum; 0 <= factor < 2^256. */
  addTo(sum, factor) {
    const bytes = Buffer.from(factor.toString(16).padStart(64, "0"), "hex");
    for (let row = 0; row < 32; row++) {
      const digit = bytes[31 - row];
      if (digit) sum.add(...this.points[255 * row + digit - 1]);
    }
  }
}

function repeated(a, times) {
  for (; times > 1; times -= 2) {
    a = half(a * a);
    a = fold(a * a);
  }
  return times ? fold(a * a) : a;
}

/**
 * The even or odd y of a point with this x; null when there is none. a^((p+1)/4), whose exponent is runs of ones.
 * @param {bigint} x @param {bigint} odd 0 or 1
 */
export function lift(x, odd) {
  const square = modulo(x * x * x + 7n, P);
  const a2 = fold(repeated(square, 1) * square);
  const a3 = fold(repeated(a2, 1) * square);
  const a6 = fold(repeated(a3, 3) * a3);
  const a9 = fold(repeated(a6, 3) * a3);
  const a11 = fold(repeated(a9, 2) * a2);
  const a22 = fold(repeated(a11, 11) * a11);
  const a44 = fold(repeated(a22, 22) * a22);
  const a88 = fold(repeated(a44, 44) * a44);
  const a176 = fold(repeated(a88, 88) * a88);
  const a220 = fold(repeated(a176, 44) * a44);
  const a223 = fold(repeated(a220, 3) * a3);
  const a = fold(repeated(a223, 23) * a22);
  const y = modulo(repeated(fold(repeated(a, 6) * a2), 2), P);
  if ((y * y) % P !== square) return null;
  return (y & 1n) === odd || y === 0n ? y : P - y;
}

/**
 * The digits of a number, from 2^0 on: 0, or odd and between -2^(width-1) and 2^(width-1), with width - 1 zeros at least behind each that
 * is not 0 (Guide to ECC, algorithm 3.35). The number is below 2^(LONGEST - 2 * width).
 */
function digitsOf(number, width) {
  const text = number.toString(2);
  const bit = (place) => (place < text.length ? text.charCodeAt(text.length - 1 - place) & 1 : 0);
  const found = new Int16Array(LONGEST);
  let [place, carry] = [0, 0];
  while (place < LONGEST - width) {
    if (bit(place) === carry) {
      place += 1;
      continue;
    }
    let digit = carry;
    for (let i = 0; i < width; i++) digit += bit(place + i) << i;
    carry = digit >> (width - 1);
    found[place] = digit - (carry << width);
    place += width;
  }
  return found;
}

const nearest = (a, b) => (2n * a + b) / (2n * b); // a, b >= 0

/** [k1, k2] with k1 + k2 * LAMBDA = factor modulo n, both of about 128 bits. */
function split(factor) {
  const [c1, c2] = [nearest(B2 * factor, N), nearest(-B1 * factor, N)];
  return [factor - c1 * A1 - c2 * A2, -c1 * B1 - c2 * B2];
}

/** For each of many points its odd multiples, so many, and the same of LAMBDA times the point; all affine. */
function oddMultiples(points, count) {
  const doubled = normalise(
    points.map(([x, y]) => {
      const sum = new Sum(x, y, 1n);
      sum.double();
      return sum;
    }),
  );
  const sums = points.flatMap(([x, y], i) => {
    const sum = new Sum(x, y, 1n);
    return Array.from({ length: count }, (_, j) => (j && sum.add(...doubled[i]), sum.copy()));
  });
  const all = normalise(sums);
  return points.map((_, i) => {
    const own = all.slice(count * i, count * i + count);
    return [own, own.map(([x, y]) => [(x * BETA) % P, y])];
  });
}

/** What a factor adds of a point, as two lanes of digits with the multiples that they ask for. */
const lanesOf = (factor, tables, width) =>
  split(factor).map((part, i) => ({ digits: digitsOf(part < 0n ? -part : part, width), isTurned: part < 0n, table: tables[i] }));

let ofG = null;
const tablesOfG = () => (ofG ??= oddMultiples([[GX, GY]], 2 ** (WIDTH_G - 2))[0]);

/** factor * R + factorG * G; `tables` are R's odd multiples (Strauss and Shamir). */
function combined(factor, tables, factorG) {
  const lanes = [...lanesOf(factor, tables, WIDTH), ...lanesOf(factorG, tablesOfG(), WIDTH_G)];
  const sum = new Sum();
  for (let i = LONGEST - 1; i >= 0; i--) {
    if (!isZero(sum.z)) sum.double();
    for (const { digits, isTurned, table } of lanes) {
      const digit = digits[i];
      if (digit === 0) continue;
      const [x, y] = table[(Math.abs(digit) - 1) >> 1];
      sum.add(x, digit < 0 === isTurned ? y : P - y);
    }
  }
  return sum;
}

const fits = ({ r, s, parity }) => r > 0n && r < N && s > 0n && s <= HALF_N && (parity === 0n || parity === 1n);

/**
 * The public keys [x, y] that signed, null where nobody can have: signatures are { e, r, s, parity }, e being the digest as a number and
 * parity that of R's y. An s above n/2 is refused (section 5), an r that is R's x less n is none either.
 */
export function recoverAll(signatures) {
  const good = signatures.map((one) => ({ one, y: fits(one) ? lift(one.r, one.parity) : null })).filter(({ y }) => y !== null);
  const tables = oddMultiples(
    good.map(({ one, y }) => [one.r, y]),
    2 ** (WIDTH - 2),
  );
  const inverses = invertAll(
    good.map(({ one }) => one.r),
    N,
  );
  const sums = good.map(({ one }, i) =>
    combined((one.s * inverses[i]) % N, tables[i], modulo(-(/** @type {bigint} */ (one.e)) * inverses[i], N)),
  );
  const keys = new Map(normalise(sums).map((key, i) => [good[i].one, key]));
  return signatures.map((one) => keys.get(one) ?? null);
}

let multiples = null;
const multiplesOfG = () => (multiples ??= new Multiples(GX, GY));

/** Which of the signatures are by one key, whose multiples are given: the same answer as recovering it, at a third of the price. */
export function signedAll(signatures, ofKey) {
  const good = signatures.filter(fits);
  const inverses = invertAll(
    good.map((one) => one.s),
    N,
  );
  const sums = good.map((one, i) => {
    const sum = new Sum();
    multiplesOfG().addTo(sum, modulo(one.e * inverses[i], N));
    ofKey.addTo(sum, (one.r * inverses[i]) % N);
    return sum;
  });
  const right = new Set();
  normalise(sums).forEach((point, i) => {
    if (point !== null && point[0] === good[i].r && (point[1] & 1n) === good[i].parity) right.add(good[i]);
  });
  return signatures.map((one) => right.has(one));
}
