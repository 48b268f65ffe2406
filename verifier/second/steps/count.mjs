// Step 7: heads and sums, ballot after ballot as the contract counts them: the former choice is taken off, the new one added.
import { need } from "../findings.mjs";
import { Point, bytesOf, pointAt } from "../math/curve.mjs";
import { countSealed } from "./sealed_count.mjs";

/** Heads and sums of one class for (for, against, abstaining). */
class Cells {
  constructor() {
    this.heads = [0n, 0n, 0n];
    this.sums = [Point.ZERO, Point.ZERO, Point.ZERO];
  }

  step(choice, heads, point) {
    const i = Number(choice) - 1;
    this.heads[i] += heads;
    this.sums[i] = this.sums[i].add(point);
  }
}

/**
 * Establishes heads and sums.
 * @returns {Promise<void>}
 */
export async function checkCount(recount, log) {
  if (need(recount.scene, 1).isSealed) return countSealed(recount, log);
  const [register, { recorded }] = [need(recount.register, 3), need(recount.ballots, 6)];
  const cells = register.classes.map(() => new Cells());
  const newest = new Map();
  for (const one of recorded) {
    const where = `recorded ballot of index ${one.index}`;
    const isKnown = one.votingClass < cells.length;
    if (!log.holds("count.class", where, "class does not exist", isKnown, `below ${cells.length}`, one.votingClass)) continue;
    const point = pointAt(one.point);
    if (!log.holds("count.sums", where, "a recorded ballot's commitment is no point of the curve", point !== null, "", one.point)) return;
    takeOff(cells, newest.get(one.index));
    cells[one.votingClass].step(one.choice, 1n, point);
    newest.set(one.index, { votingClass: one.votingClass, choice: one.choice, point });
  }
  for (const { index, recorded: stated, where } of recount.excluded) {
    const former = newest.get(index);
    log.equal("register.excluded", where, "takes off another choice than the lender's", former?.choice ?? 0n, stated);
    takeOff(cells, former);
    newest.delete(index);
  }
  recount.count = { heads: cells.map((one) => one.heads), sums: cells.map((one) => one.sums.map(bytesOf)) };
  cells.forEach(({ heads: [yes, no, abstain] }, i) => log.note(`class ${i}: heads for ${yes}, against ${no}, abstaining ${abstain}`));
  log.note(`${newest.size} lenders counted, ${register.leafCount - BigInt(newest.size)} absent or taken out`);
}

function takeOff(cells, former) {
  if (former) cells[former.votingClass].step(former.choice, -1n, former.point.negate());
}
