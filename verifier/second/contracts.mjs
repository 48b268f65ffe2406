// The two contracts as seen from outside: their calls and events, and what is hashed of them (protocol, sections 7 to 11 and 17).
import { ascii, hex, keccak, sized, word } from "./bytes.mjs";
import { NotDecodable, decode } from "./encoding/abi.mjs";
import { encode, digits } from "./encoding/rlp.mjs";
import { Wrong } from "./findings.mjs";
import { canonical } from "./json.mjs";

const CLASSES = "(uint256,uint256,uint256)[]";
const CONDITIONS = "(uint8,uint8,uint8,uint32,uint32,bool)[]";
const PARAMETERS = `(uint256,uint256,${CONDITIONS},uint64,uint64,uint64,address[],address)`;
const SIXES = "(uint256,uint256,uint256,uint256,uint256,uint256)[]";
const SIGNERS = "bytes[],bytes[]";
const PEOPLE = "(bytes[],uint256,bytes)";
const LEAF = "(uint8,uint256,uint256)";
const PAIR = "(bytes32,bytes32)";
export const NOTE = "(address,uint64,bytes32,bool,(bytes32,uint64,bytes32)[])";
/** With what a case is created; before protocol 4 without trustees and sealed polls, before protocol 3 without a mark. */
export const CREATION = "(bytes[],uint256,bytes,bool,bytes[],bytes32)";
export const CREATION_3 = "(bytes[],uint256,bytes,bool)";
export const CREATION_2 = "(bytes[],uint256,bytes)";

const CALLS = {
  freezeRegister: `(bytes32,uint256,${CLASSES},bytes32,bytes32,${SIGNERS})`,
  submitPlan: "(bytes32,bytes)",
  admitPlan: `(uint256,${SIGNERS})`,
  announcePoll: `(${PARAMETERS},${SIGNERS})`,
  announceSuccession: `(${PEOPLE},uint32,bytes32,${SIGNERS})`,
  withdrawSuccession: `(${SIGNERS})`,
  completeSuccession: "()",
  cast: `((uint256,uint8,uint8,address,${PAIR},uint64,${PAIR}),${LEAF},bytes32[])`,
  castBatch: `((bytes,uint64,${PAIR}),bytes,bytes,bytes32[])`,
  excludeLeaf: `(uint256,${LEAF},bytes32[],uint256,uint256)`,
  openSums: `(${SIXES})`,
  attest: "(bytes,bool,bytes)",
};
const SEALED_PARAMETERS = `(${PARAMETERS},uint8,uint32)`;
const SEAL_KEY = "(uint256,uint256,uint8,address[],bytes32,bytes32)";
/** What a sealed poll and its announcement have otherwise, and more (section 21). */
const SEALED_CALLS = {
  ...CALLS,
  announceSealedPoll: `(bytes,${SEALED_PARAMETERS},${SEAL_KEY},(bytes,bytes)[],${SIGNERS})`,
  appointTrustees: `(bytes[],${SIGNERS})`,
  abandonPoll: `(uint256,bytes32,${SIGNERS})`,
  cast: `((uint256,uint8,uint256,uint64,address,${PAIR},uint64,${PAIR}),${LEAF},bytes32[])`,
  excludeLeaf: `(uint256,${LEAF},bytes32[],uint256,uint256,bytes32,bytes)`,
  publishShare: "(uint256,uint256)",
  unseal: "(uint256)",
  count: "(bytes32,bytes)",
  reportBreach: "(bytes32,bytes32)",
};
/** An event's types: those that are in topics, then those in its data; the indexed ones come first in all of them. */
const EVENTS = {
  CaseOpened: ["()", CREATION_3],
  RegisterFrozen: ["(uint256)", `(bytes32,uint256,${CLASSES},bytes32,bytes32)`],
  PlanSubmitted: ["(uint256)", "(bytes32,bytes)"],
  PlanAdmitted: ["(uint256)", "(bytes32)"],
  PollAnnounced: ["(uint256)", "(address,bytes32)"],
  Noted: ["(address,bytes32)", "(bytes)"],
  BallotsRecorded: ["()", "(bytes)"],
  BallotRejected: ["(uint256)", "(address,uint8,uint8)"],
  LeafExcluded: ["(uint256)", "(uint256,uint256,uint8)"],
  PollTallied: ["()", `(bytes32,bool,${SIXES},uint64)`],
  OfficialAttested: ["(bytes32)", "(bool)"],
  PollDecided: ["()", "(bool)"],
};
const EVENTS_4 = {
  ...EVENTS,
  TrusteesAppointed: ["(uint256)", "(bytes[],uint64)"],
  SealedPollAnnounced: ["(uint256)", "(address,bytes32,bytes32)"],
  SuccessionAnnounced: ["(uint256)", "(bytes32,uint64,bytes32)"],
  SuccessionWithdrawn: ["(uint256)", "()"],
  SuccessionCompleted: ["(uint256)", "(bytes32)"],
};
const SEALED_EVENTS = {
  ...EVENTS_4,
  SharePublished: ["(uint256)", "(uint256)"],
  Unsealed: ["()", "(uint256,bytes32)"],
  BallotsCounted: ["()", "(bytes)"],
  SealBroken: ["()", "(uint64)"],
  SealedLeafExcluded: ["(uint256)", "(uint256,uint256,uint8,uint32)"],
  MotionsTallied: ["()", `(bytes32,uint256,${SIXES},uint64)`],
  PollAbandoned: ["()", "(bytes32)"],
};
const EVENTS_2 = { ...EVENTS, CaseOpened: ["()", CREATION_2] };
const OLD = {
  calls: { ...CALLS, freezeRegister: `(bytes32,uint256,${CLASSES},${SIGNERS})` },
  events: { ...EVENTS_2, RegisterFrozen: ["(uint256)", `(bytes32,uint256,${CLASSES})`] },
};

/** @type {(name: string, parts: string[]) => Buffer} */
const topicOf = (name, [topics, data]) => keccak(ascii(`${name}(${[topics, data].map((one) => one.slice(1, -1)).filter(Boolean)})`));
export const CHECKPOINT = keccak(ascii("Checkpoint(bytes)"));
export const NOTED = topicOf("Noted", EVENTS.Noted);
export const selectorOf = (name, inputs) => keccak(ascii(name + inputs)).subarray(0, 4);
export const CHECKPOINT_CALL = selectorOf("checkpoint", "(uint64[])");

/** Calls and events of one protocol. */
class Dialect {
  constructor(calls, events) {
    this.calls = Object.entries(calls).map(([name, inputs]) => ({ name, inputs, selector: selectorOf(name, inputs) }));
    this.events = new Map(
      Object.entries(events).map(([name, [topics, data]]) => [hex(topicOf(name, [topics, data])), { name, topics, data }]),
    );
  }

  /** The event { name, values, log } that a log carries; values are those of the topics, then those of the data. Throws Wrong. */
  event(log) {
    const known = log.topics.length ? this.events.get(hex(log.topics[0])) : undefined;
    if (!known) throw new Wrong("node.log", log.where, "an event that the contracts do not have", "", log.topics[0] ?? "no topic");
    const { name, topics, data } = known;
    const indexed = Buffer.concat(log.topics.slice(1));
    try {
      const values = [...decode(topics, indexed), ...decode(data, log.data)];
      const words = topics === "()" ? 0 : topics.split(",").length;
      if (log.topics.length !== 1 + words) throw new NotDecodable("another number of topics");
      return { name, values, log, where: `${name} in ${log.where}` };
    } catch (error) {
      if (!(error instanceof NotDecodable)) throw error;
      throw new Wrong("node.log", log.where, `${name} cannot be decoded`, "", error);
    }
  }

  /** The name of the call that a transaction carries; empty when it is none of the contracts'. */
  nameOf(transaction) {
    return this.calls.find(({ selector }) => transaction.input.subarray(0, 4).equals(selector))?.name ?? "";
  }

  /** The inputs of the named call, which was sent straight to the contract (section 8.2). Throws Wrong of that finding. */
  inputs(name, transaction, contract, finding) {
    const right = transaction.to.equals(contract) && this.nameOf(transaction) === name;
    if (!right) {
      const seen = `${hex(transaction.input.subarray(0, 4))} to ${hex(transaction.to)}`;
      throw new Wrong(finding, transaction.where, "was not sent to the contract, or is another call", `${name} to ${hex(contract)}`, seen);
    }
    try {
      return decode(this.calls.find((one) => one.name === name).inputs, transaction.input, 4);
    } catch (error) {
      if (!(error instanceof NotDecodable)) throw error;
      throw new Wrong(finding, transaction.where, `the inputs of ${name} cannot be decoded`, "", error);
    }
  }
}
const NEW = new Dialect(CALLS, EVENTS_4);
const THIRD = new Dialect(CALLS, EVENTS);
const SECOND = new Dialect(CALLS, EVENTS_2);
const FIRST = new Dialect(OLD.calls, OLD.events);
const SEALED = new Dialect(SEALED_CALLS, SEALED_EVENTS);
const OPEN = { 1: FIRST, 2: SECOND, 3: THIRD };
/** By which calls and events a poll is read. */
export const dialectOf = (protocol, isSealed) => (isSealed ? SEALED : (OPEN[protocol] ?? NEW));

// --- what is hashed ---

/** Rows of static values as a dynamic array: its length and all words. */
const list = (rows) => [word(rows.length), ...rows.flat().map(word)];
export const classesHash = (classes) => keccak(word(32), ...list(classes));
export const ruleHash = (conditions) => keccak(word(32), ...list(conditions));
export const resultHash = (poll, tallies, passed) => keccak(word(poll), word(96), word(passed), ...list(tallies));

/**
 * Section 8.1: of [register, plan, conditions, opens, closes, challenge, verifiers, receipt signer].
 * @param {any[]} parameters
 */
function parameterWords([register, plan, conditions, opens, closes, challenge, verifiers, receiptSigner]) {
  const rule = list(conditions);
  const heads = [register, plan, 256, opens, closes, challenge, 256 + 32 * rule.length, receiptSigner];
  return [...heads.map(word), ...rule, ...list(verifiers)];
}
/** @type {(parameters: any[]) => Buffer} */
export const parametersHash = (parameters) => keccak(word(32), ...parameterWords(parameters));

/**
 * Section 21.3: of a poll's parameters, its motions and the time after which it can be abandoned.
 * @type {(parameters: any[]) => Buffer}
 */
export const sealedParametersHash = ([poll, motions, abandonAfter]) =>
  keccak(...[32, 96, motions, abandonAfter].map(word), ...parameterWords(poll));

/** Texts of any length, each with its length, padded to whole words. */
const padded = (one) => Buffer.concat([word(one.length), one, Buffer.alloc((32 - (one.length % 32)) % 32)]);

/** A list of texts as a dynamic array: its length, where each begins, and all of them. */
function texts(signers) {
  const parts = signers.map(padded);
  let place = 32 * parts.length;
  const offsets = parts.map((one) => {
    place += one.length;
    return word(place - one.length);
  });
  return Buffer.concat([word(signers.length), ...offsets, ...parts]);
}

/** Section 21.2: of a list of signers. */
export const trusteesHash = (signers) => keccak(word(32), texts(signers));

/** Section 24: of a generation's people, and of the hash of the one before; 32 zero bytes before the first. */
export function generationHash(before, [officials, threshold, institution]) {
  const all = texts(officials);
  return keccak(before, word(64), word(96), word(threshold), word(96 + all.length), all, padded(institution));
}

/** Section 11: a note as the relay has to write it. */
export const noteBytes = (poll, note, previous, closed, heads) =>
  Buffer.concat([...[poll, note, previous, closed, 160].map(word), ...list(heads)]);

/** Section 4: of the classes' names; null for names that UTF-8 cannot carry. */
export function classNamesHash(names) {
  const bytes = canonical(names);
  return bytes && keccak(bytes);
}

/** The address of the contract that an account or contract creates with this nonce. */
export const createdAddress = (creator, nonce) => keccak(encode([creator, digits(nonce)])).subarray(12);

/** Section 8.1: where a case's poll of that number stands. */
export const pollAddress = (caseAddress, pollNumber) => createdAddress(createdAddress(caseAddress, 1n), pollNumber + 1n);

/** Section 8.1: eight groups of four hex digits; the mark is in a rehearsal's only. */
export function fingerprintOf(chainId, caseAddress, officials, threshold, institution, rehearsal) {
  const people = { institution: hex(institution), officials: officials.map(hex), threshold };
  const facts = { case: hex(caseAddress), chain_id: chainId, ...people, ...(rehearsal ? { rehearsal } : {}) };
  return keccak(canonical(facts)).subarray(0, 16).toString("hex").match(/.{4}/g).join(" ");
}

/** 5 bytes of BallotsRecorded; a sealed ballot has choice 0 there. */
export const recordOf = ({ index, choice, sequence }) =>
  Buffer.concat([sized(index & 0xffffffffn, 4), sized(((sequence << 2n) | choice) & 255n, 1)]);
