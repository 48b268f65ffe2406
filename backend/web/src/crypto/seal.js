// Seals: a choice under the poll's key, which nobody opens before the close (protocol §21.1).

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { fromHex, join, keccak, toHex, toNumber, utf8, word } from "./bytes.js";
import { addressOfPoint, pointOf, wideScalar } from "./points.js";
import { structHash } from "./typed_data.js";

const { Point } = secp256k1;
const ORDER = Point.Fn.ORDER;
const SEAL = keccak(utf8("LenderVote/1/seal"));
const MOST_MOTIONS = 16;
const RECORD_BYTES = 110;

const sized = (value, bytes) => {
  const whole = word(value);
  if (whole.subarray(0, 32 - bytes).some(Boolean)) throw new RangeError("does not fit in " + bytes + " bytes");
  return whole.subarray(32 - bytes);
};

/** The plain value of choices, one of 1, 2, 3 for each motion, from the first. Throws a RangeError for anything else. */
export function plainOf(choices) {
  const right = choices.length >= 1 && choices.length <= MOST_MOTIONS && choices.every((choice) => choice === 1 || choice === 2 || choice === 3);
  if (!right) throw new RangeError("not a choice for every motion");
  return choices.reduce((plain, choice, motion) => plain | (BigInt(choice) << BigInt(2 * motion)), 0n);
}

/** The choices of a plain value, a bigint below 2^64, in so many motions; null when it is invalid. */
export function choicesOf(plain, motions) {
  const choices = Array.from({ length: motions }, (_, motion) => Number((plain >> BigInt(2 * motion)) & 3n));
  return plain >> BigInt(2 * motions) === 0n && choices.every((choice) => choice > 0) ? choices : null;
}

/** The eight bytes that hide a plain value, as a bigint. `place` is { separator (32 bytes), index, sequence }. */
function hiding({ separator, index, sequence }, seal, shared) {
  if (separator.length !== 32) throw new RangeError("not a domain separator");
  const hashed = join(SEAL, separator, word(index), word(sequence), seal, new Uint8Array(12), addressOfPoint(shared));
  return toNumber(keccak(hashed).subarray(0, 8));
}

/** The seal of a number k of 1 .. n-1 and the k that is used, or null when another is to be drawn. */
function sealOf(k) {
  const { x, y } = Point.BASE.multiply(k).toAffine();
  return x < ORDER ? { seal: word(x), used: y & 1n ? ORDER - k : k } : null;
}

/** k by chance and by the ballot key, so that a weak generator alone gives no seal away. */
function draw({ separator, index, sequence }, plain, ballotKey, random) {
  return wideScalar(join(utf8("LenderVote/1/k"), random(new Uint8Array(32)), ballotKey, separator, word(index), word(sequence), sized(plain, 8)));
}

/**
 * A plain value sealed to the poll's key { x, y } for one place { separator, index, sequence }: { seal, sealedChoice, k }, the first two as 0x
 * of 32 and 8 bytes, k a bigint to be forgotten. Throws a RangeError for a key off the curve.
 */
export function seal(plain, sealKey, place, ballotKey, random = (bytes) => crypto.getRandomValues(bytes)) {
  const key = pointOf(sealKey);
  let made = null;
  while (!made) made = sealOf(draw(place, plain, ballotKey, random));
  const sealedChoice = sized(plain ^ hiding(place, made.seal, key.multiply(made.used)), 8);
  return { seal: toHex(made.seal), sealedChoice: toHex(sealedChoice), k: made.used };
}

/** The plain value under a seal for whoever knows its k, a bigint; null when the seal is not that of k. */
export function openByK(k, sealKey, place, { seal: given, sealedChoice }) {
  const made = sealOf(k);
  if (!made || made.used !== k || toHex(made.seal) !== given.toLowerCase()) return null;
  return toNumber(exactly(8, sealedChoice)) ^ hiding(place, made.seal, pointOf(sealKey).multiply(k));
}

/** The plain value for whoever knows the poll's secret, a bigint: what the contract finds. 0n stands for an invalid ballot. */
export function open(secret, place, { seal: given, sealedChoice }, motions) {
  const bytes = exactly(32, given);
  const point = toNumber(bytes) < ORDER ? evenPoint(bytes) : null;
  if (!point) return 0n;
  const plain = toNumber(exactly(8, sealedChoice)) ^ hiding(place, bytes, point.multiply(secret));
  return choicesOf(plain, motions) ? plain : 0n;
}

function evenPoint(x) {
  try {
    return Point.fromBytes(join(Uint8Array.of(2), x));
  } catch {
    return null; // no point has this x
  }
}

function exactly(length, text) {
  const bytes = fromHex(text);
  if (bytes.length !== length) throw new RangeError("not " + length + " bytes");
  return bytes;
}

/** One ballot as the box has it, 110 bytes as 0x. */
export function recordOf({ index, votingClass, x, y, sequence, seal: given, sealedChoice }) {
  const record = join(sized(index, 4), sized(votingClass, 1), word(x), word(y), sized(sequence, 1), exactly(32, given), exactly(8, sealedChoice));
  if (record.length !== RECORD_BYTES) throw new RangeError("not a record");
  return toHex(record);
}

/** The box's number after more records were folded onto it, all as 0x. Throws a RangeError for bytes that are no whole records. */
export function foldedBox(before, records) {
  const bytes = fromHex(records);
  if (bytes.length % RECORD_BYTES) throw new RangeError("not whole records");
  let box = exactly(32, before);
  for (let at = 0; at < bytes.length; at += RECORD_BYTES) box = keccak(join(box, bytes.subarray(at, at + RECORD_BYTES)));
  return toHex(box);
}

/** hashStruct of a poll's seal key, { x, y, threshold, share_keys, roll_hash, transcript_hash }, as 0x. */
export function sealKeyHash({ x, y, threshold, share_keys: shareKeys, roll_hash: rollHash, transcript_hash: transcriptHash }) {
  return toHex(structHash("SealKey", { x, y, threshold, shareKeys, rollHash, transcriptHash }));
}
