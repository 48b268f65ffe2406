// Seals and the box of a sealed poll (protocol, section 21), from the end of counting: what one secret makes of many ballots.
//
// x*even(r) is what a signature with r = r, s = x*r and an even point "recovers" over a hash of zero. So this opens as the contract does,
// by recovery, and many ballots share their inversions.
import { ascii, keccak, number, same, sized, word } from "../bytes.mjs";
import { addressOf } from "./curve.mjs";
import { N, recoverAll } from "./recovery.mjs";

const SEAL = keccak(ascii("LenderVote/1/seal"));
const [RECORD, SEAL_AT, CHOICE_AT] = [110, 70, 102]; // bytes
const MASK = 2n ** 64n - 1n;
export const EMPTY_BOX = Buffer.alloc(32);

/**
 * What times*even(r) is recovered from; an s of the upper half has the odd point's, which is the same.
 * @type {(r: bigint, times: bigint) => { e: bigint, r: bigint, s: bigint, parity: bigint }}
 */
function question(r, times) {
  const s = (times * r) % N;
  return s > N >> 1n ? { e: 0n, r, s: N - s, parity: 1n } : { e: 0n, r, s, parity: 0n };
}

/** The points [x, y] that even points with these x are, taken so many times; null where there is none, or r is not of 1 .. n-1. */
export const multiplied = (times, all) => recoverAll(all.map((r) => question(r, times)));

/** Whether every motion has one of three choices, and nothing else stands there. */
function isWhole(plain, motions) {
  for (let motion = 0; motion < motions; motion++, plain >>= 2n) if ((plain & 3n) === 0n) return false;
  return plain === 0n;
}

/** A ballot's eight bytes under which its plain value stands; `shared` is the address of the shared point. */
function hiding(separator, { index, sequence, seal }, shared) {
  const ends = [Buffer.alloc(12), shared];
  return number(keccak(SEAL, separator, word(index), word(sequence), seal, ...ends).subarray(0, 8));
}

/** The plain values of many ballots { index, sequence, seal (32 bytes), sealedChoice }, each 0n when it is invalid. */
export function openedAll(secret, separator, motions, ballots) {
  const points = multiplied(
    secret,
    ballots.map(({ seal }) => number(seal)),
  );
  return ballots.map((one, i) => openedWith(points[i] && addressOf(points[i]), separator, motions, one));
}

/** The plain value of a ballot by the address of its shared point; 0n when it is invalid, also for null: there is no such point. */
export function openedWith(shared, separator, motions, ballot) {
  if (shared === null) return 0n;
  const plain = (ballot.sealedChoice ^ hiding(separator, ballot, shared)) & MASK;
  return isWhole(plain, motions) ? plain : 0n;
}

/** The signature whose signer over a hash of zero is the shared point's address, for a pool of signatures. */
export function sharing(secret, seal) {
  const { r, s, parity } = question(number(seal), secret);
  return { digest: EMPTY_BOX, signature: Buffer.concat([word(r), word(s), Buffer.of(27 + Number(parity))]) };
}

/** A record of 110 bytes, read. */
export function readRecord(bytes) {
  return {
    index: bytes.readUInt32BE(0),
    votingClass: bytes[4],
    point: bytes.subarray(5, 69),
    sequence: bytes[69],
    seal: bytes.subarray(SEAL_AT, CHOICE_AT),
    sealedChoice: bytes.readBigUInt64BE(CHOICE_AT),
  };
}

/** A ballot as it is recorded: `point` are the 64 bytes of its commitment. */
export const recordOf = ({ index, votingClass, point, sequence, seal, sealedChoice }) =>
  Buffer.concat([sized(index, 4), Buffer.of(votingClass), point, Buffer.of(sequence), seal, sized(sealedChoice, 8)]);

/** The records in a run of bytes; null when they are not whole, or none. */
export function recordsIn(bytes) {
  if (bytes.length === 0 || bytes.length % RECORD) return null;
  return Array.from({ length: bytes.length / RECORD }, (_, i) => bytes.subarray(RECORD * i, RECORD * (i + 1)));
}

/** The box with more records in it. */
export const folded = (box, records) => records.reduce((before, one) => keccak(before, one), box);

/** The records at the front of these bytes that are the end of the box, or the reason why none are; those behind them are passed over. */
export function takenFrom(box, before, bytes) {
  const records = recordsIn(bytes);
  if (records === null) return { reason: "Box_LengthWrong", records: [] };
  let number = before;
  const last = records.findIndex((one) => same((number = keccak(number, one)), box));
  return last < 0 ? { reason: "Box_NotItsEnd", records: [] } : { reason: null, records: records.slice(0, last + 1) };
}

/** The bytes that BallotsCounted has for ballots with their plain values; `newest` says each index's sequence. */
export function countedBytes(motions, ballots, plains, newest) {
  const parts = ballots.flatMap(({ index, sequence }, i) => {
    if (newest.get(index) !== sequence) return [];
    const single = motions === 1;
    const last = (sequence << 2) | (single ? Number(plains[i]) : 0);
    return [sized(index, 4), Buffer.of(last), single ? Buffer.alloc(0) : sized(plains[i], 4)];
  });
  return Buffer.concat(parts);
}

/** The choices in a plain value, first motion first; none when it is 0n. */
export const choicesIn = (plain, motions) =>
  plain === 0n ? [] : Array.from({ length: motions }, (_, motion) => Number((plain >> BigInt(2 * motion)) & 3n));
