// Step 14: the contracts' state, where somebody tells it, is what was recounted; the chain is still the one that was read.
import { ZERO } from "../bytes.mjs";
import { need } from "../findings.mjs";
import { N } from "../math/curve.mjs";

const NO_RESULT = { resultHash: ZERO, passed: 0n, challengeEndsAt: 0n };

/** What a sealed poll's state has more, by its events; step 15 holds those against their transactions. */
function sealedOf(recount, scene) {
  if (!scene.isSealed) return null;
  const { invalid, box, secret } = need(recount.count, 7);
  const shares = new Set(scene.ofPoll("SharePublished").map((one) => one.values[0]));
  return {
    classes: need(recount.register, 3).classes.length,
    invalid,
    box,
    secret,
    shares: [...shares].filter((seat) => seat < 256n).reduce((bits, seat) => bits | (1n << seat), 0n),
    brokenAt: scene.ofPoll("SealBroken")[0]?.values[0] ?? 0n,
    abandonedFor: scene.ofPoll("PollAbandoned")[0]?.values[0] ?? ZERO,
  };
}

/** Compares heads, sums, result and voices. */
export async function checkState(recount, log) {
  const [scene, sight] = [need(recount.scene, 1), need(recount.sight, 1)];
  const { heads, sums } = need(recount.count, 7);
  const { resultHash, passed, challengeEndsAt } = scene.isAbandoned ? NO_RESULT : need(recount.result, 8);
  const { classes } = need(recount.register, 3);
  const out = (i) => recount.excluded.filter((one) => one.votingClass === BigInt(i)).map((one) => one.amount);
  const excluded = classes.map((_, i) => [BigInt(out(i).length), out(i).reduce((sum, one) => sum + one, 0n) % N]);
  const attested = scene.ofPoll("OfficialAttested").map((event) => event.values[1]);
  const approvals = BigInt(attested.filter(Boolean).length);
  const refusals = BigInt(attested.length) - approvals;
  const counted = { heads, sums, resultHash, passed, challengeEndsAt, approvals, refusals, excluded, sealed: sealedOf(recount, scene) };
  const states = sight.states(scene.protocol);
  for (const one of states) await one.check(counted, log);
  if (!states.length) log.note("nobody tells the contracts' state; it follows from the transactions");
  else if (log.isClean) log.note("heads, sums, result and attestations are what was recounted");
  await sight.checkUnchanged(log);
}
