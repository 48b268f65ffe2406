// Step 9: the rule gives the outcome that the chain says.
import { hex } from "../bytes.mjs";
import { resultHash } from "../contracts.mjs";
import { need } from "../findings.mjs";
import { carries, holds, isAllowed, sentence } from "../math/rule.mjs";
import { admittedOf } from "./opening.mjs";

const END_OF_TIME = 2n ** 64n - 1n;

/** Applies the rule to the recounted heads and the opened amounts. */
export async function checkOutcome(recount, log) {
  if (recount.scene?.isAbandoned) return log.note("the poll was abandoned: it has no outcome");
  const [scene, terms, result] = [need(recount.scene, 1), need(recount.terms, 2), need(recount.result, 8)];
  const { heads } = need(recount.count, 7);
  const { event, tallies, passed } = result;
  const end = result.at + terms.challengeSeconds;
  const expected = end < END_OF_TIME ? end : END_OF_TIME;
  log.equal("outcome.challenge", event.where, "the challenge period has another end", expected, result.challengeEndsAt);
  const hash = resultHash(scene.poll, tallies, passed);
  log.equal("outcome.hash", event.where, "result hash is not the hash of the result", hash, result.resultHash);
  if (!log.equal("outcome.heads", event.where, "another number of classes", BigInt(heads.length), BigInt(tallies.length))) return;
  heads.forEach((one, i) =>
    log.equal("outcome.heads", `${event.where} class ${i}`, "heads differ from the recount", one, tallies[i].slice(0, 3)),
  );
  if (!log.holds("outcome.rule", "parameters", "the rule cannot be applied", terms.conditions.every(isAllowed))) return;
  const admitted = admittedOf(recount);
  const outcomes = Array.from({ length: terms.sealing?.motions ?? 1 }, (_, motion) => {
    const mine = (all) => all.slice(motion * admitted.length, (motion + 1) * admitted.length);
    return outcomeOf(mine(heads), mine(tallies), admitted, terms.conditions, log);
  });
  const outcome = terms.sealing ? outcomes.reduce((bits, one, i) => bits | (BigInt(one) << BigInt(i)), 0n) : outcomes[0];
  log.equal("outcome.rule", event.where, "the rule gives another outcome", outcome, passed);
  const said = outcomes.map((one) => (one ? "passed" : "did not pass")).join(", ");
  log.note(`${terms.sealing ? "the motions" : "the plan"} ${said}; result hash ${hex(result.resultHash)}`);
}

/** Whether every class that has leaves left carries the plan, and there is one (sections 7 and 9.1). */
function outcomeOf(heads, tallies, admitted, conditions, log) {
  const voices = [];
  admitted.forEach((ofClass, i) => {
    if (ofClass.heads === 0n) return log.note(`class ${i}: every leaf was taken out; it has no voice`);
    const facts = [[ofClass.heads, ofClass.fen], heads[i], tallies[i].slice(3)];
    for (const one of conditions) log.note(`class ${i}: ${sentence(one)}: ${holds(one, ...facts) ? "holds" : "does not hold"}`);
    return voices.push(carries(conditions, ...facts));
  });
  return voices.length > 0 && voices.every(Boolean);
}
