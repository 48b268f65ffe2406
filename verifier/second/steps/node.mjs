// Step 1: the chain, the case with its code and officials, and that the poll is the one of its number.
import { hex } from "../bytes.mjs";
import { Place } from "../chain/blocks.mjs";
import { dialectOf, fingerprintOf, pollAddress } from "../contracts.mjs";
import { Wrong, alike } from "../findings.mjs";
import { Panel, isSigner, short } from "../math/signers.mjs";
import { Domain } from "../math/typed.mjs";
import { generationsOf, inOffice } from "./succession.mjs";
import { parametersOf, pollFile, releaseOf } from "./poll_file.mjs";

const MOST_OFFICIALS = 32;
const LIMIT = 2n ** 63n;

/** What later steps know of the case, the poll and their events. */
class Scene {
  constructor(facts) {
    Object.assign(this, facts);
    this.case = facts.case;
    this.poll = facts.poll;
    this.isSealed = facts.isSealed;
    this.events = facts.events;
    this.generations = facts.generations;
    this.caseDomain = new Domain(facts.chainId, facts.case, facts.protocol);
    this.pollDomain = new Domain(facts.chainId, facts.poll, facts.protocol);
  }

  /** Whose act an event of the case is. */
  inOffice(event) {
    return inOffice(this.generations, event);
  }

  /** The case's events of that name about the register, plan or poll of that number. */
  ofCase(name, number) {
    return this.events.filter((one) => one.log.address.equals(this.case) && one.name === name && one.values[0] === number);
  }

  /** The poll's events of these names, in the order of the chain. */
  ofPoll(...names) {
    return this.events.filter((one) => one.log.address.equals(this.poll) && names.includes(one.name));
  }

  /** Whether the poll ended without a result (section 21.7). */
  get isAbandoned() {
    return this.ofPoll("PollAbandoned").length > 0 && this.ofPoll("MotionsTallied").length === 0;
  }

  /** The relay's notes of a subject; the sender was looked at before. */
  notes(subject) {
    return this.events.filter((one) => one.log.address.equals(this.case) && one.name === "Noted" && one.values[1].equals(subject));
  }
}

/** Establishes the scene. */
export async function checkNode(recount, log) {
  const { file, protocol, rehearsal, isSealed, isCanonical } = await pollFile(recount.published);
  log.holds("poll.file", "poll.json", "is not canonical JSON", isCanonical);
  const facts = {
    chainId: file.whole("chain_id", 2n ** 256n),
    caseAddress: file.bytes("case", 20),
    poll: file.bytes("poll", 20),
    fromBlock: Number(file.whole("from_block", LIMIT)),
    receiptSigner: parametersOf(file).bytes("receipt_signer", 20),
    isSealed,
  };
  const pollNumber = file.whole("poll_number", LIMIT);
  const { options } = recount;
  if (options.case)
    log.equal("case.address", "poll.json: case", "is not the case that the working group published", options.case, facts.caseAddress);
  const release = releaseOf(options.releases, protocol);
  const sight = (recount.sight = await recount.source.open(new Place(facts), log));
  log.note(`chain ${facts.chainId}, block ${sight.head.number} (${hex(sight.head.hash)})`);
  await checkPollAddress(sight, protocol, facts, pollNumber, log);
  const created = await createdWith(sight, release, facts, log);
  await sight.checkCode(release, [...created.panel.officials, created.institution], log);
  checkPeople(created, log);
  checkPaper(options.fingerprint, facts, created, log);
  log.equal("poll.file", "poll.json: rehearsal", "is not the mark of the case's creation", created.rehearsal, rehearsal);
  const dialect = dialectOf(protocol, isSealed);
  const events = await eventsOf(sight, dialect, log);
  checkOpened(events, created, protocol, facts.fromBlock, log);
  const { caseAddress, ...rest } = facts;
  const people = [created.panel.officials, created.panel.threshold, created.institution];
  const { rehearsal: isRehearsal } = created;
  const place = { chainId: facts.chainId, caseAddress, protocol, rehearsal: isRehearsal };
  const generations = await generationsOf(sight, dialect, release, place, people, events, log);
  recount.scene = new Scene({
    ...rest,
    case: caseAddress,
    protocol,
    dialect,
    pollNumber,
    generations,
    rehearsal: isRehearsal,
    trustees: created.trustees,
    created: created.transaction.hash,
    events,
  });
}

/** Where the poll of that number stands follows from the case; in protocol 1 the case has to be asked. */
async function checkPollAddress(sight, protocol, { caseAddress, poll }, pollNumber, log) {
  const right = protocol > 1 ? pollAddress(caseAddress, pollNumber) : await sight.listedPoll(pollNumber);
  if (right !== null) log.equal("poll.address", "poll.json: poll", "is not the case's poll of that number", right, poll);
}

/** Officials, institution and mark as the case was created with them, by code of that release. Throws Wrong. */
async function createdWith(sight, release, { caseAddress, fromBlock }, log) {
  const transaction = await sight.creation(fromBlock);
  const found = release.createdWith(transaction.input);
  if (found === null) {
    const what = `does not create a case of release ${release.number}: other code stands behind the case`;
    throw new Wrong("case.creation", transaction.where, what, release.contracts.Case.creation_keccak, transaction.input.subarray(0, 16));
  }
  const [officials, threshold, institution, rehearsal, trustees] = found;
  log.note(`case ${hex(caseAddress)}, created in ${transaction.where} by the code of release ${release.number}`);
  if (rehearsal) log.note("the case is a rehearsal: its votes have no effect");
  return { panel: new Panel(officials, threshold), institution, rehearsal, trustees, transaction };
}

function checkPeople({ panel: { officials, threshold }, institution }, log) {
  const name = "case.officials";
  const [count, distinct] = [officials.length, new Set(officials.map(hex)).size];
  const isPanel = count >= 1 && count <= MOST_OFFICIALS && distinct === count;
  log.holds(name, "case: officials", "are not 1 to 32 distinct signers", isPanel, "1 to 32", BigInt(count));
  const isMajority = 2n * threshold > BigInt(count) && threshold <= BigInt(count);
  log.holds(name, "case: threshold", "is no majority of the officials", isMajority, `more than half of ${count}`, threshold);
  for (const signer of [...officials, institution]) {
    log.holds(name, "case: signer", "is neither a plain key nor a passkey", isSigner(signer), "20 or 84 bytes", signer);
  }
  const isApart = !officials.some((one) => one.equals(institution));
  log.holds("case.roles", "case: institution", "is an official as well", isApart, "two keys", institution);
  log.note(`${count} officials, of whom ${threshold} decide: ${officials.slice(0, MOST_OFFICIALS).map(short).join(", ")}`);
  log.note(`institution ${short(institution)}`);
}

/** The fingerprint is what the working group prints on paper. */
function checkPaper(typed, { chainId, caseAddress }, { panel, institution, rehearsal }, log) {
  const found = fingerprintOf(chainId, caseAddress, panel.officials, panel.threshold, institution, rehearsal);
  if (!typed) return log.note(`fingerprint ${found}: compare it with the working group's paper`);
  const isSame = log.equal("case.address", "case", "has another fingerprint than the one given", typed, found.replaceAll(" ", ""));
  return isSame && log.note(`fingerprint ${found}, as given`);
}

/** All events of case and poll in the order of the chain, of notes the relay's only. */
async function eventsOf(sight, dialect, log) {
  const found = [];
  for (const one of await sight.logs()) {
    try {
      found.push(dialect.event(one));
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      log.take(error);
    }
  }
  log.note(`${found.length} events of case and poll`);
  return found;
}

/** The case said with what it was opened, once, in the transaction that created it. */
function checkOpened(events, { panel, institution, rehearsal, transaction }, protocol, fromBlock, log) {
  const name = "case.creation";
  const opened = events.filter((one) => one.name === "CaseOpened");
  if (!log.equal(name, "poll.json: from_block", "the case was not opened exactly once since this block", 1n, BigInt(opened.length))) return;
  const [{ log: made, values, where }] = opened;
  const isThere = made.block === fromBlock && made.transaction.equals(transaction.hash);
  log.holds(name, "poll.json: from_block", "is not the block of the case's creation", isThere, BigInt(made.block), BigInt(fromBlock));
  const mark = protocol > 2 ? [rehearsal] : [];
  const isSame = alike([panel.officials, panel.threshold, institution, ...mark], values);
  log.holds(name, where, "says other officials, threshold, institution or mark than its transaction", isSame);
}
