// The file with which verifier/web/verify.html checks a ballot without this site. It holds the lender's amount: it is for the lender alone.

import { unixSeconds } from "../protocol.js";

/** Everything of claim and receipt that the check takes, as JSON text. */
export function checkFile(poll, claim, receipt) {
  const { index, voting_class, amount_fen, blind, x, y, proof } = claim;
  const { sequence, ballot_key, ballot_digest, signature } = receipt;
  const mine = { index, voting_class, amount_fen: String(amount_fen), blind, x, y, proof };
  const given = { sequence, ballot_key, ballot_digest, received_at: unixSeconds(receipt.received_at), signature };
  return JSON.stringify({ format: "lendervote-check/1", chain_id: poll.chain_id, poll: poll.address, ...mine, ...given }, null, 1);
}
