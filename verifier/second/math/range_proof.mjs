// Range proofs as bytes: chunks, context, the parts of a proof and its challenges (protocol, section 4.2).
import { ascii, join, keccak, number, sized, word } from "../bytes.mjs";
import { GENERATORS_DIGEST } from "./generators.mjs";
import { N, P, lift } from "./recovery.mjs";

export const BITS = 64;
export const MAGIC = ascii("LVRANG01");
const [POINT, SCALAR] = [33, 32]; // bytes
const MOST = 64; // leaves of a chunk
const VERSION = 1;

/** Rounds of a proof over that many leaves, a power of two. */
export const roundsOf = (leaves) => 6 + Math.log2(leaves);

/** Bytes of a proof over that many leaves. */
export const proofBytes = (leaves) => POINT * (4 + 2 * roundsOf(leaves)) + 5 * SCALAR;

/** The chunks of a register, [{ number, start, leaves, at, bytes }]: which leaves each has, and where its proof stands behind the header. */
export function chunksOf(leafCount) {
  const found = [];
  let [start, at] = [0, 0];
  for (let leaves = MOST; leaves >= 1; leaves /= 2)
    while (leafCount - start >= leaves) {
      const bytes = proofBytes(leaves);
      found.push({ number: found.length, start, leaves, at, bytes });
      start += leaves;
      at += bytes;
    }
  return found;
}

/** What all proofs of one register are bound to, 32 bytes. */
export const contextOf = ({ chainId, caseAddress, registerNumber, root, leafCount, classesHash }) =>
  keccak(
    keccak(ascii("LenderVote/1/ranges")),
    ...[VERSION, chainId, caseAddress, registerNumber, root, leafCount, classesHash, BITS, GENERATORS_DIGEST].map(word),
  );

/** What a file of proofs begins with: which register it is about. */
export const headerOf = (context, leafCount) => join(MAGIC, context, sized(leafCount, 4));

/** The point [x, y] at 33 bytes; null for anything that is not the one way to write a point. @returns {[bigint, bigint] | null} */
export function pointIn(bytes) {
  if (bytes[0] !== 2 && bytes[0] !== 3) return null;
  const x = number(bytes.subarray(1, POINT));
  const y = x < P ? lift(x, BigInt(bytes[0] - 2)) : null;
  return y === null ? null : [x, y];
}

/** The parts of a proof over that many leaves, of the right length; null where one of them is no point or no number below n. */
export function readProof(bytes, leaves) {
  let at = 0;
  const take = (length) => bytes.subarray(at, (at += length));
  const points = (count) => Array.from({ length: count }, () => pointIn(take(POINT)));
  const scalars = (count) => Array.from({ length: count }, () => number(take(SCALAR)));
  const [A, S, T1, T2] = points(4);
  const [t, tau, mu] = scalars(3);
  const sides = points(2 * roundsOf(leaves));
  const [a, b] = scalars(2);
  const isWhole = [A, S, T1, T2, ...sides].every((one) => one !== null) && [t, tau, mu, a, b].every((one) => one < N);
  if (!isWhole) return null;
  return { A, S, T1, T2, t, tau, mu, L: sides.filter((_, i) => i % 2 === 0), R: sides.filter((_, i) => i % 2 === 1), a, b };
}

/** What is hashed for each challenge, letter and bytes in turn. */
function* asked(proof, leaves) {
  yield ["y", proof.subarray(0, 2 * POINT)];
  yield ["z", proof.subarray(0, 0)];
  yield ["x", proof.subarray(2 * POINT, 4 * POINT)];
  const scalars = 4 * POINT;
  const sides = scalars + 3 * SCALAR;
  yield ["w", proof.subarray(scalars, sides)];
  for (let r = 0; r < roundsOf(leaves); r++) yield ["u", proof.subarray(sides + 2 * POINT * r, sides + 2 * POINT * (r + 1))];
}

/**
 * The states of a proof's transcript, from s_0 on; `commitments` are 64 bytes for each leaf. `hash` is keccak everywhere but in tests.
 * @type {(context: Buffer, start: number, commitments: Buffer, proof: Buffer, hash?: (...parts: Buffer[]) => Buffer) => Buffer[]}
 */
export function statesOf(context, start, commitments, proof, hash = keccak) {
  const leaves = commitments.length / 64;
  const states = [hash(context, sized(start, 4), sized(leaves, 4), commitments)];
  for (const [letter, bytes] of asked(proof, leaves)) states.push(hash(states[states.length - 1], ascii(letter), bytes));
  return states;
}

/** The challenges that follow from the states; null when one of them is 0. */
export function challengesIn(states) {
  const [y, z, x, w, ...us] = states.slice(1).map((one) => number(one) % N);
  return [y, z, x, w, ...us].some((one) => one === 0n) ? null : { y, z, x, w, us };
}
