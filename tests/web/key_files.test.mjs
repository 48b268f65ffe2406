// Key files with a password, as other programs write them; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isLocked, openKeyFile, PasswordWrong } from "../../backend/web/src/crypto/key_files.js";
import { addressOf } from "../../backend/web/src/crypto/keys.js";

// Written by eth_account for the key 0x1111…22 and the password "correct horse battery", with few rounds.
const LOCKED = {
  address: "7d931fd3f5a12c18Cd77f9Cb90ff58E677dF9479",
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "27694ee4c47f70a300c1e9516fea2281" },
    ciphertext: "13123b56ee3b0848f7ed47386b8270f4ea72b1feacfac86d589b5a1be1dc194f",
    kdf: "pbkdf2",
    kdfparams: { c: 1000, dklen: 32, prf: "hmac-sha256", salt: "282b738fb111216669394800f332443e" },
    mac: "b9c72dec08676d3c6d47e4dc4180531d48a7edf9fcbba55f74029c34f7979cd3",
  },
  version: 3,
};
const ADDRESS = "0x7d931fd3f5a12c18cd77f9cb90ff58e677df9479";
const text = (change = {}) => JSON.stringify({ ...LOCKED, crypto: { ...LOCKED.crypto, ...change } });

test("a locked key file opens with its password, however it was typed", async () => {
  assert.equal(isLocked(text()), true);
  assert.equal(addressOf(await openKeyFile(text(), "correct horse battery")), ADDRESS);
  assert.equal(addressOf(await openKeyFile(text(), "correct horse \uff42attery")), ADDRESS);
});

test("another password, or a changed file, opens nothing", async () => {
  await assert.rejects(openKeyFile(text(), "correct horse batterz"), PasswordWrong);
  await assert.rejects(openKeyFile(text(), ""), PasswordWrong);
  await assert.rejects(openKeyFile(text({ mac: "00".repeat(32) }), "correct horse battery"), PasswordWrong);
  await assert.rejects(openKeyFile(text({ ciphertext: "00".repeat(32) }), "correct horse battery"), PasswordWrong);
});

test("what is no locked file of a kind that browsers open is refused at once", async () => {
  const { kdfparams } = LOCKED.crypto;
  for (const change of [
    { kdf: "scrypt" },
    { cipher: "aes-256-cbc" },
    { kdfparams: { ...kdfparams, c: 1e12 } },
    { kdfparams: { ...kdfparams, c: 0 } },
    { kdfparams: { ...kdfparams, c: 1.5 } },
    { kdfparams: { ...kdfparams, prf: "hmac-md5" } },
    { kdfparams: { ...kdfparams, salt: "xyz" } },
    { kdfparams: undefined },
    { ciphertext: "00" },
    { cipherparams: { iv: "00" } },
    { mac: 7 },
  ]) {
    await assert.rejects(openKeyFile(text(change), "correct horse battery"), RangeError, JSON.stringify(change));
  }
  await assert.rejects(openKeyFile(JSON.stringify({ version: 3 }), "x"), RangeError);
});

test("a plain key file needs no password", async () => {
  assert.equal(isLocked("{}"), false);
  assert.equal(isLocked("no JSON"), false);
  assert.equal(addressOf(await openKeyFile(JSON.stringify({ private_key: "0x" + "11".repeat(31) + "22" }))), ADDRESS);
  await assert.rejects(openKeyFile("no JSON"), RangeError);
});
