// Step 12: the published result is what was recounted.
import { need } from "../findings.mjs";
import { Fields, read } from "../files/published.mjs";

const [NAME, FINDING, OLDER] = ["result.json", "result.file", "void.result"];
const KEYS_1 = "tallies passed result_hash challenge_ends_at decision";
const ANY = 2n ** 256n;
export const TALLY = ["heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain"];

/** Compares every field. */
export async function checkResultFile(recount, log) {
  const scene = need(recount.scene, 1);
  const value = read(await recount.published.bytes(NAME), NAME, FINDING);
  const file = new Fields(value, NAME, scene.protocol === 1 ? KEYS_1 : `${KEYS_1} excluded`, FINDING);
  const result = need(recount.result, 8);
  const rows = file.list("tallies").map((row, i) => new Fields(row, `${NAME} class ${i}`, TALLY.join(" "), FINDING));
  const stated = rows.map((row) => TALLY.map((key) => row.whole(key, ANY)));
  const what = "is not what was recounted";
  log.equal(FINDING, `${NAME}: tallies`, what, result.tallies, stated);
  log.equal(FINDING, `${NAME}: passed`, what, result.passed, file.flag("passed"));
  log.equal(FINDING, `${NAME}: result_hash`, what, result.resultHash, file.bytes("result_hash", 32));
  log.equal(FINDING, `${NAME}: challenge_ends_at`, what, result.challengeEndsAt, file.whole("challenge_ends_at", 2n ** 64n));
  if (scene.protocol > 1) {
    const out = recount.excluded.map((one) => one.index).sort((a, b) => (a < b ? -1 : 1));
    log.equal(FINDING, `${NAME}: excluded`, what, out, file.list("excluded"));
  }
  const decision = need(recount.decision, 10);
  const recounted = decision === "undecided" ? null : decision;
  // A file that was right for its time can be handed in by whoever kept it: it says nothing against the poll.
  const older = "the published files are older than the decision: download them again";
  if (file.value.decision === null && recounted !== null) log.wrong(OLDER, NAME, older, recounted, null);
  else log.equal(FINDING, `${NAME}: decision`, what, recounted, file.value.decision);
  if (log.isClean && log.void.length === 0) log.note(`${NAME} says what was recounted`);
}
