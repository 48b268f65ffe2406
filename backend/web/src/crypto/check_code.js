// The check code of a register's freeze (protocol §19), and the command with which an official gets it.

import { digestOf, toHex } from "./protocol.js";
import { NO_PROOFS } from "./ranges.js";

/** Eight groups of four. */
export const CODE_DIGITS = 32;
const CLAIMS_NAME = /^claims-register-[0-9]+\.(csv|xlsx)$/;
const HASH = /^0x[0-9a-f]{64}$/;
const ADDRESS = /^0x[0-9a-f]{40}$/;

/** Whether what was typed is the first 16 bytes of the digest of exactly this typed data; white space and case do not count. */
export function codeFits(typedData, typed) {
  const digits = typed.replace(/\s/g, "").toLowerCase();
  try {
    return digits.length === CODE_DIGITS && "0x" + digits === toHex(digestOf(typedData)).slice(0, 2 + CODE_DIGITS);
  } catch {
    return false; // typed data that are none of ours have no code
  }
}

/**
 * The command that an official runs; `claims` is the name of the claims file. It goes into a shell, and whoever drew the register up must not
 * be able to put anything else there: what is no name, address or number of the right form stands as a question mark.
 */
export function commandFor({ domain, message }, { with_related: withRelated }, claims) {
  const number = Number(message.registerNumber);
  const address = String(domain.verifyingContract).toLowerCase();
  const words = [
    "python -m verifier.register",
    `--claims ${CLAIMS_NAME.test(claims) ? claims : "?"}`,
    `--openings openings-register-${number}.lvo`,
    `--act act-register-${number}.json`,
    `--case ${ADDRESS.test(address) ? address : "?"}`,
    `--chain-id ${Number(domain.chainId)}`,
    `--register-number ${number}`,
  ];
  if (domain.salt !== undefined) words.push(`--generation ${HASH.test(domain.salt) ? domain.salt : "?"}`);
  if (withRelated) words.push("--with-related");
  if (message.classNamesHash === undefined) words.push("--protocol 1");
  else if (message.rangeProofsHash === NO_PROOFS) words.push("--protocol 3");
  else words.push(`--range-proofs range_proofs-register-${number}.bin`);
  return words.join(" ");
}
