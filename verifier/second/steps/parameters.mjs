// Step 2: what the poll is held to was announced by the officials before it opened.
import { hex, keccak, raw } from "../bytes.mjs";
import { parametersHash, sealedParametersHash } from "../contracts.mjs";
import { StepLog, need } from "../findings.mjs";
import { callOf, onlyEvent, timeOf } from "./acts.mjs";
import { PARAMETER_KEYS, addressesOf, conditionsOf, parametersOf, pollFile } from "./poll_file.mjs";

const MOST_VERIFIERS = 8;
const DAY = 86_400n; // seconds
const LEAST = 15n * DAY; // notice and challenge period of a poll that is no rehearsal

const [MOST_MOTIONS, ABANDON] = [16n, 30n * DAY];

/** What an open poll's announcing transaction says. */
async function announcedOpen(recount, scene, event) {
  const { transaction, inputs } = await callOf(recount, event, "announcePoll", scene.case, "parameters.announced");
  const [values, signers, signatures] = inputs;
  const hash = parametersHash(values);
  const mark = scene.protocol > 2 ? [scene.rehearsal] : [];
  const digest = scene.inOffice(event).domain.digest("PollAnnouncement", scene.pollNumber, hash, ...mark);
  return { transaction, values, hash, digest, signers, signatures, sealing: null };
}

/** What a sealed poll's says: the release's code, motions and the time of abandonment in their range, and the key. */
async function announcedSealed(recount, scene, event, log) {
  const { transaction, inputs } = await callOf(recount, event, "announceSealedPoll", scene.case, "parameters.announced");
  const [code, parameters, key, confirmations, signers, signatures] = inputs;
  const [values, motions, abandonAfter] = parameters;
  const release = recount.options.releases.get(scene.protocol);
  const right = raw(release.contracts.SealedPoll.creation_keccak);
  log.equal("poll.code", transaction.where, `brings other code than SealedPoll of release ${release.number}`, right, keccak(code));
  const [name, place] = ["parameters.range", "parameters"];
  log.holds(name, place, "motions are not 1 to 16", motions >= 1n && motions <= MOST_MOTIONS, "1 to 16", motions);
  const isAllowed = scene.rehearsal ? abandonAfter >= 1n && abandonAfter <= ABANDON : abandonAfter === ABANDON;
  log.holds(name, place, "the time after which it can be abandoned is another", isAllowed, `${ABANDON} s`, abandonAfter);
  const hash = sealedParametersHash(parameters);
  const keyHash = scene.caseDomain.struct("SealKey", ...key);
  const digest = scene.inOffice(event).domain.digest("SealedPollAnnouncement", scene.pollNumber, hash, keyHash, scene.rehearsal);
  log.note(`a sealed poll of ${motions} motions; it can be abandoned ${abandonAfter} s after its close`);
  const sealing = { motions: Number(motions), abandonAfter, key, keyHash, confirmations };
  return { transaction, values, hash, digest, signers, signatures, sealing };
}

/** Establishes the terms. */
export async function checkParameters(recount, log) {
  const scene = need(recount.scene, 1);
  const event = onlyEvent(scene, "parameters.announced", scene.isSealed ? "SealedPollAnnounced" : "PollAnnounced", scene.pollNumber);
  const announced = await (scene.isSealed ? announcedSealed : announcedOpen)(recount, scene, event, log);
  const { transaction, values, hash, digest, signers, signatures, sealing } = announced;
  log.equal("poll.address", event.where, "announces another poll", scene.poll, event.values[1]);
  log.equal("parameters.announced", event.where, "announces other parameters than its transaction", hash, event.values[2]);
  const generation = scene.inOffice(event);
  generation.panel.signed("parameters.signatures", digest, signers, signatures, log, `announcement in ${transaction.where}`);
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
    event,
    generation,
    sealing,
  };
  recount.terms = terms;
  const announcedAt = await timeOf(recount, event);
  log.holds("parameters.announced", event.where, "announced after the opening", announcedAt < opensAt, `before ${opensAt}`, announcedAt);
  checkRange(terms, scene.protocol, log);
  checkPeriods(scene, { notice: opensAt - announcedAt, "challenge period": challengeSeconds }, log);
  checkRoles(terms, scene, log);
  await compareFile(recount.published, values, hash, sealing, log);
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

/** Nobody checks their own work: verifiers, relay, and whoever is or was official or institution are different keys (section 6). */
function checkRoles({ verifiers, receiptSigner, generation }, { generations }, log) {
  const insiders = generations.filter((one) => one.number <= generation.number).flatMap((one) => one.signers);
  for (const key of [...verifiers, receiptSigner]) {
    const isApart = !insiders.some((one) => one.equals(key));
    log.holds("parameters.roles", "parameters", "a key is official or institution as well", isApart, "another key", key);
  }
  const isApart = !verifiers.some((one) => one.equals(receiptSigner));
  log.holds("parameters.roles", "parameters", "the relay is a verifier as well", isApart, "another key", receiptSigner);
}

/** poll.json says what was announced; the words of the rule are looked at in step 5. */
async function compareFile(published, values, hash, sealing, log) {
  const { file } = await pollFile(published);
  const fields = parametersOf(file);
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
  const more = sealing ? [file.whole("motions", 256n), file.whole("abandon_after_seconds", 2n ** 32n)] : [];
  if (sealing) {
    const announced = [BigInt(sealing.motions), sealing.abandonAfter];
    log.equal("parameters.file", "poll.json: motions, abandon_after_seconds", "are not what was announced", announced, more);
  }
  const found = () => (sealing ? sealedParametersHash([stated, ...more]) : parametersHash(stated));
  if (isRule) log.equal("parameters.file", "poll.json: parameters", "do not have the announced hash", hash, found());
}
