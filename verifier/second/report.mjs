// What a recount says: steps for people, and one line of JSON at the end (protocol, section 13).
import { hex } from "./bytes.mjs";
import { written } from "./json.mjs";
import { VERDICTS } from "./state.mjs";
import { TALLY } from "./steps/result_file.mjs";

const MOST_SHOWN = 20; // findings of one step
const REHEARSAL = "REHEARSAL / 演练: this vote has no effect / 本次表决没有效力";

/** One step with what it found, as lines. */
export function stepLines(log) {
  const found = log.isClean ? "no finding" : `${log.findings.length} findings`;
  return [
    `${String(log.step).padStart(2)}. ${log.name}: ${found}`,
    ...log.notes.map((one) => `      ${one}`),
    ...findingLines("!", log.findings),
    ...findingLines("void:", log.void),
  ];
}

function findingLines(mark, findings) {
  const lines = findings
    .slice(0, MOST_SHOWN)
    .flatMap(({ place, what, name, expected, found }) => [
      `    ${mark} ${place}: ${what} [${name}]`,
      ...(expected || found ? [`        expected ${expected || "other"}`, `        found    ${found || "nothing"}`] : []),
    ]);
  return findings.length > MOST_SHOWN ? [...lines, `    ${mark} and ${findings.length - MOST_SHOWN} more`] : lines;
}

/** The verdict and what it rests on, as lines. */
export function endLines(recount) {
  const steps = recount.steps.filter((log) => !log.isClean).map((log) => log.step);
  const { verdict, findings } = recount;
  return [
    verdict === "differs" ? `differs: ${findings.length} findings in step ${steps.join(", ")}` : verdict,
    ...(recount.scene?.rehearsal ? [REHEARSAL] : []),
    ...recount.beside,
    ...(recount.void.length ? [`${recount.void.length} of the papers handed in are void; they say nothing against the poll`] : []),
    ...(recount.sight ? [recount.sight.restsOn] : []),
  ];
}

/** Whether the plan passed; of a sealed poll motion by motion. */
function passedOf({ result, terms }) {
  if (!result) return null;
  const { sealing } = terms;
  return sealing ? Array.from({ length: sealing.motions }, (_, i) => ((result.passed >> BigInt(i)) & 1n) === 1n) : result.passed;
}

/** The last line. */
export function asJson(recount) {
  const { verdict, result, count, ballots, register, findings } = recount;
  return written({
    recount: verdict,
    exit_status: VERDICTS[verdict],
    rehearsal: recount.scene?.rehearsal ?? null,
    findings: findings.length,
    names: [...new Set(findings.map((one) => one.name))].sort(),
    void: recount.void,
    passed: passedOf(recount),
    beside: recount.beside,
    invalid: count?.invalid?.length ? count.invalid : null,
    decision: recount.decision === "undecided" ? null : recount.decision,
    result_hash: result ? hex(result.resultHash) : null,
    tallies: result ? result.tallies.map((tally) => Object.fromEntries(TALLY.map((key, i) => [key, tally[i]]))) : null,
    recounted_heads: count?.heads ?? null,
    lenders: register?.leafCount ?? null,
    excluded: recount.excluded.map((one) => one.index),
    ballots_recorded: ballots?.recorded.length ?? null,
    ballots_rejected: ballots?.rejected ?? null,
    own_receipts: recount.brought.map(({ where, ballot, line }) => ({ file: where, ballot, line })),
  });
}
