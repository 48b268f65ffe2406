// The hash over a poll's parameters (protocol §8.1): abi.encode of one dynamic tuple.

import { fromHex, join, keccak, toHex, word } from "./bytes.js";

const MEASURES = { heads: 0, amount: 1 };
const NUMERATORS = { for: 0, taking_part: 1 };
const DENOMINATORS = { admitted: 0, taking_part: 1, for_against: 2 };

function valueOf(names, name) {
  if (!Object.prototype.hasOwnProperty.call(names, name)) throw new RangeError("not a word of the rule: " + name);
  return word(names[name]);
}

function conditionWords({ measure, numerator, denominator, num, den, strict }) {
  return join(
    valueOf(MEASURES, measure),
    valueOf(NUMERATORS, numerator),
    valueOf(DENOMINATORS, denominator),
    word(num),
    word(den),
    word(strict ? 1 : 0),
  );
}

/** The parameters as one tuple of abi.encode, with everything in it that is of no fixed length. */
function tupleOf(parameters) {
  const conditions = join(word(parameters.conditions.length), ...parameters.conditions.map(conditionWords));
  const verifiers = join(
    word(parameters.verifiers.length),
    ...parameters.verifiers.map((address) => join(new Uint8Array(12), fromHex(address))),
  );
  const head = 8 * 32;
  return join(
    word(parameters.register_number),
    word(parameters.plan_number),
    word(head),
    word(parameters.opens_at),
    word(parameters.closes_at),
    word(parameters.challenge_seconds),
    word(head + conditions.length),
    join(new Uint8Array(12), fromHex(parameters.receipt_signer)),
    conditions,
    verifiers,
  );
}

/** keccak(abi.encode(parameters)) as 0x; the fields are named as in poll.json (protocol §12), times in unix seconds. */
export const parametersHash = (parameters) => toHex(keccak(join(word(32), tupleOf(parameters))));

/** The same of a sealed poll (protocol §21.3), with `motions` as a number and `abandon_after_seconds`. */
export function sealedParametersHash({ motions, abandon_after_seconds: abandonAfterSeconds, ...parameters }) {
  return toHex(keccak(join(word(32), word(96), word(motions), word(abandonAfterSeconds), tupleOf(parameters))));
}
