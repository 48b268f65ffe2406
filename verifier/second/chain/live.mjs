// The chain as a node shows it, each block that matters taken whole and held against its own header (protocol, section 13).
import { hex, raw } from "../bytes.mjs";
import { StepLog, Wrong, alike } from "../findings.mjs";
import { verifiersBehind } from "../math/signers.mjs";
import { rootOf } from "../encoding/trie.mjs";
import { Blocks, wholeOf } from "./blocks.mjs";
import * as ethereum from "./ethereum.mjs";
import { Unreadable, bytesIn, quantity } from "./ethereum.mjs";
import { Refused, TooLong, eachOf } from "./node.mjs";
import { Views, view } from "./views.mjs";

const NAMES = { transaction: "node.transaction", receipt: "node.log" };
const MOST_LOG_QUESTIONS = 2 ** 17; // 60 days at a block a second by 100 blocks each, refusals included, are less
const quantityOf = (number) => "0x" + number.toString(16);

/** What `work` reads from an answer; Wrong where the answer has another form. */
function formed(where, work) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Wrong("node.answer", where, "an answer of another form", "", error);
  }
}

const record = (value, where) => {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new Wrong("node.answer", where, "no object", "an object", value);
  return value;
};
const rows = (value, where) => {
  if (!Array.isArray(value)) throw new Wrong("node.answer", where, "no list", "a list", value);
  return value;
};

/** The block of a header that a node shows; its fields have to give its hash. Throws Wrong. */
export function shownBlock(value, where, rule = ethereum) {
  const fields = record(value, where);
  const stated = formed(where, () => bytesIn(fields.hash, 32));
  const block = rule.blockOf(rule.headerBytes(fields, where), "node.header", where);
  if (!stated.equals(block.hash)) throw new Wrong("node.header", where, "its header does not give its hash", fields.hash, block.hash);
  return block;
}

/** A log of eth_getLogs. Throws Wrong. */
export const shownLog = (value, where) =>
  formed(where, () => {
    const { address, topics, data, blockNumber, logIndex, transactionHash } = record(value, where);
    return {
      address: bytesIn(address, 20),
      topics: rows(topics, where).map((one) => bytesIn(one, 32)),
      data: bytesIn(data),
      block: Number(quantity(blockNumber)),
      index: Number(quantity(logIndex)),
      transaction: bytesIn(transactionHash, 32),
    };
  });

/** All rows of eth_getLogs from one block to another, with the range of each; a range is halved where it is refused or says too much. */
export async function* logRows(node, addresses, first, last) {
  const ranges = [[first, last]];
  for (let asked = 1; ranges.length; asked += 1) {
    const [from, to] = ranges.pop();
    const where = `node: logs of blocks ${from} to ${to}`;
    // Whoever makes up a head of 2^48 and gives block by block would be asked for ever.
    if (asked > MOST_LOG_QUESTIONS) {
      const what = "the node gives the logs of too few blocks at once: ask another one";
      throw new Wrong(
        "node.answer",
        where,
        what,
        `all up to block ${last} in ${MOST_LOG_QUESTIONS} answers`,
        `${from - first} blocks by then`,
      );
    }
    try {
      const wanted = { address: addresses.map(hex), fromBlock: quantityOf(from), toBlock: quantityOf(to) };
      for (const row of rows(await node.ask("eth_getLogs", [wanted], where), where)) yield { row, from, to, where };
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TooLong)) throw error;
      if (from === to && error instanceof Refused) throw new Wrong("node.answer", where, "the node refuses", "logs", error);
      if (from === to) throw error;
      const middle = Math.floor((from + to) / 2);
      ranges.push([middle + 1, to], [from, middle]);
    }
  }
}

/** A node that is asked now. */
export class LiveSource {
  constructor(node, rule, validators) {
    this.node = node;
    this.rule = rule;
    this.validators = validators;
  }

  /** Look there. Throws Wrong. */
  async open(place, log) {
    const { node, rule, validators } = this;
    await sameChain(node, place, log);
    const where = "node: latest block";
    const head = shownBlock(await node.told(rule.QUESTIONS.block, ["latest", false], where), where, rule);
    if (place.fromBlock > head.number) {
      throw new Wrong(
        "case.creation",
        "poll.json: from_block",
        "is beyond the node's newest block",
        `at most ${head.number}`,
        place.fromBlock,
      );
    }
    if (rule.HAS_CERTIFICATES && !validators)
      log.note("no validators were named: that blocks are final rests on the node's word (--validators)");
    const sight = new Live(node, place, head, rule, validators);
    if (validators?.check(head, "node.finality", log)) sight.restsOn = validators.said(head);
    await sight.look(log);
    return sight;
  }
}

/** A finding where a node is on another chain than poll.json says. Throws Wrong. */
export async function sameChain(node, place, log) {
  const where = "node: eth_chainId";
  const told = await node.told("eth_chainId", [], where);
  log.equal(
    "node.chain",
    "poll.json: chain_id",
    "is not the node's chain",
    formed(where, () => quantity(told)),
    place.chainId,
  );
}

/** A node's blocks; nothing of them is believed but which block is the chain's under its number. */
export class Live extends Blocks {
  constructor(node, place, head, rule, validators) {
    super(place, head);
    this.node = node;
    this.rule = rule;
    this.validators = validators;
    this.isWhole = true;
    this.listed = new Map();
    this.givesBlockReceipts = true;
    this.restsOn = `by the word of the node that block ${head.number}, ${hex(head.hash)}, is the chain's`;
  }

  /** Reads the list of logs, then every block in which one stands, and the one that created the case. */
  async look(log) {
    const { case: caseAddress, poll, fromBlock } = this.place;
    this.listed.set(fromBlock, []);
    for await (const { row, from, to, where } of logRows(this.node, [caseAddress, poll], fromBlock, this.head.number)) {
      const found = shownLog(row, where);
      const wasAsked = this.place.isOurs(found.address) && found.block >= from && found.block <= to;
      if (!wasAsked) throw new Wrong("node.log", where, "a log that was not asked for", "the poll's or the case's", found.block);
      if (!this.place.matters(found)) continue;
      if (!this.listed.has(found.block)) this.listed.set(found.block, []);
      this.listed.get(found.block).push(found);
    }
    const numbers = [...this.listed.keys()].sort((a, b) => a - b);
    for (const whole of await eachOf(numbers, (number) => this.read(number))) {
      this.validators?.check(whole.block, "node.finality", log);
      this.compare(whole, log);
    }
  }

  /** A block with all its transactions and receipts, held against its header. Throws Wrong. */
  async read(number) {
    const { rule } = this;
    const where = `block ${number}`;
    const fields = record(await this.node.told(rule.QUESTIONS.block, [quantityOf(number), rule.ASKS_WHOLE], where), where);
    const block = shownBlock(fields, where, rule);
    if (block.number !== number) throw new Wrong("node.header", where, "another block was given", BigInt(number), BigInt(block.number));
    const shown = rows(fields.transactions, where);
    const transactions = await rule.transactionsOf(this.node, shown, number, where);
    const root = rootOf(transactions);
    if (!root.equals(block.transactionsRoot)) {
      throw new Wrong("node.transaction", where, "its transactions do not give the root in its header", block.transactionsRoot, root);
    }
    const receipts = (await this.receipts(number, transactions, shown, where)).map((one) => rule.receiptBytes(one, where));
    const receiptsRoot = rootOf(receipts);
    if (receipts.length !== transactions.length || !receiptsRoot.equals(block.receiptsRoot)) {
      throw new Wrong("node.log", where, "its receipts do not give the root in its header", block.receiptsRoot, receiptsRoot);
    }
    const keeping = { wanted: (log) => this.place.matters(log), keepsCreations: number === this.place.fromBlock, names: NAMES, rule };
    const whole = wholeOf(block, new Map(transactions.entries()), new Map(receipts.entries()), keeping);
    this.wholes.set(number, whole);
    return whole;
  }

  /** Any block, also one in which no log stands; as final as those that were listed. Throws Wrong. */
  async whole(number) {
    if (this.wholes.has(number)) return this.wholes.get(number);
    const [whole, log] = [await this.read(number), new StepLog(1)];
    this.validators?.check(whole.block, "node.finality", log);
    for (const { name, place, what, expected, found } of log.findings) {
      this.wholes.delete(number);
      throw new Wrong(name, place, what, expected, found);
    }
    return whole;
  }

  /** The receipts of a block, one by one where the node does not give them by the block. Throws Wrong. */
  async receipts(number, transactions, shown, where) {
    if (this.givesBlockReceipts) {
      try {
        const found = await this.node.ask(this.rule.QUESTIONS.receipts, [quantityOf(number)], where);
        if (Array.isArray(found)) return found;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
      this.givesBlockReceipts = false;
    }
    return eachOf(shown, (one) => this.node.told(this.rule.QUESTIONS.receipt, [this.rule.listedHash(one)], where));
  }

  /** The node's list of logs has to be what the receipts of the block hold. */
  compare(whole, log) {
    const facts = (one) => [one.address, one.topics, one.data, one.transaction, BigInt(one.index)];
    const listed = [...this.listed.get(whole.block.number)].sort((a, b) => a.index - b.index).map(facts);
    const proved = whole.logs.map(facts);
    const what = "the node's list of logs is not what the block's receipts hold";
    log.holds("node.log", whole.block.where, what, alike(proved, listed), `${proved.length} logs`, `${listed.length} logs`);
  }

  async shown(numbers) {
    const below = numbers.filter((number) => number <= BigInt(this.head.number));
    const found = await eachOf(below, async (number) => {
      const where = `node: block ${number}`;
      const block = shownBlock(await this.node.told(this.rule.QUESTIONS.block, [quantityOf(number), false], where), where, this.rule);
      if (BigInt(block.number) !== number) throw new Wrong("node.header", where, "another block was given", number, BigInt(block.number));
      return [number, { hash: block.hash, time: block.time }];
    });
    return new Map(found);
  }

  async checkCode(release, signers, log) {
    await checkContracts(this.node, this.head, this.place, release, log);
    await this.checkVerifiers(release, "case.officials", signers, log);
  }

  async checkVerifiers(release, name, signers, log) {
    for (const address of verifiersBehind(signers)) {
      const right = release.isDeployed("PasskeyVerifier", await codeAt(this.node, raw(address), this.head));
      log.holds(name, address, "other code than the passkey verifier's stands behind a signer", right);
    }
  }

  /** The case's own word for its poll of that number. Throws Wrong. */
  listedPoll(number) {
    return pollInList(this.node, this.place, this.head, number);
  }

  states() {
    return [new Views(this.node, this.place.poll, this.head)];
  }

  async checkUnchanged(log) {
    const where = `node: ${this.head.where}`;
    const shown = await this.node.told(this.rule.QUESTIONS.block, [quantityOf(this.head.number), false], where);
    const again = shownBlock(shown, where, this.rule);
    log.equal("state.changed", where, "the chain changed during the recount; run it again", this.head.hash, again.hash);
  }
}

export async function pollInList(node, place, head, number) {
  const [found] = await view(node, place.case, head, ["poll", "(uint256)", "(address)"], number);
  return found;
}

async function codeAt(node, address, head) {
  const where = `node: code at ${hex(address)}`;
  const code = await node.told("eth_getCode", [hex(address), quantityOf(head.number)], where);
  return formed(where, () => bytesIn(code));
}

/** Findings where other code than the release's stands at case and poll. */
export async function checkContracts(node, head, place, release, log) {
  for (const [name, finding, address] of [
    ["Case", "case.code", place.case],
    [place.pollContract, "poll.code", place.poll],
  ]) {
    const right = release.isDeployed(name, await codeAt(node, address, head));
    log.holds(finding, hex(address), `other code than ${name} of release ${release.number}`, right);
  }
}
