// leaves.csv, read line by line as it has to be written (protocol, sections 4 and 12).
import { Wrong } from "../findings.mjs";
import { Point, bytesOf, pointAt } from "../math/curve.mjs";
import { leafHash, rootOf } from "../math/tree.mjs";
import { ENOUGH } from "./lines.mjs";

const NAME = "leaves.csv";
const HEADER = "index,voting_class,x,y";
const LINE = /^(0|[1-9][0-9]{0,7}),(0|[1-9][0-9]?),([0-9a-fA-F]{64}),([0-9a-fA-F]{64})$/;
const MOST = 2 ** 24 * 150; // bytes

/** The register: class and commitment (64 bytes) by index, hashes for the tree, heads and sum of commitments by class. */
export class Leaves {
  constructor() {
    this.classes = [];
    this.commitments = [];
    this.hashes = [];
    this.totals = new Map();
    this.off = [];
    this.faults = 0;
    this.header = false;
  }

  get count() {
    return this.classes.length;
  }

  get root() {
    return rootOf(this.hashes);
  }

  /** The next line; findings for what it should not be. */
  take(line, log) {
    if (!this.header) return void this.takeHeader(line);
    const index = this.count;
    const where = `${NAME} line ${index + 2}`;
    const found = LINE.exec(line.toString("latin1"));
    if (!found) return this.fault("register.leaves", where, "is no leaf", HEADER, line, log);
    if (Number(found[1]) !== index)
      return this.fault("register.order", where, "index is out of order", BigInt(index), BigInt(found[1]), log);
    return this.add(index, Number(found[2]), Buffer.from(found[3] + found[4], "hex"));
  }

  takeHeader(line) {
    if (line.toString("latin1") !== HEADER) throw new Wrong("register.leaves", `${NAME} line 1`, "has another header", HEADER, line);
    this.header = true;
  }

  fault(name, where, what, expected, found, log) {
    log.wrong(name, where, what, expected, found);
    this.faults += 1;
    if (this.faults === ENOUGH) throw new Wrong(name, NAME, "has more such lines, which were not read", "", "");
    this.add(this.count, 0, Buffer.alloc(64));
  }

  add(index, votingClass, commitment) {
    this.classes.push(votingClass);
    this.commitments.push(commitment);
    if (this.faults) return; // nothing can be said about tree and sums
    this.hashes.push(leafHash(index, votingClass, commitment));
    const point = pointAt(commitment);
    if (point === null) return void this.off.push(index);
    const total = this.totals.get(votingClass) ?? { heads: 0n, sum: Point.ZERO };
    this.totals.set(votingClass, { heads: total.heads + 1n, sum: total.sum.add(point) });
  }

  /** Heads of a class, and the sum of its commitments as 64 bytes. */
  totalOf(votingClass) {
    const { heads, sum } = this.totals.get(votingClass) ?? { heads: 0n, sum: Point.ZERO };
    return { heads, sum: bytesOf(sum) };
  }
}

/** All leaves of the published files. Throws Wrong where the file cannot be read to its end. */
export async function readLeaves(published, log) {
  const leaves = new Leaves();
  await published.lines(NAME, MOST, (lines) => lines.forEach((line) => leaves.take(line, log)));
  if (!leaves.header) throw new Wrong("register.leaves", NAME, "is empty", HEADER, "");
  return leaves;
}
