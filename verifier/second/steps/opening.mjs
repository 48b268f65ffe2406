// Step 8: the opened amounts are those of the recounted sums.
import { Wrong, need } from "../findings.mjs";
import { N, opens } from "../math/curve.mjs";
import { callOf, timeOf } from "./acts.mjs";

const CHOICES = ["for", "against", "abstaining"];
/** Of one opened sum, by protocol; only where a leaf was taken out can a sum reach 2^63 at all (section 9). */
const limitOf = (protocol) => (protocol === 1 ? 2n ** 63n : 2n ** 88n);

/** Establishes the result that the chain states; then its opening is checked. */
export async function checkOpening(recount, log) {
  const [scene, terms] = [need(recount.scene, 1), need(recount.terms, 2)];
  if (scene.isAbandoned) return log.note("the poll was abandoned: its sums were not opened");
  const name = scene.isSealed ? "MotionsTallied" : "PollTallied";
  const events = scene.ofPoll(name);
  if (events.length !== 1) {
    throw new Wrong("opening.missing", `events of the poll: ${name}`, "the sums were not opened exactly once", 1n, BigInt(events.length));
  }
  const [event] = events;
  const [resultHash, passed, tallies, challengeEndsAt] = event.values;
  const at = await timeOf(recount, event);
  recount.result = { event, resultHash, passed, tallies, challengeEndsAt, at };
  log.holds("opening.early", event.where, "opened before the close", at >= terms.closesAt, `${terms.closesAt} or later`, at);
  const count = need(recount.count, 7);
  const { transaction, inputs } = await callOf(recount, event, "openSums", scene.poll, "opening.missing");
  const [openings] = inputs;
  const lengths = [BigInt(tallies.length), BigInt(openings.length)];
  const classes = BigInt(count.heads.length);
  if (!log.equal("opening.amounts", transaction.where, "another number of classes", [classes, classes], lengths)) return;
  const admitted = admittedOf(recount);
  openings.forEach((opening, i) => {
    const facts = {
      opening,
      fen: tallies[i].slice(3),
      sums: count.sums[i],
      admitted: admitted[i % admitted.length].fen,
      limit: limitOf(scene.protocol),
    };
    checkClass(i, facts, log);
  });
}

/** Heads and fen that are admitted by class, less the leaves taken out (section 9.1). */
export function admittedOf(recount) {
  return need(recount.register, 3).classes.map(([heads, fen], i) => {
    const out = recount.excluded.filter((one) => one.votingClass === BigInt(i));
    const left = out.reduce((rest, one) => (rest + N - (one.amount % N)) % N, fen);
    return { heads: heads - BigInt(out.length), fen: left };
  });
}

/** `opening` is (fen, blind) for, against and abstaining. */
function checkClass(number, { opening, fen, sums, admitted, limit }, log) {
  const place = `opening of class ${number}`;
  const amounts = [0, 2, 4].map((i) => opening[i]);
  log.equal("opening.amounts", place, "opened amounts are not the tallied ones", amounts, fen);
  const right = amounts.map((amount, i) => {
    const where = `${place}, ${CHOICES[i]}`;
    const blind = opening[2 * i + 1];
    const isInRange = log.holds("opening.range", where, "amount is out of range", amount < limit, `below ${limit}`, amount);
    const isRight = opens(sums[i], amount, blind);
    return (
      log.holds("opening.wrong", where, "amount and blind do not open the recounted sum", isRight, sums[i], [amount, blind]) && isInRange
    );
  });
  const sum = amounts.reduce((total, one) => total + one, 0n);
  right.push(log.holds("opening.admitted", place, "what is admitted is out of range", admitted < limit, `below ${limit}`, admitted));
  right.push(log.holds("opening.admitted", place, "more than was admitted", sum <= admitted, `at most ${admitted}`, sum));
  if (right.every(Boolean)) {
    log.note(`class ${number}: fen for ${amounts[0]}, against ${amounts[1]}, abstaining ${amounts[2]}; they open the recounted sums`);
  }
}
