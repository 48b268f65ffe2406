// What a recount finds: notes of what was seen, findings of what is wrong, papers that are void (protocol, section 13.1).
import { hex } from "./bytes.mjs";

/** The names of all that can be found, step by step; the same in every tool (tests/vectors/findings.json). */
const OF_STEPS = {
  Bundle: `bundle.unreadable bundle.name bundle.file bundle.head
    proof.header proof.order proof.link proof.trie proof.transaction proof.receipt proof.finality`,
  Node: `node.answer node.chain node.header node.transaction node.log node.finality
    case.address case.creation case.code case.officials case.roles case.succession poll.file poll.address poll.code proof.code`,
  Parameters: "parameters.file parameters.announced parameters.signatures parameters.range parameters.roles",
  Register: `register.leaves register.order register.curve register.class register.count register.root
    register.totals register.frozen register.signatures register.names register.file register.excluded`,
  Plan: "plan.hash plan.form plan.pdf plan.submitted plan.admitted plan.signatures",
  Rule: "rule.range rule.file rule.name",
  Ballots: `ballots.call ballots.window ballots.credential ballots.expired ballots.order
    ballots.proof ballots.leaf ballots.recorded ballots.rejected ballots.box`,
  Count: "count.class count.sums count.secret count.box count.opened",
  Opening: "opening.missing opening.early opening.amounts opening.wrong opening.range opening.admitted",
  Outcome: "outcome.heads outcome.rule outcome.hash outcome.challenge",
  Decision: `decision.early decision.official decision.signature decision.twice decision.after
    decision.not-passed decision.event`,
  Receipts: `receipts.form receipts.signature receipts.chain receipts.fork receipts.short
    receipts.unanchored receipts.notes receipts.missed receipts.withheld`,
  "Result file": "result.file",
  Log: "log.form log.chain log.roots log.credential log.vouchers log.identity log.model",
  State: "state.view state.proof state.changed",
  Seal: `seal.trustees seal.key seal.confirmed seal.used seal.file seal.transcript seal.dealing
    seal.share seal.breach seal.abandoned seal.escrow`,
  Ranges: "ranges.missing ranges.file ranges.proof",
  Sample: "sample.file sample.seed sample.draw sample.findings sample.bound sample.signatures",
  Conditions: "conditions.file conditions.group conditions.proof",
  Stamps: "stamps.file stamps.token stamps.signature stamps.digest stamps.authority stamps.time stamps.chain",
  Witnesses: "witness.chain",
};
export const STEPS = Object.entries(OF_STEPS).map(([name, findings], step) => ({ step, name, findings: findings.split(/\s+/) }));
export const ANY = ["step.blocked", "step.failed"];
export const VOID = ["void.receipt", "void.log", "void.result", "void.witness", "void.stamps"];
const NAMES = new Set([...STEPS.flatMap((one) => one.findings), ...ANY, ...VOID]);

const MOST_KEPT = 20_000; // of one name in one step: a small archive unpacks to more wrong lines than memory holds
const LONGEST = 400; // characters of one value in a finding
const SHOWN = 12; // members of one list in a finding

/** A node or a file says something that makes it useless for the step at hand; becomes a finding of that name. */
export class Wrong extends Error {
  /**
   * @param {string} name @param {string} place @param {string} what
   * @param {unknown} [expected] @param {unknown} [found]
   */
  constructor(name, place, what, expected = "", found = "") {
    super(what);
    this.name = name;
    this.place = place;
    this.what = what;
    this.expected = expected;
    this.found = found;
  }
}

/** A step needs what an earlier step could not establish. */
export class Blocked extends Error {
  constructor(step) {
    super(`step ${step}`);
    this.step = step;
  }
}

/** What an earlier step has established. Throws Blocked when it could not. */
export function need(value, step) {
  if (value === null || value === undefined) throw new Blocked(step);
  return value;
}

function shown(value) {
  if (Buffer.isBuffer(value)) return hex(value.subarray(0, LONGEST));
  if (typeof value === "bigint") return value >> 1600n && value > 0n ? "a number of more than 1,600 bits" : value.toString();
  if (Array.isArray(value)) return `(${value.slice(0, SHOWN).map(shown).join(", ")}${value.length > SHOWN ? ", ..." : ""})`;
  if (value !== null && typeof value === "object")
    return value instanceof Error ? value.message : `{${Object.keys(value).slice(0, SHOWN)}}`;
  return String(value);
}

/** A value as one line of printable text: files and nodes must not be able to write to an auditor's terminal. */
export function plain(value) {
  const text = shown(value);
  const cut = text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}... (${text.length} characters)`;
  return cut.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`);
}

/** Whether two values are the same: bytes, numbers, texts, truth values, null, and lists of such. */
export function alike(a, b) {
  if (Buffer.isBuffer(a) || Buffer.isBuffer(b)) return Buffer.isBuffer(a) && Buffer.isBuffer(b) && a.equals(b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, i) => alike(one, b[i]));
  return a === b;
}

/** One step's notes and findings, in the order in which they came up. */
export class StepLog {
  constructor(step) {
    this.step = step;
    this.name = STEPS[step].name;
    this.notes = [];
    this.findings = [];
    this.void = [];
    this.counts = new Map();
  }

  note(text) {
    this.notes.push(plain(text));
  }

  /**
   * A finding, or a void paper when that is what the name says; of very many under one name the last one kept says so.
   * @param {string} name @param {string} place @param {string} what @param {unknown} [expected] @param {unknown} [found]
   */
  wrong(name, place, what, expected = "", found = "") {
    if (!NAMES.has(name)) throw new TypeError(`${name} is no finding`);
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    if (count > MOST_KEPT) return;
    if (count === MOST_KEPT) [what, expected, found] = ["and more under this name, which are not listed", "", ""];
    const one = { step: this.step, name, place: plain(place), what: plain(what), expected: plain(expected), found: plain(found) };
    (VOID.includes(name) ? this.void : this.findings).push(one);
  }

  /** What was thrown, as a finding. */
  take(wrong) {
    this.wrong(wrong.name, wrong.place, wrong.what, wrong.expected, wrong.found);
  }

  /**
   * Whether the statement is true; a finding when it is not.
   * @param {string} name @param {string} place @param {string} what @param {boolean} isTrue
   * @param {unknown} [expected] @param {unknown} [found]
   */
  holds(name, place, what, isTrue, expected = "", found = "") {
    if (!isTrue) this.wrong(name, place, what, expected, found);
    return isTrue;
  }

  /** Whether both sides are the same; a finding when they are not. */
  equal(name, place, what, expected, found) {
    return this.holds(name, place, what, alike(expected, found), expected, found);
  }

  /** What another log of the same step has, behind what stands here. */
  append(other) {
    for (const part of ["notes", "findings", "void"]) for (const one of other[part]) this[part].push(one);
  }

  get isClean() {
    return this.findings.length === 0;
  }
}
