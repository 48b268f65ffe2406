// How Ethereum, up to Osaka, hashes headers, transactions and receipts. A recount reads nothing but what was hashed: what a node tells in
// fields is written down as it is hashed first, held against the hash, and read from there.
import { hex, keccak, number, raw } from "../bytes.mjs";
import { createdAddress } from "../contracts.mjs";
import { NotRlp, decode, digits, encode } from "../encoding/rlp.mjs";
import { Wrong } from "../findings.mjs";
import { addressOf } from "../math/curve.mjs";
import { recoverAll } from "../math/recovery.mjs";

/** By which questions a node shows a block, its receipts together, and one of them. */
export const QUESTIONS = { block: "eth_getBlockByNumber", receipts: "eth_getBlockReceipts", receipt: "eth_getTransactionReceipt" };
/** Whether a block is asked for with its transactions' fields. */
export const ASKS_WHOLE = true;
export const HAS_CERTIFICATES = false;

const ROOTS = ["stateRoot", "transactionsRoot", "receiptsRoot"];
const HEADER = [
  "parentHash",
  "sha3Uncles",
  "miner",
  ...ROOTS,
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
]; // prettier-ignore
/** Fields that later rules have added, each only where all before it stand. */
const LATER = ["baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash"];
const FEES = ["maxPriorityFeePerGas", "maxFeePerGas"];
const CALL = ["gas", "to", "value", "input"];
const TRANSACTIONS = [
  ["nonce", "gasPrice", ...CALL],
  ["chainId", "nonce", "gasPrice", ...CALL, "accessList"],
  ["chainId", "nonce", ...FEES, ...CALL, "accessList"],
  ["chainId", "nonce", ...FEES, ...CALL, "accessList", "maxFeePerBlobGas", "blobVersionedHashes"],
  ["chainId", "nonce", ...FEES, ...CALL, "accessList", "authorizationList"],
];
const AUTHORIZATION = ["chainId", "address", "nonce", "yParity", "r", "s"];
/** Lengths of fields that are bytes and no numbers; -1 is any. */
const BYTES = {
  to: 20,
  address: 20,
  miner: 20,
  input: -1,
  extraData: -1,
  logsBloom: 256,
  mixHash: 32,
  parentHash: 32,
  sha3Uncles: 32,
  stateRoot: 32,
  transactionsRoot: 32,
  receiptsRoot: 32,
  withdrawalsRoot: 32,
  parentBeaconBlockRoot: 32,
  requestsHash: 32,
  blobVersionedHash: 32,
  storageKey: 32,
  topic: 32,
  data: -1,
}; // prettier-ignore

/** A field of a node's answer has not the form that JSON-RPC gives it. */
export class Unreadable extends Error {}

/** A number of JSON-RPC: 0x and at most 64 hex digits. Throws Unreadable. */
export function quantity(value) {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{1,64}$/.test(value)) throw new Unreadable("a field is no number");
  return BigInt(value);
}

/** Bytes of JSON-RPC, of that length when it is given. Throws Unreadable. */
export function bytesIn(value, length = -1) {
  const found = raw(value);
  if (found === null || (length >= 0 && found.length !== length)) throw new Unreadable("a field is no bytes, or of another length");
  return found;
}

export const rows = (value) => {
  if (!Array.isArray(value)) throw new Unreadable("a field is no list");
  return value;
};
export const record = (value) => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Unreadable("no object");
  return value;
};

/** A field as it is hashed. */
function item(name, value) {
  if (name === "to" && (value === null || value === undefined)) return Buffer.alloc(0);
  if (name === "accessList") {
    return rows(value)
      .map(record)
      .map((one) => [item("address", one.address), rows(one.storageKeys).map((key) => item("storageKey", key))]);
  }
  if (name === "blobVersionedHashes") return rows(value).map((one) => item("blobVersionedHash", one));
  if (name === "authorizationList") {
    return rows(value)
      .map(record)
      .map((one) => AUTHORIZATION.map((part) => item(part, part === "yParity" ? (one.yParity ?? one.v) : one[part])));
  }
  return name in BYTES ? bytesIn(value, BYTES[name]) : digits(quantity(value));
}

/** Runs a reading of a node's fields; what is unreadable is Wrong under that name. */
function readable(name, place, what, work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof Unreadable) throw new Wrong(name, place, what, "", error);
    throw error;
  }
}

/** A header of a node's fields as it is hashed. Throws Wrong. */
export const headerBytes = (fields, place) =>
  readable("node.header", place, "its header cannot be read", () => {
    const found = HEADER.map((name) => (name === "nonce" ? bytesIn(fields.nonce, 8) : item(name, fields[name])));
    for (const name of LATER) {
      if (fields[name] === undefined || fields[name] === null) break;
      found.push(item(name, fields[name]));
    }
    return encode(found);
  });

const typed = (kind, fields) => Buffer.concat([Buffer.from(kind ? [kind] : []), encode(fields)]);

/** A transaction of a node's fields as it was sent. Throws Wrong. */
export const transactionBytes = (value, place) =>
  readable("node.transaction", place, "a transaction cannot be read", () => {
    const fields = record(value);
    const kind = Number(quantity(fields.type ?? "0x0"));
    if (kind >= TRANSACTIONS.length) throw new Unreadable(`a transaction of type ${kind}`);
    const parity = kind === 0 ? fields.v : (fields.yParity ?? fields.v);
    const signature = [parity, fields.r, fields.s].map((one) => digits(quantity(one)));
    return typed(kind, [...TRANSACTIONS[kind].map((name) => item(name, fields[name])), ...signature]);
  });

/** The transactions of a block as they are in its trie, from the fields shown. Throws Wrong. */
export const transactionsOf = async (_node, shown, _height, where) => shown.map((one) => transactionBytes(one, where));

/** The hash of a transaction as a block lists it. */
export const listedHash = ({ hash }) => hash;

/** A receipt of a node's fields as it is in the trie of receipts. Throws Wrong. */
export const receiptBytes = (value, place) =>
  readable("node.log", place, "a receipt cannot be read", () => {
    const fields = record(value);
    const logs = rows(fields.logs)
      .map(record)
      .map((log) => [item("address", log.address), rows(log.topics).map((one) => item("topic", one)), item("data", log.data)]);
    const heads = [digits(quantity(fields.status)), digits(quantity(fields.cumulativeGasUsed)), bytesIn(fields.logsBloom, 256)];
    return typed(Number(quantity(fields.type ?? "0x0")), [...heads, logs]);
  });

/** The fields of an RLP list. Throws Wrong. */
export function listIn(bytes, name, place) {
  try {
    const found = decode(bytes);
    if (Array.isArray(found)) return found;
  } catch (error) {
    if (!(error instanceof NotRlp)) throw error;
    throw new Wrong(name, place, "is no RLP", "its one canonical writing", error);
  }
  throw new Wrong(name, place, "is no list", "fields", "bytes");
}

const isBytes = (value, length) => Buffer.isBuffer(value) && value.length === length;
const isNumber = (value) => Buffer.isBuffer(value) && value.length <= 8 && value[0] !== 0;

/** A header as it is hashed: number, hash, time, hash of the parent, roots. Throws Wrong. */
export function blockOf(bytes, name, place) {
  const fields = listIn(bytes, name, place);
  const [parent, state, transactions, receipts] = [0, 3, 4, 5].map((i) => fields[i]);
  const right =
    fields.length >= HEADER.length &&
    fields.length <= HEADER.length + LATER.length &&
    [parent, state, transactions, receipts].every((one) => isBytes(one, 32)) &&
    [fields[8], fields[11]].every(isNumber) &&
    number(fields[8]) <= BigInt(Number.MAX_SAFE_INTEGER);
  if (!right) throw new Wrong(name, place, "is no header", "15 to 21 fields of their lengths", BigInt(fields.length));
  return {
    number: Number(number(fields[8])),
    hash: keccak(bytes),
    time: number(fields[11]),
    parent,
    stateRoot: state,
    transactionsRoot: transactions,
    receiptsRoot: receipts,
    where: `block ${number(fields[8])}`,
  };
}

/** A transaction as it is in its block's trie: hash, recipient (empty for a creation), input. Throws Wrong. */
export function transactionOf(bytes, name, place) {
  const kind = bytes[0] < 0xc0 ? bytes[0] : 0;
  const order = TRANSACTIONS[kind];
  const fields = order ? listIn(kind ? bytes.subarray(1) : bytes, name, place) : [];
  const at = (field) => fields[order.indexOf(field)];
  const right =
    order && fields.length === order.length + 3 && (isBytes(at("to"), 20) || isBytes(at("to"), 0)) && Buffer.isBuffer(at("input"));
  if (!right) throw new Wrong(name, place, "is no transaction of type 0 to 4", "", bytes.subarray(0, 1));
  const hash = keccak(bytes);
  return { hash, to: at("to"), input: at("input"), kind, fields, where: `transaction ${hex(hash)}` };
}

/** What a sender signed, and the parity of R's y; a transaction of the old kind may sign the chain's id as well (EIP-155). */
function signedPart({ kind, fields }) {
  const unsigned = fields.slice(0, -3);
  const v = number(fields.at(-3));
  if (kind) return { digest: keccak(typed(kind, unsigned)), parity: v };
  if (v < 35n) return { digest: keccak(encode(unsigned)), parity: v - 27n };
  const chainId = (v - 35n) / 2n;
  return { digest: keccak(encode([...unsigned, digits(chainId), Buffer.alloc(0), Buffer.alloc(0)])), parity: (v - 35n) % 2n };
}

/** The address of the contract that a transaction without recipient creates; null when nobody signed it. */
export function createdBy(transaction) {
  const { kind, fields } = transaction;
  const nonce = fields[kind ? 1 : 0];
  const signature = fields.slice(-3);
  if (!isNumber(nonce) || !signature.every((one) => Buffer.isBuffer(one) && one.length <= 32)) return null;
  const { digest, parity } = signedPart(transaction);
  const [key] = recoverAll([{ e: number(digest), r: number(signature[1]), s: number(signature[2]), parity }]);
  return key && createdAddress(addressOf(key), number(nonce));
}

/** A receipt as it is in its block's trie: whether its transaction succeeded, and its logs. Throws Wrong. */
export function receiptOf(bytes, name, place) {
  const fields = listIn(bytes[0] < 0xc0 ? bytes.subarray(1) : bytes, name, place);
  const isLog = (one) =>
    Array.isArray(one) &&
    one.length === 3 &&
    isBytes(one[0], 20) &&
    Array.isArray(one[1]) &&
    one[1].every((topic) => isBytes(topic, 32)) &&
    Buffer.isBuffer(one[2]);
  if (fields.length !== 4 || !Buffer.isBuffer(fields[0]) || !Array.isArray(fields[3]) || !fields[3].every(isLog)) {
    throw new Wrong(name, place, "is no receipt", "status, gas, bloom, logs", BigInt(fields.length));
  }
  const succeeded = isBytes(fields[0], 1) && fields[0][0] === 1;
  return { succeeded, logs: fields[3].map(([address, topics, data]) => ({ address, topics, data })) };
}
