// Step 6: every ballot that the chain recorded or rejected, judged again from the transactions.
import { hex } from "../bytes.mjs";
import { recordOf } from "../contracts.mjs";
import { Wrong, alike, need } from "../findings.mjs";
import { EMPTY_BOX, folded, recordOf as sealedOf } from "../math/seal.mjs";
import { leafHash, multiproves, proves } from "../math/tree.mjs";
import { sendingOf } from "./sendings.mjs";

const [NO_CHOICE, NOT_NEWER, NOT_SIGNED] = [1n, 2n, 3n]; // reasons of BallotRejected
const HIGHEST_SEQUENCE = 63n;
const INDEX_BITS = 0xffffffffn;
const PORTION = 1_000; // ballots whose signatures are handed out together, while the next ones are read

/** Establishes what was recorded and rejected, in the order of the chain. */
export async function checkBallots(recount, log) {
  const [scene, terms, register] = [need(recount.scene, 1), need(recount.terms, 2), need(recount.register, 3)];
  const planHash = need(recount.planHash, 4);
  const groups = byTransaction(scene.ofPoll("BallotsRecorded", "BallotRejected"));
  const replay = new Replay(terms, register, recount.options.issuerLogs.length > 0, log);
  const portions = [];
  let [portion, ballots] = [[], 0];
  const handOut = () => {
    portions.push({ portion, signers: recount.pool.signersOf(tasksOf(portion)) });
    [portion, ballots] = [[], 0];
  };
  for (const group of groups) {
    const sending = await read(recount, group, scene, [planHash, terms.sealing?.keyHash], log);
    if (sending) portion.push({ group, sending });
    ballots += sending?.ballots.length ?? 0;
    if (ballots >= PORTION) handOut();
  }
  handOut();
  for (const one of portions) judge(one.portion, await one.signers, replay);
  recount.ballots = { recorded: replay.recorded, rejected: replay.rejected, credentials: replay.credentials };
  if (terms.sealing) recount.ballots.box = boxOf(replay.recorded, scene, log);
  log.note(`${replay.recorded.length} ballots recorded and ${replay.rejected} rejected in ${groups.length} transactions`);
}

/** A recorded ballot as the box has it. */
const sealedRecordOf = ({ index, votingClass, point, sequence, sealed }) =>
  sealedOf({
    index: index & INDEX_BITS,
    votingClass: Number(votingClass),
    point,
    sequence: Number(sequence),
    seal: sealed.subarray(0, 32),
    sealedChoice: sealed.readBigUInt64BE(32),
  });

/** The box with all recorded ballots of a sealed poll in it, which is the one that was unsealed. */
function boxOf(recorded, scene, log) {
  const box = folded(EMPTY_BOX, recorded.map(sealedRecordOf));
  for (const event of scene.ofPoll("Unsealed")) {
    const what = "the recorded ballots do not fold to the box that was unsealed";
    log.equal("ballots.box", event.where, what, box, event.values[1]);
  }
  return box;
}

/** The ballot events of each transaction, in the order of the chain. */
function byTransaction(events) {
  const found = [];
  for (const event of events) {
    const last = found.at(-1);
    if (last?.transaction.equals(event.log.transaction)) last.events.push(event);
    else
      found.push({
        transaction: event.log.transaction,
        block: event.log.block,
        events: [event],
        where: `transaction ${hex(event.log.transaction)}`,
      });
  }
  return found;
}

/** What a transaction carries; null, with a finding, when it is no casting of ballots. */
async function read(recount, { block, transaction }, scene, hashes, log) {
  try {
    const sight = need(recount.sight, 1);
    const sent = await sight.transaction(block, transaction);
    return { ...sendingOf(sent, scene, ...hashes), at: (await sight.block(block)).time };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    log.take(error);
    return null;
  }
}

/** The signatures of a portion: of each transaction the credential's, then the ballots'. */
const tasksOf = (portion) =>
  portion.flatMap(({ sending }) => [sending.credential, ...sending.ballots.map(({ digest, signature }) => ({ digest, signature }))]);

/** Takes a portion into the replay, with those who signed. */
function judge(portion, signers, replay) {
  let next = 0;
  for (const { group, sending } of portion) {
    const verifier = signers[next++];
    for (const one of sending.ballots) one.isSigned = signers[next++]?.equals(one.key) ?? false;
    replay.take(group, sending, verifier);
  }
}

/** Takes transactions one after another and accepts their ballots by the rules of section 8.2, as the contract had to. */
class Replay {
  constructor(terms, register, keepsCredentials, log) {
    this.terms = terms;
    this.register = register;
    this.keepsCredentials = keepsCredentials;
    this.log = log;
    this.recorded = [];
    this.rejected = 0;
    this.sequences = new Map();
    this.credentials = new Map();
  }

  /** Judges a transaction's ballots and compares with its events. */
  take(group, sending, verifier) {
    this.checkWhole(group.where, sending, verifier);
    const [accepted, refused] = [[], []];
    for (const one of sending.ballots) {
      this.checkLeaf(`${group.where}, index ${one.index}`, one);
      const reason = this.reasonAgainst(one);
      if (reason === 0n) {
        this.sequences.set(one.index, one.sequence);
        accepted.push(one);
      } else if (sending.isSingle) {
        this.log.wrong(
          "ballots.recorded",
          group.where,
          "a ballot was recorded that had to be refused",
          `refusal for reason ${reason}`,
          one.index,
        );
      } else refused.push([one.index, one.key, one.sequence, reason]);
    }
    const said = (name) => group.events.filter((event) => event.name === name).map((event) => event.values);
    const expected = accepted.length ? [[Buffer.concat(accepted.map(recordOf))]] : [];
    const what = "is not what its ballots give";
    this.log.equal("ballots.recorded", group.where, `BallotsRecorded ${what}`, expected, said("BallotsRecorded"));
    this.log.equal("ballots.rejected", group.where, `BallotRejected ${what}`, refused, said("BallotRejected"));
    for (const one of accepted) this.recorded.push(one);
    this.rejected += refused.length;
    if (this.keepsCredentials) for (const one of accepted) this.keepCredential(one, sending, verifier);
  }

  /** Keeps who vouched for a recorded ballot's lender, and the time of the first block with a ballot of theirs (step 13). */
  keepCredential({ index, key }, { at, isSingle }, verifier) {
    const signedBy = hex(verifier ?? Buffer.alloc(0));
    const name = `${index}/${hex(key)}/${signedBy}/${isSingle}`;
    if (!this.credentials.has(name)) this.credentials.set(name, { index, key, verifier: signedBy, isSingle, at });
  }

  /** Rules 3, 4 and 7, in this order; 0 when the ballot is accepted. */
  reasonAgainst({ index, choice, sequence, isSigned }) {
    if (!this.terms.sealing && (choice < 1n || choice > 3n)) return NO_CHOICE;
    if (sequence <= (this.sequences.get(index) ?? 0n) || sequence > HIGHEST_SEQUENCE) return NOT_NEWER;
    return isSigned ? 0n : NOT_SIGNED;
  }

  /** Rules 1 and 6, and what makes a whole batch revert. */
  checkWhole(where, { at, expiresAt, ballots, siblings, isSingle }, verifier) {
    const { log, terms, register } = this;
    const { opensAt, closesAt, verifiers } = terms;
    log.holds("ballots.window", where, "the poll was not open", opensAt <= at && at < closesAt, `${opensAt} to ${closesAt - 1n}`, at);
    log.holds("ballots.expired", where, "credential had expired", at <= expiresAt, `at most ${expiresAt}`, at);
    const isVerifier = verifier !== null && verifiers.some((one) => one.equals(verifier));
    log.holds(
      "ballots.credential",
      where,
      "credential is not signed by a verifier of the poll",
      isVerifier,
      "a verifier",
      verifier ?? "nobody",
    );
    const rises = ballots.every((one, i) => i === 0 || one.index > ballots[i - 1].index);
    log.holds("ballots.order", where, "batch is not in ascending order", rises);
    const hashed = ballots.map((one) => [Number(one.index), leafHash(one.index, one.votingClass, one.point)]);
    const isProved = isSingle
      ? proves(register.root, register.depth, hashed[0][1], siblings)
      : multiproves(register.root, register.depth, hashed, siblings);
    log.holds("ballots.proof", where, "the proof does not lead to the register's root", isProved, register.root);
  }

  /** Rules 2 and 5, by the published leaf. */
  checkLeaf(where, { index, votingClass, point }) {
    const { leaves, leafCount } = this.register;
    if (!this.log.holds("ballots.leaf", where, "index does not exist", index < leafCount, `below ${leafCount}`, index)) return;
    if (leaves === null || index >= BigInt(leaves.count)) return;
    const published = [BigInt(leaves.classes[index]), leaves.commitments[index]];
    this.log.holds("ballots.leaf", where, "leaf is not the published one", alike(published, [votingClass, point]), published, [
      votingClass,
      point,
    ]);
  }
}
