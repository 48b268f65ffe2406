// The file with which verifier/web/verify.html checks a ballot without this site. It reveals amount and, in an open poll, choice: it is for
// the lender alone.

import { unixSeconds } from "../crypto/protocol.js";

/** Everything of poll, plan, claim and receipt that the check takes, as JSON text, in the form for the poll's kind and release. */
export function checkFile(poll, plan, claim, receipt) {
  const { index, voting_class, class_name, amount_fen, blind, x, y, proof } = claim;
  const { sequence, ballot_key, ballot_digest, signature } = receipt;
  const mine = { index, voting_class, amount_fen: String(amount_fen), blind, x, y, proof };
  const given = { sequence, ballot_key, ballot_digest, received_at: unixSeconds(receipt.received_at), signature };
  const at = { chain_id: poll.chain_id, poll: poll.address };
  if (poll.protocol === 1) return JSON.stringify({ format: "lendervote-check/1", ...at, ...mine, ...given }, null, 1);
  const whose = { poll_number: poll.number, case: poll.case_address, plan_title: plan.title, class_name };
  const { book, book_number: number, previous } = receipt;
  const whole = { ...at, ...whose, ...mine, ...given, book, number, previous };
  if (!poll.sealing) return JSON.stringify({ format: "lendervote-check/2", ...whole }, null, 1);
  const { seal, sealed_choice } = receipt;
  return JSON.stringify({ format: "lendervote-check/3", ...whole, seal, sealed_choice, motions: poll.sealing.motions.length }, null, 1);
}

/** The file as a link's address and name. */
export function asLink(link, poll, plan, claim, receipt) {
  link.href = URL.createObjectURL(new Blob([checkFile(poll, plan, claim, receipt)], { type: "application/json" }));
  link.download = receipt.number + ".check.json";
  return link;
}
