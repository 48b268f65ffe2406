// A node over JSON-RPC, and the contracts' calls, events and hashes as far as a recount needs them.
import { hex, keccak, number, raw, text, word } from "./crypto.mjs";

const CLASSES = "(uint256,uint256,uint256)[]";
const PARAMETERS = "(uint256,uint256,(uint8,uint8,uint8,uint32,uint32,bool)[],uint64,uint64,uint64,address[],address)";
const SIXES = "(uint256,uint256,uint256,uint256,uint256,uint256)[]";
export const CALLS = {
  freezeRegister: `(bytes32,uint256,${CLASSES},bytes[],bytes[])`,
  submitPlan: "(bytes32,bytes)",
  admitPlan: "(uint256,bytes[],bytes[])",
  announcePoll: `(${PARAMETERS},bytes[],bytes[])`,
  cast: "((uint256,uint8,uint8,address,(bytes32,bytes32),uint64,(bytes32,bytes32)),(uint8,uint256,uint256),bytes32[])",
  castBatch: "((bytes,uint64,(bytes32,bytes32)),bytes,bytes,bytes32[])",
  openSums: `(${SIXES})`,
  attest: "(bytes,bool,bytes)",
};
const EVENTS = {
  RegisterFrozen: `(uint256,bytes32,uint256,${CLASSES})`,
  PlanSubmitted: "(uint256,bytes32,bytes)",
  PlanAdmitted: "(uint256,bytes32)",
  PollAnnounced: "(uint256,address,bytes32)",
  BallotsRecorded: "(bytes)",
  BallotRejected: "(uint256,address,uint8,uint8)",
  PollTallied: `(bytes32,bool,${SIXES},uint64)`,
  OfficialAttested: "(bytes32,bool)",
  PollDecided: "(bool)",
};
const selector = (name, inputs) => hex(keccak(text(name + inputs)).slice(0, 4));
const TOPICS = Object.fromEntries(Object.entries(EVENTS).map(([name, kinds]) => [hex(keccak(text(name + kinds))), name]));

/** The members of a type list "(a,b,...)". */
function members(kind) {
  const parts = [];
  let depth = 0;
  let part = "";
  for (const letter of kind.slice(1, -1)) {
    depth += { "(": 1, ")": -1 }[letter] ?? 0;
    if (letter === "," && depth === 0) [part, parts[parts.length]] = ["", part];
    else part += letter;
  }
  return part ? [...parts, part] : parts;
}
const isList = (kind) => kind.endsWith("[]");
const isDynamic = (kind) => isList(kind) || kind === "bytes" || (kind[0] === "(" && members(kind).some(isDynamic));
const width = (kind) => (isDynamic(kind) || kind[0] !== "(" ? 32 : members(kind).reduce((sum, one) => sum + width(one), 0));

/** The value of an ABI type that begins at a place of the data. Numbers are BigInt, everything of bytes is Uint8Array. */
export function decode(kind, data, place = 0) {
  if (place < 0 || place + 32 > data.length + (kind === "()" ? 32 : 0)) throw new Error("data ends too early");
  const here = () => number(data.slice(place, place + 32));
  if (isList(kind)) {
    const item = kind.slice(0, -2);
    const count = Number(here());
    if (count > data.length / 32) throw new Error("list too long");
    return row(Array(count).fill(item), data, place + 32);
  }
  if (kind[0] === "(") return row(members(kind), data, place);
  if (kind === "bytes") {
    const end = place + 32 + Number(here());
    if (end > data.length) throw new Error("bytes too long");
    return data.slice(place + 32, end);
  }
  if (kind === "bytes32") return data.slice(place, place + 32);
  if (kind === "address") return hex(data.slice(place + 12, place + 32));
  return kind === "bool" ? here() === 1n : here();
}

function row(kinds, data, base) {
  let place = base;
  return kinds.map((kind) => {
    const value = decode(kind, data, isDynamic(kind) ? base + Number(number(data.slice(place, place + 32))) : place);
    place += width(kind);
    return value;
  });
}

/** Static rows as a dynamic array: its length and all words. */
const list = (rows) => [word(rows.length), ...rows.flat().map((one) => word(typeof one === "boolean" ? Number(one) : one))];
export const classesHash = (classes) => keccak(word(32), ...list(classes));
export const resultHash = (poll, tallies, passed) => keccak(word(poll), word(96), word(Number(passed)), ...list(tallies));
export const ruleHash = (conditions) => keccak(word(32), ...list(conditions));

/** Section 8.1: parametersHash of [register, plan, conditions, opens, closes, challenge, verifiers, receipt signer]. */
export function parametersHash([register, plan, conditions, opens, closes, challenge, verifiers, receiptSigner]) {
  const rule = list(conditions);
  const heads = [word(register), word(plan), word(256), word(opens), word(closes), word(challenge), word(256 + 32 * rule.length)];
  return keccak(word(32), ...heads, word(receiptSigner), ...rule, ...list(verifiers.map((one) => [one])));
}

/** One node. */
export class Node {
  constructor(url) {
    this.url = url;
    this.times = new Map();
  }

  async ask(method, ...params) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = await (await fetch(this.url, { method: "POST", body, headers: { "content-type": "application/json" } })).json();
    if (answer.error) throw Object.assign(new Error(`${method}: ${answer.error.message}`), { refused: true });
    return answer.result;
  }

  async view(address, name, inputs, output, ...values) {
    const data = selector(name, inputs) + values.map((one) => hex(word(one)).slice(2)).join("");
    return decode(`(${output})`, raw(await this.ask("eth_call", { to: address, data }, "latest")))[0];
  }

  /** All events of the contracts since a block, in their order. */
  async events(addresses, fromBlock) {
    const logs = await this.logs(addresses, fromBlock, Number((await this.ask("eth_getBlockByNumber", "latest", false)).number));
    return logs.map((log) => ({
      name: TOPICS[log.topics[0]],
      topics: log.topics.slice(1).map(raw),
      data: raw(log.data),
      address: log.address.toLowerCase(),
      hash: log.transactionHash,
      block: Number(log.blockNumber),
    }));
  }

  /** Logs of blocks first..last; a range that the node refuses is asked for in halves. */
  async logs(addresses, first, last) {
    try {
      return await this.ask("eth_getLogs", { address: addresses, fromBlock: hex2(first), toBlock: hex2(last) });
    } catch (error) {
      if (!error.refused || first >= last) throw error;
      const middle = Math.floor((first + last) / 2);
      return [...(await this.logs(addresses, first, middle)), ...(await this.logs(addresses, middle + 1, last))];
    }
  }

  /** A transaction as { name, inputs, to } of one of the calls above. */
  async call(hash) {
    const transaction = await this.ask("eth_getTransactionByHash", hash);
    const name = Object.keys(CALLS).find((one) => transaction.input.startsWith(selector(one, CALLS[one])));
    if (!name) throw new Error(`${hash} carries no known call`);
    return { name, inputs: decode(CALLS[name], raw(transaction.input).slice(4)), to: transaction.to.toLowerCase() };
  }

  /** A block's time. */
  async time(block) {
    if (!this.times.has(block)) this.times.set(block, Number((await this.ask("eth_getBlockByNumber", hex2(block), false)).timestamp));
    return this.times.get(block);
  }
}
const hex2 = (value) => "0x" + value.toString(16);
