// Step 14: the contracts' state, where somebody tells it, is what was recounted; the chain is still the one that was read.
import { need } from "../findings.mjs";
import { N } from "../math/curve.mjs";

/** Compares heads, sums, result and voices. */
export async function checkState(recount, log) {
  const [scene, sight] = [need(recount.scene, 1), need(recount.sight, 1)];
  const [{ heads, sums }, { resultHash, passed, challengeEndsAt }] = [need(recount.count, 7), need(recount.result, 8)];
  const out = (i) => recount.excluded.filter((one) => one.votingClass === BigInt(i)).map((one) => one.amount);
  const excluded = heads.map((_, i) => [BigInt(out(i).length), out(i).reduce((sum, one) => sum + one, 0n) % N]);
  const attested = scene.ofPoll("OfficialAttested").map((event) => event.values[1]);
  const approvals = BigInt(attested.filter(Boolean).length);
  const refusals = BigInt(attested.length) - approvals;
  const counted = { heads, sums, resultHash, passed, challengeEndsAt, approvals, refusals, excluded };
  const states = sight.states(scene.protocol);
  for (const one of states) await one.check(counted, log);
  if (!states.length) log.note("nobody tells the contracts' state; it follows from the transactions");
  else if (log.isClean) log.note("heads, sums, result and attestations are what was recounted");
  await sight.checkUnchanged(log);
}
