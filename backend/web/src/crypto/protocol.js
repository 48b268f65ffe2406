// The protocol as the lender's own page computes it, independent of what the service says (docs/protocol.md).

export { fromHex, join, keccak, same, toHex, toNumber, utf8, word } from "./bytes.js";
export { addressOf, commitment, generatorH, isSignedBy, makeKey, opens, readKeyFile, recover, sign } from "./keys.js";
export { parametersHash, sealedParametersHash } from "./parameters.js";
export { caseFingerprint, pollAddress } from "./cases.js";
export { classNamesHash, classesHash, depthOf, leafHash, rootFrom, standsInRegister } from "./merkle.js";
export { motionsResultHash, resultHash } from "./result.js";
export { trusteesHash } from "./appointments.js";
export { generationHash, hashOfGeneration, saltOf } from "./generations.js";
export { choicesOf, open, openByK, plainOf, seal, sealKeyHash } from "./seal.js";
export { TYPES, TYPES_OF_PROTOCOL_1, TYPES_OF_PROTOCOL_2, digest, digestOf, domainSeparator, structHash } from "./typed_data.js";

import { isSignedBy, opens, sign } from "./keys.js";
import { fromHex, join, keccak, toHex, toNumber, utf8 } from "./bytes.js";
import { standsInRegister } from "./merkle.js";
import { openByK, plainOf, seal, sealKeyHash } from "./seal.js";
import { digest, domainSeparator } from "./typed_data.js";

export const FOR = 1;
export const AGAINST = 2;
export const ABSTAIN = 3;

/** What a lender checks about their own claim: the amount is the committed one, and the leaf is in the frozen register. */
export function checkClaim(claim, poll) {
  return {
    amount: opens(claim.amount_fen, claim.blind, claim.x, claim.y),
    register: standsInRegister(claim, poll.register.leaf_count, poll.register.root),
  };
}

/** The digest of a ballot on this poll, 32 bytes (protocol §5): of a Ballot, or of a SealedBallot where the poll has a key for seals. */
export function ballotDigest(poll, { index, choice, sequence, seal, sealed_choice: sealedChoice }) {
  const planHash = poll.plan.plan_hash;
  if (!poll.seal_key) return digest(poll.chain_id, poll.address, "Ballot", { index, choice, sequence, planHash });
  return digest(poll.chain_id, poll.address, "SealedBallot", {
    index,
    sequence,
    seal,
    sealedChoice,
    planHash,
    sealKeyHash: sealKeyHash(poll.seal_key),
  });
}

const signed = (poll, ballot, credential, key) => ({
  ...ballot,
  ballot_key: credential.ballot_key,
  ballot_signature: sign(ballotDigest(poll, ballot), key),
  credential_expires_at: unixSeconds(credential.expires_at),
  credential_signature: credential.signature,
});

/** A ballot signed by its key, as the service's intake takes it. */
export const signBallot = (poll, { index, choice, sequence, credential }, key) =>
  signed(poll, { index, choice, sequence }, credential, key);

const placeIn = (poll, { index, sequence }) => ({ separator: domainSeparator(poll.chain_id, poll.address), index, sequence });

/** Choices, one for each motion, sealed to the poll's key: { choices, seal, sealed_choice, k }. k must not outlive the signing. */
export function sealFor(poll, { index, sequence, choices }, key) {
  const made = seal(plainOf(choices), poll.seal_key, placeIn(poll, { index, sequence }), key);
  return { choices, seal: made.seal, sealed_choice: made.sealedChoice, k: made.k };
}

/** Whether what is sealed holds just these choices, by its k: the check before signing, and the one on another device. */
export function holds(poll, { index, sequence }, sealed) {
  const bytes = { seal: sealed.seal, sealedChoice: sealed.sealed_choice };
  return openByK(sealed.k, poll.seal_key, placeIn(poll, { index, sequence }), bytes) === plainOf(sealed.choices);
}

/** The sealed bytes do not hold what was chosen: such a ballot is not signed. */
export class SealWrong extends Error {}

/** A sealed ballot signed by its key, as the service's intake takes it: nothing in it tells the choices. Throws SealWrong, a RangeError. */
export function signSealedBallot(poll, { index, sequence, sealed, credential }, key) {
  if (!holds(poll, { index, sequence }, sealed)) throw new SealWrong();
  return signed(poll, { index, sequence, seal: sealed.seal, sealed_choice: sealed.sealed_choice }, credential, key);
}

/** Unix seconds from a whole number or an RFC 3339 time. */
export function unixSeconds(moment) {
  return typeof moment === "number" ? moment : Math.floor(Date.parse(moment) / 1000);
}

/** Whether the receipt is this poll's receipt signer's signature over exactly this ballot, and its place in the relay's books. */
export function isReceiptFor(receipt, ballot, poll) {
  const ballotHash = toHex(ballotDigest(poll, ballot));
  const message = {
    ballotDigest: ballotHash,
    ballotKey: ballot.ballot_key,
    index: ballot.index,
    sequence: ballot.sequence,
    receivedAt: unixSeconds(receipt.received_at),
    ...(poll.protocol === 1 ? {} : { book: receipt.book, number: receipt.book_number, previous: receipt.previous }),
  };
  try {
    const receiptDigest = digest(poll.chain_id, poll.address, "BallotReceipt", message);
    return (
      receipt.ballot_digest === ballotHash &&
      receipt.ballot_key === ballot.ballot_key &&
      isSignedBy(poll.receipt_signer, receiptDigest, receipt.signature)
    );
  } catch {
    return false;
  }
}

/** The key code of a ballot (protocol §20): what the lender types on a page that no server gives. Only ever of a key made on this device. */
export const keyCodeOf = (ballotKey) => ballotKey.slice(2, 14).match(/.{4}/g).join(" ");

/** Whether a credential is one of the poll's verifiers' for this lender and key. */
export function isCredentialFor(credential, index, ballotKey, poll) {
  const message = { index, ballotKey, expiresAt: unixSeconds(credential.expires_at) };
  try {
    const credentialDigest = digest(poll.chain_id, poll.address, "Credential", message);
    return poll.verifiers.some((verifier) => isSignedBy(verifier, credentialDigest, credential.signature));
  } catch {
    return false;
  }
}

const CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Six letters that lender and official compare: the first 30 bits of keccak("LenderVote/1/key-code" ‖ ballot key). */
export function keyCode(ballotKey) {
  const hash = keccak(join(utf8("LenderVote/1/key-code"), fromHex(ballotKey)));
  const bits = Number(toNumber(hash.subarray(0, 4)) >> 2n);
  return [25, 20, 15, 10, 5, 0].map((shift) => CODE_LETTERS[(bits >> shift) & 31]).join("");
}
