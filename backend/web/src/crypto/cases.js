// What follows from a case alone: where its polls stand, and the fingerprint on the working group's paper (protocol §8.1).

import { fromHex, join, keccak, toHex, utf8 } from "./bytes.js";

/** The number as RLP writes it. */
function rlpNumber(number) {
  const digits = number ? number.toString(16) : "";
  const bytes = fromHex("0x" + (digits.length % 2 ? "0" : "") + digits);
  return bytes.length === 1 && bytes[0] < 0x80 ? bytes : join(Uint8Array.of(0x80 + bytes.length), bytes);
}

/** The address of what a contract creates under a nonce. */
function createdBy(creator, nonce) {
  const parts = join(Uint8Array.of(0x94), fromHex(creator), rlpNumber(nonce));
  return toHex(keccak(join(Uint8Array.of(0xc0 + parts.length), parts)).subarray(12));
}

/** Where the poll of a number stands, as 0x lower case; of cases since protocol 2 only. */
export const pollAddress = (caseAddress, pollNumber) => createdBy(createdBy(caseAddress, 1), pollNumber + 1);

/**
 * Eight groups of four hex digits over address, chain, people and mark of a case as `GET /api/cases` has it; the people are those who opened
 * it, whoever came after them.
 */
export function caseFingerprint(theCase) {
  const { address, chain_id: chainId, rehearsal } = theCase;
  const { institution, officials, threshold } = theCase.generations?.[0] ?? theCase;
  const people = { institution: institution.signer.toLowerCase(), officials: officials.map(({ signer }) => signer.toLowerCase()) };
  const text = JSON.stringify({
    case: address.toLowerCase(),
    chain_id: chainId,
    ...people,
    ...(rehearsal ? { rehearsal } : {}),
    threshold,
  });
  return /** @type {string[]} */ (
    toHex(keccak(utf8(text)))
      .slice(2, 34)
      .match(/.{4}/g)
  ).join(" ");
}
