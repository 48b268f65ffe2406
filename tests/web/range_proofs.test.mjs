// What officials read about range proofs before they sign a freeze; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { test } from "node:test";

/** As much of a page as a paragraph takes. */
function pageIn(lang) {
  const createElement = () => {
    const node = { attributes: {}, text: "" };
    node.setAttribute = (name, value) => (node.attributes[name] = value);
    node.append = (...parts) => (node.text += parts.join(""));
    return node;
  };
  return { documentElement: { lang }, createElement };
}
globalThis.document = pageIn("en");
const { aboutProofs } = await import("../../backend/web/src/office/range_proofs.js");

const HASH = "0x" + "5a".repeat(32);
const NONE = "0x" + "00".repeat(32);
const about = (hash, protocol, kind = "register_freeze") => aboutProofs({ kind, summary: { range_proofs_hash: hash } }, { protocol });

test("the hash of the proofs stands in the sentence", () => {
  const shown = about(HASH, 5);
  assert.ok(shown.text.includes(HASH));
  assert.deepEqual([shown.attributes.class, shown.attributes["data-proofs"]], ["notice", "proved"]);
});

test("a register without proofs is refused aloud, or said to be of an earlier version", () => {
  for (const hash of [NONE, undefined, "0x5a"]) {
    const shown = about(hash, 5);
    assert.match(shown.text, /does not sign/);
    assert.deepEqual([shown.attributes.class, shown.attributes["data-proofs"]], ["refusal", "missing"]);
  }
  const old = about(NONE, 3);
  assert.match(old.text, /earlier version/);
  assert.deepEqual([old.attributes.class, old.attributes["data-proofs"]], ["refusal", "unproved"]);
});

test("other acts, and cases without a place for proofs, say nothing of them", () => {
  assert.equal(about(HASH, 1), null);
  assert.equal(about(HASH, 5, "plan_admission"), null);
});
