// Blocks as their own headers prove them, whoever showed them: the transactions and logs of one case and one poll (protocol, section 13).
import { hex, word } from "../bytes.mjs";
import { CHECKPOINT, NOTED } from "../contracts.mjs";
import { Wrong } from "../findings.mjs";
import { createdBy } from "./ethereum.mjs";

/** Where to look, as poll.json says. */
export class Place {
  constructor({ chainId, caseAddress, poll, fromBlock, receiptSigner, isSealed }) {
    this.chainId = chainId;
    this.case = caseAddress;
    this.poll = poll;
    this.pollContract = isSealed ? "SealedPoll" : "Poll";
    this.fromBlock = fromBlock;
    this.relayTopic = word(receiptSigner);
  }

  isOurs(address) {
    return address.equals(this.case) || address.equals(this.poll);
  }

  /** Whether a log says something about the poll: checkpoints, and notes of others, may be left by anybody and count nothing. */
  matters({ address, topics }) {
    if (!this.isOurs(address)) return false;
    const [first, sender] = topics;
    return !(first?.equals(CHECKPOINT) || (first?.equals(NOTED) && !sender?.equals(this.relayTopic)));
  }
}

/** Whether a log stands before another one on the chain. */
export const isBefore = (a, b) => a.block - b.block || a.order[0] - b.order[0] || a.order[1] - b.order[1];

/**
 * What a recount keeps of a block: `transactions` and `receipts` are maps from index to bytes as they were hashed. Logs are those that
 * `wanted` takes; of transactions those that made them, and those that create a contract where `keepsCreations` says so. Throws Wrong.
 */
export function wholeOf(block, transactions, receipts, { wanted, keepsCreations, names, rule }) {
  const kept = new Map();
  const logs = [];
  let index = 0; // within the block, as nodes number logs; it means nothing where receipts were left out
  for (const [place, bytes] of receipts) {
    const receipt = rule.receiptOf(bytes, names.receipt, block.where);
    const transaction = rule.transactionOf(transactions.get(place), names.transaction, block.where);
    const found = receipt.logs.map((log, i) => ({ ...log, index: index + i, order: [place, i] })).filter(wanted);
    index += receipt.logs.length;
    for (const log of found)
      logs.push({ ...log, block: block.number, transaction: transaction.hash, where: whereOf(log, block, transaction) });
    const creates = transaction.to.length === 0;
    if (found.length || (creates && keepsCreations)) kept.set(hex(transaction.hash), transaction);
  }
  return { block, transactions: kept, logs };
}

const whereOf = (log, block, transaction) => `log ${log.order[1]} of ${transaction.where}, ${block.where}`;

/** A chain by its blocks, as far as they were shown. */
export class Blocks {
  constructor(place, head) {
    this.place = place;
    this.head = head;
    this.believable = true;
    this.isWhole = false; // whether every block up to the newest can be asked for
    this.wholes = new Map();
  }

  async whole(number) {
    const found = this.wholes.get(number);
    if (!found) throw new Wrong("proof.link", `block ${number}`, "is not among the blocks that were shown", "the block", "nothing");
    return found;
  }

  /** Every log that matters, in the order of the chain. */
  async logs() {
    const numbers = [...this.wholes.keys()].sort((a, b) => a - b);
    return numbers.flatMap((number) => this.wholes.get(number).logs).filter((log) => this.place.matters(log));
  }

  /** Hash, and time where its header is shown, of what the chain has under these numbers, as far as that is shown. */
  async shown() {
    return new Map();
  }

  async block(number) {
    return (await this.whole(number)).block;
  }

  /** A transaction that made one of the logs. Throws Wrong. */
  async transaction(number, hash) {
    const whole = await this.whole(number);
    const found = whole.transactions.get(hex(hash));
    if (!found)
      throw new Wrong("node.transaction", `transaction ${hex(hash)}`, "is not in the block of its logs", whole.block.where, "nothing");
    return found;
  }

  /** The transaction in that block which created the case. Throws Wrong. */
  async creation(number) {
    const { transactions, block } = await this.whole(number);
    const found = [...transactions.values()].find((one) => one.to.length === 0 && createdBy(one)?.equals(this.place.case));
    if (!found) throw new Wrong("case.creation", block.where, "no transaction of this block creates the case", this.place.case, "nothing");
    return found;
  }

  /** Findings where other code stands at case, poll and passkeys; where blocks prove the creation there is nothing to ask. */
  async checkCode() {}

  /** Findings of that name where other code judges a passkey among these signers; likewise. */
  async checkVerifiers() {}

  /** The case's own word for its poll of that number; null where nobody can be asked. */
  async listedPoll() {
    return null;
  }

  /** Whoever can tell the contracts' state at the head. */
  states() {
    return [];
  }

  /** A finding where the chain is not the one any more that was read; blocks that were proved stay what they are. */
  async checkUnchanged() {}
}
