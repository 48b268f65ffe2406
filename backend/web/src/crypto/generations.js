// Who is in office in a case, one generation after the other, and under which domain they sign (protocol §24).

import { listed, sized } from "./appointments.js";
import { fromHex, join, keccak, toHex, word } from "./bytes.js";

const NOBODY = "0x" + "0".repeat(64);

/** keccak(abi.encode(before, people)) as 0x; `people` has officials (each with its signer), threshold and institution. */
export function generationHash(before, { officials, threshold, institution }) {
  const signers = listed(officials.map(({ signer }) => signer));
  const people = [word(96), word(threshold), word(96 + signers.length), signers, sized(fromHex(institution.signer))];
  return toHex(keccak(join(fromHex(before), word(64), ...people)));
}

/** The hash of everybody who was in office up to a generation, one following from the other, of a case as `GET /api/cases` has it. */
export function hashOfGeneration({ generations }, number) {
  let before = NOBODY;
  for (const one of generations.filter(({ status, number: at }) => status === "completed" && at <= number))
    before = generationHash(before, one);
  return before;
}

/** The salt of the domain under which a generation signs; undefined for those who opened the case. */
export const saltOf = (theCase, number) => (number ? hashOfGeneration(theCase, number) : undefined);
