// Section 7: the counting rule in whole numbers.
export const MEASURES = ["heads", "amount"];
export const NUMERATORS = ["for", "taking_part"];
export const DENOMINATORS = ["admitted", "taking_part", "for_against"];

/** A condition of poll.json as the contract takes it. */
export const asTuple = (one) => [
  MEASURES.indexOf(one.measure), NUMERATORS.indexOf(one.numerator), DENOMINATORS.indexOf(one.denominator), one.num, one.den, one.strict,
];

/** Whether a class carries the plan. heads and fen are [for, against, abstain], admitted is [heads, fen], all BigInt. */
export function carries(conditions, admitted, heads, fen) {
  if (heads[0] + heads[1] === 0n) return false;
  return conditions.every(([measure, numerator, denominator, num, den, strict]) => {
    const [yes, no, abstain] = measure === 0 ? heads : fen;
    const above = [yes, yes + no + abstain][numerator] * BigInt(den);
    const below = [admitted[measure], yes + no + abstain, yes + no][denominator] * BigInt(num);
    return strict ? above > below : above >= below;
  });
}
