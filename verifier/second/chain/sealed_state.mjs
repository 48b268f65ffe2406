// Where a sealed poll keeps what a count comes to, and by which views it tells it (protocol, sections 16 and 21).
import { keccak, number, word } from "../bytes.mjs";

const [BOX, HEADS, SUMS, SHARES, SECRET, BROKEN, EXCLUDED] = [7, 8, 9, 11, 12, 13, 16];
const [RESULT_HASH, OUTCOME, PASSED, ABANDONED, VOICES] = [17, 19, 20, 21, 23];
/** @type {(key: number, mapping: number) => bigint} */
const within = (key, mapping) => number(keccak(word(key), word(mapping)));

/** Slots and the values that a recount comes to, with what they are. */
export function sealedSlots({ heads, sums, excluded, resultHash, passed, challengeEndsAt, approvals, refusals, sealed }) {
  const { classes, invalid } = sealed;
  const places = heads.flatMap(([yes, no, abstain], place) => {
    const where = `motion ${Math.floor(place / classes)}, class ${place % classes}`;
    const lane = place < classes ? invalid[place] : 0n;
    const packed = lane | (yes << 64n) | (no << 128n) | (abstain << 192n);
    const totals = sums[place].flatMap((total, i) => {
      const slot = within(4 * place + i + 1, SUMS);
      const what = `sum of ${where}, choice ${i + 1}`;
      return [
        [slot, number(total.subarray(0, 32)), what],
        [slot + 1n, number(total.subarray(32)), what],
      ];
    });
    return [[within(place, HEADS), packed, `heads of ${where}`], ...totals];
  });
  const out = excluded.flatMap(([count, fen], i) => [
    [within(i, EXCLUDED), count, `leaves taken out of class ${i}`],
    [within(i, EXCLUDED) + 1n, fen, `amount taken out of class ${i}`],
  ]);
  return [
    ...places,
    ...out,
    [BOX, number(sealed.box), "box"],
    [SHARES, sealed.shares, "shares published"],
    [SECRET, sealed.secret, "secret"],
    [BROKEN, sealed.brokenAt, "time of the breach"],
    [RESULT_HASH, number(resultHash), "result hash"],
    [OUTCOME, (challengeEndsAt << 8n) | BigInt(passed > 0n), "outcome and end of the challenge period"],
    [PASSED, passed, "motions that passed"],
    [ABANDONED, number(sealed.abandonedFor), "reason of the abandonment"],
    [VOICES, (refusals << 128n) | approvals, "approvals and refusals"],
  ];
}

/** Views { name, inputs, outputs, given } and their answers as lists. */
export function sealedViews({ heads, sums, resultHash, passed, challengeEndsAt, approvals, refusals, sealed }) {
  const { classes, invalid } = sealed;
  const found = [];
  heads.forEach((row, place) => {
    const at = [Math.floor(place / classes), place % classes];
    found.push({ name: "heads", inputs: "(uint256,uint256)", outputs: "(uint256,uint256,uint256)", given: at, answer: row });
    sums[place].forEach((total, i) => {
      const answer = [total.subarray(0, 32), total.subarray(32)];
      found.push({ name: "sumOf", inputs: "(uint256,uint256,uint8)", outputs: "(bytes32,bytes32)", given: [...at, i + 1], answer });
    });
  });
  invalid.forEach((count, i) => found.push({ name: "invalid", inputs: "(uint256)", outputs: "(uint256)", given: [i], answer: [count] }));
  const single = [
    ["box", "(bytes32)", sealed.box],
    ["secret", "(uint256)", sealed.secret],
    ["sharesPublished", "(uint256)", sealed.shares],
    ["sealBrokenAt", "(uint64)", sealed.brokenAt],
    ["abandonedFor", "(bytes32)", sealed.abandonedFor],
    ["resultHash", "(bytes32)", resultHash],
    ["challengeEndsAt", "(uint64)", challengeEndsAt],
    ["approvals", "(uint256)", approvals],
    ["refusals", "(uint256)", refusals],
    ...(number(resultHash) ? [["passed", "(uint256)", passed]] : []),
  ];
  for (const [name, outputs, answer] of single) found.push({ name, inputs: "()", outputs, given: [], answer: [answer] });
  return found;
}
