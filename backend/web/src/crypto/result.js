// What the officials attest to (protocol §9, §21.5).

import { fromHex, join, keccak, toHex, word } from "./bytes.js";

const FIGURES = ["heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain"];

function hashOf(poll, tallies, passed) {
  const figures = tallies.flatMap((tally) => FIGURES.map((name) => word(tally[name])));
  return toHex(keccak(join(new Uint8Array(12), fromHex(poll), word(96), word(passed), word(tallies.length), ...figures)));
}

/** keccak(abi.encode(poll, tallies, passed)) as 0x; a tally for each class, in heads and fen. */
export const resultHash = (poll, tallies, passed) => hashOf(poll, tallies, passed === true ? 1 : 0);

/** The same of a sealed poll: tallies motion by motion, in each class by class; `passed` has a truth value for each motion. */
export function motionsResultHash(poll, tallies, passed) {
  return hashOf(
    poll,
    tallies,
    passed.reduce((bits, one, motion) => bits + (one === true ? 2 ** motion : 0), 0),
  );
}
