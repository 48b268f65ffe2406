// The page's cryptography against the protocol's vectors; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as protocol from "../../backend/web/src/crypto/protocol.js";

const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
const { fromHex, toHex, word } = protocol;

test("H is found by its recipe", () => {
  const { h } = vectors("points");
  const { x, y } = protocol.generatorH().toAffine();
  assert.equal(toHex(word(x)), h.x);
  assert.equal(toHex(word(y)), h.y);
});

test("commitments are those of the vectors, and one fen or one blind more is another", () => {
  const { commitments, n } = vectors("points");
  for (const { amount_fen: amount, blind, x, y } of commitments) {
    assert.ok(protocol.opens(amount, blind, x, y), amount);
    assert.ok(!protocol.opens(BigInt(amount) + 1n, blind, x, y));
    assert.ok(!protocol.opens(amount, BigInt(blind) + 1n, x, y));
  }
  assert.ok(!protocol.opens("1", n, commitments[0].x, commitments[0].y));
  assert.throws(() => protocol.commitment(1, 0), RangeError);
});

test("leaves, depths and proofs lead to the root", () => {
  for (const register of vectors("register").registers) {
    assert.equal(protocol.depthOf(register.leaf_count), register.depth);
    for (const leaf of register.leaves ?? []) {
      if (!leaf.leaf || !leaf.proof) continue;
      const { index, voting_class: votingClass, x, y, proof } = leaf;
      assert.equal(toHex(protocol.leafHash(index, votingClass, x, y)), leaf.leaf);
      assert.equal(protocol.rootFrom(fromHex(leaf.leaf), proof), register.root);
      const claim = { index, voting_class: votingClass, x, y, proof };
      const stands = (changed) => protocol.standsInRegister({ ...claim, ...changed }, register.leaf_count, register.root);
      assert.ok(stands({}));
      assert.ok(!stands({ index: register.leaf_count }), "an index outside the register");
      assert.ok(!stands({ index: index + 2 ** 32 }), "an index whose high bits a path would ignore");
      assert.ok(!stands({ proof: proof.slice(1) }), "a proof of another length");
      assert.ok(!stands({ voting_class: votingClass + 1 }), "another class");
      assert.ok(!stands({ proof: ["0x" + "11".repeat(32), ...proof.slice(1)] }), "another path");
    }
  }
});

test("every type has the digest and the signature of the vectors", () => {
  const [data, sealed] = [vectors("typed_data"), vectors("sealed_typed_data")];
  const seen = new Set();
  const former = [
    [data.items_of_protocol_1, protocol.TYPES_OF_PROTOCOL_1],
    [data.items_of_protocol_2, protocol.TYPES_OF_PROTOCOL_2],
  ];
  const keys = { ...sealed.keys, ...data.keys };
  const signed = data.items.filter(({ type }) => type !== "RegisterSample"); // by command alone, never by a page
  for (const item of [...signed, ...sealed.items, ...former.flatMap(([items]) => items)]) {
    const contract = data[item.contract];
    const found = protocol.digest(data.chain_id, contract, item.type, item.message);
    const [, types] = former.find(([items]) => items.includes(item)) ?? [null, protocol.TYPES];
    assert.equal(types[item.type], item.type_text);
    assert.equal(toHex(protocol.structHash(item.type, item.message)), item.struct_hash);
    assert.equal(toHex(found), item.digest);
    const { address, private_key: key } = keys[item.signer];
    assert.equal(protocol.addressOf(fromHex(key)), address);
    assert.equal(protocol.sign(found, fromHex(key)), item.signature);
    assert.equal(protocol.recover(found, item.signature), address);
    assert.equal(protocol.recover(found, item.compact_signature), address);
    seen.add(item.type);
  }
  const elsewhere = ["OpeningsEscrow", "Succession", "SuccessionWithdrawal"]; // generations.test.mjs has their vectors
  assert.deepEqual([...seen, ...elsewhere].sort(), Object.keys(protocol.TYPES).sort());
  for (const [items, types] of former) assert.deepEqual(items.map(({ type }) => type).sort(), Object.keys(types).sort());
  for (const contract of ["case", "poll"]) {
    assert.equal(toHex(protocol.domainSeparator(data.chain_id, data[contract])), data.domain_separators[contract]);
  }
});

test("typed data of another system, of an unknown type or with a field missing is not signed", () => {
  const { items, chain_id: chainId, poll } = vectors("typed_data");
  const item = items.find(({ type }) => type === "Attestation");
  const domain = { name: "LenderVote", version: "1", chainId, verifyingContract: poll };
  const typed = { domain, primaryType: item.type, message: item.message };
  assert.equal(toHex(protocol.digestOf(typed)), item.digest);
  assert.throws(() => protocol.digestOf({ ...typed, domain: { ...domain, name: "Other" } }), RangeError);
  assert.throws(() => protocol.digestOf({ ...typed, primaryType: "Permit" }), RangeError);
  assert.throws(() => protocol.digestOf({ ...typed, primaryType: "constructor" }), RangeError);
  assert.throws(() => protocol.digestOf({ ...typed, message: { approve: true } }), RangeError);
  assert.throws(() => protocol.digestOf({ ...typed, message: { ...item.message, more: 1 } }), RangeError);
  assert.throws(
    () => protocol.digest(chainId, poll, "Ballot", { index: 0, choice: 256, sequence: 1, planHash: "0x" + "00".repeat(32) }),
    RangeError,
  );
});

test("a signature with a high s is refused", () => {
  const { items } = vectors("typed_data");
  const { n } = vectors("points");
  const { digest, signature } = items[0];
  const s = BigInt("0x" + signature.slice(66, 130));
  const high = (BigInt(n) - s).toString(16).padStart(64, "0");
  const flipped = signature.slice(0, 66) + high + (signature.endsWith("1b") ? "1c" : "1b");
  assert.throws(() => protocol.recover(fromHex(digest), flipped), RangeError);
});

test("a receipt is taken only for exactly this ballot and from the poll's receipt signer", () => {
  const data = vectors("typed_data");
  const relay = fromHex(data.keys.relay.private_key);
  const poll = {
    chain_id: data.chain_id,
    address: data.poll,
    receipt_signer: data.keys.relay.address,
    plan: { plan_hash: "0x" + "ab".repeat(32) },
  };
  const ballot = { index: 3, choice: protocol.FOR, sequence: 1, ballot_key: data.keys.ballot.address };
  const hash = toHex(protocol.ballotDigest(poll, ballot));
  const place = { book: "0x" + "b0".repeat(32), number: 7, previous: "0x" + "0b".repeat(32) };
  const former = { ballotDigest: hash, ballotKey: ballot.ballot_key, index: 3, sequence: 1, receivedAt: 1790000000 };
  const signed = (message) => protocol.sign(protocol.digest(data.chain_id, data.poll, "BallotReceipt", message), relay);
  const signature = signed({ ...former, ...place });
  const receipt = {
    ballot_digest: hash,
    ballot_key: ballot.ballot_key,
    received_at: "2026-09-21T14:13:20Z",
    book: place.book,
    book_number: 7,
    previous: place.previous,
    signature,
  };
  assert.equal(protocol.unixSeconds(receipt.received_at), 1790000000);
  assert.ok(protocol.isReceiptFor(receipt, ballot, poll));
  assert.ok(!protocol.isReceiptFor(receipt, { ...ballot, choice: protocol.AGAINST }, poll));
  assert.ok(!protocol.isReceiptFor(receipt, { ...ballot, ballot_key: data.keys.verifier.address }, poll));
  assert.ok(!protocol.isReceiptFor(receipt, ballot, { ...poll, receipt_signer: data.keys.verifier.address }));
  assert.ok(!protocol.isReceiptFor({ ...receipt, signature: "0x00" }, ballot, poll));
  assert.ok(
    !protocol.isReceiptFor({ ...receipt, ballot_key: data.keys.verifier.address }, ballot, poll),
    "the key that a check file would name",
  );
  assert.equal(protocol.keyCodeOf("0x6aedcd7b478632ac6fc263e6b9f2fab2709772e3"), "6aed cd7b 4786");
  for (const moved of [{ book: place.previous }, { book_number: 8 }, { previous: place.book }, { book: null }]) {
    assert.ok(!protocol.isReceiptFor({ ...receipt, ...moved }, ballot, poll), "another place in the relay's books");
  }
  const old = { ...receipt, book: null, book_number: null, previous: null, signature: signed(former) };
  assert.ok(protocol.isReceiptFor(old, ballot, { ...poll, protocol: 1 }));
  assert.ok(!protocol.isReceiptFor(old, ballot, poll), "a poll of today whose receipt stands in no book");
});

test("a signed ballot recovers to its key", () => {
  const data = vectors("typed_data");
  const key = protocol.makeKey();
  const poll = { chain_id: data.chain_id, address: data.poll, plan: { plan_hash: "0x" + "cd".repeat(32) } };
  const credential = { ballot_key: protocol.addressOf(key), expires_at: 1790000000, signature: "0x" };
  const signed = protocol.signBallot(poll, { index: 5, choice: 2, sequence: 3, credential }, key);
  assert.equal(protocol.recover(protocol.ballotDigest(poll, signed), signed.ballot_signature), credential.ballot_key);
});

test("a key file holds one private key and nothing else is taken for one", () => {
  const { keys } = vectors("typed_data");
  const text = JSON.stringify({ private_key: keys.relay.private_key });
  assert.equal(protocol.addressOf(protocol.readKeyFile(text)), keys.relay.address);
  for (const wrong of [
    "",
    "{}",
    "[]",
    "null",
    '{"private_key": "0x12"}',
    `{"private_key": "0x${"00".repeat(32)}"}`,
    `{"private_key": "${"f".repeat(64)}"}`,
  ]) {
    assert.throws(() => protocol.readKeyFile(wrong), RangeError);
  }
});

test("totals and names of classes have the hashes of the vectors", () => {
  for (const { classes, classes_hash: hash } of vectors("register").registers) {
    assert.equal(protocol.classesHash(classes), hash);
    const [first, ...others] = classes;
    assert.notEqual(protocol.classesHash([{ ...first, blind: "0x" + "01".repeat(32) }, ...others]), hash);
  }
  for (const { names, class_names_hash: hash } of vectors("cases").class_names) assert.equal(protocol.classNamesHash(names), hash);
});

test("a case's fingerprint and where its polls stand are those of the vectors", () => {
  const { fingerprints, polls } = vectors("cases");
  for (const { case: address, officials, institution, fingerprint, ...facts } of fingerprints) {
    const shown = {
      address,
      ...facts,
      institution: { name: "x", signer: institution },
      officials: officials.map((signer) => ({ name: "y", signer })),
    };
    assert.equal(protocol.caseFingerprint(shown), fingerprint);
    assert.notEqual(protocol.caseFingerprint({ ...shown, threshold: 1 }), fingerprint);
    assert.notEqual(protocol.caseFingerprint({ ...shown, rehearsal: !shown.rehearsal }), fingerprint);
  }
  for (const { number, poll } of polls) assert.equal(protocol.pollAddress(fingerprints[0].case, number), poll);
});

test("the hash of a result is that of the vectors", () => {
  const { results } = vectors("parameters");
  assert.ok(results.length);
  for (const { poll, tallies, passed, result_hash: hash } of results) {
    assert.equal(protocol.resultHash(poll, tallies, passed), hash);
    assert.notEqual(protocol.resultHash(poll, tallies, !passed), hash);
  }
});

test("the hash of a poll's parameters is that of the vectors", () => {
  for (const { parameters, parameters_hash: hash } of vectors("parameters").parameters) {
    assert.equal(protocol.parametersHash(parameters), hash);
    assert.notEqual(protocol.parametersHash({ ...parameters, closes_at: parameters.closes_at + 1 }), hash);
  }
});
