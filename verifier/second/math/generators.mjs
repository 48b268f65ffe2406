// The generators of range proofs (protocol, section 4.2): points with no known relation to each other, to G or to H.
import { ascii, keccak, number, raw, sized } from "../bytes.mjs";
import { N, lift } from "./recovery.mjs";

/** The keccak of all of them, as contexts name it; vectors.mjs works it out. */
export const GENERATORS_DIGEST = raw("0x5132d8372233b68ae0e872149872ff65d586e8baac08bca36da381ea75b4815c");
export const MOST_GENERATORS = 4096; // of a kind

/** @type {Record<"G" | "H", [bigint, bigint][]>} */
const known = { G: [], H: [] };

/** The counter of generator i of a kind, and its point [x, y]. */
export function generatorAt(kind, i) {
  for (let counter = 0; ; counter++) {
    const x = number(keccak(ascii(`LenderVote/1/range ${kind}`), sized(i, 4), sized(counter, 4)));
    const y = x > 0n && x < N ? lift(x, 0n) : null;
    if (y !== null) return { counter, point: [x, y] };
  }
}

/** The first so many generators of a kind, "G" or "H". */
export function generators(kind, count) {
  const found = known[kind];
  while (found.length < count) found.push(/** @type {[bigint, bigint]} */ (generatorAt(kind, found.length).point));
  return found.slice(0, count);
}
