// The protocol as the lender's own page computes it, independent of what the service says (docs/protocol.md).

export { fromHex, join, keccak, same, toHex, toNumber, utf8, word } from "./bytes.js";
export { addressOf, commitment, generatorH, isSignedBy, makeKey, opens, readKeyFile, recover, sign } from "./keys.js";
export { parametersHash } from "./parameters.js";
export { caseFingerprint, pollAddress } from "./cases.js";
export { classNamesHash, classesHash, depthOf, leafHash, rootFrom, standsInRegister } from "./merkle.js";
export { resultHash } from "./result.js";
export { TYPES, TYPES_OF_PROTOCOL_1, TYPES_OF_PROTOCOL_2, digest, digestOf, domainSeparator, structHash } from "./typed_data.js";

import { isSignedBy, opens, sign } from "./keys.js";
import { fromHex, join, keccak, toHex, toNumber, utf8 } from "./bytes.js";
import { standsInRegister } from "./merkle.js";
import { digest } from "./typed_data.js";

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

/** The digest of a ballot on this poll, 32 bytes (protocol §5, Ballot). */
export function ballotDigest(poll, { index, choice, sequence }) {
  return digest(poll.chain_id, poll.address, "Ballot", { index, choice, sequence, planHash: poll.plan.plan_hash });
}

/** A ballot signed by its key, as the service's intake takes it. */
export function signBallot(poll, { index, choice, sequence, credential }, key) {
  return {
    index,
    choice,
    sequence,
    ballot_key: credential.ballot_key,
    ballot_signature: sign(ballotDigest(poll, { index, choice, sequence }), key),
    credential_expires_at: unixSeconds(credential.expires_at),
    credential_signature: credential.signature,
  };
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
