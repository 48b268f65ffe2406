// What a recount checks of the key of a sealed poll (protocol, section 22): the transcript and what follows from it. Nothing here is secret.
import { ascii, hex, keccak, number, raw, sized, word } from "../bytes.mjs";
import { canonical } from "../json.mjs";
import { N, Point, addressOf, pointAt, signerOf } from "./curve.mjs";
import { lift } from "./recovery.mjs";

const POINT = 33; // bytes

/** Bytes of so many; null for anything else, also for capitals: what is hashed is written in one way. */
function exactly(length, text) {
  const found = raw(text);
  return found !== null && found.length === length && text === text.toLowerCase() ? found : null;
}

/** The point of 33 bytes in hex; null when there is none. */
function compressedPoint(text) {
  const bytes = exactly(POINT, text);
  if (bytes === null || (bytes[0] !== 2 && bytes[0] !== 3)) return null;
  const [x, odd] = [number(bytes.subarray(1)), BigInt(bytes[0] - 2)];
  const y = lift(x, odd);
  return y === null ? null : pointAt(Buffer.concat([word(x), word(y)]));
}

/** @type {(point: any) => [bigint, bigint]} */
const affine = (point) => {
  const { x, y } = point.toAffine();
  return [x, y];
};
const addressAt = (point) => addressOf(affine(point));

/** rollHash of a case's ceremony: the hash of its roll as canonical JSON. */
export function rollHashOf({ ceremony, threshold, trustees }, caseAddress, chainId) {
  return keccak(canonical({ case: hex(caseAddress), ceremony, chain_id: chainId, threshold, trustees }));
}

/** The signed numbers of a dealing: of the first commitment, and of everything. */
function digestsOf(rollHash, seat, points, words) {
  const of = (label, ...parts) => keccak(ascii(`LenderVote/1/${label}`), rollHash, sized(seat, 32), ...parts);
  return [of("possession", points[0]), of("dealing", ...points, ...words)];
}

/** What is wrong with one dealing, for all to see; null when nothing is. */
function wrongWith(dealing, seat, { threshold, trustees }, rollHash) {
  const points = dealing.commitments.map(compressedPoint);
  if (points.length !== threshold || points.some((one) => one === null)) return "commitments";
  const words = dealing.shares.map((one) => exactly(32, one));
  if (words.length !== trustees.length || words.some((one) => one === null)) return "shares";
  const [possession, whole] = digestsOf(rollHash, seat, dealing.commitments.map(raw), words);
  const by = (digest, text) => signerOf(digest, exactly(65, text) ?? Buffer.alloc(0));
  if (!by(whole, dealing.signature)?.equals(raw(trustees[seat].key))) return "signature";
  return by(possession, dealing.possession)?.equals(addressAt(points[0])) ? null : "possession";
}

/** The value of Σ A_k place^k, from the highest. */
const at = (points, place) => points.reduceRight((sum, one) => sum.multiplyUnsafe(place).add(one), Point.ZERO);

/**
 * X and the share keys of a transcript, { key: [x, y], shareKeys (20 bytes each), transcriptHash, rollHash }, or { wrong, seat } where a
 * trustee would not have signed. Shares themselves are encrypted; that each fits is what its trustee's signature says.
 */
export function keyOf(transcript, caseAddress, chainId) {
  const rollHash = rollHashOf(transcript, caseAddress, chainId);
  if (hex(rollHash) !== transcript.rollHash) return { wrong: "roll", seat: null };
  const seats = transcript.trustees.length;
  if (transcript.dealings.length !== seats) return { wrong: "dealings", seat: null };
  for (let seat = 0; seat < seats; seat++) {
    const wrong = wrongWith(transcript.dealings[seat], seat, transcript, rollHash);
    if (wrong !== null) return { wrong, seat };
  }
  const all = transcript.dealings.map(({ commitments }) => commitments.map(compressedPoint));
  const sums = Array.from({ length: transcript.threshold }, (_, k) => all.reduce((sum, one) => sum.add(one[k]), Point.ZERO));
  const shares = Array.from({ length: seats }, (_, seat) => at(sums, BigInt(seat + 1)));
  if (sums[0].is0() || sums[sums.length - 1].is0() || shares.some((one) => one.is0())) return { wrong: "infinity", seat: null };
  const shareKeys = shares.map(addressAt);
  if (new Set(shareKeys.map(hex)).size !== seats) return { wrong: "share keys", seat: null };
  return { key: affine(sums[0]), shareKeys, rollHash, transcriptHash: keccak(canonical(transcript)) };
}

/** @type {(value: bigint) => bigint} */
const modulo = (value) => ((value % N) + N) % N;

/** a^(n-2) modulo n: the inverse, by Fermat. */
function inverted(a) {
  let [found, base] = [1n, modulo(a)];
  for (let rest = N - 2n; rest > 0n; rest >>= 1n) {
    if (rest & 1n) found = (found * base) % N;
    base = (base * base) % N;
  }
  return found;
}

/**
 * The secret from shares, pairs of seat and number: the value at zero.
 * @param {[number, bigint][]} shares
 */
export function secretFrom(shares) {
  const places = shares.map(([seat]) => BigInt(seat + 1));
  return modulo(
    shares.reduce(
      (sum, [, share], i) => {
        let [top, bottom] = [1n, 1n];
        places.forEach((place, j) => {
          if (i === j) return;
          top = modulo(top * place);
          bottom = modulo(bottom * (place - places[i]));
        });
        return sum + share * top * inverted(bottom);
      },
      /** @type {bigint} */ (0n),
    ),
  );
}
