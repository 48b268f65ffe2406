// Step 18: conditions about groups whose totals stay hidden, where any were published (protocol, section 9.2).
import { ZERO } from "../bytes.mjs";
import { classesHash } from "../contracts.mjs";
import { Blocked, Wrong, need } from "../findings.mjs";
import { Fields, hashOf } from "../files/published.mjs";
import { conditionContext, differenceOf, isProved } from "../math/condition.mjs";
import { Point, pointAt } from "../math/curve.mjs";
import { contextOf } from "../math/range_proof.mjs";

const [NAME, FILE, GROUP] = ["conditions.json", "conditions.file", "conditions.group"];
const KEYS = "at_least_fen high holds minus plus proof title";
const [MOST, MOST_GROUPS, MOST_TIMES, MOST_FEN] = [8, 8, 10n ** 6n, 2n ** 88n];
const CHOICES = ["for", "against", "abstain"];

const pointOf = (bytes) => (bytes.some((one) => one) ? pointAt(bytes) : Point.ZERO);

/** Nothing has to be published; what is has to be proved. */
export async function checkConditions(recount, log) {
  if (!recount.published.has(NAME)) return log.note("no conditions were published");
  const [scene, { registerNumber }, register] = [need(recount.scene, 1), need(recount.terms, 2), need(recount.register, 3)];
  const leaves = need(register.leaves, 3);
  if (leaves.off.length || BigInt(leaves.count) !== register.leafCount) throw new Blocked(3);
  const { root, leafCount, classes } = register;
  const facts = { chainId: scene.chainId, caseAddress: scene.case, registerNumber, root, leafCount, classesHash: classesHash(classes) };
  const rows = new Fields(await recount.published.json(NAME), NAME, "conditions", FILE).list("conditions");
  log.holds(FILE, NAME, "are more than may be published: together they would tell a total", rows.length <= MOST, MOST, rows.length);
  for (const [i, row] of rows.slice(0, MOST).entries())
    await checkOne(recount, new Fields(row, `${NAME} condition ${i}`, KEYS, FILE), contextOf(facts), log);
  return undefined;
}

async function checkOne(recount, one, register, log) {
  const [atLeast, holds, title] = [one.whole("at_least_fen", MOST_FEN), one.flag("holds"), one.text("title")];
  const [high, proof] = [one.bytes("high", 33), one.anyBytes("proof")];
  const terms = termsOf(recount, one, log);
  if (terms === null) return;
  if (recount.register.proofsHash.equals(ZERO)) {
    log.wrong("conditions.proof", one.place, "a register without range proofs: nothing is proved of it");
    return;
  }
  const { high: _, proof: __, ...said } = one.value;
  const context = conditionContext(register, recount.scene.poll, hashOf(said, one.place, FILE));
  const isTrue = await isProved(context, differenceOf(terms, atLeast, holds), high, proof);
  const what = "nothing proves it: it was proved of other groups, of another poll, of another condition, or not at all";
  if (log.holds("conditions.proof", one.place, what, isTrue, title)) log.note(`${title}: ${atLeast} fen or more: ${holds ? "yes" : "no"}`);
}

/** [times, point] of all groups; null where one is none, which is a finding. */
function termsOf(recount, one, log) {
  try {
    return ["plus", "minus"].flatMap((key) => {
      const [rows, place] = [one.list(key), `${one.place}: ${key}`];
      if (rows.length > MOST_GROUPS) throw new Wrong(GROUP, place, "has too many groups", MOST_GROUPS, rows.length);
      return rows.map((row) => termOf(recount, row, place)).map(([times, point]) => [key === "plus" ? times : -times, point]);
    });
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    log.take(error);
    return null;
  }
}

/** How often, and the sum of a group's commitments. Throws Wrong. */
function termOf(recount, row, place) {
  const isListed = row !== null && typeof row === "object" && !Array.isArray(row) && "indexes" in row;
  const group = new Fields(row, place, isListed ? "indexes times" : "choice class motion times", GROUP);
  const point = isListed ? listed(recount, group) : chosen(recount, group);
  const times = group.whole("times", MOST_TIMES + 1n);
  if (times === 0n) group.fail("times", "counts a group no times", "1 or more");
  return [times, point];
}

function listed({ register }, group) {
  const indexes = group.list("indexes");
  const isKnown = (one, before) => typeof one === "bigint" && one > before && one < register.leafCount;
  const isRising = indexes.length > 0 && indexes.every((one, i) => isKnown(one, i ? indexes[i - 1] : -1n));
  if (!isRising) group.fail("indexes", "do not rise, are none of the register, or there are none", "rising indexes");
  return indexes.reduce((sum, index) => sum.add(pointAt(register.leaves.commitments[Number(index)])), Point.ZERO);
}

function chosen({ register, terms, count }, group) {
  const [ofClass, motion] = [
    group.whole("class", BigInt(register.classes.length)),
    group.whole("motion", BigInt(terms.sealing?.motions ?? 1)),
  ];
  const choice = group.text("choice");
  if (![...CHOICES, "absent", "all"].includes(choice)) group.fail("choice", "is none that there is", [...CHOICES, "absent", "all"]);
  const whole = pointOf(register.leaves.totalOf(Number(ofClass)).sum);
  if (choice === "all") return whole;
  const sums = need(count, 7).sums[Number(motion) * register.classes.length + Number(ofClass)].map(pointOf);
  if (choice === "absent") return sums.reduce((rest, one) => rest.subtract(one), whole);
  return sums[CHOICES.indexOf(choice)];
}
