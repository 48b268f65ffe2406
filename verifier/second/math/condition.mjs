// A sum of commitments in whole multiples that is at least so much, or is not (protocol, section 9.2).
import { ascii, join, keccak, word } from "../bytes.mjs";
import { RegisterProofs } from "../ranges/register.mjs";
import { Point, bytesOf } from "./curve.mjs";
import { chunksOf, pointIn } from "./range_proof.mjs";

const VERSION = 1;
const SPLIT = 40n;
const TWO = chunksOf(2);

/** What a proof is bound to: the context of the register's range proofs, the poll, the keccak of what is said. */
export const conditionContext = (register, poll, statement) =>
  keccak(keccak(ascii("LenderVote/1/condition")), word(VERSION), register, word(poll), statement);

/** Σ times * sum - atLeast, or where it fails atLeast - 1 - Σ; terms are [times, point of the library], times above 0 or below. */
export function differenceOf(terms, atLeast, holds) {
  const multiple = (factor, point) => (factor < 0n ? point.multiplyUnsafe(-factor).negate() : point.multiplyUnsafe(factor));
  const sum = terms.reduce((found, [factor, point]) => found.add(multiple(factor, point)), Point.ZERO);
  const rest = (factor) => (factor === 0n ? Point.ZERO : multiple(factor, Point.BASE));
  return holds ? sum.add(rest(-atLeast)) : sum.negate().add(rest(atLeast - 1n));
}

/** Whether `whole` commits to a number from 0 to 2^104 - 1, by the commitment to its higher part and a proof over both. */
export async function isProved(context, whole, high, proof) {
  const found = pointIn(high);
  if (found === null || proof.length !== TWO[0].bytes) return false;
  const higher = Point.fromAffine({ x: found[0], y: found[1] });
  const lower = whole.subtract(higher.multiplyUnsafe(1n << SPLIT));
  if (lower.is0()) return false;
  const proofs = new RegisterProofs({ context, commitments: [lower, higher].map(bytesOf), chunks: TWO, proofs: join(proof) });
  return (await proofs.wrong()).length === 0;
}
