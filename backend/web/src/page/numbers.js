// Money and shares as people read and write them; whole numbers only, no fraction anywhere near money.

/** Fen as `1,234.50`, whatever their size and sign. */
export function yuan(fen) {
  const signed = BigInt(fen);
  const amount = signed < 0n ? -signed : signed;
  const whole = (amount / 100n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return (signed < 0n ? "-" : "") + whole + "." + (amount % 100n).toString().padStart(2, "0");
}

const LARGE = 100_000_000n; // fen: a million yuan

/** A large amount in ten thousands (Chinese) or millions (English), rounded to two decimals, for reading beside the exact one; "" for a smaller. */
export function large(fen, language) {
  const unit = language === "zh" ? 1_000_000n : LARGE;
  return BigInt(fen) < LARGE ? "" : yuan((BigInt(fen) * 100n + unit / 2n) / unit);
}

/** Basis points as `12.5%`. */
export function percent(bps) {
  const rest = String(bps % 100)
    .padStart(2, "0")
    .replace(/0+$/, "");
  return String(Math.floor(bps / 100)) + (rest ? "." + rest : "") + "%";
}

/** The part of an amount that basis points name, in fen; a fraction of a fen is not promised to the lender. */
export const shareOf = (fen, bps) => (BigInt(fen) * BigInt(bps)) / 10000n;

/** A percentage as people type it, in basis points; -1 when it is none. */
export function basisPoints(text) {
  const found = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(text.normalize("NFKC").trim().replace(/%$/, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : -1;
}
