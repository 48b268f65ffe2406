// Before a register is signed: which code unlocks the signature, and the command that gives it; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { codeFits, commandFor } from "../../backend/web/src/crypto/check_code.js";
import { digestOf, toHex } from "../../backend/web/src/crypto/protocol.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/openings.json", import.meta.url), "utf-8"));

/** What the desk shows for a register of the vectors. */
function typedDataOf({ message }) {
  const domain = { name: "LenderVote", version: "1", chainId: vectors.chain_id, verifyingContract: vectors.case };
  return { domain, primaryType: "RegisterFreeze", message };
}

for (const register of vectors.registers) {
  test(`the tool's code of register ${register.register_number} fits what is signed, and nothing else does`, () => {
    const typedData = typedDataOf(register);
    assert.equal(toHex(digestOf(typedData)), register.digest);
    const code = register.check_code;
    for (const typed of [code, code.replace(/ /g, ""), ` ${code.toUpperCase()}\n`]) assert.ok(codeFits(typedData, typed), typed);
    const other = code.startsWith("0") ? "1" : "0";
    for (const typed of [
      "",
      code.slice(0, -1),
      code + "0",
      other + code.slice(1),
      register.digest,
      "0x" + code,
      register.digest.slice(34),
    ]) {
      assert.ok(!codeFits(typedData, typed), typed);
    }
    for (const change of [{ leafCount: 9 }, { root: "0x" + "11".repeat(32) }, { classNamesHash: "0x" + "11".repeat(32) }]) {
      assert.ok(!codeFits(typedDataOf({ message: { ...register.message, ...change } }), code));
    }
    assert.ok(!codeFits({ ...typedData, domain: { ...typedData.domain, chainId: 1 } }, code));
    assert.ok(!codeFits({ ...typedData, primaryType: "Nothing" }, code));
  });
}

test("the command names the files, the case and the register", () => {
  const typedData = typedDataOf(vectors.registers[1]);
  const command = commandFor(typedData, { with_related: true }, "claims-register-1.xlsx");
  assert.equal(
    command,
    "python -m verifier.register --claims claims-register-1.xlsx --openings openings-register-1.lvo " +
      `--act act-register-1.json --case ${vectors.case} --chain-id ${vectors.chain_id} --register-number 1 --with-related --protocol 3`,
  );
  const proved = { ...typedData, message: { ...typedData.message, rangeProofsHash: "0x" + "5a".repeat(32) } };
  assert.match(commandFor(proved, {}, "claims-register-1.csv"), / --register-number 1 --range-proofs range_proofs-register-1\.bin$/);
  const { classNamesHash: _, rangeProofsHash: __, ...first } = typedData.message;
  assert.match(commandFor({ ...typedData, message: first }, {}, "claims-register-1.csv"), / --protocol 1$/);
  const salt = "0x" + "ab".repeat(32);
  const succeeded = { ...proved, domain: { ...proved.domain, salt } };
  assert.ok(commandFor(succeeded, {}, "claims-register-1.csv").includes(` --register-number 1 --generation ${salt} --range-proofs `));
  const evil = { ...succeeded, domain: { ...proved.domain, salt: salt + "; reboot" } };
  assert.ok(commandFor(evil, {}, "claims-register-1.csv").includes(" --generation ? "));
});

test("whoever drew the register up puts nothing else into the official's shell", () => {
  const evil = "0x" + "11".repeat(20) + "; rm -rf ~";
  const message = { registerNumber: "0; reboot", classNamesHash: "$(reboot)", rangeProofsHash: "0x5a; reboot" };
  const command = commandFor(
    { domain: { verifyingContract: evil, chainId: "1`reboot`" }, message },
    { with_related: "$(x)" },
    "claims-register-0.csv;x",
  );
  assert.ok(!/[;`$()]|reboot|rm/.test(command), command);
});
