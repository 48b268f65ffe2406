// What the officials attest to (protocol §9).

import { fromHex, join, keccak, toHex, word } from "./bytes.js";

const FIGURES = ["heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain"];

/** keccak(abi.encode(poll, tallies, passed)) as 0x; a tally for each class, in heads and fen. */
export function resultHash(poll, tallies, passed) {
  const figures = tallies.flatMap((tally) => FIGURES.map((name) => word(tally[name])));
  return toHex(keccak(join(new Uint8Array(12), fromHex(poll), word(96), word(passed === true ? 1 : 0), word(tallies.length), ...figures)));
}
