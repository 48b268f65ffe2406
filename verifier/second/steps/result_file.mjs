// Step 12: the published result is what was recounted.
import { keccak } from "../bytes.mjs";
import { need } from "../findings.mjs";
import { Fields, read } from "../files/published.mjs";

const [NAME, FINDING, OLDER] = ["result.json", "result.file", "void.result"];
const KEYS_1 = "tallies passed result_hash challenge_ends_at decision";
const ANY = 2n ** 256n;
export const TALLY = ["heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain"];

function keysOf({ protocol, isSealed }) {
  if (protocol === 1) return KEYS_1;
  return isSealed ? `${KEYS_1} excluded invalid` : `${KEYS_1} excluded`;
}

/** Of a poll without a result: the reason is the one whose hash the officials signed. */
function checkAbandoned(value, scene, log) {
  const file = new Fields(value, NAME, "abandoned reason_hash", FINDING);
  const [announced] = scene.ofPoll("PollAbandoned")[0].values;
  const text = file.text("abandoned");
  const found = text.isWellFormed() ? keccak(Buffer.from(text, "utf8")) : null;
  log.equal(FINDING, `${NAME}: abandoned`, "is not the reason whose hash the officials signed", announced, found);
  log.equal(FINDING, `${NAME}: reason_hash`, "is not what the officials signed", announced, file.bytes("reason_hash", 32));
}

/** Compares every field. */
export async function checkResultFile(recount, log) {
  const scene = need(recount.scene, 1);
  const value = read(await recount.published.bytes(NAME), NAME, FINDING);
  if (scene.isAbandoned) return checkAbandoned(value, scene, log);
  const file = new Fields(value, NAME, keysOf(scene), FINDING);
  const result = need(recount.result, 8);
  const rows = file.list("tallies").map((row, i) => new Fields(row, `${NAME} class ${i}`, TALLY.join(" "), FINDING));
  const stated = rows.map((row) => TALLY.map((key) => row.whole(key, ANY)));
  const what = "is not what was recounted";
  log.equal(FINDING, `${NAME}: tallies`, what, result.tallies, stated);
  if (scene.isSealed) {
    const { motions } = need(recount.terms, 2).sealing;
    const passed = Array.from({ length: motions }, (_, i) => ((result.passed >> BigInt(i)) & 1n) === 1n);
    log.equal(FINDING, `${NAME}: passed`, what, passed, file.list("passed"));
    log.equal(FINDING, `${NAME}: invalid`, what, need(recount.count, 7).invalid, file.list("invalid"));
  } else log.equal(FINDING, `${NAME}: passed`, what, result.passed, file.flag("passed"));
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
