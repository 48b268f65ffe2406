// What a register says of its range proofs by their hash (protocol §4.2).

/** In the place of a hash where there are no proofs. */
export const NO_PROOFS = "0x" + "00".repeat(32);
const PROVED_SINCE = 5; // the protocol since which no register is frozen without them
const PLACE_SINCE = 2; // before, RegisterFreeze had no place for their hash
const HASH = /^0x[0-9a-f]{64}$/;

/** "proved", "unproved" where a case's protocol allows that, "missing" where not, or "" where there is no place for a hash. */
export function proofState(hash, protocol) {
  if (protocol < PLACE_SINCE) return "";
  if (HASH.test(hash) && hash !== NO_PROOFS) return "proved";
  return hash === NO_PROOFS && protocol < PROVED_SINCE ? "unproved" : "missing";
}
