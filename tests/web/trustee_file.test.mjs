// A trustee's files as the page writes and opens them, against the protocol's vectors; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { toHex } from "../../backend/web/src/crypto/bytes.js";
import { canonical } from "../../backend/web/src/crypto/canonical.js";
import * as files from "../../backend/web/src/crypto/trustee_file.js";

const { ceremonies, files: given } = JSON.parse(readFileSync(new URL("../vectors/ceremony.json", import.meta.url), "utf8"));
const { new_key: newKey, dealt_key: dealtKey, opening, password, password_typed: typed } = given;

test("files of the vectors open with the password, however it was typed", async () => {
  for (const [file, format, secret, by] of [
    [newKey, files.KEY, ceremonies[0].seeds[0], password],
    [dealtKey, files.KEY, ceremonies[0].seeds[0], typed],
    [opening, files.OPENING, ceremonies[0].shares[0], typed],
  ]) {
    const opened = await files.openTrusteeFile(JSON.stringify(file, null, 1), by, format);
    assert.equal(toHex(opened.secret), secret);
    assert.deepEqual([opened.seat, opened.dealt_roll, opened.given_up], [file.seat, file.dealt_roll, false]);
  }
  assert.equal(dealtKey.dealt_roll, ceremonies[0].roll_hash);
});

test("with the same chance the page writes the very file of the vectors", async () => {
  for (const file of [newKey, opening]) {
    const secret = (await files.openTrusteeFile(JSON.stringify(file), password, file.format)).secret;
    const bytes = [file.salt, file.nonce].map((one) => Buffer.from(one.slice(2), "hex"));
    const text = await files.writeTrusteeFile(file, secret, password, () => Uint8Array.from(bytes.shift()));
    assert.equal(text, canonical(file));
  }
});

test("what was written is read back, with another salt and nonce each time", async () => {
  const secret = new Uint8Array(32).fill(9);
  const texts = [await files.writeTrusteeFile(newKey, secret, password), await files.writeTrusteeFile(newKey, secret, password)];
  const [first, second] = texts.map((text) => JSON.parse(text));
  for (const name of ["salt", "nonce", "sealed", "check"]) assert.notEqual(first[name], second[name]);
  assert.ok(await files.isReadBack(texts[0], typed, secret));
  assert.ok(!(await files.isReadBack(texts[0], typed, new Uint8Array(32))));
});

test("a wrong password, a damaged file and another paper are told apart", async () => {
  await assert.rejects(files.openTrusteeFile(JSON.stringify(newKey), password + "x"), files.PasswordWrong);
  const flipped = (text) => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
  for (const change of [
    ...["ceremony", "case", "sealed", "salt", "nonce", "check"].map((name) => ({ [name]: flipped(newKey[name]) })),
    ...[
      { seat: 1 },
      { given_up: true },
      { dealt_roll: ceremonies[0].roll_hash },
      { rounds: 1 },
      { more: 1 },
      { chain_id: null },
      { seat: 1.5 },
    ],
  ]) {
    const changed = { ...newKey, ...change };
    await assert.rejects(files.openTrusteeFile(JSON.stringify(changed), password), files.FileDamaged, JSON.stringify(change));
  }
  for (const text of ["", "null", "[]", '"x"', "{}", "{", JSON.stringify({ ...newKey, format: "other/1" })]) {
    await assert.rejects(files.openTrusteeFile(text, password), files.NoTrusteeFile, text);
  }
  await assert.rejects(files.openTrusteeFile(JSON.stringify(opening), password), files.NoTrusteeFile, "an opening file is no key file");
  await assert.rejects(files.openTrusteeFile(JSON.stringify(newKey), password, files.OPENING), files.NoTrusteeFile);
});

test("a short password is refused before anything is written", async () => {
  for (const short of ["", "a b c d e f g h i", "\u{1f600}".repeat(9)]) {
    await assert.rejects(files.writeTrusteeFile(newKey, new Uint8Array(32), short), files.PasswordTooShort);
  }
});

test("white space in passwords is what Python takes for it", () => {
  assert.equal(files.plainPassword("\u0085a\u3000b\u001c\ufeffc\u00a0\u200bd\u2029"), "ab\ufeffc\u200bd");
});
