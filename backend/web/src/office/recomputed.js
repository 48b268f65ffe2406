// What is signed, worked out once more from the words that the page shows: every field of every act, so that nobody signs something else.

import {
  classNamesHash,
  classesHash,
  digest,
  digestOf,
  fromHex,
  generationHash,
  hashOfGeneration,
  join,
  keccak,
  motionsResultHash,
  parametersHash,
  pollAddress,
  resultHash,
  sealKeyHash,
  sealedParametersHash,
  toHex,
  trusteesHash,
  unixSeconds,
  utf8,
  word,
} from "../crypto/protocol.js";
import { titlesIn } from "../crypto/motions.js";
import { proofState } from "../crypto/ranges.js";

const LATEST_SECONDS = 3600;

/** A sum that must hold of what is shown; throws a RangeError when it does not. */
function demand(holds) {
  if (!holds) throw new RangeError("what is shown does not fit together");
}

const sum = (numbers) => numbers.reduce((whole, number) => whole + BigInt(number), 0n);

/** RegisterFreeze from a summary: totals and names of the classes are hashed here, and have to add up to what the page says of the whole. */
export function freezeMessage({ summary }, { protocol }) {
  const totals = summary.classes.map(({ lenders: heads, total_fen: fen, blind }) => ({ heads, amount_fen: fen, blind }));
  demand(
    sum(totals.map(({ heads }) => heads)) === BigInt(summary.lenders) &&
      sum(totals.map(({ amount_fen: fen }) => fen)) === BigInt(summary.total_fen),
  );
  const message = {
    registerNumber: summary.register_number,
    root: summary.root,
    leafCount: summary.lenders,
    classesHash: classesHash(totals),
  };
  if (protocol === 1) return message;
  // the proofs themselves are checked by the official's own tool, before it gives a code
  demand(proofState(summary.range_proofs_hash, protocol) !== "missing");
  const names = classNamesHash(summary.classes.map(({ name }) => name));
  return { ...message, classNamesHash: names, rangeProofsHash: summary.range_proofs_hash };
}

/** PlanAdmission from the plan's own bytes. */
export function admissionMessage({ number, summary }, planBytes) {
  const planHash = toHex(keccak(planBytes));
  demand(planHash === summary.plan_hash && (summary.plan_number ?? number) === number);
  return { planNumber: number, planHash };
}

/** What a poll is held to, from the words shown and the rule's own conditions, once plan and register are what the officials signed before. */
function parametersShown(summary, rule, planBytes, acts) {
  const planHash = toHex(keccak(planBytes));
  const signed = (kind, at) => acts.find((act) => act.kind === kind && act.status === "done" && act.number === at)?.typed_data.message;
  demand(planHash === summary.plan_hash && signed("plan_admission", summary.plan_number)?.planHash === planHash);
  demand(signed("register_freeze", summary.register_number));
  const times = { opens_at: unixSeconds(summary.opens_at), closes_at: unixSeconds(summary.closes_at) };
  return { ...summary, ...times, conditions: rule.conditions };
}

/** PollAnnouncement from the words shown, the rule's own conditions, the plan's own bytes, what the officials signed before, and the case's mark. */
export function announcementMessage({ number, summary }, { protocol, rehearsal }, rule, planBytes, acts) {
  const message = { pollNumber: number, parametersHash: parametersHash(parametersShown(summary, rule, planBytes, acts)) };
  return protocol < 3 ? message : { ...message, rehearsal };
}

/** SealedPollAnnouncement likewise, under the key that this page worked out from the ceremony's own papers (`sealKey`). */
export function sealedAnnouncementMessage({ number, summary }, { rehearsal }, rule, planBytes, acts, sealKey) {
  const titles = titlesIn(planBytes);
  demand(JSON.stringify(summary.titles) === JSON.stringify(titles) && summary.threshold === sealKey.threshold);
  demand(summary.seats.length === sealKey.share_keys.length && summary.transcript_hash === sealKey.transcript_hash);
  const hashed = sealKeyHash(sealKey);
  demand(summary.seal_key_hash === hashed);
  const parameters = { ...parametersShown(summary, rule, planBytes, acts), motions: titles.length };
  return { pollNumber: number, parametersHash: sealedParametersHash(parameters), sealKeyHash: hashed, rehearsal };
}

/** TrusteeAppointment from the list of seats that is shown. */
export function appointmentMessage({ number, summary }) {
  demand(summary.trustees.every(({ seat }, place) => seat === place) && (summary.appointment_number ?? number) === number);
  return { appointmentNumber: number, trusteesHash: trusteesHash(summary.trustees.map(({ signer }) => signer)) };
}

/** PollAbandonment from the poll and the reason that are shown. */
export function abandonmentMessage({ summary }, poll) {
  demand(poll.id === summary.poll_id && summary.reason.length > 0);
  return { pollNumber: poll.number, reasonHash: toHex(keccak(utf8(summary.reason))) };
}

/** Attestation from the figures shown, for the poll of that number of the case. */
export function attestationMessage(poll, result, approve) {
  demand(poll.protocol === 1 || pollAddress(poll.case_address, poll.number) === poll.address);
  if (!poll.sealing) return { resultHash: resultHash(poll.address, result.classes, result.passed), approve };
  const tallies = result.motions.flatMap(({ classes }) => classes);
  return {
    resultHash: motionsResultHash(
      poll.address,
      tallies,
      result.motions.map(({ passed }) => passed),
    ),
    approve,
  };
}

/** Voucher from the request shown; the time is the service's, and has to be about now. */
export function voucherMessage(poll, request, vouchedAt) {
  demand(Math.abs(Number(vouchedAt) - unixSeconds(poll.chain_time)) <= LATEST_SECONDS);
  return { index: request.index, ballotKey: request.ballot_key, method: request.method, vouchedAt: Number(vouchedAt) };
}

/** Succession from the list, the notice and the reason that are shown, and from who was in office up to those who sign. */
export function successionMessage({ number, summary, generation }, theCase) {
  const { officials, threshold, institution, notice_seconds: noticeSeconds, reason } = summary;
  const generationBefore = hashOfGeneration(theCase, generation);
  demand(summary.succession_number === number && reason.length > 0);
  return {
    successionNumber: number,
    generationBefore,
    generationAfter: generationHash(generationBefore, { officials, threshold, institution }),
    noticeSeconds,
    reasonHash: toHex(keccak(utf8(reason))),
  };
}

/** OpeningsEscrow from the receivers and commitments shown, for the register that the officials signed before. */
export function escrowMessage({ number, summary }, { chain_id: chainId, address }, acts) {
  const frozen = acts.find((act) => act.kind === "register_freeze" && act.status === "done" && act.number === number)?.typed_data.message;
  const { threshold, transports, commitments } = summary;
  demand(frozen && summary.register_number === number && summary.trustees === transports.length && commitments.length === threshold);
  const hashed = (points) => keccak(join(...points.map(fromHex)));
  const place = [keccak(utf8("LenderVote/1/escrow")), word(chainId), new Uint8Array(12), fromHex(address), word(number)];
  const rest = [fromHex(frozen.root), word(frozen.leafCount), fromHex(frozen.classesHash), word(threshold), hashed(transports)];
  return {
    registerNumber: number,
    context: toHex(keccak(join(...place, ...rest))),
    commitmentsHash: toHex(hashed(commitments)),
    fileDigest: summary.escrow_file_digest,
  };
}

/** Whether typed data is exactly this message of this type, for contract, chain and generation (its salt) that the page knows. */
export function isExactly(typedData, type, { chain_id: chainId, address, salt = undefined }, message) {
  return typedData.primaryType === type && toHex(digestOf(typedData)) === toHex(digest(chainId, address, type, message, salt));
}
