// Step 2: what the poll is held to was announced by the officials before it opened.
import { hex } from "../bytes.mjs";
import { parametersHash } from "../contracts.mjs";
import { StepLog, need } from "../findings.mjs";
import { callOf, onlyEvent, timeOf } from "./acts.mjs";
import { PARAMETER_KEYS, addressesOf, conditionsOf, parametersOf, pollFile } from "./poll_file.mjs";

const MOST_VERIFIERS = 8;
const DAY = 86_400n; // seconds
const LEAST = 15n * DAY; // notice and challenge period of a poll that is no rehearsal

/** Establishes the terms. */
export async function checkParameters(recount, log) {
  const scene = need(recount.scene, 1);
  const event = onlyEvent(scene, "parameters.announced", "PollAnnounced", scene.pollNumber);
  const { transaction, inputs } = await callOf(recount, event, "announcePoll", scene.case, "parameters.announced");
  const [values, signers, signatures] = inputs;
  const hash = parametersHash(values);
  log.equal("poll.address", event.where, "announces another poll", scene.poll, event.values[1]);
  log.equal("parameters.announced", event.where, "announces other parameters than its transaction", hash, event.values[2]);
  const mark = scene.protocol > 2 ? [scene.rehearsal] : [];
  const digest = scene.caseDomain.digest("PollAnnouncement", scene.pollNumber, hash, ...mark);
  scene.panel.signed("parameters.signatures", digest, signers, signatures, log, `announcement in ${transaction.where}`);
  const [registerNumber, planNumber, conditions, opensAt, closesAt, challengeSeconds, verifiers, receiptSigner] = values;
  const terms = {
    registerNumber,
    planNumber,
    conditions,
    opensAt,
    closesAt,
    challengeSeconds,
    verifiers,
    receiptSigner,
    announced: event.log,
  };
  recount.terms = terms;
  const announcedAt = await timeOf(recount, event);
  log.holds("parameters.announced", event.where, "announced after the opening", announcedAt < opensAt, `before ${opensAt}`, announcedAt);
  checkRange(terms, scene.protocol, log);
  checkPeriods(scene, { notice: opensAt - announcedAt, "challenge period": challengeSeconds }, log);
  checkRoles(terms, scene, log);
  await compareFile(recount.published, values, hash, log);
  log.note(`parameters hash ${hex(hash)}, announced ${opensAt - announcedAt} s before the opening`);
  if (closesAt - opensAt < DAY) log.note(`the poll is open for ${closesAt - opensAt} s, less than a day`);
  if (challengeSeconds < DAY) log.note(`the challenge period is ${challengeSeconds} s, less than a day`);
}

const isZero = (address) => !address.some((one) => one);

function checkRange({ opensAt, closesAt, challengeSeconds, verifiers, receiptSigner }, protocol, log) {
  const [name, place] = ["parameters.range", "parameters"];
  log.holds(name, place, "window is empty", opensAt < closesAt, "opensAt < closesAt", [opensAt, closesAt]);
  log.holds(name, place, "there is no challenge period", challengeSeconds > 0n, "more than 0", challengeSeconds);
  const isCount = verifiers.length >= 1 && verifiers.length <= MOST_VERIFIERS && new Set(verifiers.map(hex)).size === verifiers.length;
  log.holds(name, place, "verifiers are not 1 to 8 distinct keys", isCount, "1 to 8", verifiers);
  log.holds(name, place, "a verifier is the empty address", !verifiers.some(isZero));
  if (protocol > 1) log.holds(name, place, "the receipt signer is the empty address", !isZero(receiptSigner));
}

/** A poll that counts is announced early, and can be objected to for long (section 8.1); earlier protocols demanded neither. */
function checkPeriods({ protocol, rehearsal }, periods, log) {
  if (rehearsal || protocol < 3) return;
  for (const [name, seconds] of Object.entries(periods)) {
    const what = `the ${name} is too short for a poll that is no rehearsal`;
    log.holds("parameters.range", "parameters", what, seconds >= LEAST, `at least ${LEAST} s`, seconds);
  }
}

/** Nobody checks their own work: verifiers, relay, officials and institution are different keys (section 6). */
function checkRoles({ verifiers, receiptSigner }, { panel, institution }, log) {
  for (const key of [...verifiers, receiptSigner]) {
    const isApart = !panel.has(key) && !institution.equals(key);
    log.holds("parameters.roles", "parameters", "a key is official or institution as well", isApart, "another key", key);
  }
  const isApart = !verifiers.some((one) => one.equals(receiptSigner));
  log.holds("parameters.roles", "parameters", "the relay is a verifier as well", isApart, "another key", receiptSigner);
}

/** poll.json says what was announced; the words of the rule are looked at in step 5. */
async function compareFile(published, values, hash, log) {
  const fields = parametersOf((await pollFile(published)).file);
  const stated = [
    ...["register_number", "plan_number"].map((key) => fields.whole(key, 2n ** 256n)),
    conditionsOf(fields, new StepLog(5)),
    ...["opens_at", "closes_at", "challenge_seconds"].map((key) => fields.whole(key, 2n ** 64n)),
    addressesOf(fields, "verifiers"),
    fields.bytes("receipt_signer", 20),
  ];
  PARAMETER_KEYS.split(" ").forEach((key, i) => {
    if (key !== "conditions") log.equal("parameters.file", `poll.json: ${key}`, "is not what was announced", values[i], stated[i]);
  });
  const isRule = stated[2].every((one) => one.slice(0, 3).every((word) => word >= 0n));
  if (isRule) log.equal("parameters.file", "poll.json: parameters", "do not have the announced hash", hash, parametersHash(stated));
}
