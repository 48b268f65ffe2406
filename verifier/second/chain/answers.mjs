// Evidence bundles of protocol 1: what a node answered, written down, and asked again without the node (protocol, section 17). Nothing ties
// those answers to a block, so a recount by them ends with "not proved" at best.
import { hex, keccak, raw } from "../bytes.mjs";
import { Wrong } from "../findings.mjs";
import { lineGroups } from "../files/lines.mjs";
import { written } from "../json.mjs";
import { Blocks } from "./blocks.mjs";
import { createdBy, transactionBytes, transactionOf } from "./ethereum.mjs";
import { checkContracts, logRows, pollInList, sameChain, shownBlock, shownLog } from "./live.mjs";
import { Node, Refused } from "./node.mjs";
import { Views } from "./views.mjs";

const FILE = "node.jsonl";
const MOST_LINE = 2 ** 28; // bytes

/** The answers that were written down, in place of the node that gave them. */
class Recorded extends Node {
  constructor() {
    super("http://recorded.invalid"); // nobody is asked
    this.answers = new Map();
  }

  /** Reads one line. Throws Wrong. */
  learn(line) {
    const row = formed(line);
    const question = written([row.method, row.params]);
    if (this.answers.has(question)) throw new Wrong("bundle.file", FILE, "has two answers to one question", "one", row.method);
    this.answers.set(question, row);
  }

  async ask(method, params, where) {
    const row = this.answers.get(written([method, params]));
    if (!row) throw new Wrong("node.answer", where, "the record does not have the node's answer to this", method, "nothing");
    if ("error" in row) throw new Refused(String(row.error));
    return row.result ?? null;
  }
}

function formed(line) {
  try {
    const row = JSON.parse(line.toString("utf8"));
    if (typeof row.method === "string" && Array.isArray(row.params)) return row;
  } catch {
    // said below
  }
  throw new Wrong("bundle.file", FILE, "is no record of a node's answers", "method, params and result in each line", line.subarray(0, 40));
}

/** The file of answers in a bundle of protocol 1. */
export class AnswersSource {
  constructor(zip) {
    this.zip = zip;
    this.node = new Recorded();
  }

  /** Reads the file. Throws Wrong. */
  async read() {
    if (!this.zip.entries.has(FILE)) throw new Wrong("bundle.file", FILE, "cannot be read", "the file", "nothing");
    const rule = { finding: "bundle.file", place: FILE, most: MOST_LINE };
    for await (const lines of lineGroups(this.zip.chunks(FILE), rule)) lines.forEach((line) => this.node.learn(line));
  }

  /** Look there. Throws Wrong. */
  async open(place, log) {
    await sameChain(this.node, place, log);
    const head = shownBlock(await this.node.told("eth_getBlockByNumber", ["latest", false]), "latest block");
    const sight = new Answers(this.node, place, head);
    await sight.look(log);
    return sight;
  }
}

/** A chain as far as the answers tell of it: headers and transactions give their hashes, no more. */
class Answers extends Blocks {
  constructor(node, place, head) {
    super(place, head);
    this.node = node;
    this.believable = false;
    this.found = [];
    this.restsOn = "by the word of whoever made the bundle: recount by a node, or have a bundle of protocol 2 made";
  }

  async look(log) {
    const { case: caseAddress, poll, fromBlock } = this.place;
    for await (const { row, where } of logRows(this.node, [caseAddress, poll], fromBlock, this.head.number)) {
      const one = shownLog(row, where);
      const { block } = await this.whole(one.block);
      const at = `log ${one.index} of ${block.where}`;
      log.equal("node.log", at, "stands in a block of another hash", block.hash, raw(row.blockHash) ?? "no hash");
      this.found.push({ ...one, order: [one.index, 0], where: at });
    }
    this.found.sort((a, b) => a.block - b.block || a.order[0] - b.order[0]);
    const places = new Set(this.found.map((one) => one.where));
    log.holds("node.log", "logs", "two logs at one place", places.size === this.found.length);
  }

  async logs() {
    return this.found.filter((one) => this.place.matters(one));
  }

  /** A block with the hashes of its transactions. Throws Wrong. */
  async whole(number) {
    if (!this.wholes.has(number)) {
      const where = `block ${number}`;
      const fields = await this.node.told("eth_getBlockByNumber", ["0x" + number.toString(16), false], where);
      const block = shownBlock(fields, where);
      if (block.number !== number) throw new Wrong("node.header", where, "another block was given", BigInt(number), BigInt(block.number));
      this.wholes.set(number, { block, listed: Array.isArray(fields.transactions) ? fields.transactions : [] });
    }
    return this.wholes.get(number);
  }

  async transaction(number, hash) {
    const { block, listed } = await this.whole(number);
    const where = `transaction ${hex(hash)}`;
    const bytes = transactionBytes(await this.node.told("eth_getTransactionByHash", [hex(hash)], where), where);
    if (!keccak(bytes).equals(hash)) throw new Wrong("node.transaction", where, "its fields do not give its hash", hash, keccak(bytes));
    if (!listed.includes(hex(hash))) throw new Wrong("node.transaction", where, `${block.where} does not list it`, "a place in it", "none");
    return transactionOf(bytes, "node.transaction", where);
  }

  async creation(number) {
    const { block, listed } = await this.whole(number);
    for (const one of listed) {
      const found = await this.recorded(number, one);
      if (found && found.to.length === 0 && createdBy(found)?.equals(this.place.case)) return found;
    }
    throw new Wrong("case.creation", block.where, "no transaction of this block creates the case", this.place.case, "nothing");
  }

  /** A transaction that may have been written down; those of others were not. */
  async recorded(number, hash) {
    try {
      return raw(hash)?.length === 32 ? await this.transaction(number, raw(hash)) : null;
    } catch (error) {
      if (error instanceof Wrong) return null;
      throw error;
    }
  }

  listedPoll(number) {
    return pollInList(this.node, this.place, this.head, number);
  }

  async checkCode(release, signers, log) {
    await checkContracts(this.node, this.head, this.place, release, log);
    await this.checkVerifiers(release, "case.officials", signers, log);
  }

  async checkVerifiers(_release, _name, signers, log) {
    if (signers.some((one) => one.length > 20))
      log.note("the code behind passkeys was not written down; their signatures are judged all the same");
  }

  states() {
    return [new Views(this.node, this.place.poll, this.head)];
  }
}
