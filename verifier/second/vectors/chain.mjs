// Vectors of what stands on the chain and in files about it: batch.json, receipts.json, findings.json; and readings that have to be refused.
import { hex, join, keccak, raw, word } from "../bytes.mjs";
import { NOTE, dialectOf, noteBytes, recordOf } from "../contracts.mjs";
import { NotDecodable, decode } from "../encoding/abi.mjs";
import { NotRlp, decode as fromRlp, encode as toRlp } from "../encoding/rlp.mjs";
import { NotProved, valueAt } from "../encoding/trie.mjs";
import { ANY, STEPS, VOID, Wrong } from "../findings.mjs";
import { Fields } from "../files/published.mjs";
import { listedReceipt } from "../files/receipts.mjs";
import { NotJson, parse, written } from "../json.mjs";
import { expanded, signerOf } from "../math/curve.mjs";
import { Domain } from "../math/typed.mjs";
import { sendingOf } from "../steps/sendings.mjs";

/** The class of what a work throws; empty when it throws nothing. */
function thrown(work) {
  try {
    work();
  } catch (error) {
    return error.constructor;
  }
  return null;
}

const sceneOf = (chainId, poll) => ({ dialect: dialectOf(2), protocol: 2, chainId, poll, pollDomain: new Domain(chainId, poll, 2) });

export function batch(vector, equal) {
  const [scene, planHash] = [sceneOf(BigInt(vector.chain_id), raw(vector.poll)), raw(vector.plan_hash)];
  const verifier = vector.keys.verifier.address.toLowerCase();
  const sent = (input) => sendingOf({ to: scene.poll, input: raw(input), where: "a transaction" }, scene, planHash);
  for (const one of [...vector.batches, vector.single]) {
    const { ballots, credential, siblings, isSingle } = sent(one.calldata);
    equal("credential", hex(credential.digest), one.list_digest ?? one.credential_digest);
    equal("credential signer", hex(signerOf(credential.digest, expanded(credential.signature))), verifier);
    equal("siblings", siblings.map(hex).join(), (one.siblings ?? one.proof).join());
    const isAccepted = (ballot) =>
      ballot.choice > 0n && ballot.sequence > 0n && signerOf(ballot.digest, expanded(ballot.signature))?.equals(ballot.key);
    const accepted = ballots.filter(isAccepted);
    equal("recorded", hex(join(...accepted.map(recordOf))), one.recorded);
    if (isSingle) equal("ballot", hex(ballots[0].digest), one.ballot_digest);
    const refused = ballots.filter((ballot) => !accepted.includes(ballot)).map(({ index, key }) => `${index} ${hex(key)}`);
    equal("rejected", refused.join(), (one.rejected ?? []).map((row) => `${row.index} ${row.ballot_key}`).join());
  }
}

export function receipts(vector, equal) {
  const scene = sceneOf(BigInt(vector.chain_id), raw(vector.poll));
  for (const book of vector.books) {
    for (const { line, digest } of book) {
      const found = listedReceipt(Buffer.from(line), scene, "a line");
      equal("receipt", hex(found.digest), digest);
      equal("receipt signer", hex(signerOf(found.digest, found.signature)), vector.receipt_signer);
    }
  }
  for (const one of [...vector.notes, vector.note_of_a_poll_without_receipts]) {
    const [poll, note, previous, closed, heads] = decode(NOTE, raw(one.data));
    equal("note", `${hex(poll)} ${note} ${hex(previous)} ${closed}`, `${vector.poll} ${one.note} ${one.previous_note} ${one.closed}`);
    equal(
      "heads",
      heads.map(([book, last, head]) => `${hex(book)} ${last} ${hex(head)}`).join(),
      one.heads.map((h) => `${h.book} ${h.number} ${h.head}`).join(),
    );
    equal("note hash", hex(keccak(noteBytes(poll, note, previous, closed, heads))), one.note_hash);
  }
}

export function findings({ steps, any, void: void_ }, equal) {
  equal("steps", JSON.stringify(STEPS), JSON.stringify(steps.map(({ step, name, findings: names }) => ({ step, name, findings: names }))));
  equal("any", ANY.join(), any.join());
  equal("void", VOID.join(), void_.join());
}

/** Texts that are JSON as the protocol allows it, and texts that are not. */
export function jsonTexts({ read, refused }, equal) {
  for (const { name, text } of read)
    equal(
      name,
      thrown(() => parse(Buffer.from(text))),
      null,
    );
  for (const { name, text } of refused)
    equal(
      name,
      thrown(() => parse(Buffer.from(text))),
      NotJson,
    );
}

/** What has to be refused, and what has to be read although it looks odd. */
export function readings(_, equal) {
  equal(
    "JSON that is not UTF-8",
    thrown(() => parse(Buffer.of(0x22, 0xff, 0x22))),
    NotJson,
  );
  const large = `{"a":[${2n ** 256n},-1,"\\u00e9\\n\\u0001𝄞"],"b":{"￿":null,"𝄞":true}}`;
  equal("JSON", written(parse(Buffer.from(large))), large.replace("\\u00e9", "é"));
  const rlp = (text) => thrown(() => fromRlp(raw(text)));
  for (const text of ["0x", "0x8100", "0xb800", "0xf800", "0x81", "0xc1", "0x0000", "0xc0c0", "0xb90038", `0x${"c1".repeat(70)}c0`])
    equal(`RLP ${text}`, rlp(text), NotRlp);
  const odd = toRlp([Buffer.of(0x20), Buffer.alloc(40, 1), Buffer.alloc(0)]);
  equal(
    "a node of three items",
    thrown(() => valueAt(keccak(odd), Buffer.alloc(0), [odd])),
    NotProved,
  );
  const wrong = (value) => thrown(() => new Fields({ key: value }, "a file", "key", "log.form").bytes("key", 2));
  for (const value of ["0xabc", "0xab", "0xabcdef", "0xABCD", "abcd", 7n, null]) equal(`hex ${value}`, wrong(value), Wrong);
  equal("hex", wrong("0xabcd"), null);
  const item = [Buffer.alloc(0), Buffer.alloc(60, 7), [Buffer.of(5), [Buffer.alloc(300, 9)]]];
  equal("RLP", hex(toRlp(fromRlp(toRlp(item)))), hex(toRlp(item)));
  abiReadings(equal);
}

function abiReadings(equal) {
  const abi = (kind, ...words) => thrown(() => decode(kind, join(...words.map(word))));
  equal("ABI of a list that is too long", abi("(uint256[])", 32n, 2n ** 200n), NotDecodable);
  const long = (count) => thrown(() => decode("(bytes[])", join(...[32n, count, ...new Array(Number(count)).fill(0n)].map(word))));
  equal("ABI of 64 parts", long(64n), null);
  equal("ABI of 65 parts", long(65n), NotDecodable);
  equal("ABI of an offset backwards", abi("(bytes)", 2n ** 256n - 32n), NotDecodable);
  equal("ABI of a number that is too wide", abi("(uint8)", 256n), NotDecodable);
  equal("ABI of a bool of 2", abi("(bool)", 2n), NotDecodable);
  const inner = decode("(bytes[])", join(...[64n, 1n, 1n, 2n ** 256n - 64n].map(word)));
  equal("ABI of a part before its list", inner[0].map(hex).join(), "0x00");
}
