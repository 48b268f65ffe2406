// Confirming a poll's key: everything a trustee demands before signing it, the twelve words, and what is signed (protocol §22.4).

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak, toHex, utf8, word } from "./bytes.js";
import { WORDS } from "./bip39.js";
import { canonical } from "./canonical.js";
import { checkFile, checkOwnEntry, checkRoll, demand, digestUnderCase, isHex, pointAt, secretsOf, typedData } from "./ceremony.js";
import { ORDER, checkDealing, dealingOf, pointAtPlace, shareFits, shareIn } from "./dealing.js";
import { sign } from "./keys.js";
import { addressOfPoint } from "./points.js";

const { Point } = secp256k1;
const bare = ({ key, seat, transport }) => ({ key, seat, transport });

/** `seal.json` of a ceremony, as canonical JSON, and its hash as 0x. */
export function transcriptOf(paper, joins, rollHash, dealings) {
  const listed = dealings.map(({ commitments, possession, shares, signature }) => ({ commitments, possession, shares, signature }));
  const text = canonical({ ceremony: paper.ceremony, threshold: paper.threshold, rollHash, trustees: joins.map(bare), dealings: listed });
  return { text, hash: toHex(keccak(utf8(text))) };
}

/** The first 132 bits of a transcript's hash as twelve words, each { word, number } with its number from 1. */
export function twelveWords(transcriptHash) {
  const bits = BigInt(transcriptHash) >> 124n;
  return Array.from({ length: 12 }, (_, place) => Number((bits >> BigInt(11 * (11 - place))) & 2047n)).map((at) => ({ word: WORDS[at], number: at + 1 }));
}

/** X, the share points and their addresses from all commitments. Throws CeremonyRefused where one is infinity or two are the same. */
function keysOf(paper, commitments) {
  const sums = Array.from({ length: paper.threshold }, (_, k) => commitments.reduce((sum, points) => sum.add(points[k]), Point.ZERO));
  demand(!sums[0].is0(), "key_infinite");
  demand(!sums[paper.threshold - 1].is0(), "degree_too_low");
  const sharePoints = Array.from({ length: paper.seats }, (_, seat) => {
    const point = pointAtPlace(sums, seat + 1);
    demand(!point.is0(), "share_key_infinite", seat);
    return point;
  });
  const addresses = sharePoints.map((point) => toHex(addressOfPoint(point)));
  demand(new Set(addresses).size === paper.seats, "share_key_twice");
  return { key: sums[0].toAffine(), sharePoints, addresses };
}

/** The seat's own share s_i, a bigint, of what every dealer sent it. Throws CeremonyRefused, with the dealer's seat. */
function ownShare(file, joins, rollHash, dealings, commitments, sharePoint) {
  const { transport } = secretsOf(file);
  const sum = dealings.reduce((before, dealing, dealer) => {
    const share = shareIn(dealing, rollHash, dealer, file.seat, transport, pointAt(joins[dealer].transport));
    demand(share < ORDER, "share_too_large", dealer);
    demand(shareFits(share, commitments[dealer], file.seat), "share_wrong", dealer);
    return (before + share) % ORDER;
  }, 0n);
  demand(sum > 0n && Point.BASE.multiply(sum).equals(sharePoint), "share_sum_wrong", file.seat);
  return sum;
}

/**
 * Everything that is public of a ceremony, checked (protocol §22.4, 1, 3 and 4): { rollHash, transcript, words, sealKey, commitments, sharePoints }.
 * `sealKey` is named as in seal keys of polls. Complaints that were shown void the ceremony. Throws CeremonyRefused.
 */
export async function checkTranscript({ paper, joins, identities, dealings, complaints = [] }) {
  const rollHash = await checkRoll(paper, joins, identities);
  for (const one of complaints) demand(!givesUp(paper, joins, rollHash, one), "ceremony_void", one.receiver);
  for (let seat = 0; seat < paper.seats; seat += 1) demand(Boolean(dealings?.[seat]), "dealing_missing", seat);
  const commitments = joins.map((line, dealer) => checkDealing(paper, dealer, line, rollHash, dealings[dealer]));
  const { key, sharePoints, addresses } = keysOf(paper, commitments);
  const transcript = transcriptOf(paper, joins, rollHash, dealings);
  const [x, y] = [key.x, key.y].map((one) => toHex(word(one)));
  const hashes = { roll_hash: rollHash, transcript_hash: transcript.hash };
  const sealKey = { x, y, threshold: paper.threshold, share_keys: addresses, ...hashes };
  return { rollHash, transcript, words: twelveWords(transcript.hash), sealKey, commitments, sharePoints };
}

/**
 * What a trustee may sign once the words were compared and the file was read back: checkTranscript's answer and `share`, the seat's own s_i, a
 * bigint. `file` is an opened key file. Throws CeremonyRefused.
 */
export async function confirm(shown, file) {
  const { paper, joins, dealings } = shown;
  const checked = await checkTranscript(shown);
  checkFile(paper, file);
  demand(!file.given_up, "file_gave_up", file.seat);
  checkOwnEntry(file, joins);
  const { rollHash, commitments, sharePoints } = checked;
  demand(file.dealt_roll === rollHash, "dealt_under_another_roll", file.seat);
  const own = canonical(dealingOf(paper, file, joins, rollHash));
  demand(canonical(dealings[file.seat]) === own, "own_dealing_changed", file.seat);
  return { ...checked, share: ownShare(file, joins, rollHash, dealings, commitments, sharePoints[file.seat]) };
}

const messageOf = ({ x, y, threshold, share_keys: shareKeys, roll_hash: rollHash, transcript_hash: transcriptHash }) =>
  ({ x, y, threshold, shareKeys, rollHash, transcriptHash });

/** Typed data of a seal key under the case, for whatever signs for the seat's identity. */
export const sealKeyData = (paper, sealKey) => typedData(paper, "SealKey", messageOf(sealKey));

/** SealKey signed by a share (a bigint) or by a plain identity key as a number, 65 bytes as 0x. */
export const signSealKey = (paper, sealKey, secret) => sign(digestUnderCase(paper, "SealKey", messageOf(sealKey)), word(secret));

/** Whether an announced key is the one of a transcript, and the seat's own share key stands at the seat: what two worlds would not show. */
export function standsIn(announced, sealKey, seat) {
  const right = canonical(messageOf(announced)) === canonical(messageOf(sealKey));
  return right && announced.share_keys[seat] === sealKey.share_keys[seat];
}

/** A complaint about a dealer whose share does not fit: it gives up the file's transport key, so that the ceremony is void. */
export function complaintOf(file, dealer, rollHash) {
  const transport = toHex(word(secretsOf(file).transport));
  return { ceremony: file.ceremony, dealer, receiver: file.seat, rollHash, transport_secret: transport };
}

/** Whether a complaint gives up the receiver's transport key, which voids the ceremony even when the share was right. */
export function givesUp(paper, joins, rollHash, complaint) {
  const { dealer, receiver, transport_secret: written } = complaint;
  const secret = isHex(written, 32) ? BigInt(written) : 0n;
  const about = complaint.ceremony === paper.ceremony && complaint.rollHash === rollHash && Boolean(joins[dealer] && joins[receiver]);
  return about && secret > 0n && secret < ORDER && Point.BASE.multiply(secret).equals(pointAt(joins[receiver].transport));
}

/** Whether a complaint is right: the secret is the receiver's, and what the dealer sent does not fit. Throws CeremonyRefused for a wrong dealing. */
export function complaintHolds(paper, joins, rollHash, dealing, complaint) {
  if (!givesUp(paper, joins, rollHash, complaint)) return false;
  const { dealer, receiver } = complaint;
  const secret = BigInt(complaint.transport_secret);
  const commitments = checkDealing(paper, dealer, joins[dealer], rollHash, dealing);
  return !shareFits(shareIn(dealing, rollHash, dealer, receiver, secret, pointAt(joins[dealer].transport)), commitments, receiver);
}
