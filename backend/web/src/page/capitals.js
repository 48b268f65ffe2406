// Amounts in the capital figures of Chinese bills and contracts (大写), which nobody can change by a stroke. Whole numbers only.

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
/** @type {[bigint, string][]} */
const PLACES = [
  [100000000n, "亿"],
  [10000n, "万"],
  [1000n, "仟"],
  [100n, "佰"],
  [10n, "拾"],
];

/**
 * A whole number above 0. A gap of places is said with one 零; places that are empty to the end are not said.
 * @param {bigint} number
 */
function whole(number) {
  for (const [size, place] of PLACES) {
    if (number < size) continue;
    const rest = number % size;
    const gap = rest > 0n && rest < size / 10n ? "零" : "";
    return whole(number / size) + place + gap + (rest > 0n ? whole(rest) : "");
  }
  return DIGITS[Number(number)];
}

/** Fen in capital figures: `人民币壹仟零贰元叁角肆分`, `人民币伍元整`. */
export function capitals(fen) {
  const amount = BigInt(fen);
  const [yuan, jiao, rest] = [amount / 100n, (amount / 10n) % 10n, amount % 10n];
  if (amount === 0n) return "人民币零元整";
  const before = yuan > 0n ? whole(yuan) + "元" : "";
  if (jiao === 0n && rest === 0n) return `人民币${before}整`;
  const tenth = jiao > 0n ? DIGITS[Number(jiao)] + "角" : before && "零";
  return `人民币${before}${tenth}${rest > 0n ? DIGITS[Number(rest)] + "分" : "整"}`;
}
