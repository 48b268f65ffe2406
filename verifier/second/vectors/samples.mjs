// Vectors of samples and conditions: samples.json, conditions.json.
import { hex, join, keccak, raw } from "../bytes.mjs";
import { canonical } from "../json.mjs";
import { conditionContext, differenceOf, isProved } from "../math/condition.mjs";
import { Point, pointAt } from "../math/curve.mjs";
import { chunksOf, headerOf } from "../math/range_proof.mjs";
import { boundFen, boundMillionths, drawCommitments, pointsOf, sampleContext, seedOf } from "../math/sample.mjs";
import { RegisterProofs } from "../ranges/register.mjs";

export async function samples(given, equal) {
  const { register, indexes, draws } = given;
  const [total, leaves] = [BigInt(given.total_fen), register.leaves.map(({ x, y }) => join(raw(x), raw(y)))];
  const seed = seedOf(raw(register.root), raw(given.block_hash));
  equal("seed", hex(seed), given.seed);
  equal("points", pointsOf(seed, 90, total).join(), given.points_of_90.join());
  const context = sampleContext(raw(register.context), seed, indexes);
  equal("context", hex(context), given.context);
  const commitments = drawCommitments(pointsOf(seed, draws, total), indexes, leaves);
  equal("sums", commitments.map(hex).join(), given.sums.join());
  const [chunks, header, file] = [chunksOf(2 * draws), headerOf(context, 2 * draws), raw(given.file)];
  equal("header", hex(file.subarray(0, header.length)), hex(header));
  const proofs = file.subarray(header.length);
  equal("proofs", (await new RegisterProofs({ context, commitments, chunks, proofs }).wrong()).join(), "");
  const others = drawCommitments(pointsOf(seed, draws, total), [(indexes[0] + 1) % leaves.length, ...indexes.slice(1)], leaves);
  const wrong = await new RegisterProofs({ context, commitments: others, chunks, proofs }).wrong();
  equal("a leaf that was not hit", wrong.join(), "0");
  for (const { draws: drawn, wrong: found, millionths, fen } of given.bounds) {
    const bound = boundMillionths(drawn, found);
    equal(`bound of ${found} among ${drawn}`, [bound, boundFen(bound, total)].join(), [millionths, fen].join());
  }
}

/** [times, point] of groups that a register alone gives. */
function termsOf({ plus, minus }, leaves, classes) {
  const sumOf = ({ indexes, class: ofClass }) =>
    leaves.filter((_, i) => (indexes ? indexes.includes(i) : classes[i] === ofClass)).reduce((sum, one) => sum.add(one), Point.ZERO);
  const signed = [plus, minus].flatMap((groups, i) => groups.map((one) => [BigInt(i ? -one.times : one.times), one]));
  return signed.map(([times, one]) => [times, sumOf(one)]);
}

export async function conditions({ register, poll, conditions: cases }, equal) {
  const [leaves, classes] = [
    register.leaves.map(({ x, y }) => pointAt(join(raw(x), raw(y)))),
    register.leaves.map((one) => one.voting_class),
  ];
  for (const { condition, context } of cases) {
    const { high, proof, ...said } = condition;
    const found = conditionContext(raw(register.context), raw(poll), keccak(canonical(said)));
    equal(`context of ${said.title}`, hex(found), context);
    const [terms, atLeast] = [termsOf(said, leaves, classes), BigInt(said.at_least_fen)];
    const proved = (whole, bound = found) => isProved(bound, whole, raw(high), raw(proof));
    equal(said.title, await proved(differenceOf(terms, atLeast, said.holds)), true);
    equal(`${said.title}, by the other word`, await proved(differenceOf(terms, atLeast, !said.holds)), false);
    equal(`${said.title}, by a fen more`, await proved(differenceOf(terms, atLeast + 1n, said.holds)), false);
    equal(`${said.title}, elsewhere`, await proved(differenceOf(terms, atLeast, said.holds), keccak(found)), false);
  }
}
