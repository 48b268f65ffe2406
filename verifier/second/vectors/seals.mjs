// Vectors of sealed polls: seals.json and box.json.
import { hex, join, keccak, number, raw, sized } from "../bytes.mjs";
import { bytesOf, commit, pointAt } from "../math/curve.mjs";
import {
  EMPTY_BOX,
  choicesIn,
  countedBytes,
  folded,
  multiplied,
  openedAll,
  readRecord,
  recordOf,
  recordsIn,
  takenFrom,
} from "../math/seal.mjs";

const ballotOf = (one) => ({
  index: one.index,
  votingClass: one.voting_class,
  point: join(raw(one.c.x), raw(one.c.y)),
  sequence: one.sequence,
  seal: raw(one.seal),
  sealedChoice: BigInt(one.sealed_choice),
});

/** All vectors, those of one key, poll and number of motions opened together. */
export function seals({ good, malformed }, equal) {
  const groups = new Map();
  for (const one of [...good, ...malformed]) {
    const key = [one.secret, one.separator, one.motions].join();
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  for (const group of groups.values()) {
    const [{ secret, separator, motions }] = group;
    const found = openedAll(BigInt(secret), raw(separator), motions, group.map(ballotOf));
    group.forEach((one, i) => {
      equal(`${one.name} opens to`, hex(sized(found[i], 8)), one.opens_to);
      equal(`${one.name}: choices`, String(choicesIn(found[i], motions)), String(one.choices));
      equal(`${one.name}: record`, hex(recordOf(ballotOf(one))), one.record);
      const again = readRecord(raw(one.record));
      equal(`${one.name}: record, read and written again`, hex(recordOf(again)), one.record);
    });
  }
  for (const one of good.slice(0, 20)) {
    const [[x, y]] = multiplied(BigInt(one.secret), [number(raw(one.seal))]);
    equal("the shared point's address", hex(keccak(sized(x, 32), sized(y, 32)).subarray(12)), one.shared_address);
    equal("the key", hex(bytesOf(commit(BigInt(one.secret), 0n))), hex(join(raw(one.key.x), raw(one.key.y))));
    // What was copied to another place says nothing there.
    const [other] = openedAll(BigInt(one.secret), raw(one.separator), one.motions, [{ ...ballotOf(one), index: one.index + 1 }]);
    equal("a copy under another index", other, 0n);
  }
}

function checkCountings({ ballots, box, countings, overtaken, trailing, motions }, { separator, secret }, equal) {
  const newest = new Map(ballots.map(({ index, sequence }) => [index, sequence]));
  const check = (name, left, { before, ballots: bytes, counted, taken }) => {
    const { reason, records } = takenFrom(left, raw(before), raw(bytes));
    equal(name, reason, null);
    if (taken !== undefined) equal(`taken of ${name}`, records.length, taken);
    const read = records.map(readRecord);
    const plains = openedAll(BigInt(secret), raw(separator), motions, read);
    equal(`counted of ${name}`, hex(countedBytes(motions, read, plains, newest)), counted);
    return raw(before);
  };
  for (const { size, pieces } of [...countings, { size: "one more by a stranger", pieces: overtaken }]) {
    const left = pieces.reduce((number, one) => check(`a piece of ${size}`, number, one), raw(box));
    equal("the box at the end", hex(left), hex(EMPTY_BOX));
  }
  for (const one of trailing) check(one.name, raw(box), one);
}

/** Heads and sums by motion, class and choice as this recount adds them up from the records. */
function checkSums({ ballots, motions, sums, invalid }, { separator, secret }, equal) {
  const read = ballots.map(({ record }) => readRecord(raw(record)));
  const plains = openedAll(BigInt(secret), raw(separator), motions, read);
  plains.forEach((plain, i) => equal("opens to", hex(sized(plain, 8)), ballots[i].opens_to));
  const cells = new Map();
  const put = (key, point) => cells.set(key, [...(cells.get(key) ?? []), pointAt(point)]);
  read.forEach((one, i) => {
    if (!ballots[i].newest) return;
    if (plains[i] === 0n) put(`invalid ${one.votingClass}`, one.point);
    choicesIn(plains[i], motions).forEach((choice, motion) => put([motion, one.votingClass, choice].join(), one.point));
  });
  for (const one of sums) {
    const points = cells.get([one.motion, one.voting_class, one.choice].join()) ?? [];
    equal("heads", points.length, one.heads);
    equal("sum", hex(bytesOf(points.reduce((a, b) => a.add(b), commit(0n, 0n)))), hex(join(raw(one.x), raw(one.y))));
  }
  for (const one of invalid) equal("invalid", cells.get(`invalid ${one.voting_class}`)?.length, one.heads);
  equal("cells", cells.size, sums.length + invalid.length);
}

export function box(vector, equal) {
  for (const chain of vector.chains) {
    const records = chain.ballots.map(({ record }) => raw(record));
    records.forEach((_, i) => equal(`box ${i}`, hex(folded(EMPTY_BOX, records.slice(0, i + 1))), chain.ballots[i].box));
    equal("the whole box", hex(folded(EMPTY_BOX, records)), chain.box);
    checkCountings(chain, vector, equal);
    checkSums(chain, vector, equal);
    for (const { name, before, ballots, reason } of chain.refused) {
      equal(name, takenFrom(raw(chain.box), raw(before), raw(ballots)).reason, reason);
    }
  }
  equal("no records", recordsIn(Buffer.alloc(0)), null);
}
