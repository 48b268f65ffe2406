// Seals and the box as the lender's page makes and reads them, against the protocol's vectors; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as protocol from "../../backend/web/src/crypto/protocol.js";
import * as seals from "../../backend/web/src/crypto/seal.js";

const { fromHex, join, keccak, toHex, utf8, word } = protocol;
const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
const { good, malformed, chain_id: chainId, polls } = vectors("seals");
const placeOf = ({ separator, index, sequence }) => ({ separator: fromHex(separator), index, sequence });
const sealedOf = ({ seal, sealed_choice: sealedChoice }) => ({ seal, sealedChoice });
const BALLOT_KEY = keccak(utf8("a ballot key"));
const chance = (bytes) => bytes.fill(7);

test("every seal of the vectors opens, by the secret and by its k, to what was put in", () => {
  assert.ok(good.length >= 345);
  for (const one of good) {
    const plain = BigInt(one.plain);
    assert.equal(seals.open(BigInt(one.secret), placeOf(one), sealedOf(one), one.motions), plain);
    assert.equal(seals.openByK(BigInt(one.k), one.key, placeOf(one), sealedOf(one)), plain);
    assert.deepEqual(seals.choicesOf(plain, one.motions), one.choices);
    assert.equal(seals.plainOf(one.choices), plain);
    const { index, voting_class: votingClass, c, sequence } = one;
    assert.equal(seals.recordOf({ index, votingClass, ...c, sequence, ...sealedOf(one) }), one.record);
  }
});

test("every malformed seal is invalid, and none stops the reader", () => {
  assert.ok(malformed.length > 20);
  for (const one of malformed) {
    assert.equal(seals.open(BigInt(one.secret), placeOf(one), sealedOf(one), one.motions), 0n, one.name);
    assert.equal(BigInt(one.opens_to), 0n);
  }
  assert.equal(seals.openByK(BigInt(good[0].k) + 1n, good[0].key, placeOf(good[0]), sealedOf(good[0])), null, "another k");
});

test("what this page seals opens for the secret, at its own place only", () => {
  for (const [number, one] of good.slice(0, 8).entries()) {
    const [place, plain] = [placeOf(one), BigInt((number % 3) + 1)];
    const made = seals.seal(plain, one.key, place, BALLOT_KEY);
    const open = (changed = {}, motions = 1) => seals.open(BigInt(one.secret), { ...place, ...changed }, made, motions);
    assert.equal(open(), plain);
    assert.equal(open({ index: one.index + 1 }), 0n);
    assert.equal(open({ sequence: one.sequence + 1 }), 0n);
    assert.equal(open({ separator: keccak(utf8("another poll")) }), 0n);
    assert.equal(open({}, 2), 0n);
    assert.notEqual(seals.seal(plain, one.key, place, BALLOT_KEY).seal, made.seal, "a new k each time");
  }
});

test("k follows from chance, ballot key, poll, place and choice together", () => {
  const [place, { key }] = [placeOf(good[0]), good[0]];
  const k = (plain, at, ballotKey, random) => seals.seal(plain, key, at, ballotKey, random).k;
  const first = k(1n, place, BALLOT_KEY, chance);
  assert.equal(k(1n, place, BALLOT_KEY, chance), first);
  for (const other of [
    k(2n, place, BALLOT_KEY, chance),
    k(1n, { ...place, index: place.index + 1 }, BALLOT_KEY, chance),
    k(1n, { ...place, sequence: place.sequence + 1 }, BALLOT_KEY, chance),
    k(1n, { ...place, separator: keccak(place.separator) }, BALLOT_KEY, chance),
    k(1n, place, keccak(BALLOT_KEY), chance),
    k(1n, place, BALLOT_KEY, (bytes) => bytes.fill(8)),
  ]) {
    assert.notEqual(other, first);
  }
});

test("no choice, too many motions, or a key off the curve is not sealed", () => {
  for (const choices of [[], [0], [4], [1, 0], ["1"], Array(17).fill(1)]) assert.throws(() => seals.plainOf(choices), RangeError);
  const { key } = good[0];
  for (const wrong of [{ ...key, y: word(BigInt(key.y) + 1n) }, { x: 0, y: 0 }, { x: "0x00", y: key.y }, { x: key.x }]) {
    const written = { ...wrong, ...(wrong.y instanceof Uint8Array ? { y: toHex(wrong.y) } : {}) };
    assert.throws(() => seals.seal(1n, written, placeOf(good[0]), BALLOT_KEY), RangeError);
  }
});

test("the box folds to the numbers of the vectors, whole and in pieces from its end", () => {
  const { chains, separator, secret } = vectors("box");
  for (const { ballots, box, countings, motions } of chains) {
    let folded = "0x" + "00".repeat(32);
    for (const one of ballots) {
      folded = seals.foldedBox(folded, one.record);
      assert.equal(folded, one.box);
      const sealed = { seal: "0x" + one.record.slice(2 + 140, 2 + 204), sealedChoice: "0x" + one.record.slice(2 + 204) };
      const place = { separator: fromHex(separator), index: one.index, sequence: one.sequence };
      assert.equal(seals.open(BigInt(secret), place, sealed, motions), BigInt(one.opens_to));
    }
    assert.equal(folded, box);
    for (const { pieces } of countings) {
      for (const { before, ballots: piece } of pieces) {
        assert.equal(seals.foldedBox(before, piece), folded);
        folded = before;
      }
      folded = box;
    }
  }
  assert.throws(() => seals.foldedBox("0x" + "00".repeat(32), "0x00"), RangeError);
});

const SEAL_KEY = {
  x: good[0].key.x,
  y: good[0].key.y,
  threshold: 2,
  share_keys: ["0x" + "11".repeat(20), "0x" + "22".repeat(20), "0x" + "33".repeat(20)],
  roll_hash: "0x" + "44".repeat(32),
  transcript_hash: "0x" + "55".repeat(32),
};

test("the hash of a seal key is that of its words, and each field counts", () => {
  const type = "SealKey(uint256 x,uint256 y,uint8 threshold,address[] shareKeys,bytes32 rollHash,bytes32 transcriptHash)";
  const shares = keccak(join(...SEAL_KEY.share_keys.map((one) => join(new Uint8Array(12), fromHex(one)))));
  const hashes = [SEAL_KEY.roll_hash, SEAL_KEY.transcript_hash].map(fromHex);
  const words = [word(SEAL_KEY.x), word(SEAL_KEY.y), word(2), shares, ...hashes];
  assert.equal(seals.sealKeyHash(SEAL_KEY), toHex(keccak(join(keccak(utf8(type)), ...words))));
  const changes = [{ x: 1 }, { y: 1 }, { threshold: 3 }, { share_keys: [] }, { roll_hash: "0x" + "00".repeat(32) }];
  for (const change of changes) assert.notEqual(seals.sealKeyHash({ ...SEAL_KEY, ...change }), seals.sealKeyHash(SEAL_KEY));
  assert.equal(toHex(protocol.structHash("SealBreach", {})), toHex(keccak(keccak(utf8("SealBreach()")))));
});

test("a sealed ballot is checked, signed under the poll's key, and tells nothing of its choice", () => {
  const key = protocol.makeKey();
  const poll = { chain_id: chainId, address: polls[0], plan: { plan_hash: "0x" + "cd".repeat(32) }, seal_key: SEAL_KEY };
  const credential = { ballot_key: protocol.addressOf(key), expires_at: 1790000000, signature: "0x" };
  const at = { index: 5, sequence: 1 };
  const sealed = protocol.sealFor(poll, { ...at, choices: [2] }, key);
  assert.ok(protocol.holds(poll, at, sealed));
  const ballot = protocol.signSealedBallot(poll, { ...at, sealed, credential }, key);
  assert.equal(protocol.recover(protocol.ballotDigest(poll, ballot), ballot.ballot_signature), credential.ballot_key);
  assert.deepEqual(Object.keys(ballot).sort(), [
    ...["ballot_key", "ballot_signature", "credential_expires_at", "credential_signature"],
    ...["index", "seal", "sealed_choice", "sequence"],
  ]);
  const type = "SealedBallot(uint256 index,uint8 sequence,uint256 seal,uint64 sealedChoice,bytes32 planHash,bytes32 sealKeyHash)";
  const words = [word(5), word(1), word(ballot.seal), word(ballot.sealed_choice), fromHex(poll.plan.plan_hash)];
  const struct = keccak(join(keccak(utf8(type)), ...words, fromHex(seals.sealKeyHash(SEAL_KEY))));
  const separator = protocol.domainSeparator(chainId, polls[0]);
  assert.equal(toHex(protocol.ballotDigest(poll, ballot)), toHex(keccak(join(Uint8Array.of(0x19, 1), separator, struct))));
  const other = { ...poll, seal_key: { ...SEAL_KEY, ...good[1].key } };
  assert.notEqual(toHex(protocol.ballotDigest(other, ballot)), toHex(protocol.ballotDigest(poll, ballot)), "another key, another ballot");
  for (const wrong of [
    { ...sealed, choices: [1] },
    { ...sealed, k: sealed.k + 1n },
    { ...sealed, sealed_choice: good[0].sealed_choice },
    { ...sealed, seal: good[0].seal },
  ]) {
    assert.throws(() => protocol.signSealedBallot(poll, { ...at, sealed: wrong, credential }, key), protocol.SealWrong);
  }
  assert.throws(() => protocol.signSealedBallot(poll, { index: 6, sequence: 1, sealed, credential }, key), protocol.SealWrong);
});

test("a receipt over a sealed ballot is taken for exactly its bytes", () => {
  const relay = protocol.makeKey();
  const seal_key = SEAL_KEY;
  const poll = {
    chain_id: chainId,
    address: polls[0],
    plan: { plan_hash: "0x" + "cd".repeat(32) },
    seal_key,
    receipt_signer: protocol.addressOf(relay),
  };
  const ballot = {
    index: 3,
    sequence: 1,
    seal: good[0].seal,
    sealed_choice: good[0].sealed_choice,
    ballot_key: protocol.addressOf(BALLOT_KEY),
  };
  const hash = toHex(protocol.ballotDigest(poll, ballot));
  const place = { book: "0x" + "b0".repeat(32), number: 7, previous: "0x" + "0b".repeat(32) };
  const message = { ballotDigest: hash, ballotKey: ballot.ballot_key, index: 3, sequence: 1, receivedAt: 1790000000, ...place };
  const signature = protocol.sign(protocol.digest(chainId, polls[0], "BallotReceipt", message), relay);
  const shown = { book: place.book, book_number: 7, previous: place.previous, ballot_digest: hash, ballot_key: ballot.ballot_key };
  const receipt = { ...shown, received_at: 1790000000, signature };
  assert.ok(protocol.isReceiptFor(receipt, ballot, poll));
  assert.ok(!protocol.isReceiptFor(receipt, { ...ballot, sealed_choice: good[1].sealed_choice }, poll));
  assert.ok(!protocol.isReceiptFor(receipt, ballot, { ...poll, seal_key: { ...SEAL_KEY, threshold: 3 } }));
});
