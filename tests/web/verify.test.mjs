// The offline check page's arithmetic against the protocol's vectors, and its three answers; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { fromHex, sign } from "../../backend/web/src/protocol.js";

const html = readFileSync(new URL("../../verifier/web/verify.html", import.meta.url), "utf8");
const script = (id) => html.split(`<script id="${id}">`)[1].split("</script>")[0];
const { Protocol, Check } = vm.runInNewContext(`${script("protocol")}\n${script("check").replace('"use strict";', "")}\n;({ Protocol, Check })`, { console });
const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));

test("ballots and receipts have the digests and signers of the vectors", () => {
  const data = vectors("typed_data");
  const items = data.items.filter(({ type }) => type === "Ballot" || type === "BallotReceipt");
  assert.ok(items.length >= 2);
  for (const { type, message, digest, signer, signature, compact_signature: compact } of items) {
    assert.equal(Protocol.digest(data.chain_id, data.poll, type, Object.values(message)), digest);
    for (const signed of [signature, compact]) assert.equal(Protocol.signerOf(digest, signed), data.keys[signer].address);
    assert.notEqual(Protocol.signerOf("0x" + "12".repeat(32), signature), data.keys[signer].address);
  }
});

test("leaves, proofs and commitments are those of the vectors", () => {
  let amounts = 0;
  for (const register of vectors("register").registers) {
    assert.equal(Protocol.depthOf(register.leaf_count), register.depth);
    for (const { index, voting_class: votingClass, amount_fen: amount, blind, x, y, leaf, proof } of (register.leaves ?? []).slice(0, 3)) {
      if (!leaf || !proof) continue;
      assert.equal(Protocol.leaf(index, votingClass, x, y), leaf);
      assert.equal(Protocol.rootFrom(leaf, proof), register.root);
      if (amount === undefined || !blind) continue;
      assert.ok(Protocol.opens(amount, blind, x, y));
      assert.ok(!Protocol.opens(BigInt(amount) + 1n, blind, x, y));
      amounts += 1;
    }
  }
  assert.ok(amounts > 0);
});

test("nothing of the ballot page is in it", () => {
  assert.ok(!/\b(import|src=|href="(?!data:))/.test(html.replace(/<!--[^]*?-->/g, "")));
});

/** A poll at a node that tells the truth, and the file of a lender who voted `choice` there. */
function honest(choice) {
  const data = vectors("typed_data");
  const register = vectors("register").registers.find(({ leaves }) => leaves?.[0]?.proof && leaves[0].blind);
  const leaf = register.leaves[0];
  const ballot = data.items.find(({ type }) => type === "Ballot");
  const receipt = data.items.find(({ type, message }) => type === "BallotReceipt" && message.index === 5);
  const planHash = ballot.message.planHash;
  const seen = { root: register.root, leafCount: register.leaf_count, planHash, signer: data.keys[receipt.signer].address, choice, sequence: 1 };
  const claim = { ...leaf, format: "lendervote-check/1", chain_id: data.chain_id, poll: data.poll, sequence: 1, proof: leaf.proof };
  claim.ballot_digest = Protocol.digest(data.chain_id, data.poll, "Ballot", [leaf.index, choice, 1, planHash]);
  claim.ballot_key = data.keys.ballot.address;
  claim.received_at = 1790000000;
  const receipted = [claim.ballot_digest, claim.ballot_key, leaf.index, 1, claim.received_at];
  claim.signature = sign(fromHex(Protocol.digest(data.chain_id, data.poll, "BallotReceipt", receipted)), fromHex(data.keys[receipt.signer].private_key));
  return { claim, seen, chainId: data.chain_id };
}

function node({ seen, chainId }) {
  const words = (...values) => "0x" + values.map(Protocol.word).join("");
  const answers = {
    "registerRoot()": words(seen.root), "leafCount()": words(seen.leafCount), "planHash()": words(seen.planHash),
    "parameters()": words(32, 0, 0, 0, 0, 0, 0, 0, seen.signer), "ballotOf(uint256)": words(seen.choice, seen.sequence),
  };
  const bySelector = Object.fromEntries(Object.entries(answers).map(([signature, answer]) => [Protocol.selector(signature), answer]));
  return (method, [call]) => (method === "eth_chainId" ? "0x" + chainId.toString(16) : bySelector[call.data.slice(0, 10)]);
}

const failing = (result) => Array.from(result.findings).filter(([, good]) => !good).map(([which]) => which);

test("one node, or none, is no answer; two nodes that differ do not agree", async () => {
  const world = honest(1);
  const truth = node(world);
  const liar = node({ ...world, seen: { ...world.seen, choice: 2 } });
  const ask = async (url, method, params) => {
    if (url === "gone") throw new Error("no network");
    return (url === "liar" ? liar : truth)(method, params);
  };
  assert.equal((await Check.check(world.claim, ["a", " a ", ""], ask)).state, "away", "the same node twice is one");
  assert.equal((await Check.check(world.claim, ["a", "gone"], ask)).state, "away");
  assert.ok(failing(await Check.check(world.claim, ["a", "liar"], ask)).includes("nodes"));
});

test("every thing that differs is named, and a later ballot of one's own is no difference", async () => {
  const world = honest(2);
  const lookAt = async (claim, seen = {}) => {
    const truth = node({ ...world, seen: { ...world.seen, ...seen } });
    return Check.check({ ...world.claim, ...claim }, ["a", "b"], async (_, method, params) => truth(method, params));
  };
  const agreed = await lookAt({});
  assert.deepEqual([agreed.state, agreed.choice, agreed.later, failing(agreed)], ["agrees", 2, false, []]);
  assert.deepEqual(failing(await lookAt({ signature: "0x00" })), ["signer"]);
  assert.deepEqual(failing(await lookAt({ received_at: 1790000001 })), ["signer"]);
  assert.deepEqual(failing(await lookAt({ amount_fen: "1" })), ["amount"]);
  assert.deepEqual(failing(await lookAt({ voting_class: world.claim.voting_class + 1 })), ["leaf"]);
  assert.deepEqual(failing(await lookAt({ chain_id: 5 })), ["chain"]);
  assert.deepEqual(failing(await lookAt({ ballot_digest: "0x" + "00".repeat(32) })), ["digest", "signer", "recorded"]);
  assert.deepEqual(failing(await lookAt({}, { choice: 1 })), ["recorded"]);
  assert.deepEqual(failing(await lookAt({}, { choice: 0, sequence: 0 })), ["recorded"]);
  const changed = await lookAt({}, { choice: 3, sequence: 2 });
  assert.deepEqual([changed.state, changed.choice, changed.later], ["agrees", 3, true]);
});

test("amounts above 2^53 stay exact, and other files are not taken", () => {
  const { claim } = honest(1);
  const text = JSON.stringify({ ...claim, amount_fen: "X" }).replace('"X"', "9223372036854775807");
  assert.equal(Check.read(text).amount_fen, "9223372036854775807");
  for (const wrong of ["", "{}", "null", "[1]", '{"format":"lendervote-check/1"}']) assert.throws(() => Check.read(wrong), { name: "RangeError" });
});
