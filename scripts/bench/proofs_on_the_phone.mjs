// What a lender's phone does with its own place in a register, timed: bundled by scripts/bench/proofs_on_the_phone.py and run in a page.

import { commitment } from "../../backend/web/src/crypto/keys.js";
import { leafHash, rootFrom } from "../../backend/web/src/crypto/merkle.js";
import { toHex, word } from "../../backend/web/src/crypto/bytes.js";
import { checkClaim } from "../../backend/web/src/crypto/protocol.js";

const lender = (place, blind, proof) => {
  const { x, y } = commitment(place.amount_fen, blind);
  return { ...place, voting_class: 0, blind, x: toHex(word(x)), y: toHex(word(y)), proof };
};

/** Claims as the service gives them, each with its root: to be made before the page is new again. */
globalThis.claimsOf = (count, leafCount, blinds, proof) =>
  Array.from({ length: count }, (_, i) => {
    const claim = lender({ index: (i * 7919) % leafCount, amount_fen: String(10n ** BigInt(i % 12) + BigInt(i)) }, blinds[i], proof);
    return { claim, register: { leaf_count: leafCount, root: rootFrom(leafHash(claim.index, 0, claim.x, claim.y), proof) } };
  });

/** Milliseconds of each check of amount, leaf and path; the first one makes the curve's tables. */
globalThis.claimTimes = (claims) =>
  claims.map(({ claim, register }) => {
    const began = performance.now();
    const found = checkClaim(claim, { register });
    if (!found.amount || !found.register) throw new Error("a right claim was refused");
    return performance.now() - began;
  });
