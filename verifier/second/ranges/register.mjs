// All range proofs of a register at once, and where they do not hold, which chunks are wrong (protocol, section 4.2).
import { availableParallelism } from "node:os";
import { number } from "../bytes.mjs";
import { H, Point, bytesOf } from "../math/curve.mjs";
import { generators } from "../math/generators.mjs";
import { multiproduct } from "../math/multiproduct.mjs";
import { N } from "../math/sums.mjs";
import { Workers } from "../workers.mjs";
import { demandOf } from "./part.mjs";

const PART = 64; // chunks that a worker takes at once
const MOST_WAITING = 4 * availableParallelism(); // parts that are with the workers
const WORTH_WORKERS = 4; // chunks; fewer are done before a worker has started
/** So many wrong chunks are looked for one by one: each costs a product over all generators again. */
export const MOST_NAMED = 100;

const affine = (point) => {
  const bytes = bytesOf(point);
  return [number(bytes.subarray(0, 32)), number(bytes.subarray(32))];
};

/** Adds what a part demands to what others do. */
function add(sum, part) {
  sum.g += part.g;
  sum.h += part.h;
  for (const side of ["left", "right"])
    part[side].forEach((one, i) => {
      sum[side][i] = (sum[side][i] ?? 0n) + one;
    });
  sum.points.push(part.point);
  sum.unreadable.push(...part.unreadable);
}

/** The proofs of one register: its context, its commitments by index (64 bytes each), its chunks, and their proofs one behind the other. */
export class RegisterProofs {
  constructor({ context, commitments, chunks, proofs }) {
    this.context = context;
    this.commitments = commitments;
    this.chunks = chunks;
    this.proofs = proofs;
    this.workers = new Workers(new URL("./worker.mjs", import.meta.url));
  }

  /** The numbers of the chunks whose proof does not hold, rising; at most `most` of those that have to be searched for. */
  async wrong(most = MOST_NAMED) {
    try {
      const unreadable = new Set(await this.unreadable());
      const readable = this.chunks.filter((one) => !unreadable.has(one.number));
      const found = this.holds ? [] : await this.search(readable, most);
      return [...unreadable, ...found].sort((a, b) => a - b);
    } finally {
      await this.workers.close();
    }
  }

  /** Looks at all of them: those whose proof is none; and sets whether the others hold together. */
  async unreadable() {
    const sum = await this.demanded(this.chunks);
    this.holds = isMet(sum);
    return sum.unreadable;
  }

  /** The wrong ones among chunks that together do not hold. */
  async search(chunks, most) {
    if (chunks.length === 1) return [chunks[0].number];
    const middle = chunks.length >> 1;
    const [first, second] = [chunks.slice(0, middle), chunks.slice(middle)];
    const isFirstRight = isMet(await this.demanded(first));
    const found = isFirstRight ? [] : await this.search(first, most);
    if (found.length >= most) return found;
    if (isFirstRight || !isMet(await this.demanded(second))) found.push(...(await this.search(second, most - found.length)));
    return found;
  }

  /** What some of the chunks demand together, by all processors. */
  async demanded(chunks) {
    const sum = { g: 0n, h: 0n, left: [], right: [], points: [], unreadable: [] };
    const isMuch = this.workers.isAtWork || chunks.length >= WORTH_WORKERS;
    const waiting = new Set();
    for (let from = 0; from < chunks.length; from += PART) {
      const part = this.partOf(chunks.slice(from, from + PART));
      if (!isMuch) add(sum, demandOf(part));
      else await this.hand(part, sum, waiting);
    }
    await Promise.all(waiting);
    return sum;
  }

  /** Gives a part to the workers, as soon as not too many are with them: what waits there is in memory. */
  async hand(part, sum, waiting) {
    while (waiting.size >= MOST_WAITING) await Promise.race(waiting);
    const answered = this.workers.ask(part).then((one) => {
      waiting.delete(answered);
      add(sum, one);
    });
    answered.catch(() => {}); // whoever waits for all of them hears it
    waiting.add(answered);
  }

  /** Copies of what belongs to some chunks. */
  partOf(chunks) {
    const copied = (parts) => Uint8Array.from(Buffer.concat(parts));
    return {
      context: copied([this.context]),
      chunks,
      commitments: copied(chunks.flatMap(({ start, leaves }) => this.commitments.slice(start, start + leaves))),
      proofs: copied(chunks.map(({ at, bytes }) => this.proofs.subarray(at, at + bytes))),
    };
  }
}

/** Whether what is demanded comes to infinity. */
function isMet({ g, h, left, right, points }) {
  const factors = [g, h, ...left, ...right].map((one) => one % N);
  const bases = [affine(Point.BASE), affine(H), ...generators("G", left.length), ...generators("H", right.length)];
  return multiproduct([...factors, ...points.map(() => 1n)], [...bases, ...points]) === null;
}
