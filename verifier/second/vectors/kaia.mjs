// Vectors of Kaia's blocks and of certificates of finality: kaia.json (protocol, section 25).
import { hex, keccak, raw } from "../bytes.mjs";
import { accountOf } from "../chain/accounts.mjs";
import { createdBy, listIn } from "../chain/ethereum.mjs";
import { Named } from "../chain/finality.mjs";
import * as rule from "../chain/kaia.mjs";
import { NotProved, rootOf, valueAt } from "../encoding/trie.mjs";
import { encode } from "../encoding/rlp.mjs";
import { StepLog, Wrong } from "../findings.mjs";

const namedBy = (spans) =>
  new Named(spans.map(({ from_block, addresses }) => ({ from: BigInt(from_block), addresses: new Set(addresses) })));

/** How many findings a check of a block comes to. */
function found(named, block) {
  const log = new StepLog(1);
  named.check(block, "node.finality", log);
  return log.findings.length;
}

function one({ fields, raw_transactions, receipts, header, sealers }, equal) {
  const block = rule.blockOf(rule.headerBytes(fields, "here"), "node.header", "here");
  equal("header", hex(rule.headerBytes(fields, "here")), header);
  equal("hash", hex(block.hash), fields.hash);
  equal("sealers", rule.sealersOf(block).map(hex).join(), sealers.join());
  const bytes = raw_transactions.map(raw);
  const transactions = bytes.map((each) => rule.transactionOf(each, "node.transaction", "here"));
  equal("transactions root", hex(rootOf(bytes)), fields.transactionsRoot);
  equal("transaction hashes", transactions.map(({ hash }) => hex(hash)).join(), fields.transactions.join());
  const kept = receipts.map((each) => rule.receiptBytes(each, "here"));
  equal("receipts root", hex(rootOf(kept)), fields.receiptsRoot);
  const succeeded = kept.map((each) => rule.receiptOf(each, "node.log", "here").succeeded);
  equal("succeeded", succeeded.join(), receipts.map(({ status }) => status === "0x1").join());
  return { block, created: transactions.filter(({ to }) => !to.length).map((each) => hex(createdBy(each) ?? Buffer.alloc(0))) };
}

const [VANITY, EXTRA] = [32, 11];

/** What is thrown, by its kind; null for nothing. */
function thrownBy(work) {
  try {
    work();
  } catch (error) {
    return error.constructor;
  }
  return null;
}

/** A header whose extra data are not validators, a seal and commit seals of 65 bytes each is none. */
function extras(header, equal) {
  const fields = listIn(raw(header), "node.header", "here");
  const vanity = fields[EXTRA].subarray(0, VANITY);
  const parts = listIn(fields[EXTRA].subarray(VANITY), "node.header", "here");
  const [validators, seal, seals] = parts;
  const others = {
    "one part more": [...parts, []],
    "one part less": [validators, seal],
    "validators that are bytes": [validators[0], seal, seals],
    "seals that are bytes": [validators, seal, seals[0]],
    "a short seal": [validators, seal, [seals[0].subarray(1), ...seals.slice(1)]],
    "a seal that is a list": [validators, seal, [[seals[0]], ...seals.slice(1)]],
  };
  const read = (extra) => thrownBy(() => rule.blockOf(encode(fields.with(EXTRA, extra)), "node.header", "here"));
  equal("the extra data as they are", read(Buffer.concat([vanity, encode(parts)])), null);
  equal("no extra data", read(vanity.subarray(1)), Wrong);
  for (const [what, changed] of Object.entries(others)) equal(what, read(Buffer.concat([vanity, encode(changed)])), Wrong);
}

/** Fields of other numbers, kinds and lengths are no header. */
function shapes(header, equal) {
  const fields = listIn(raw(header), "node.header", "here");
  const [NUMBER, TIME] = [7, 9];
  const others = {
    "one field more": [...fields, Buffer.alloc(0)],
    "one field less": fields.slice(0, -1),
    "a list among them": fields.with(1, [fields[1]]),
    "a short parent's hash": fields.with(0, fields[0].subarray(1)),
    "a short state root": fields.with(2, fields[2].subarray(1)),
    "a short root of transactions": fields.with(3, fields[3].subarray(1)),
    "a short root of receipts": fields.with(4, fields[4].subarray(1)),
    "a number with a zero in front": fields.with(NUMBER, Buffer.concat([Buffer.of(0), fields[NUMBER]])),
    "a time with a zero in front": fields.with(TIME, Buffer.concat([Buffer.of(0), fields[TIME]])),
    "a number of nine bytes": fields.with(NUMBER, Buffer.alloc(9, 1)),
    "a time of nine bytes": fields.with(TIME, Buffer.alloc(9, 1)),
    "a number of eight bytes, beyond what is counted exactly": fields.with(NUMBER, Buffer.alloc(8, 1)),
  };
  for (const [what, changed] of Object.entries(others))
    equal(
      what,
      thrownBy(() => rule.blockOf(encode(changed), "node.header", "here")),
      Wrong,
    );
}

/** An account is four fields, two of them hashes; in Kaia's form nonce and balance stand in a list of their own. */
function accounts(kind, equal) {
  const [one, hash, short] = [Buffer.of(1), Buffer.alloc(32, 7), Buffer.alloc(31, 7)];
  const others = {
    "no list": Buffer.from("no list"),
    "three fields": [one, one, hash],
    "five fields": [one, one, hash, hash, hash],
    "a short storage root": [one, one, short, hash],
    "a short hash of code": [one, one, hash, short],
    "a storage root that is a list": [one, one, [hash], hash],
    "a hash of code that is a list": [one, one, hash, [hash]],
  };
  const inKaiasForm = (fields) => (Array.isArray(fields) ? [fields.slice(0, 2), ...fields.slice(2), one] : fields);
  for (const [what, fields] of Object.entries(others)) {
    const forms = [() => accountOf(encode(fields)), () => accountOf(Buffer.concat([kind, encode(inKaiasForm(fields))]), kind)];
    equal(
      `an account: ${what}`,
      forms.map(thrownBy).every((thrown) => thrown === NotProved),
      true,
    );
  }
  equal(
    "no account",
    thrownBy(() => accountOf(Buffer.alloc(0))),
    NotProved,
  );
  equal("an account", hex(accountOf(encode([one, one, hash, hash]))[3]), hex(hash));
}

function refusals(block, spans, equal) {
  const all = namedBy(spans);
  const [a, b] = block.seals;
  const others = ["11", "22"].map((digits) => "0x" + digits.repeat(20));
  const sealers = rule.sealersOf(block).map(hex);
  equal("three of four", found(all, block), 0);
  equal("two of four", found(all, { ...block, seals: [a, b] }), 1);
  equal("one of them twice", found(all, { ...block, seals: [a, b, a] }), 2);
  equal("no signature", found(all, { ...block, seals: [a, b, Buffer.alloc(65)] }), 1);
  equal("of another block", found(all, { ...block, hash: keccak(block.hash) }) > 0, true);
  equal("two of three", found(namedBy([{ from_block: 0, addresses: sealers }]), { ...block, seals: [a, b] }), 1);
  equal("a stranger", found(namedBy([{ from_block: 0, addresses: [...sealers.slice(0, 2), ...others] }]), block), 2);
  equal("of later blocks only", found(namedBy([{ from_block: block.number + 1, addresses: sealers }]), block), 2);
}

function kinds(equal) {
  const [to, input] = [Buffer.alloc(20, 0x11), Buffer.from("call")];
  const call = [Buffer.of(1), Buffer.alloc(0), Buffer.of(0x52, 8), to, Buffer.alloc(0), Buffer.alloc(20, 0x22), input, []];
  for (const kind of [0x30, 0x31, 0x32]) {
    const read = rule.transactionOf(Buffer.concat([Buffer.of(kind), encode(call)]), "node.transaction", "here");
    equal(`kind ${kind}`, hex(read.to) + hex(read.input), hex(to) + hex(input));
  }
  const moved = rule.transactionOf(Buffer.concat([Buffer.of(8), encode(call.slice(0, 6))]), "node.transaction", "here");
  equal("a transfer", `${hex(moved.to)} ${hex(moved.input)} ${createdBy(moved)}`, "0x 0x null");
  for (const nonsense of [Buffer.of(0x30, 0xff), Buffer.of(0x78), Buffer.of(0x78, 0x7f, 0xc0), Buffer.alloc(0)]) {
    const thrown = thrownBy(() => rule.transactionOf(nonsense, "node.transaction", "here"));
    equal(`nonsense ${hex(nonsense)}`, thrown, Wrong);
  }
}

export function blocks({ blocks: all, validators, contract }, equal) {
  const read = all.map((each) => one(each, equal));
  equal("created", read.flatMap(({ created }) => created).includes(contract.address), true);
  const at = read[contract.block].block;
  const account = accountOf(valueAt(at.stateRoot, keccak(raw(contract.address)), contract.nodes.map(raw)), at.accountKind);
  equal("code", hex(account[3]), hex(keccak(raw(contract.code))));
  refusals(read[0].block, validators, equal);
  accounts(at.accountKind, equal);
  shapes(all[0].header, equal);
  extras(all[0].header, equal);
  kinds(equal);
}
