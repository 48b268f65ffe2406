// One recount from its arguments to its report (protocol, section 13).
import { openBundle } from "./chain/archive.mjs";
import { LiveSource } from "./chain/live.mjs";
import { Node } from "./chain/node.mjs";
import { Folder, Published } from "./files/published.mjs";
import { stepLines } from "./report.mjs";
import { Recount } from "./state.mjs";
import { checkBallots } from "./steps/ballots.mjs";
import { checkConditions } from "./steps/conditions.mjs";
import { checkCount } from "./steps/count.mjs";
import { checkDecision } from "./steps/decision.mjs";
import { checkIssuerLog } from "./steps/issuer_log.mjs";
import { checkNode } from "./steps/node.mjs";
import { checkOpening } from "./steps/opening.mjs";
import { checkOutcome } from "./steps/outcome.mjs";
import { checkParameters } from "./steps/parameters.mjs";
import { checkPlan } from "./steps/plan.mjs";
import { checkRanges } from "./steps/ranges.mjs";
import { checkReceipts } from "./steps/receipts.mjs";
import { checkRegister } from "./steps/register.mjs";
import { checkResultFile } from "./steps/result_file.mjs";
import { checkRule } from "./steps/rule.mjs";
import { checkSample } from "./steps/sample.mjs";
import { checkSeal } from "./steps/seal.mjs";
import { checkStamps } from "./steps/stamps.mjs";
import { checkWitnesses } from "./steps/witnesses.mjs";
import { checkState } from "./steps/state.mjs";

/** Steps 1 to 18. */
const STEPS = [
  checkNode,
  checkParameters,
  checkRegister,
  checkPlan,
  checkRule,
  checkBallots,
  checkCount,
  checkOpening,
  checkOutcome,
  checkDecision,
  checkReceipts,
  checkResultFile,
  checkIssuerLog,
  checkState,
  checkSeal,
  checkRanges,
  checkSample,
  checkConditions,
  checkStamps,
  checkWitnesses,
]; // prettier-ignore

/** A finished recount; `say` hears the lines of each step. */
export async function recountOf(options, say) {
  const recount = new Recount(options);
  const told = (log) => stepLines(log).forEach((line) => say(line));
  const node = options.rpc ? new Node(options.rpc, options.limits) : null;
  try {
    if (node) {
      Object.assign(recount, {
        source: new LiveSource(node, options.rule, options.validators),
        published: new Published(new Folder(options.published)),
      });
    } else {
      await recount.step(0, async (_, log) => Object.assign(recount, await openBundle(options.evidence, options, log)), told);
    }
    for (const [i, work] of STEPS.entries()) await recount.step(i + 1, work, told);
    return recount;
  } finally {
    node?.close();
    await recount.pool.close();
  }
}
