// The counting rule in whole numbers (protocol, section 7).
const MEASURES = ["heads", "amount"];
const NUMERATORS = ["for", "taking_part"];
const DENOMINATORS = ["admitted", "taking_part", "for_against"];
export const WORDS = { measure: MEASURES, numerator: NUMERATORS, denominator: DENOMINATORS };
export const MOST_CONDITIONS = 8;
const LARGEST = 10n ** 6n;

const HEADS_OF_TAKING_PART = [0n, 0n, 1n, 1n, 2n, true];
const HEADS_OF_FOR_AGAINST = [0n, 0n, 2n, 1n, 2n, true];
/** [measure, numerator, denominator, num, den, strict] of each condition, by the preset's name. */
export const PRESETS = {
  CN_SZ_A: [[1n, 1n, 0n, 2n, 3n, true], HEADS_OF_TAKING_PART],
  CN_SZ_B: [[1n, 1n, 0n, 2n, 3n, false], HEADS_OF_TAKING_PART, [1n, 0n, 1n, 1n, 2n, true]],
  CN_EBL64: [HEADS_OF_TAKING_PART, [1n, 0n, 0n, 1n, 2n, false]],
  CN_EBL84: [HEADS_OF_TAKING_PART, [1n, 0n, 0n, 2n, 3n, false]],
  US_1126C: [HEADS_OF_FOR_AGAINST, [1n, 0n, 2n, 2n, 3n, false]],
  UK_899: [HEADS_OF_FOR_AGAINST, [1n, 0n, 2n, 3n, 4n, false]],
};

/** Whether every field of a condition is one that the protocol knows. */
export function isAllowed([measure, numerator, denominator, num, den]) {
  const known = measure < MEASURES.length && numerator < NUMERATORS.length && denominator < DENOMINATORS.length;
  return known && num >= 1n && num <= den && den <= LARGEST;
}

/** Whether a condition holds in a class; `heads` and `fen` are (for, against, abstaining), `admitted` is (heads, fen). */
export function holds([measure, numerator, denominator, num, den, strict], admitted, heads, fen) {
  const [yes, no, abstain] = measure === 0n ? heads : fen;
  const above = [yes, yes + no + abstain][numerator] * den;
  const below = [admitted[measure], yes + no + abstain, yes + no][denominator] * num;
  return strict ? above > below : above >= below;
}

/** Whether a class carries the plan: someone was for or against, and every condition holds. */
export const carries = (conditions, admitted, heads, fen) =>
  heads[0] + heads[1] > 0n && conditions.every((one) => holds(one, admitted, heads, fen));

/** A condition for people. */
export const sentence = ([measure, numerator, denominator, num, den, strict]) =>
  `${MEASURES[measure]}: ${NUMERATORS[numerator]} / ${DENOMINATORS[denominator]} ${strict ? ">" : ">="} ${num}/${den}`.replaceAll("_", " ");
