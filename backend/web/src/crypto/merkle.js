// A lender's own place in the register (protocol §4).

import { fromHex, join, keccak, same, toHex, toNumber, utf8, word } from "./bytes.js";

/** The leaf's hash, 32 bytes. */
export function leafHash(index, votingClass, x, y) {
  return keccak(keccak(join(word(index), word(votingClass), word(x), word(y))));
}

/** Levels of the tree over leafCount lenders. */
export function depthOf(leafCount) {
  let depth = 8;
  while (2 ** depth < leafCount) depth += 1;
  return depth;
}

/** The root that a proof leads to, as 0x. */
export function rootFrom(leaf, proof) {
  let node = leaf;
  for (const sibling of proof.map(fromHex)) {
    node = keccak(toNumber(node) < toNumber(sibling) ? join(node, sibling) : join(sibling, node));
  }
  return toHex(node);
}

/** Whether a claim is in the register: index in range, proof of the right length, same root. */
export function standsInRegister(claim, leafCount, root) {
  if (!Number.isInteger(claim.index) || claim.index < 0 || claim.index >= leafCount) return false;
  if (claim.proof.length !== depthOf(leafCount)) return false;
  try {
    const leaf = leafHash(claim.index, claim.voting_class, claim.x, claim.y);
    return same(fromHex(rootFrom(leaf, claim.proof)), fromHex(root));
  } catch {
    return false;
  }
}

/** The hash over the classes' totals, as 0x; `{ heads, amount_fen, blind }` in the order of their numbers. */
export function classesHash(classes) {
  const totals = classes.flatMap(({ heads, amount_fen: fen, blind }) => [word(heads), word(fen), word(blind)]);
  return toHex(keccak(join(word(32), word(classes.length), ...totals)));
}

/** The hash over the classes' names in the order of their numbers, as 0x; JSON.stringify writes such a list canonically (protocol §7). */
export const classNamesHash = (names) => toHex(keccak(utf8(JSON.stringify(names))));
