// A prover of ranges written apart from all others, bit by bit and slowly, to hold verifiers against (protocol, section 4.2). It can be told to
// lie: `tell` changes what it believes of the amounts' bits, and its chance and its challenges come from outside.
import { mulAddUnsafe } from "@noble/curves/abstract/curve.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

const { Point } = secp256k1;
const N = Point.Fn.ORDER;
export const mod = (value) => ((value % N) + N) % N;

export function inverted(value) {
  let [found, base] = [1n, mod(value)];
  for (let rest = N - 2n; rest > 0n; rest >>= 1n) {
    if (rest & 1n) found = (found * base) % N;
    base = (base * base) % N;
  }
  return found;
}

const times = (point, factor) => point.multiplyUnsafe(mod(factor));
const combined = (factors, points) => mulAddUnsafe(Point, points, factors.map(mod));
const inner = (a, b) => mod(a.reduce((sum, one, i) => sum + one * b[i], 0n));

/** base^0, base^1, ..., so many. */
export function powers(base, count) {
  const found = [];
  for (let power = 1n; found.length < count; power = mod(power * base)) found.push(power);
  return found;
}

/** The 64 bits of an amount, from the lowest; a negative or too large one keeps its remainder in bit 63, which then is no bit. */
export function bitsOf(amount) {
  const bits = Array.from({ length: 63 }, (_, k) => (BigInt.asUintN(63, amount) >> BigInt(k)) & 1n);
  return [...bits, (amount - BigInt.asUintN(63, amount)) >> 63n];
}

/** One halving after the other, until one number is left of each vector. */
function halve(transcript, a, b, left, right, u) {
  const rounds = [];
  while (a.length > 1) {
    const half = a.length / 2;
    const [aLow, aHigh, bLow, bHigh] = [a.slice(0, half), a.slice(half), b.slice(0, half), b.slice(half)];
    const [gLow, gHigh, hLow, hHigh] = [left.slice(0, half), left.slice(half), right.slice(0, half), right.slice(half)];
    const L = combined(aLow, gHigh)
      .add(combined(bHigh, hLow))
      .add(times(u, inner(aLow, bHigh)));
    const R = combined(aHigh, gLow)
      .add(combined(bLow, hHigh))
      .add(times(u, inner(aHigh, bLow)));
    rounds.push([L, R]);
    const c = transcript.halving(L, R);
    const back = inverted(c);
    a = aLow.map((one, i) => mod(one * c + aHigh[i] * back));
    b = bLow.map((one, i) => mod(one * back + bHigh[i] * c));
    left = gLow.map((one, i) => mulAddUnsafe(Point, [one, gHigh[i]], [back, c]));
    right = hLow.map((one, i) => mulAddUnsafe(Point, [one, hHigh[i]], [c, back]));
  }
  return { rounds, a: a[0], b: b[0] };
}

/**
 * The parts of a proof that each amount is in range: { A, S, T1, T2, tx, taux, mu, rounds: [[L, R]], a, b }. `generators` are { G, H, U, left,
 * right }; `transcript` answers with challenges; `chance` gives numbers below the order; `tell` may change the bits, lists of 64 numbers;
 * `shift` is added to τ and μ.
 */
export function prove({ amounts, blinds, generators, transcript, chance, tell = (bits) => bits, shift = [0n, 0n] }) {
  const { G, H, U } = generators;
  const length = 64 * amounts.length;
  const [left, right] = [generators.left.slice(0, length), generators.right.slice(0, length)];
  const aL = tell(amounts.map(bitsOf)).flat();
  const aR = aL.map((bit) => mod(bit - 1n));
  const [sL, sR] = [0, 1].map(() => Array.from({ length }, chance));
  const [alpha, rho, tau1, tau2] = Array.from({ length: 4 }, chance);
  const A = times(H, alpha).add(combined(aL, left)).add(combined(aR, right));
  const S = times(H, rho).add(combined(sL, left)).add(combined(sR, right));
  const { y, z } = transcript.first(A, S);
  const ys = powers(y, length);
  const claims = amounts.flatMap((_, j) => powers(2n, 64).map((one) => mod(one * z ** BigInt(2 + j))));
  const l0 = aL.map((bit) => mod(bit - z));
  const r0 = aR.map((one, i) => mod(ys[i] * (one + z) + claims[i]));
  const r1 = sR.map((one, i) => mod(ys[i] * one));
  const t1 = mod(inner(l0, r1) + inner(sL, r0));
  const t2 = inner(sL, r1);
  const [T1, T2] = [times(G, t1).add(times(H, tau1)), times(G, t2).add(times(H, tau2))];
  const x = transcript.second(T1, T2);
  const l = l0.map((one, i) => mod(one + sL[i] * x));
  const r = r0.map((one, i) => mod(one + r1[i] * x));
  const tx = inner(l, r);
  const taux = mod(tau2 * x * x + tau1 * x + blinds.reduce((sum, blind, j) => sum + z ** BigInt(2 + j) * blind, shift[0]));
  const mu = mod(alpha + rho * x + shift[1]);
  const w = transcript.third(tx, taux, mu);
  const back = powers(inverted(y), length);
  const turned = right.map((one, i) => times(one, back[i]));
  return { A, S, T1, T2, tx, taux, mu, ...halve(transcript, l, r, left, turned, times(U, w)) };
}

const bytes = (...parts) => Buffer.concat(parts.map((one) => (typeof one === "string" ? Buffer.from(one, "latin1") : Buffer.from(one))));
const numbered = (value, length) => Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");
const xy = (point) => Buffer.from(point.toBytes(false).subarray(1));
const short = (point) => Buffer.from(point.toBytes(true));

/** The running hash of a chunk as the protocol writes it, and the bytes of the proof as it grows. */
export class Transcript {
  constructor(context, start, points) {
    const lengths = [start, points.length].map((one) => numbered(one, 4));
    this.state = keccak_256(bytes(context, ...lengths, ...points.map(xy)));
    this.proof = [];
  }

  challenge(letter, ...parts) {
    this.state = keccak_256(bytes(this.state, letter, ...parts));
    this.proof.push(...parts);
    return mod(BigInt("0x" + Buffer.from(this.state).toString("hex")));
  }

  first(A, S) {
    return { y: this.challenge("y", short(A), short(S)), z: this.challenge("z") };
  }

  second(T1, T2) {
    return this.challenge("x", short(T1), short(T2));
  }

  third(...scalars) {
    return this.challenge("w", ...scalars.map((one) => numbered(one, 32)));
  }

  halving(L, R) {
    return this.challenge("u", short(L), short(R));
  }
}

/** The generators of the protocol, so many of each kind, each found by trying. */
export function generatorsOf(count) {
  const at = (label, i) => {
    for (let counter = 0; ; counter++) {
      const x = keccak_256(bytes(label, ...i, numbered(counter, 4)));
      try {
        return Point.fromBytes(bytes([2], x));
      } catch {
        // no point has this x: the next counter
      }
    }
  };
  const kind = (letter) => Array.from({ length: count }, (_, i) => at(`LenderVote/1/range ${letter}`, [numbered(i, 4)]));
  return { G: Point.BASE, H: at("LenderVote/1/H", []), U: Point.BASE, left: kind("G"), right: kind("H") };
}

/** Numbers below the order that follow from a sentence. */
export function sequenceOf(sentence) {
  let state = keccak_256(bytes(sentence));
  return () => {
    state = keccak_256(state);
    return 1n + (BigInt("0x" + Buffer.from(state).toString("hex")) % (N - 1n));
  };
}

/** A chunk of amounts under fresh blinds: its commitments (64 bytes each) and the bytes of its proof; `more` goes to `prove`. */
export function chunkOf({ context, start, amounts, generators, chance, blinds = amounts.map(chance), transcript = null, ...more }) {
  const points = amounts.map((amount, j) => times(generators.G, amount).add(times(generators.H, blinds[j])));
  const told = transcript ?? new Transcript(context, start, points);
  const { a, b } = prove({ amounts, blinds, generators, transcript: told, chance, ...more });
  return { commitments: points.map(xy), proof: bytes(...told.proof, numbered(a, 32), numbered(b, 32)) };
}
