// Generations of a case and what they sign, as the desk works them out, against the vectors (protocol §24).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as protocol from "../../backend/web/src/crypto/protocol.js";
import { escrowMessage } from "../../backend/web/src/office/recomputed.js";

const data = JSON.parse(readFileSync(new URL("../vectors/successions.json", import.meta.url), "utf8"));

/** As `GET /api/cases` has it: succession 2 was withdrawn. */
const theCase = {
  generations: data.generations.map(({ number, officials, threshold, institution }) => ({
    number,
    status: "completed",
    officials: officials.map((signer) => ({ signer })),
    threshold,
    institution: { signer: institution },
  })),
};
theCase.generations.splice(2, 0, { ...theCase.generations[1], number: 2, status: "withdrawn", threshold: 3 });

test("each generation has the hash of the vectors, and a withdrawn one counts for nothing", () => {
  for (const { number, generation_hash: hash } of data.generations) assert.equal(protocol.hashOfGeneration(theCase, number), hash);
  assert.equal(protocol.saltOf(theCase, 0), undefined);
});

test("what a generation signs has the digest of the vectors, under its own domain and no other", () => {
  for (const { number, succession, acts } of data.generations) {
    const salt = protocol.saltOf(theCase, number);
    for (const { type, message, digest } of acts) {
      assert.equal(protocol.toHex(protocol.digest(data.chain_id, data.case, type, message, salt)), digest);
      const domain = { name: "LenderVote", version: "1", chainId: data.chain_id, verifyingContract: data.case, ...(salt ? { salt } : {}) };
      assert.equal(protocol.toHex(protocol.digestOf({ domain, primaryType: type, message })), digest);
      if (salt) assert.notEqual(protocol.toHex(protocol.digest(data.chain_id, data.case, type, message)), digest);
    }
    const before = { 1: 0, 3: 1 }[number];
    for (const { message, digest } of succession ?? []) {
      const found = protocol.digest(data.chain_id, data.case, "Succession", message, protocol.saltOf(theCase, before));
      assert.equal(protocol.toHex(found), digest);
    }
  }
});

test("an escrow's statement has the digest of the vectors, worked out from what the desk shows", () => {
  const vectors = JSON.parse(readFileSync(new URL("../vectors/escrow.json", import.meta.url), "utf8"));
  for (const one of vectors.registers) {
    const { register_number: number, threshold, transports, commitments, file_digest: fileDigest } = one;
    const message = { root: one.root, leafCount: one.leaf_count, classesHash: one.classes_hash };
    const acts = [{ kind: "register_freeze", status: "done", number, typed_data: { message } }];
    const shown = { register_number: number, threshold, trustees: transports.length, transports, commitments };
    const summary = { ...shown, escrow_file_digest: fileDigest };
    const place = { chain_id: vectors.chain_id ?? data.chain_id, address: vectors.case ?? data.case };
    const found = escrowMessage({ number, summary }, place, acts);
    assert.equal(found.context, one.context);
    assert.equal(protocol.toHex(protocol.digest(place.chain_id, place.address, "OpeningsEscrow", found)), one.digest);
    assert.throws(() => escrowMessage({ number, summary: { ...summary, threshold: threshold + 1 } }, place, acts), RangeError);
    assert.throws(() => escrowMessage({ number, summary }, place, []), RangeError);
  }
});

test("successors are read as people write them", async () => {
  /** @type {any} */ (globalThis).document = { documentElement: { lang: "en" } };
  const { successorsIn } = await import("../../backend/web/src/office/successions.js");
  const key = "0x" + "Ab".repeat(20);
  assert.deepEqual(successorsIn(`张三, zhang\n\n李四，li，${key}\n王五,${key}\n O'Neil , ${key}`), [
    { name: "张三", account_name: "zhang" },
    { name: "李四", account_name: "li", signer: key.toLowerCase() },
    { name: "王五", signer: key.toLowerCase() },
    { name: "O'Neil", signer: key.toLowerCase() },
  ]);
});
