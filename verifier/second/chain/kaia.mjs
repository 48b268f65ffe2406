// How Kaia, from Magma to Cancun and without Randao, hashes headers, transactions and receipts, and who sealed a block (protocol,
// section 25.1). Its tries are Ethereum's.
import { keccak, number, raw } from "../bytes.mjs";
import { digits, encode } from "../encoding/rlp.mjs";
import { Wrong } from "../findings.mjs";
import { addressOf } from "../math/curve.mjs";
import { N, recoverAll } from "../math/recovery.mjs";
import * as ethereum from "./ethereum.mjs";
import { eachOf } from "./node.mjs";

export { receiptOf } from "./ethereum.mjs";

/** By which questions a node shows a block, its receipts together, and one of them. */
export const QUESTIONS = { block: "kaia_getBlockByNumber", receipts: "kaia_getBlockReceipts", receipt: "kaia_getTransactionReceipt" };
/** Whether a block is asked for with its transactions' fields; of these it is their bytes that are asked for. */
export const ASKS_WHOLE = false;
export const HAS_CERTIFICATES = true;

const [HASH, BYTES, NUMBER] = [32, -1, 0];
/** The fields of a header in the order in which they are hashed; 32 is a hash, -1 bytes of any length, 0 a number. @type {[string, number][]} */
const HEADER = [
  ["parentHash", HASH],
  ["reward", 20],
  ["stateRoot", HASH],
  ["transactionsRoot", HASH],
  ["receiptsRoot", HASH],
  ["logsBloom", 256],
  ["blockScore", NUMBER],
  ["number", NUMBER],
  ["gasUsed", NUMBER],
  ["timestamp", NUMBER],
  ["timestampFoS", NUMBER],
  ["extraData", BYTES],
  ["governanceData", BYTES],
  ["voteData", BYTES],
  ["baseFeePerGas", NUMBER],
];
const EXTRA = 11;
const [VANITY, SEAL] = [32, 65];
const TYPED = 0x78; // in front of a transaction that Ethereum types
const CALLS = [0x30, 0x31, 0x32]; // of contracts, by Kaia's own kinds, whoever pays for them
const CONTRACT = Buffer.of(2); // in front of a contract's account in the state trie
const COMMITTED = Buffer.of(2);
const RAW = "kaia_getRawTransactionByBlockNumberAndIndex";

const unreadable = (name, place, what, work) => {
  try {
    return work();
  } catch (error) {
    if (error instanceof ethereum.Unreadable) throw new Wrong(name, place, what, "", error);
    throw error;
  }
};

/** A header of a node's fields, seals included. Throws Wrong. */
export const headerBytes = (fields, place) =>
  unreadable("node.header", place, "its header cannot be read", () =>
    encode(
      HEADER.map(([name, kind]) => (kind === NUMBER ? digits(ethereum.quantity(fields[name])) : ethereum.bytesIn(fields[name], kind))),
    ),
  );

const isBytes = (value, length) => Buffer.isBuffer(value) && value.length === length;
const isNumber = (value) => Buffer.isBuffer(value) && value.length <= 8 && value[0] !== 0;

/** Extra data as it is hashed, without round and commit seals; and those seals. Throws Wrong. */
function unsealed(extra, name, place) {
  const parts = extra.length < VANITY ? [] : ethereum.listIn(extra.subarray(VANITY), name, place);
  const [validators, seal, seals] = parts;
  if (parts.length !== 3 || !Array.isArray(validators) || !Array.isArray(seals) || !seals.every((one) => isBytes(one, SEAL)))
    throw new Wrong(name, place, "its extra data is none", "validators, seal, commit seals", extra.subarray(0, 40));
  const hashed = Buffer.concat([extra.subarray(0, VANITY - 1), Buffer.of(0), encode([validators, seal, []])]);
  return { hashed, seals };
}

/** A whole header: number, hash, time, hash of the parent, roots, and the seals that its hash leaves out. Throws Wrong. */
export function blockOf(bytes, name, place) {
  const fields = ethereum.listIn(bytes, name, place);
  const right =
    fields.length === HEADER.length &&
    fields.every(Buffer.isBuffer) &&
    [0, 2, 3, 4].every((i) => fields[i].length === HASH) &&
    [fields[7], fields[9]].every(isNumber) &&
    number(fields[7]) <= BigInt(Number.MAX_SAFE_INTEGER);
  if (!right) throw new Wrong(name, place, "is no header", `${HEADER.length} fields of their lengths`, BigInt(fields.length));
  const { hashed, seals } = unsealed(fields[EXTRA], name, place);
  return {
    number: Number(number(fields[7])),
    hash: keccak(encode(fields.with(EXTRA, hashed))),
    time: number(fields[9]),
    parent: fields[0],
    stateRoot: fields[2],
    transactionsRoot: fields[3],
    receiptsRoot: fields[4],
    where: `block ${number(fields[7])}`,
    seals,
    accountKind: CONTRACT,
  };
}

/** The addresses that sealed a block, in the order of its seals; null where a seal is no signature. */
export function sealersOf(block) {
  const e = number(keccak(block.hash, COMMITTED));
  const signatures = block.seals.map((seal) => {
    const [r, s] = [number(seal.subarray(0, 32)), number(seal.subarray(32, 64))];
    return { e, r, s, parity: BigInt(seal[64]) };
  });
  const right = signatures.every(({ r, s, parity }) => r > 0n && r < N && s > 0n && s <= N >> 1n && parity < 2n);
  const keys = right ? recoverAll(signatures) : [null];
  return keys.every((one) => one) ? keys.map(addressOf) : null;
}

/** The transactions of a block as they are in its trie, asked for one by one. Throws Wrong. */
export async function transactionsOf(node, shown, height, where) {
  const indexes = shown.map((_, i) => i);
  return eachOf(indexes, async (index) => {
    const found = raw(await node.told(RAW, [`0x${height.toString(16)}`, `0x${index.toString(16)}`], where));
    if (found === null) throw new Wrong("node.transaction", where, "a transaction is no bytes", "0x and hex digits", "");
    return found;
  });
}

/** The hash of a transaction as a block lists it. */
export const listedHash = (one) => one;

/** A transaction as it is in its block's trie: hash, recipient (empty for a creation, and for what calls no contract), input. Throws Wrong. */
export function transactionOf(bytes, name, place) {
  if (bytes[0] === TYPED) return ethereum.transactionOf(bytes.subarray(1), name, place);
  if (bytes[0] >= 0xc0) return ethereum.transactionOf(bytes, name, place);
  const fields = ethereum.listIn(bytes.subarray(1), name, place);
  const hash = keccak(bytes);
  const nothing = {
    hash,
    to: Buffer.alloc(0),
    input: Buffer.alloc(0),
    kind: 0,
    fields: [],
    where: `transaction 0x${hash.toString("hex")}`,
  };
  if (!CALLS.includes(bytes[0])) return nothing;
  const [, , , to, , , input] = fields;
  if (!isBytes(to, 20) || !Buffer.isBuffer(input)) throw new Wrong(name, place, "is no call of a contract", "", bytes.subarray(0, 1));
  return { ...nothing, to, input };
}

/** A receipt of a node's fields as it is in the trie: the transaction's own gas, and why it failed in place of 0. Throws Wrong. */
export const receiptBytes = (value, place) =>
  unreadable("node.log", place, "a receipt cannot be read", () => {
    const fields = ethereum.record(value);
    const logs = ethereum
      .rows(fields.logs)
      .map(ethereum.record)
      .map((log) => [
        ethereum.bytesIn(log.address, 20),
        ethereum.rows(log.topics).map((one) => ethereum.bytesIn(one, 32)),
        ethereum.bytesIn(log.data),
      ]);
    const status = ethereum.quantity(fields.status) || ethereum.quantity(fields.txError);
    return encode([digits(status), digits(ethereum.quantity(fields.gasUsed)), ethereum.bytesIn(fields.logsBloom, 256), logs]);
  });
