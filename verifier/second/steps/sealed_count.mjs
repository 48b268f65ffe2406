// Step 7 of a sealed poll, as the contract counts it: pieces are taken off the box by folding what the calls carry, and each lender's newest
// ballot is opened by recovery and added (protocol, section 21.5).
import { isBefore } from "../chain/blocks.mjs";
import { Wrong, need } from "../findings.mjs";
import { N, Point, addressOf, bytesOf, pointAt } from "../math/curve.mjs";
import { EMPTY_BOX, choicesIn, countedBytes, folded, openedWith, readRecord, recordsIn, sharing, takenFrom } from "../math/seal.mjs";
import { callOf, timeOf } from "./acts.mjs";

const MOST_NAMED = 20; // indexes of invalid ballots in a note

/** Establishes heads, sums and invalid ballots of what was counted. */
export async function countSealed(recount, log) {
  const [scene, terms, ballots] = [need(recount.scene, 1), need(recount.terms, 2), need(recount.ballots, 6)];
  const secret = await secretOf(recount, scene, terms, ballots, log);
  const counting = new Counting(recount, terms.sealing.motions, need(recount.register, 3).classes.length, secret, log);
  for (const event of scene.ofPoll("BallotsCounted")) await counting.take(scene, event);
  for (const event of scene.ofPoll("MotionsTallied", "SealedLeafExcluded")) {
    const isEmpty = counting.box.equals(EMPTY_BOX) && (!counting.last || isBefore(counting.last, event.log) < 0);
    log.holds("count.box", event.where, "the box was not empty", isEmpty, "an empty box", counting.box);
  }
  for (const one of recount.excluded) counting.takeOff(one);
  recount.count = counting.found(secret);
  tell(recount, counting, need(recount.register, 3).leafCount, log);
}

/** The number that was handed in; 0n where nobody did. */
async function secretOf(recount, scene, terms, { recorded }, log) {
  const [events, name] = [scene.ofPoll("Unsealed"), "count.secret"];
  const place = "events of the poll: Unsealed";
  if (!events.length) {
    const mayWait = scene.isAbandoned || (!recorded.length && !scene.ofPoll("BallotsCounted").length);
    log.holds(name, place, "the poll was not unsealed", mayWait, 1n, 0n);
    return 0n;
  }
  log.equal(name, place, "the poll was unsealed more than once", 1n, BigInt(events.length));
  const [event] = events;
  const { transaction, inputs } = await callOf(recount, event, "unseal", scene.poll, name);
  const [secret] = inputs;
  log.equal(name, event.where, "says another number than its transaction", secret, event.values[0]);
  const at = await timeOf(recount, event);
  log.holds(name, event.where, "unsealed before the close", at >= terms.closesAt, `${terms.closesAt} or later`, at);
  const isNumber = secret > 0n && secret < N;
  const { x, y } = isNumber ? Point.BASE.multiply(secret).toAffine() : { x: 0n, y: 0n };
  const [keyX, keyY] = terms.sealing.key;
  const right = addressOf([keyX, keyY]);
  log.equal(name, transaction.where, "is not the secret of the poll's key", right, isNumber ? addressOf([x, y]) : null);
  return isNumber ? secret : 0n;
}

/** The box, and what was taken out of it. */
class Counting {
  constructor(recount, motions, classes, secret, log) {
    this.recount = recount;
    this.motions = motions;
    this.classes = classes;
    this.secret = secret;
    this.log = log;
    this.box = recount.ballots.box;
    this.left = recount.ballots.recorded.length;
    this.newest = new Map(recount.ballots.recorded.map((one) => [Number(one.index), Number(one.sequence)]));
    this.last = null; // the log of the last piece
    this.began = []; // boxes from which pieces were taken
    this.counted = new Map(); // by index: what was added for a lender
    this.cells = Array.from({ length: motions * classes }, () => ({ heads: [0n, 0n, 0n], sums: [Point.ZERO, Point.ZERO, Point.ZERO] }));
    this.invalid = Array.from({ length: classes }, () => 0n);
  }

  /** One call of count: its piece has to be the end of the box, its event what the ballots open to. */
  async take(scene, event) {
    const { log, recount } = this;
    const unsealed = scene.ofPoll("Unsealed")[0];
    const isLater = unsealed !== undefined && isBefore(unsealed.log, event.log) < 0;
    log.holds("count.secret", event.where, "counts before the poll was unsealed", isLater);
    let inputs;
    try {
      ({ inputs } = await callOf(recount, event, "count", scene.poll, "count.box"));
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      return log.take(error);
    }
    const [before, bytes] = inputs;
    const { reason, records } = takenFrom(this.box, before, bytes);
    if (!log.holds("count.box", event.where, "the piece is not the end of the box", reason === null, this.box, reason ?? "")) return;
    this.began.push(this.box);
    [this.box, this.left, this.last] = [before, this.left - records.length, event.log];
    await this.open(scene, event, records.map(readRecord));
  }

  /** Opens the newest ballots of a piece, and adds them. */
  async open(scene, event, ballots) {
    const newest = ballots.filter(({ index, sequence }) => this.newest.get(index) === sequence);
    const shared = this.secret ? await this.recount.pool.signersOf(newest.map(({ seal }) => sharing(this.secret, seal))) : [];
    const plains = newest.map((one, i) => openedWith(shared[i] ?? null, scene.pollDomain.separator, this.motions, one));
    const expected = countedBytes(this.motions, newest, plains, this.newest);
    this.log.equal("count.opened", event.where, "says otherwise than its ballots open to", [expected], event.values);
    newest.forEach((one, i) => this.add(one, plains[i], 1n));
  }

  /** Adds a lender's choices to heads and sums, or takes them off again. */
  add({ index, votingClass, point, sequence }, plain, heads) {
    const { log } = this;
    const where = `recorded ballot of index ${index}`;
    const isKnown = votingClass < this.classes;
    if (!log.holds("count.class", where, "class does not exist", isKnown, `below ${this.classes}`, BigInt(votingClass))) return;
    const added = pointAt(point);
    if (!log.holds("count.sums", where, "a recorded ballot's commitment is no point of the curve", added !== null, "", point)) return;
    if (plain === 0n) this.invalid[votingClass] += heads;
    choicesIn(plain, this.motions).forEach((choice, motion) => {
      const cell = this.cells[motion * this.classes + votingClass];
      cell.heads[choice - 1] += heads;
      cell.sums[choice - 1] = cell.sums[choice - 1].add(heads > 0n ? added : added.negate());
    });
    if (heads > 0n) this.counted.set(index, { index, votingClass, point, sequence, plain });
    else this.counted.delete(index);
  }

  /** What was counted for the lender of a leaf that was taken out; the records shown begin with that ballot. */
  takeOff({ index, where, sequence, choices, before, ballots }) {
    const mine = this.counted.get(Number(index));
    const records = recordsIn(ballots) ?? [];
    const first = records.length ? readRecord(records[0]) : null;
    const end = folded(before, records);
    const isShown = mine
      ? first?.index === mine.index && first.sequence === mine.sequence && this.began.some((one) => one.equals(end))
      : ballots.length === 0;
    const right = isShown && sequence === BigInt(mine?.sequence ?? 0) && choices === (mine?.plain ?? 0n);
    this.log.holds("register.excluded", where, "takes off something else than the lender's newest ballot", right);
    if (mine) this.add(mine, mine.plain, -1n);
  }

  /** Heads and sums motion by motion, and in each class by class. */
  found(secret) {
    const { box, invalid, cells } = this;
    return { heads: cells.map((one) => one.heads), sums: cells.map((one) => one.sums.map(bytesOf)), invalid, box, secret };
  }
}

function tell(recount, { cells, classes, counted, left, newest }, leafCount, log) {
  cells.forEach(({ heads: [yes, no, abstain] }, place) =>
    log.note(`motion ${Math.floor(place / classes)}, class ${place % classes}: heads for ${yes}, against ${no}, abstaining ${abstain}`),
  );
  log.note(`${counted.size} lenders counted, ${newest.size} cast, ${leafCount - BigInt(newest.size)} absent`);
  const empty = [...counted.values()].filter(({ plain }) => plain === 0n).map(({ index }) => index);
  if (left) recount.beside.push(`${left} ballots in the box are not counted / 票箱中尚有 ${left} 张表决票没有计票`);
  if (!empty.length) return;
  const shown = empty.sort((a, b) => a - b).slice(0, MOST_NAMED);
  log.note(`${empty.length} newest ballots hold nothing that can be counted: index ${shown.join(", ")}`);
  recount.beside.push(`${empty.length} ballots were invalid / ${empty.length} 张表决票无效`);
}
