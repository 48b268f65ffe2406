// The poll's storage as eth_getProof proves it at the head of a bundle (protocol, sections 13 and 16).
import { hex, keccak, number, word } from "../bytes.mjs";
import { NotRlp, decode } from "../encoding/rlp.mjs";
import { NotProved, valueAt } from "../encoding/trie.mjs";
import { Wrong } from "../findings.mjs";
import { NotJson, parse } from "../json.mjs";
import { accountOf } from "./accounts.mjs";
import { sealedSlots } from "./sealed_state.mjs";
import { Unreadable, bytesIn, quantity } from "./ethereum.mjs";

const [NAME, FILE] = ["state.proof", "state.jsonl"];
/** Where a poll keeps what a count comes to (sections 16 and 17). */
const [HEADS, SUMS, EXCLUDED] = [7, 23, 152];
const resultHashSlot = (protocol) => (protocol === 1 ? 151 : 153);
const [OUTCOME_BEHIND, VOICES_BEHIND] = [2, 4];

/** What was taken out of a class is in a mapping. */
function excludedSlots([heads, fen], votingClass) {
  const slot = number(keccak(word(votingClass), word(EXCLUDED)));
  return [
    [slot, heads, `leaves taken out of class ${votingClass}`],
    [slot + 1n, fen, `amount taken out of class ${votingClass}`],
  ];
}

/** Slots and the values that a recount comes to, with what they are. */
function expected(counted, protocol) {
  const found = [];
  const resultHash = resultHashSlot(protocol);
  counted.heads.forEach(([yes, no, abstain], votingClass) => {
    found.push([HEADS + votingClass, (yes << 64n) | (no << 128n) | (abstain << 192n), `heads of class ${votingClass}`]);
    counted.sums[votingClass].forEach((total, i) => {
      const slot = SUMS + 2 * (4 * votingClass + i + 1);
      const what = `sum of class ${votingClass}, choice ${i + 1}`;
      found.push([slot, number(total.subarray(0, 32)), what], [slot + 1, number(total.subarray(32)), what]);
    });
  });
  if (protocol > 1) counted.excluded.forEach((taken, votingClass) => found.push(...excludedSlots(taken, votingClass)));
  found.push([resultHash, number(counted.resultHash), "result hash"]);
  found.push([
    resultHash + OUTCOME_BEHIND,
    (counted.challengeEndsAt << 8n) | BigInt(counted.passed),
    "outcome and end of the challenge period",
  ]);
  found.push([resultHash + VOICES_BEHIND, (counted.refusals << 128n) | counted.approvals, "approvals and refusals"]);
  return found;
}

const proof = (value) => {
  if (!Array.isArray(value)) throw new NotProved("a proof is no list");
  return value.map((one) => bytesIn(one));
};

/** What an answer says besides its proofs has to be what they prove; null is not said. */
function demandSaid(stated, proved, what) {
  if (stated !== undefined && stated !== proved) throw new NotProved(`${what} is not what the proof proves`);
}

/** The root of the storage in the poll's account, which has to be there. */
function storageRoot(answer, account, kind) {
  const [nonce, balance, root, code] = accountOf(account, kind);
  demandSaid(answer.nonce, quantityOf(nonce), "nonce");
  demandSaid(answer.balance, quantityOf(balance), "balance");
  demandSaid(answer.storageHash, hex(root), "storageHash");
  demandSaid(answer.codeHash, hex(code), "codeHash");
  return root;
}

const quantityOf = (digits) => `0x${number(digits).toString(16)}`;

/** [slot, value] of one row; a slot under which nothing stands is 0. */
function slotOf({ key, value: stated, proof: nodes }, root) {
  if (typeof key !== "string" || !/^0x[0-9a-fA-F]{1,64}$/.test(key)) throw new NotProved("a slot has no number");
  const value = valueAt(root, keccak(word(BigInt(key))), proof(nodes));
  const digits = value.length ? decode(value) : value;
  if (!Buffer.isBuffer(digits) || digits.length > 32 || digits[0] === 0) throw new NotProved("a slot holds no number");
  demandSaid(stated === undefined ? undefined : quantity(stated), number(digits), `slot ${key}`);
  return [BigInt(key).toString(), number(digits)];
}

/** The answer of eth_getProof for a poll, as a bundle has it. */
export class ProvedState {
  static FILE = FILE;

  constructor(content, poll, head, protocol) {
    this.content = content;
    this.poll = poll;
    this.head = head;
    this.protocol = protocol;
  }

  /** Every proved slot of the poll. Throws Wrong for what is no proof. */
  values() {
    try {
      const answer = parse(this.content);
      if (!Array.isArray(answer?.storageProof)) throw new NotProved("is no answer of eth_getProof");
      demandSaid(answer.address?.toLowerCase?.(), hex(this.poll), "address");
      const root = storageRoot(answer, valueAt(this.head.stateRoot, keccak(this.poll), proof(answer.accountProof)), this.head.accountKind);
      return new Map(answer.storageProof.map((row) => slotOf(row ?? {}, root)));
    } catch (error) {
      if (![NotProved, NotRlp, NotJson, Unreadable].some((kind) => error instanceof kind)) throw error;
      throw new Wrong(NAME, FILE, "proves nothing about the poll at the head", "an answer of eth_getProof", error);
    }
  }

  /** Findings where the storage says otherwise than `counted`. Throws Wrong. */
  async check(counted, log) {
    const values = this.values();
    for (const [slot, value, what] of counted.sealed ? sealedSlots(counted) : expected(counted, this.protocol)) {
      const found = values.get(String(slot));
      if (log.holds(NAME, FILE, `does not prove ${what}`, found !== undefined, `slot ${slot}`, "nothing")) {
        log.equal(NAME, `${hex(this.poll)}, slot ${slot}`, `${what}: differs from the recount`, value, found);
      }
    }
  }
}
