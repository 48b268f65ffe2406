// Vectors of samples: samples.json.
import { hex, join, raw } from "../bytes.mjs";
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
