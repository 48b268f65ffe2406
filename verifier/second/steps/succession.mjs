// Who came after whom: every succession since the case was created, each by k officials of those in office (protocol, section 24; step 1).
import { hex } from "../bytes.mjs";
import { isBefore } from "../chain/blocks.mjs";
import { generationHash } from "../contracts.mjs";
import { alike } from "../findings.mjs";
import { Panel, isSigner, short } from "../math/signers.mjs";
import { Domain } from "../math/typed.mjs";

const NAME = "case.succession";
const NOTICE = 7n * 86_400n; // seconds
const MOST_OFFICIALS = 32;

/** Who decides and who submits, from one place of the chain on. */
class Generation {
  constructor(number, people, before, { chainId, caseAddress, protocol }) {
    const [officials, threshold, institution] = people;
    this.number = number;
    this.panel = new Panel(officials, threshold);
    this.institution = institution;
    this.hash = generationHash(before?.hash ?? Buffer.alloc(32), people);
    this.domain = new Domain(chainId, caseAddress, protocol, before ? this.hash : null);
    this.since = null; // the log that brought them into office; of the first ones there is none
  }

  get signers() {
    return [...this.panel.officials, this.institution];
  }
}

/** Reads successions in the order of the chain. */
class Reading {
  constructor(sight, dialect, release, place, people, log) {
    this.sight = sight;
    this.dialect = dialect;
    this.release = release;
    this.place = place;
    this.log = log;
    this.generations = [new Generation(0n, people, null, place)];
    this.count = 0n;
    this.waiting = null;
  }

  get current() {
    return this.generations.at(-1);
  }

  async sent(event, name) {
    const transaction = await this.sight.transaction(event.log.block, event.log.transaction);
    const inputs = this.dialect.inputs(name, transaction, this.place.caseAddress, NAME);
    return { where: transaction.where, inputs, at: (await this.sight.block(event.log.block)).time };
  }

  /** In its number, while none waits, with its notice, by k of those in office. Throws Wrong. */
  async announced(event) {
    const { log, current } = this;
    const { where, inputs, at } = await this.sent(event, "announceSuccession");
    const [people, notice, reason, signers, signatures] = inputs;
    this.count += 1n;
    log.holds(NAME, event.where, "was announced while another one waited", this.waiting === null);
    const from = at + notice;
    const named = new Generation(this.count, people, current, this.place);
    const isSame = alike([this.count, named.hash, from, reason], event.values);
    log.holds(NAME, event.where, "is not the succession of its transaction, number and time", isSame, this.count, event.values[0]);
    const isReason = reason.some((one) => one);
    log.holds(NAME, where, "gives no reason", isReason);
    const isLong = this.place.rehearsal || notice >= NOTICE;
    log.holds(NAME, where, "the notice is too short for a case that is no rehearsal", isLong, NOTICE, notice);
    const digest = current.domain.digest("Succession", this.count, current.hash, named.hash, notice, reason);
    current.panel.signed(NAME, digest, signers, signatures, log, `succession in ${where}`);
    this.checkPeople(named, where);
    await this.sight.checkVerifiers(this.release, "case.officials", named.signers, log);
    this.waiting = { named, from };
  }

  async withdrawn(event) {
    const { where, inputs, at } = await this.sent(event, "withdrawSuccession");
    const found = this.taken(event);
    if (!found) return;
    this.log.holds(NAME, event.where, "was withdrawn after its notice", at < found.from, `before ${found.from}`, at);
    const digest = this.current.domain.digest("SuccessionWithdrawal", found.named.number);
    this.current.panel.signed(NAME, digest, ...inputs, this.log, `withdrawal in ${where}`);
  }

  async completed(event) {
    const { where, at } = await this.sent(event, "completeSuccession");
    const found = this.taken(event);
    if (!found) return;
    const { named, from } = found;
    this.log.holds(NAME, event.where, "was completed within its notice", at >= from, `${from} or later`, at);
    this.log.equal(NAME, event.where, "brings others into office than were named", named.hash, event.values[1]);
    named.since = event.log;
    this.generations.push(named);
    const { officials, threshold } = named.panel;
    const people = `${officials.length} officials, of whom ${threshold} decide: ${officials.map(short).join(", ")}`;
    this.log.note(`succession ${named.number}, completed in ${where}: ${people}; institution ${short(named.institution)}`);
  }

  /** What waited under the event's number; it waits no more. */
  taken(event) {
    const found = this.waiting;
    const isIt = found !== null && found.named.number === event.values[0];
    if (!this.log.holds(NAME, event.where, "is not about the succession that waits", isIt, "one that waits", event.values[0])) return null;
    this.waiting = null;
    return found;
  }

  /** Signers and a majority, and nobody who is or was both official and institution. */
  checkPeople(named, where) {
    const { log } = this;
    const name = "case.officials";
    const { officials, threshold } = named.panel;
    const count = officials.length;
    const isPanel = count >= 1 && count <= MOST_OFFICIALS && new Set(officials.map(hex)).size === count;
    log.holds(name, where, "are not 1 to 32 distinct signers", isPanel, "1 to 32", BigInt(count));
    const isMajority = 2n * threshold > BigInt(count) && threshold <= BigInt(count);
    log.holds(name, where, "is no majority of the officials", isMajority, `more than half of ${count}`, threshold);
    log.holds(name, where, "names a signer that is neither a plain key nor a passkey", named.signers.every(isSigner));
    const known = [...this.generations, named];
    const isApart = known.every((one) => known.every((other) => !one.panel.has(other.institution)));
    log.holds("case.roles", where, "a key is or was official and institution", isApart, "two keys", named.institution);
  }
}

/** All generations that came into office, in order. Throws Wrong for a succession that cannot be read. */
export async function generationsOf(sight, dialect, release, place, people, events, log) {
  const reading = new Reading(sight, dialect, release, place, people, log);
  const takes = { SuccessionAnnounced: "announced", SuccessionWithdrawn: "withdrawn", SuccessionCompleted: "completed" };
  for (const event of events) {
    if (event.name in takes && event.log.address.equals(place.caseAddress)) await reading[takes[event.name]](event);
  }
  const { waiting } = reading;
  if (waiting) log.note(`succession ${waiting.named.number} was announced and can be completed from ${waiting.from} on`);
  return reading.generations;
}

/** Whose act an event of the case is. */
export const inOffice = (generations, event) => generations.findLast(({ since }) => since === null || isBefore(since, event.log) < 0);
