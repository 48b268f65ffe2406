// Who signed, by secp256k1 (protocol, sections 1 and 5): public keys from many signatures at once.
//
// A recount spends most of its time here, and signatures of lenders who each have a key of their own can only be recovered one by one.
// So this is written for speed, apart from any library; vectors.mjs holds it against @noble/curves. Numbers modulo p are kept a little
// out of range and folded: 2^256 = 2^32 + 977 modulo p. Nothing here is secret.

export const P = 2n ** 256n - 2n ** 32n - 977n;
export const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const HALF_N = N >> 1n;
const FOLD = 2n ** 32n + 977n;
const MASK = 2n ** 256n - 1n;
const GX = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;
const GY = 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n;
// (x, y) times LAMBDA is (BETA x, y); the other four split a factor into two of 128 bits (Guide to ECC, algorithm 3.74).
const BETA = 0x7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501een;
const [A1, B1] = [0x3086d221a7d46bcde86c90e49284eb15n, -0xe4437ed6010e88286f547fa90abfe4c3n];
const [A2, B2] = [0x114ca50f7a8e2f3f657c1108d9d44cfd8n, A1];

/** A number of at most 520 bits, brought near 0 .. 2^256: it may be below 0 or above p by less than 2^70. */
function fold(number) {
  const once = (number & MASK) + (number >> 256n) * FOLD;
  return (once & MASK) + (once >> 256n) * FOLD;
}

const modulo = (number, modulus) => {
  const rest = number % modulus;
  return rest < 0n ? rest + modulus : rest;
};
const isZero = (folded) => folded === 0n || folded === P || folded === -P;

/** 1/a modulo a prime, by Euclid's algorithm; a is not 0. */
export function inverse(a, modulus) {
  let [low, high, x, y] = [modulo(a, modulus), modulus, 1n, 0n];
  while (low > 1n) {
    const times = high / low;
    [low, high, x, y] = [high - times * low, low, y - times * x, x];
  }
  return modulo(x, modulus);
}

/** The inverses of many numbers for the price of one; none is 0 modulo the modulus. */
function invertAll(numbers, modulus) {
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
class Sum {
  constructor(x = 0n, y = 0n, z = 0n) {
    [this.x, this.y, this.z] = [x, y, z];
  }

  double() {
    const yy = fold(this.y * this.y);
    const s = fold(4n * this.x * yy);
    const m = 3n * fold(this.x * this.x);
    const x = fold(m * m - 2n * s);
    this.z = fold(2n * this.y * this.z);
    this.y = fold(m * (s - x) - 8n * yy * yy);
    this.x = x;
  }

  /** Adds an affine point. */
  add(x2, y2) {
    if (isZero(this.z)) return void ([this.x, this.y, this.z] = [x2, y2, 1n]);
    const zz = fold(this.z * this.z);
    const h = fold(x2 * zz) - this.x;
    const r = fold(y2 * fold(zz * this.z)) - this.y;
    if (isZero(h)) return isZero(r) ? this.double() : void ([this.x, this.y, this.z] = [0n, 0n, 0n]);
    const hh = fold(h * h);
    const hhh = fold(h * hh);
    const v = fold(this.x * hh);
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
function normalise(sums) {
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

let ofG = null;
const multiplesOfG = () => (ofG ??= new Multiples(GX, GY));

const repeated = (a, times) => {
  for (let i = 0; i < times; i++) a = fold(a * a);
  return a;
};

/** The even or odd y of a point with this x; null when there is none. a^((p+1)/4), whose exponent is runs of ones. */
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

/** 33 signed digits of 4 bits, the lowest first, of a number below 2^131. */
function digitsOf(number) {
  const text = number.toString(16).padStart(33, "0");
  const found = new Array(34);
  let carry = 0;
  for (let i = 0; i < 33; i++) {
    const digit = parseInt(text[32 - i], 16) + carry;
    carry = digit > 8 ? 1 : 0;
    found[i] = digit - 16 * carry;
  }
  found[33] = carry;
  return found;
}

const nearest = (a, b) => (2n * a + b) / (2n * b); // a, b >= 0

/** [k1, k2] with k1 + k2 * LAMBDA = factor modulo n, both of about 128 bits. */
function split(factor) {
  const [c1, c2] = [nearest(B2 * factor, N), nearest(-B1 * factor, N)];
  return [factor - c1 * A1 - c2 * A2, -c1 * B1 - c2 * B2];
}

/** Adds a point, so many times, to nothing; `multiples` are the affine ones from 1 to 8. */
function multiplied(multiples, factor) {
  const halves = split(factor).map((half) => ({ digits: digitsOf(half < 0n ? -half : half), turned: half < 0n }));
  const sum = new Sum();
  for (let i = 33; i >= 0; i--) {
    if (!isZero(sum.z)) for (let j = 0; j < 4; j++) sum.double();
    halves.forEach(({ digits, turned }, place) => {
      const digit = digits[i];
      if (digit === 0) return;
      const [x, y] = multiples[Math.abs(digit) - 1];
      sum.add(place ? fold(x * BETA) : x, digit < 0 === turned ? y : P - y);
    });
  }
  return sum;
}

/** The affine multiples from 1 to 8 of many points; every point is of order n, so none of them is infinity. */
function smallMultiples(points) {
  const sums = points.flatMap(([x, y]) => {
    const sum = new Sum();
    return Array.from({ length: 8 }, () => (sum.add(x, y), sum.copy()));
  });
  const all = normalise(sums);
  return points.map((_, i) => all.slice(8 * i, 8 * i + 8));
}

const fits = ({ r, s, parity }) => r > 0n && r < N && s > 0n && s <= HALF_N && (parity === 0n || parity === 1n);

/**
 * The public keys [x, y] that signed, null where nobody can have: signatures are { e, r, s, parity }, e being the digest as a number and
 * parity that of R's y. An s above n/2 is refused (section 5), an r that is R's x less n is none either.
 */
export function recoverAll(signatures) {
  const good = signatures.map((one) => ({ one, y: fits(one) ? lift(one.r, one.parity) : null })).filter(({ y }) => y !== null);
  const tables = smallMultiples(good.map(({ one, y }) => [one.r, y]));
  const inverses = invertAll(
    good.map(({ one }) => one.r),
    N,
  );
  const sums = good.map(({ one }, i) => {
    const sum = multiplied(tables[i], (one.s * inverses[i]) % N);
    multiplesOfG().addTo(sum, modulo(-one.e * inverses[i], N));
    return sum;
  });
  const keys = new Map(normalise(sums).map((key, i) => [good[i].one, key]));
  return signatures.map((one) => keys.get(one) ?? null);
}

/** Which of the signatures are by one key, whose multiples are given: the same answer as recovering it, at a third of the price. */
export function signedAll(signatures, multiples) {
  const good = signatures.filter(fits);
  const inverses = invertAll(
    good.map((one) => one.s),
    N,
  );
  const sums = good.map((one, i) => {
    const sum = new Sum();
    multiplesOfG().addTo(sum, modulo(one.e * inverses[i], N));
    multiples.addTo(sum, (one.r * inverses[i]) % N);
    return sum;
  });
  const right = new Set();
  normalise(sums).forEach((point, i) => {
    if (point !== null && point[0] === good[i].r && (point[1] & 1n) === good[i].parity) right.add(good[i]);
  });
  return signatures.map((one) => right.has(one));
}
