// The blocks of an evidence bundle, proved from the head down (protocol, section 16, step 0).
import { hex } from "../bytes.mjs";
import { CHECKPOINT, CHECKPOINT_CALL } from "../contracts.mjs";
import { NotDecodable, decode } from "../encoding/abi.mjs";
import { NotProved, itemAt } from "../encoding/trie.mjs";
import { Wrong } from "../findings.mjs";
import { lineGroups } from "../files/lines.mjs";
import { Fields, read } from "../files/published.mjs";
import { raw } from "../bytes.mjs";
import { Blocks, wholeOf } from "./blocks.mjs";
import { createdBy, receiptOf } from "./ethereum.mjs";
import { checkProvedCode, contractsAt, judgesOf, provesCode } from "./codes.mjs";
import { ProvedState } from "./storage.mjs";

const BLOCKS = "blocks.jsonl";
const KEYS = "number header transactions receipts";
const MOST_LINE = 2 ** 27; // bytes
const MOST_STATE = 2 ** 24;
const PIECE = 40; // bytes of a checkpoint: uint64 number, hash
const NAMES = { transaction: "proof.transaction", receipt: "proof.receipt" };

function bytesOf(value, finding, where) {
  const found = raw(value);
  if (found === null) throw new Wrong(finding, where, "is no bytes", "0x and hex digits", value);
  return found;
}

/** Index and content of what a block proves, in rising order of index. Throws Wrong. */
function proved(row, key, root) {
  const found = row.list(key).map((value, i) => {
    const one = new Fields(value, `${row.place} ${key} ${i}`, "index proof", "proof.trie");
    const index = Number(one.whole("index", 2n ** 32n));
    const nodes = one.list("proof").map((node) => bytesOf(node, "proof.trie", one.place));
    try {
      const content = itemAt(root, index, nodes);
      if (content.length) return [index, content];
    } catch (error) {
      if (!(error instanceof NotProved)) throw error;
      throw new Wrong("proof.trie", one.place, "does not follow from the block's root", root, error);
    }
    throw new Wrong("proof.trie", one.place, "proves that the block has no such item", `item ${index}`, "nothing");
  });
  const items = new Map(found.sort(([a], [b]) => a - b));
  if (items.size !== found.length) throw new Wrong("proof.trie", `${row.place} ${key}`, "an item stands twice", "each index once", "");
  return items;
}

/** A receipt stands with each transaction, and says that it succeeded. Throws Wrong. */
function checkReceipts(transactions, receipts, where, log) {
  const [left, right] = [transactions, receipts].map((one) => [...one.keys()].map(BigInt));
  log.equal("proof.receipt", where, "has other receipts than transactions", left, right);
  for (const index of receipts.keys()) if (!transactions.has(index)) receipts.delete(index);
  for (const bytes of receipts.values()) {
    const { succeeded } = receiptOf(bytes, "proof.receipt", where);
    if (!succeeded) throw new Wrong("proof.receipt", where, "is of a transaction that failed", "status 1", "");
  }
}

/** blocks.jsonl, read once from the head down. */
export class BundleSource {
  constructor(zip, head, creation, rule) {
    this.zip = zip;
    this.rule = rule;
    this.head = head;
    this.creation = creation;
    this.named = new Map();
    this.wholes = new Map();
    this.above = null;
    this.first = null;
    this.bridged = false;
    this.certified = ""; // by whose seals the head is final, where that was checked
  }

  /** Holds every block against the head; findings for what does not follow from it. Throws Wrong where no more can be read. */
  async verify(hints, log) {
    this.hints = hints;
    if (!this.zip.entries.has(BLOCKS)) throw new Wrong("proof.header", BLOCKS, "cannot be read", "the file", "nothing");
    const rule = { finding: "proof.header", place: BLOCKS, most: MOST_LINE };
    let line = 0;
    for await (const lines of lineGroups(this.zip.chunks(BLOCKS), rule)) {
      for (const content of lines) this.take(content, `${BLOCKS} line ${++line}`, log);
    }
    if (this.above === null) throw new Wrong("proof.header", BLOCKS, "holds no block", "blocks from the head down", "nothing");
    log.note(
      `${line} blocks from ${this.above.number} to ${this.first.number}, each proved by a later one up to block ${hex(this.head.hash)}`,
    );
  }

  /** One block: in order, linked, and what it holds by its tries. */
  take(content, where, log) {
    const row = new Fields(read(content, where, "proof.header"), where, KEYS, "proof.header");
    const block = this.rule.blockOf(bytesOf(row.value.header, "proof.header", where), "proof.header", where);
    log.equal("proof.header", where, "is not the block that its line says", row.whole("number", 2n ** 64n), BigInt(block.number));
    this.link(block, where, log);
    const transactions = proved(row, "transactions", block.transactionsRoot);
    const receipts = proved(row, "receipts", block.receiptsRoot);
    checkReceipts(transactions, receipts, where, log);
    const isOurs = (log_) => log_.address.equals(this.hints.case) || log_.address.equals(this.hints.poll);
    const keeping = { wanted: isOurs, keepsCreations: block.number === this.hints.fromBlock, names: NAMES, rule: this.rule };
    const whole = wholeOf(block, transactions, receipts, keeping);
    for (const one of whole.logs)
      if (one.topics[0]?.equals(CHECKPOINT) && one.address.equals(this.hints.case)) {
        const transaction = whole.transactions.get(hex(one.transaction));
        this.demandLater(transaction, where);
        if (this.isAsked(transaction)) this.checkpoint(one, block, log);
      }
    this.wholes.set(block.number, whole);
  }

  link(block, where, log) {
    const { above, named } = this;
    if (above !== null && block.number >= above.number)
      throw new Wrong("proof.order", where, "blocks do not fall strictly", `below ${above.number}`, BigInt(block.number));
    this.bridged ||= above !== null && block.number !== above.number - 1;
    const expected = above === null ? this.head.hash : named.get(block.number);
    if (!expected?.equals(block.hash))
      throw new Wrong("proof.link", where, "is linked to the head by no later block", expected ?? "a hash", block.hash);
    this.first ??= block;
    this.above = block;
    this.name(block.number - 1, block.parent, where, log);
  }

  /** Notes down which hash a linked block gives of an earlier one. */
  name(number, hash, where, log) {
    const known = this.named.get(number) ?? hash;
    log.equal("proof.link", where, `names another hash of block ${number} than a later block`, known, hash);
    this.named.set(number, known);
  }

  /** While a contract is created, any code may leave an event in its name: such a checkpoint is nobody's word. Throws Wrong. */
  demandLater(transaction, where) {
    if (transaction.to.length === 0 && createdBy(transaction)?.equals(this.hints.case))
      throw new Wrong("proof.link", where, "a checkpoint stands in the transaction that creates the case", "a later one", "");
  }

  /** Whether a transaction asks the case itself for a checkpoint: an account with code (EIP-7702) creates contracts by a call to itself. */
  isAsked({ to, input }) {
    return to.equals(this.hints.case) && input.subarray(0, 4).equals(CHECKPOINT_CALL);
  }

  /** A checkpoint of the case names earlier blocks. */
  checkpoint(one, block, log) {
    let pieces;
    try {
      [pieces] = decode("(bytes)", one.data);
    } catch (error) {
      if (!(error instanceof NotDecodable)) throw error;
      throw new Wrong("proof.link", one.where, "is no checkpoint", "pieces of 40 bytes", error);
    }
    for (let place = 0; place + PIECE <= pieces.length; place += PIECE) {
      const number = Number(pieces.readBigUInt64BE(place));
      if (number < block.number) this.name(number, pieces.subarray(place + 8, place + PIECE), one.where, log);
    }
  }

  /** Look there. Throws Wrong. */
  async open(place) {
    const state = this.zip.entries.has(ProvedState.FILE) ? await this.zip.bytes(ProvedState.FILE, MOST_STATE) : null;
    return new Bundle(place, this, state);
  }
}

/** What to compare, and what the bundle leaves to the word of whoever made it. */
function foundation(head, creation, believable, hasState, certified) {
  let said = certified || `by block ${head.number}, ${hex(head.hash)}: compare it with nodes that you trust`;
  if (!believable && creation) {
    const block = `block ${creation.number}, ${hex(creation.hash)}`;
    said += `; checkpoints of code that is not proved link ${block}, in which the case was created: compare it too (--creation)`;
  }
  if (hasState) return said;
  return `${said}; that no attestation and no leaf taken out was left out rests on whoever made the bundle: it proves no state`;
}

/** A chain as a bundle proves it. */
class Bundle extends Blocks {
  constructor(place, source, state) {
    super(place, source.first);
    const creation = source.wholes.get(place.fromBlock)?.block;
    const isKnown = Boolean(source.creation && creation?.hash.equals(source.creation));
    // A checkpoint is worth what the code is worth that left it: proved, or following from a creation that somebody else vouches for.
    const believable = !source.bridged || provesCode(source.zip) || isKnown;
    this.wholes = source.wholes;
    this.zip = source.zip;
    this.named = source.named;
    this.state = state;
    this.believable = believable;
    this.restsOn = foundation(this.head, creation, believable, state !== null, source.certified);
  }

  async shown(numbers) {
    const found = new Map();
    for (const number of numbers) {
      const block = this.wholes.get(Number(number))?.block;
      const named = this.named.get(Number(number));
      if (block) found.set(number, { hash: block.hash, time: block.time });
      else if (named) found.set(number, { hash: named, time: null });
    }
    return found;
  }

  async checkCode(release, signers, log) {
    if (!provesCode(this.zip)) return;
    const wanted = [...contractsAt(this.place), ...judgesOf(signers, "case.officials")];
    await checkProvedCode(this.zip, this.head, wanted, release, log);
  }

  async checkVerifiers(release, name, signers, log) {
    const wanted = judgesOf(signers, name);
    if (wanted.length && provesCode(this.zip)) await checkProvedCode(this.zip, this.head, wanted, release, log);
  }

  states(protocol) {
    return this.state === null ? [] : [new ProvedState(this.state, this.place.poll, this.head, protocol)];
  }
}
