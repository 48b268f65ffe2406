// The key ceremony of a sealed poll, a trustee's part: numbers from a seed, joining, the roll (protocol §22.1, §22.2).

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { fromHex, join, keccak, toHex, utf8, word } from "./bytes.js";
import { canonical } from "./canonical.js";
import { addressOf, sign } from "./keys.js";
import { identitySigned } from "./identities.js";
import { wideScalar } from "./points.js";
import { digest } from "./typed_data.js";

const { Point } = secp256k1;
const MOST_SEATS = 32;

/** Every way in which a ceremony is refused. A page has a sentence for each, with what to do next. */
export const REASONS = /** @type {const} */ ([
  ...["paper_malformed", "threshold_out_of_range", "ceremony_id_wrong", "file_of_another_ceremony", "file_gave_up"],
  ...["seats_missing", "entry_malformed", "entry_not_signed", "key_twice", "own_entry_wrong", "dealt_under_another_roll"],
  ...["dealing_missing", "commitments_wrong", "shares_missing", "dealing_not_signed", "possession_wrong", "own_dealing_changed"],
  ...["ceremony_void", "key_infinite", "share_key_infinite", "degree_too_low", "share_key_twice", "share_too_large", "share_wrong", "share_sum_wrong"],
]);

/** The ceremony cannot go on: `reason` is one of REASONS, `seat` whose part is wrong, or null. */
export class CeremonyRefused extends Error {
  /** @param {typeof REASONS[number]} reason @param {number | null} seat */
  constructor(reason, seat = null) {
    super(seat === null ? reason : reason + " (" + seat + ")");
    this.reason = reason;
    this.seat = seat;
  }
}

/** Refuses for a reason unless something holds. @param {boolean} holds @param {typeof REASONS[number]} reason @param {number | null} seat */
export function demand(holds, reason, seat = null) {
  if (!holds) throw new CeremonyRefused(reason, seat);
}

/** Whether a text is 0x and so many bytes in lower case: there is one way to write a thing that is hashed. */
export const isHex = (text, bytes) => typeof text === "string" && text.length === 2 + 2 * bytes && /^0x[0-9a-f]*$/.test(text);

/** A number from a seed: for "sign" and "transport" `about` is the ceremony, for coefficients the roll's hash (each 32 bytes). */
export const scalar = (seed, about, what) => wideScalar(join(utf8("LenderVote/1/trustee"), seed, about, utf8(what)));

/** A point as 33 bytes, 0x. */
export const compressed = (point) => toHex(point.toBytes(true));

/** The ceremony's id from its paper { case, number, seats, threshold, random }, as 0x. */
export function ceremonyId({ case: theCase, number, seats, threshold, random }) {
  const numbers = [word(number).subarray(28), Uint8Array.of(seats, threshold)];
  return toHex(keccak(join(utf8("LenderVote/1/ceremony"), fromHex(theCase), ...numbers, fromHex(random))));
}

/** Demands that the opening paper is whole, in range, and has the id that follows from it. Throws CeremonyRefused. */
export function checkPaper(paper) {
  const { case: theCase, ceremony, chain_id: chainId, number, random, seats, threshold } = paper ?? {};
  const written = isHex(theCase, 20) && isHex(ceremony, 32) && isHex(random, 32);
  const counted = [chainId, number, seats, threshold].every((one) => Number.isSafeInteger(one) && one >= 0) && number < 2 ** 32;
  demand(written && counted, "paper_malformed");
  demand(threshold >= 2 && threshold <= seats && seats <= MOST_SEATS, "threshold_out_of_range");
  demand(ceremonyId(paper) === ceremony, "ceremony_id_wrong");
}

/** What a trustee's file { seed, ceremony, … } signs and receives with: { sign, transport } as bigints. */
export function secretsOf({ secret: seed, ceremony }) {
  const of = (what) => scalar(seed, fromHex(ceremony), what);
  return { sign: of("sign"), transport: of("transport") };
}

/** The seat's line of the roll, { key, seat, transport }, as it follows from the trustee's file. */
export function entryOf(file) {
  const { sign: signing, transport } = secretsOf(file);
  return { key: addressOf(word(signing)), seat: file.seat, transport: compressed(Point.BASE.multiply(transport)) };
}

/** Typed data of a line of the roll, for whatever signs for the seat's identity. */
export const rollEntryData = (paper, { key, seat, transport }) => typedData(paper, "RollEntry", { ceremony: paper.ceremony, seat, key, transport });

/** Typed data under the case's domain. */
export function typedData({ chain_id: chainId, case: verifyingContract }, primaryType, message) {
  return { domain: { name: "LenderVote", version: "1", chainId, verifyingContract }, primaryType, message };
}

export const digestUnderCase = (paper, type, message) => digest(paper.chain_id, paper.case, type, message);

const rollDigest = (paper, entry) => digestUnderCase(paper, "RollEntry", rollEntryData(paper, entry).message);

/** A seat's line of the roll, signed by a plain key (32 bytes) that is the seat's identity. */
export const joined = (paper, entry, identityKey) => ({ ...entry, signature: sign(rollDigest(paper, entry), identityKey) });

/** Demands that a file is one of this ceremony and seat. Throws CeremonyRefused. */
export function checkFile(paper, file) {
  const own = file.ceremony === paper.ceremony && file.case === paper.case && file.chain_id === paper.chain_id;
  demand(own && file.seat < paper.seats, "file_of_another_ceremony");
}

const bare = ({ key, seat, transport }) => ({ key, seat, transport });

/** The roll as canonical JSON, and its hash as 0x: what every coefficient hangs on. */
export function rollOf(paper, joins) {
  const { case: theCase, ceremony, chain_id: chainId, threshold } = paper;
  const text = canonical({ case: theCase, ceremony, chain_id: chainId, threshold, trustees: joins.map(bare) });
  return { text, hash: toHex(keccak(utf8(text))) };
}

/** The point of 33 bytes as 0x; null when it is none. */
export function pointAt(text) {
  try {
    return isHex(text, 33) ? Point.fromBytes(fromHex(text)) : null;
  } catch {
    return null;
  }
}

/**
 * The roll's hash, as 0x, after every line of it was checked: one for each seat, in order, signed by the identity that stands on chain for that
 * seat, no key twice. `identities` are the case's trustees in the order of their seats, as 0x. Throws CeremonyRefused.
 */
export async function checkRoll(paper, joins, identities) {
  checkPaper(paper);
  demand(Array.isArray(joins) && joins.length === paper.seats && identities.length === paper.seats, "seats_missing");
  for (const [seat, line] of joins.entries()) {
    const right = line?.seat === seat && isHex(line.key, 20) && pointAt(line.transport) !== null && typeof line.signature === "string";
    demand(right, "entry_malformed", seat);
    demand(await identitySigned(identities[seat], rollDigest(paper, line), line.signature), "entry_not_signed", seat);
  }
  for (const name of ["key", "transport"]) demand(new Set(joins.map((line) => line[name])).size === joins.length, "key_twice");
  return rollOf(paper, joins).hash;
}

/** Demands that the seat's own line is the one that its file makes. Throws CeremonyRefused. */
export function checkOwnEntry(file, joins) {
  demand(canonical(bare(joins[file.seat] ?? {})) === canonical(entryOf(file)), "own_entry_wrong", file.seat);
}
