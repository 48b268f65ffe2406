// Dealing shares of a poll's key, and reading what the others dealt (protocol §22.3).

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { fromHex, join, keccak, toHex, toNumber, utf8, word } from "./bytes.js";
import { checkFile, checkOwnEntry, compressed, demand, isHex, pointAt, scalar, secretsOf } from "./ceremony.js";
import { isSignedBy, sign } from "./keys.js";
import { addressOfPoint } from "./points.js";

const { Point } = secp256k1;
export const ORDER = Point.Fn.ORDER;
const SHARE = keccak(utf8("LenderVote/1/share"));

/** The polynomial's value at a place, coefficients from the lowest. */
const valueAt = (coefficients, place) => coefficients.reduceRight((sum, one) => (sum * place + one) % ORDER, 0n);

/** Σ A_k place^k over points, by small multiples only; what goes in is public. */
export const pointAtPlace = (points, place) => points.reduceRight((sum, one) => sum.multiplyUnsafe(BigInt(place)).add(one), Point.ZERO);

/** What hides a share between a dealer's and a receiver's transport keys, 32 bytes. */
function pad(rollHash, dealer, receiver, shared) {
  return keccak(join(SHARE, rollHash, word(dealer), word(receiver), addressOfPoint(shared)));
}

const mixed = (a, b) => a.map((byte, i) => byte ^ b[i]);

/** What proves that the dealer knows the first coefficient, and what the signing key stands for; 32 bytes each. */
function dealingDigests(rollHash, dealer, commitments, words) {
  const of = (label, ...parts) => keccak(join(utf8("LenderVote/1/" + label), rollHash, word(dealer), ...parts));
  const points = commitments.map(fromHex);
  return { possession: of("possession", points[0]), signature: of("dealing", ...points, ...words.map(fromHex)) };
}

/** The coefficients of a file's polynomial under a roll, as bigints: another roll, another polynomial. */
const coefficientsOf = (file, threshold, rollHash) =>
  Array.from({ length: threshold }, (_, k) => scalar(file.secret, fromHex(rollHash), "coefficient " + k));

/** A dealing { commitments, possession, shares, signature } of coefficients by a seat whose secrets are { sign, transport }, all bigints. */
export function dealingFrom(coefficients, { seat, sign: signing, transport }, joins, rollHash) {
  const hash = fromHex(rollHash);
  const commitments = coefficients.map((one) => compressed(Point.BASE.multiply(one)));
  const shares = joins.map((line, receiver) => {
    const shared = pointAt(line.transport).multiply(transport);
    return toHex(mixed(word(valueAt(coefficients, BigInt(receiver + 1))), pad(hash, seat, receiver, shared)));
  });
  const digests = dealingDigests(hash, seat, commitments, shares);
  const possession = sign(digests.possession, word(coefficients[0]));
  return { commitments, possession, shares, signature: sign(digests.signature, word(signing)) };
}

/** The dealing of a file's seat under a roll: the same each time it is asked for. */
export function dealingOf(paper, file, joins, rollHash) {
  const coefficients = coefficientsOf(file, paper.threshold, rollHash);
  return dealingFrom(coefficients, { seat: file.seat, ...secretsOf(file) }, joins, rollHash);
}

/**
 * The dealing of the file's seat under a roll that checkRoll let pass. The file is to be written again with `dealt_roll` before the dealing goes
 * out, for it deals under one roll only. Throws CeremonyRefused.
 */
export function deal(paper, file, joins, rollHash) {
  checkFile(paper, file);
  checkOwnEntry(file, joins);
  demand(!file.given_up, "file_gave_up", file.seat);
  demand(file.dealt_roll === "" || file.dealt_roll === rollHash, "dealt_under_another_roll", file.seat);
  return dealingOf(paper, file, joins, rollHash);
}

/** A dealer's commitments as points, after everything that all can see of the dealing was checked. Throws CeremonyRefused. */
export function checkDealing(paper, dealer, line, rollHash, dealing) {
  const { commitments, possession, shares, signature } = dealing ?? {};
  demand(Array.isArray(commitments) && Array.isArray(shares), "dealing_missing", dealer);
  const points = commitments.map(pointAt);
  demand(points.length === paper.threshold && points.every((one) => one !== null), "commitments_wrong", dealer);
  demand(shares.length === paper.seats && shares.every((one) => isHex(one, 32)), "shares_missing", dealer);
  const digests = dealingDigests(fromHex(rollHash), dealer, commitments, shares);
  const signedBy = (address, digest, given) => isHex(given, 65) && isSignedBy(address, digest, given);
  demand(signedBy(line.key, digests.signature, signature), "dealing_not_signed", dealer);
  demand(signedBy(toHex(addressOfPoint(points[0])), digests.possession, possession), "possession_wrong", dealer);
  return points;
}

/** The share from a dealer to a receiver, by either's transport secret and the other's transport point; a bigint, perhaps no right one. */
export function shareIn(dealing, rollHash, dealer, receiver, secret, otherPoint) {
  return toNumber(mixed(fromHex(dealing.shares[receiver]), pad(fromHex(rollHash), dealer, receiver, otherPoint.multiply(secret))));
}

/** Whether a share is a receiver's value of the polynomial behind the commitments. */
export function shareFits(share, commitments, receiver) {
  if (share >= ORDER) return false;
  const own = share === 0n ? Point.ZERO : Point.BASE.multiply(share);
  return own.equals(pointAtPlace(commitments, receiver + 1));
}
