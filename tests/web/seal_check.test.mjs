// A seal checked on another device: the check page's answers, and what the ballot page shows; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { firstLine, secondLine } from "../../backend/web/src/crypto/seal_lines.js";
import { pointOf } from "../../backend/web/src/crypto/points.js";

const script = (name) => readFileSync(new URL(`../../verifier/web/${name}.js`, import.meta.url), "utf8").replace('"use strict";', "");
const { Protocol, SealCheck, WORDS } = vm.runInNewContext(
  `${["protocol", "check", "seal_check", "seal_words"].map(script).join("\n")};({ Protocol, SealCheck, WORDS })`,
  { console, URL },
);
const vectors = JSON.parse(readFileSync(new URL("../vectors/seal_checks.json", import.meta.url), "utf8"));
const { case: caseAddress, poll_number: pollNumber, poll, seal_key: sealKey, chain_id: chainId } = vectors;
const own = { case: caseAddress, pollNumber };
const NODES = ["http://one.example", "http://two.example"];

/** A node that knows one case with two polls; `motions` and `key` are those of the second. */
const node =
  ({ motions = 1, key = sealKey, count = 2 } = {}) =>
  async (_, method, [call] = []) => {
    if (method === "eth_chainId") return "0x" + chainId.toString(16);
    const views = new Map([
      [Protocol.selector("pollCount()"), count],
      [Protocol.selector("poll(uint256)") + Protocol.word(pollNumber), poll],
      [Protocol.selector("sealKey()"), key],
      [Protocol.selector("motions()"), motions],
    ]);
    const known = call.to === caseAddress || call.to === poll;
    if (!known || !views.has(call.data)) throw Object.assign(new Error("reverted"), { refused: true });
    return "0x" + Protocol.word(views.get(call.data));
  };
const checked = (first, second, ask = node(), typed = own, nodes = NODES) => SealCheck.check(typed, first, second, nodes, ask);

for (const { name, first, second, choices } of vectors.good) {
  test(`${name}: holds the choices`, async () => {
    const found = await checked(first, second, node({ motions: choices.length }));
    assert.equal(found.state, "holds");
    assert.deepEqual([...found.choices], choices);
  });

  test(`${name}: the ballot page shows these lines`, () => {
    const [, , , index, sequence, seal, sealedChoice] = first.split(" ");
    const [, k, key] = second.split(" ");
    const { x, y } = pointOf({ x: "0x" + key.slice(4), y: hexOf(yOf(key)) }).toAffine();
    const shown = { case_address: caseAddress, number: pollNumber, seal_key: { x: hexOf(x), y: hexOf(y) } };
    const sealed = { seal, sealed_choice: sealedChoice, k: BigInt(k), choices };
    assert.equal(firstLine(shown, { index: Number(index), sequence: Number(sequence) }, sealed), first);
    assert.equal(secondLine(shown, sealed), second);
  });
}

const hexOf = (number) => "0x" + number.toString(16).padStart(64, "0");
const yOf = (compressed) => Protocol.pointOf(compressed)[1];

for (const { name, why, first, second } of vectors.wrong) {
  test(`${name}: ${why}`, async () => {
    const found = await checked(first, second);
    assert.equal(found.why, why);
    assert.ok(["broken", "refused"].includes(found.state));
    assert.ok(WORDS[`${found.state}_${why}`]);
  });
}

test("a plain value that is no ballot is not one, whoever says so", async () => {
  const [{ first, second }] = vectors.good;
  assert.equal((await checked(first, second, node({ motions: 2 }))).why, "other_choice");
});

test("two nodes have to say the same of the poll that was typed", async () => {
  const [{ first, second }] = vectors.good;
  const alone = node();
  assert.equal((await checked(first, second, alone, own, NODES.slice(0, 1))).state, "away");
  assert.equal((await checked(first, second, alone, own, [NODES[0], NODES[0] + "/"])).state, "away");
  const other = (url, ...asked) => (url === NODES[0] ? alone : node({ key: "0x" + "11".repeat(20) }))(url, ...asked);
  assert.equal((await checked(first, second, other)).state, "differs");
  assert.equal((await checked(first, second, node({ count: 1 }))).why, "other_poll");
  assert.equal((await checked(first, second, alone, { ...own, pollNumber: 0 })).why, "other_poll");
});
