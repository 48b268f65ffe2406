// The page's passkey signatures against the protocol's vectors; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex, toHex, utf8 } from "../../backend/web/src/crypto/bytes.js";
import { encodeAssertion, passkeysPossible, proofDigest, readDer, readPublicKey } from "../../backend/web/src/crypto/passkeys.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/passkeys.json", import.meta.url), "utf8"));
const partsOf = (entry) => ({
  authenticatorData: fromHex(entry.authenticator_data),
  clientDataJSON: utf8(entry.client_data_json),
  signature: fromHex(entry.der),
});

test("an assertion is encoded as the contract reads it, with s in the lower half", () => {
  for (const entry of vectors.signatures) assert.equal(encodeAssertion(partsOf(entry)), entry.encoded);
});

test("the signer is the verifying contract and the key's two coordinates", () => {
  for (const entry of vectors.signatures) {
    assert.equal(vectors.verifier + toHex(readPublicKey(fromHex(entry.public_key_info))).slice(2), entry.signer);
    assert.equal(toHex(proofDigest(vectors.token, entry.signer)), entry.proof_digest);
  }
  assert.throws(() => readPublicKey(new Uint8Array(65)), RangeError);
});

test("DER that is cut, longer than it says, or out of range is refused", () => {
  const der = fromHex(vectors.signatures[0].der);
  for (let length = 0; length < der.length; length += 1) assert.throws(() => readDer(der.subarray(0, length)), RangeError);
  assert.throws(() => readDer(Uint8Array.from([...der, 0])), RangeError);
  assert.throws(() => readDer(fromHex("0x3006020100020101")), RangeError);
});

test("without the person verified, nothing is encoded", () => {
  const parts = partsOf(vectors.signatures[0]);
  parts.authenticatorData[32] = 0x01;
  assert.throws(() => encodeAssertion(parts), RangeError);
});

test("an address in figures has no passkeys, and neither has a page without a secure context", () => {
  assert.equal(passkeysPossible("vote.example"), false);
  globalThis.isSecureContext = true;
  globalThis.PublicKeyCredential = class {};
  assert.equal(passkeysPossible("vote.example"), true);
  assert.equal(passkeysPossible("localhost"), true);
  assert.equal(passkeysPossible("127.0.0.1"), false);
  assert.equal(passkeysPossible("[::1]"), false);
});
