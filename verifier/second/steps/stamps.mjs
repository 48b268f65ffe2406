// Step 17: what outsiders stamped is the chain's, and was there when they saw it (protocol, section 26).
import { basename } from "node:path";
import { ZERO, keccak, word } from "../bytes.mjs";
import { handedIn } from "../files/handed_in.mjs";
import { NAME as PUBLISHED, MOST, SUBJECTS, stampsIn } from "../files/stamps.mjs";
import { Wrong, need } from "../findings.mjs";

const [EARLIEST, LATEST] = [300n, 86_400n]; // seconds before the block's own time, and after it
const VOID = "void.stamps";
/** Events that have what a stamp of that subject says: the place among their values, and what is made of it. */
const VALUES = {
  register: { RegisterFrozen: (values) => values[1] },
  close: { Noted: (values, poll) => (closes(values[2], poll) ? keccak(values[2]) : null) },
  result: { PollTallied: (values) => values[0], MotionsTallied: (values) => values[0] },
};

/** Whether a note says of itself that it is the last one of this poll (protocol, section 11). */
const closes = (note, poll) => note.subarray(0, 32).equals(word(poll)) && note.subarray(96, 128).equals(word(1));

/** Judges the published stamps, then those that somebody kept. */
export async function checkStamps(recount, log) {
  const { authorities, stamps: kept } = recount.options;
  const isPublished = recount.published.has(PUBLISHED);
  if (!isPublished && !kept.length) {
    log.note("no stamps were published: that all was there when it says rests on the chain's own clock");
    if (authorities) recount.beside.push("no stamp of the authorities that were brought / 没有所给时间戳机构的时间戳");
    return;
  }
  const judge = new Judge(recount, log);
  if (isPublished) await judge.take(() => recount.published.bytes(PUBLISHED, MOST), PUBLISHED);
  for (const path of kept) await judge.take(() => handedIn(path, VOID, MOST), basename(path), true);
  judge.tell(recount);
}

/** Holds stamps against roots and chain. */
class Judge {
  constructor(recount, log) {
    this.scene = need(recount.scene, 1);
    this.sight = need(recount.sight, 1);
    this.signer = need(recount.terms, 2).receiptSigner;
    this.registerNumber = recount.terms.registerNumber;
    this.others = 0;
    this.roots = recount.options.authorities;
    this.domains = { case: this.scene.caseDomain, poll: this.scene.pollDomain };
    this.log = log;
    this.good = new Map();
    this.unchecked = 0;
    this.unseen = 0;
  }

  /** Every line of a file. */
  async take(content, name, isKept = false) {
    const held = [];
    try {
      for (const one of stampsIn(await content(), name)) this.hold(one, held, isKept);
    } catch (error) {
      this.refuse(error, isKept);
    }
    await this.compare(held, isKept);
  }

  /** One line, with its time where there are roots to tell it by. */
  hold(stamp, held, isKept) {
    try {
      if (stamp instanceof Wrong) throw stamp;
      const digest = stamp.digest(this.domains);
      if (!stamp.isSignedBy(this.signer, digest))
        throw new Wrong("stamps.signature", stamp.place, "is not signed by the poll's receipt signer", this.signer, "another key");
      if (this.roots) held.push({ stamp, by: this.roots.stamped(stamp, stamp.imprint(digest)) });
      else this.unchecked += 1;
    } catch (error) {
      this.refuse(error, isKept);
    }
  }

  refuse(error, isKept) {
    if (!(error instanceof Wrong)) throw error;
    this.log.take(isKept ? new Wrong(VOID, error.place, error.what, error.expected, error.found) : error);
  }

  /** Each with the block under its number. */
  async compare(held, isKept) {
    const shown = await this.sight.shown([...new Set(held.map(({ stamp }) => stamp.block))].sort((a, b) => (a < b ? -1 : 1)));
    for (const { stamp, by } of held) {
      const block = shown.get(stamp.block);
      if (block) this.compareWith(block, stamp, by, isKept);
      else this.miss(stamp);
    }
  }

  miss({ place, block }) {
    if (this.sight.isWhole) this.log.wrong("stamps.chain", place, "the chain ends before a block that was stamped", block);
    this.unseen += 1;
  }

  compareWith({ hash, time }, stamp, { at, authority }, isKept) {
    const what = `${authority} stamped another block ${stamp.block} at ${at}: the chain was rewritten since`;
    if (!this.log.equal("stamps.chain", stamp.place, what, stamp.blockHash, hash)) return;
    const isLate = time !== null && at > time + LATEST;
    const isTimely = time === null || (time - EARLIEST <= at && !isLate);
    const untimely = `was not stamped within ${EARLIEST} s before and ${LATEST} s after its block's time`;
    // Anybody can have a published line stamped again later: that says nothing.
    if (!this.log.holds(isLate && isKept ? VOID : "stamps.time", stamp.place, untimely, isTimely, time, at)) return;
    const values = this.valuesOf(stamp);
    const isThere = values.some((one) => one.equals(stamp.value));
    if (!this.log.holds("stamps.chain", stamp.place, "its block holds no such root, note or result", isThere, values, stamp.value)) return;
    if (stamp.subject === "register" && !this.isOwn(stamp)) {
      this.others += 1; // of the same case, and signed under its domain: anybody may hand that in
      return;
    }
    const key = `${stamp.subject}\n${authority}`;
    this.good.set(key, (this.good.get(key) ?? 0) + 1);
  }

  /** What a stamp of that subject may say about its block. */
  valuesOf({ subject, block }) {
    if (subject === "head") return [ZERO];
    const kinds = VALUES[subject];
    const events = this.scene.events.filter((one) => BigInt(one.log.block) === block && one.name in kinds);
    return events.map((one) => kinds[one.name](one.values, this.scene.poll)).filter((one) => one !== null);
  }

  /** Whether it is the root of the register that votes. */
  isOwn({ value }) {
    const frozen = this.scene.events.filter((one) => one.name === "RegisterFrozen" && one.values[0] === this.registerNumber);
    return frozen.some(({ values }) => values[1].equals(value));
  }

  /** What was stamped, by whom; what nobody stamped although somebody was to. */
  tell(recount) {
    const { log, good } = this;
    if (!this.roots) {
      log.note(`${this.unchecked} stamps are not checked: bring the root certificate of each authority (--authority)`);
      return;
    }
    for (const key of [...good.keys()].sort()) {
      const [subject, authority] = key.split("\n");
      log.note(`${subject}: ${good.get(key)} stamped in time by ${authority}`);
    }
    if (this.unseen) log.note(`${this.unseen} stamps are about blocks that are not shown here`);
    if (this.others) log.note(`${this.others} stamps are about other registers of the case`);
    const there = { close: this.scene.events.some((one) => one.name === "Noted"), result: recount.result !== null };
    const due = SUBJECTS.filter((one) => ![...good.keys()].some((key) => key.startsWith(`${one}\n`)) && (there[one] ?? true));
    if (due.length) recount.beside.push(`not stamped in time by an authority / 没有及时的时间戳: ${due.join(", ")}`);
  }
}
