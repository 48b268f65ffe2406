// The key ceremony as a trustee's page goes through it, against the protocol's vectors, and everything it refuses; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { WORDS } from "../../backend/web/src/crypto/bip39.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { fromHex, join, keccak, toHex, utf8, word } from "../../backend/web/src/crypto/bytes.js";
import { canonical } from "../../backend/web/src/crypto/canonical.js";
import * as ceremony from "../../backend/web/src/crypto/ceremony.js";
import * as confirmation from "../../backend/web/src/crypto/confirmation.js";
import * as dealing from "../../backend/web/src/crypto/dealing.js";
import { identitySigned } from "../../backend/web/src/crypto/identities.js";
import { sign } from "../../backend/web/src/crypto/keys.js";
import { sealKeyHash } from "../../backend/web/src/crypto/seal.js";
import * as shares from "../../backend/web/src/crypto/shares.js";
import { digestOf } from "../../backend/web/src/crypto/typed_data.js";

const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
const { ceremonies, keys, two_rolls: twoRolls, complaint, case: theCase, chain_id: chainId } = vectors("ceremony");
const copy = (value) => JSON.parse(JSON.stringify(value));
const PAPER = ["case", "ceremony", "chain_id", "number", "random", "seats", "threshold"];
const paperOf = (one) => Object.fromEntries(PAPER.map((name) => [name, one[name]]));
const joinsOf = (one) => one.joins.map(({ key, seat, transport, signature }) => ({ key, seat, transport, signature }));
const fileOf = (one, seat, changed = {}) => ({
  ...{ case: theCase, chain_id: chainId, ceremony: one.ceremony, seat, secret: fromHex(one.seeds[seat]), given_up: false },
  dealt_roll: one.roll_hash,
  ...changed,
});
const shownOf = (one) => ({ paper: paperOf(one), joins: joinsOf(one), identities: [...one.identities], dealings: copy(one.dealings) });
const refusedFor =
  (reason, seat = undefined) =>
  (error) =>
    error instanceof ceremony.CeremonyRefused && error.reason === reason && (seat === undefined || error.seat === seat);

test("the words are those of BIP-39", () => {
  const digest = createHash("sha256")
    .update(WORDS.join("\n") + "\n")
    .digest("hex");
  assert.equal(digest, "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
});

test("each seat joins as the vectors say", () => {
  for (const one of ceremonies) {
    const paper = paperOf(one);
    ceremony.checkPaper(paper);
    for (const [seat, line] of one.joins.entries()) {
      const file = fileOf(one, seat);
      const { sign, transport } = ceremony.secretsOf(file);
      assert.equal(toHex(word(sign)), one.sign_secrets[seat]);
      assert.equal(toHex(word(transport)), one.transport_secrets[seat]);
      const entry = ceremony.entryOf(file);
      assert.equal(toHex(digestOf(ceremony.rollEntryData(paper, entry))), line.digest);
      const identity = fromHex(keys[`trustee ${seat}`].private_key);
      assert.deepEqual(ceremony.joined(paper, entry, identity), joinsOf(one)[seat]);
    }
    assert.deepEqual(ceremony.rollOf(paper, joinsOf(one)), { text: one.roll, hash: one.roll_hash });
  }
});

test("each seat deals and confirms as the vectors say", async () => {
  for (const one of ceremonies) {
    const shown = shownOf(one);
    const rollHash = await ceremony.checkRoll(shown.paper, shown.joins, shown.identities);
    assert.equal(rollHash, one.roll_hash);
    for (const seat of one.seeds.keys()) {
      for (const dealt of ["", rollHash]) {
        const made = dealing.deal(shown.paper, fileOf(one, seat, { dealt_roll: dealt }), shown.joins, rollHash);
        assert.deepEqual(made, one.dealings[seat]);
      }
      const { transcript, words, sealKey, share } = await confirmation.confirm(shown, fileOf(one, seat));
      assert.deepEqual(transcript, { text: one.transcript, hash: one.transcript_hash });
      assert.deepEqual(
        words,
        one.words.map((text, place) => ({ word: text, number: one.word_numbers[place] })),
      );
      assert.deepEqual([sealKey.x, sealKey.y, sealKey.share_keys], [one.key.x, one.key.y, one.share_keys]);
      assert.equal(sealKeyHash(sealKey), one.seal_key_hash);
      assert.equal(toHex(digestOf(confirmation.sealKeyData(shown.paper, sealKey))), one.digest);
      assert.equal(toHex(word(share)), one.shares[seat]);
      assert.equal(confirmation.signSealKey(shown.paper, sealKey, share), one.confirmations[seat].share);
      const identity = BigInt(keys[`trustee ${seat}`].private_key);
      assert.equal(confirmation.signSealKey(shown.paper, sealKey, identity), one.confirmations[seat].identity);
      assert.ok(confirmation.standsIn(sealKey, sealKey, seat));
      assert.ok(!confirmation.standsIn({ ...sealKey, share_keys: [...sealKey.share_keys].reverse() }, sealKey, 0));
      assert.deepEqual(shares.openingOf(seat, share), { seat, share: one.shares[seat] });
      assert.ok(shares.isShareOf(share, one.share_keys[seat]) && !shares.isShareOf(share + 1n, one.share_keys[seat]));
    }
  }
});

test("any t shares make the secret, and one less does not", () => {
  for (const one of ceremonies) {
    for (const { seats, result, opens } of one.subsets) {
      const found = shares.combined(seats.map((seat) => [seat, BigInt(one.shares[seat])]));
      assert.equal(toHex(word(found)), result);
      assert.equal(shares.isSecretOf(found, one.key), opens);
    }
  }
  assert.ok(!shares.isSecretOf(0n, ceremonies[0].key));
});

const [FIRST] = ceremonies;
const SEAT = 0;

/** Confirms after something that is shown was changed. */
function confirmed(change, fileChange = {}) {
  const shown = shownOf(FIRST);
  change(shown);
  return confirmation.confirm(shown, fileOf(FIRST, SEAT, fileChange));
}

test("a roll that is not what it says is refused, each by its name", async () => {
  const bad = "0x" + "00".repeat(65);
  for (const [reason, seat, change] of [
    ["ceremony_id_wrong", null, ({ paper }) => (paper.number += 1)],
    ["ceremony_id_wrong", null, ({ paper }) => (paper.threshold = 3)],
    ["threshold_out_of_range", null, ({ paper }) => (paper.threshold = 1)],
    ["threshold_out_of_range", null, ({ paper }) => (paper.threshold = 4)],
    ["threshold_out_of_range", null, ({ paper }) => (paper.seats = 33)],
    ["paper_malformed", null, ({ paper }) => (paper.case = "0x00")],
    ["seats_missing", null, ({ joins }) => joins.pop()],
    ["seats_missing", null, ({ identities }) => identities.push(FIRST.identities[0])],
    ["entry_malformed", 1, ({ joins }) => (joins[1].seat = 2)],
    ["entry_malformed", 1, ({ joins }) => (joins[1].transport = "0x02" + "00".repeat(32))],
    ["entry_malformed", 2, ({ joins }) => (joins[2].key = joins[2].key.toUpperCase())],
    ["entry_not_signed", 1, ({ joins }) => (joins[1].key = joins[2].key)],
    ["entry_not_signed", 1, ({ joins }) => (joins[1].signature = bad)],
    ["entry_not_signed", 1, (shown) => (shown.identities = [FIRST.identities[0], FIRST.identities[0], FIRST.identities[2]])],
  ]) {
    await assert.rejects(confirmed(change), refusedFor(reason, seat), reason);
  }
});

test("two seats with one key, though each identity signed, are refused", async () => {
  const shown = shownOf(FIRST);
  const twin = { ...shown.joins[1], key: shown.joins[2].key };
  shown.joins[1] = ceremony.joined(shown.paper, twin, fromHex(keys["trustee 1"].private_key));
  await assert.rejects(ceremony.checkRoll(shown.paper, shown.joins, shown.identities), refusedFor("key_twice"));
});

test("a file of another ceremony, seat or roll, or one that gave up, confirms and deals nothing", async () => {
  const nothing = () => {};
  const other = ceremonies[1];
  for (const [reason, change] of [
    ["file_of_another_ceremony", { ceremony: other.ceremony }],
    ["file_of_another_ceremony", { case: "0x" + "11".repeat(20) }],
    ["file_of_another_ceremony", { chain_id: chainId + 1 }],
    ["file_of_another_ceremony", { seat: 3 }],
    ["file_gave_up", { given_up: true }],
    ["own_entry_wrong", { seat: 1 }],
    ["own_entry_wrong", { secret: fromHex(FIRST.seeds[1]) }],
    ["dealt_under_another_roll", { dealt_roll: other.roll_hash }],
    ["dealt_under_another_roll", { dealt_roll: "" }],
  ]) {
    await assert.rejects(confirmed(nothing, change), refusedFor(reason), reason);
    const asked = () => dealing.deal(paperOf(FIRST), fileOf(FIRST, SEAT, change), joinsOf(FIRST), FIRST.roll_hash);
    if (change.dealt_roll !== "") assert.throws(asked, refusedFor(reason), reason);
  }
});

test("one file under two rolls makes two polynomials, and deals under the first only", () => {
  const [first, second] = twoRolls.rolls.map(({ roll, roll_hash: hash }) => ({ hash, joins: JSON.parse(roll).trustees }));
  const paper = paperOf(FIRST);
  const file = fileOf(FIRST, twoRolls.seat, { secret: fromHex(twoRolls.seed), dealt_roll: "" });
  for (const { roll_hash: hash, coefficients } of twoRolls.rolls) {
    coefficients.forEach((one, k) => assert.equal(toHex(word(ceremony.scalar(file.secret, fromHex(hash), `coefficient ${k}`))), one));
  }
  assert.equal(ceremony.rollOf(paper, second.joins).hash, second.hash);
  const dealt = [first, second].map(({ joins, hash }) => dealing.deal(paper, file, joins, hash));
  assert.notEqual(dealt[0].commitments[0], dealt[1].commitments[0]);
  const asked = () => dealing.deal(paper, { ...file, dealt_roll: first.hash }, second.joins, second.hash);
  assert.throws(asked, refusedFor("dealt_under_another_roll", twoRolls.seat));
});

test("a dealing that is not what its dealer signed, or not whole, is refused with the dealer's seat", async () => {
  const other = FIRST.dealings[2];
  for (const [reason, seat, change] of [
    ["dealing_missing", 2, (dealings) => dealings.pop()],
    ["dealing_missing", 1, (dealings) => (dealings[1] = {})],
    ["commitments_wrong", 1, (dealings) => dealings[1].commitments.pop()],
    ["commitments_wrong", 1, (dealings) => dealings[1].commitments.push(other.commitments[0])],
    ["commitments_wrong", 1, (dealings) => (dealings[1].commitments[0] = "0x00" + "00".repeat(32))],
    ["shares_missing", 1, (dealings) => dealings[1].shares.pop()],
    ["shares_missing", 1, (dealings) => (dealings[1].shares[2] = "0x")],
    ["dealing_not_signed", 1, (dealings) => dealings[1].shares.reverse()],
    ["dealing_not_signed", 1, (dealings) => (dealings[1].commitments[1] = other.commitments[1])],
    ["dealing_not_signed", 1, (dealings) => (dealings[1] = other)],
    ["possession_wrong", 1, (dealings) => (dealings[1].possession = other.possession)],
    ["possession_wrong", 2, (dealings) => (dealings[2].possession = "0x")],
    ["own_dealing_changed", SEAT, (dealings) => (dealings[SEAT] = { ...dealings[SEAT], more: 1 })],
  ]) {
    await assert.rejects(
      confirmed(({ dealings }) => change(dealings)),
      refusedFor(reason, seat),
      reason,
    );
  }
});

test("a share that does not fit is named with its dealer, and the complaint about it holds for everybody", async () => {
  const { dealing: wrong, complaint: said } = complaint;
  const shown = shownOf(FIRST);
  shown.dealings[said.dealer] = wrong;
  await assert.rejects(confirmation.confirm(shown, fileOf(FIRST, said.receiver)), refusedFor("share_wrong", said.dealer));
  // The others do not see it: their shares are right.
  await confirmation.confirm(shown, fileOf(FIRST, SEAT));
  assert.deepEqual(confirmation.complaintOf(fileOf(FIRST, said.receiver), said.dealer, FIRST.roll_hash), said);
  const holds = (dealt, complained) => confirmation.complaintHolds(shown.paper, shown.joins, FIRST.roll_hash, dealt, complained);
  assert.ok(holds(wrong, said));
  assert.ok(!holds(FIRST.dealings[said.dealer], said), "an honest dealing");
  // Who gave up a transport key reads nobody's confirmation any more, founded or not.
  const void_ = { ...shownOf(FIRST), complaints: [said] };
  await assert.rejects(confirmation.confirm(void_, fileOf(FIRST, SEAT)), refusedFor("ceremony_void", said.receiver));
  await confirmation.confirm({ ...void_, complaints: [{ ...said, dealer: 9 }] }, fileOf(FIRST, SEAT));
  assert.ok(!holds(wrong, { ...said, transport_secret: FIRST.transport_secrets[1] }), "another's secret");
  assert.ok(!holds(wrong, { ...said, transport_secret: "0x" + "00".repeat(32) }));
  assert.ok(!holds(wrong, { ...said, rollHash: FIRST.ceremony }));
});

const { Fn } = secp256k1.Point;

/** Dealers who knew all the others' polynomials: the last one's is changed by `over`, one number for each coefficient. */
function rogue(one, over) {
  const last = one.seeds.length - 1;
  const file = fileOf(one, last);
  const own = one.coefficients[last].map((written, k) => Fn.add(BigInt(written), over[k]));
  const shown = shownOf(one);
  shown.dealings[last] = dealing.dealingFrom(own, { seat: last, ...ceremony.secretsOf(file) }, shown.joins, one.roll_hash);
  return confirmation.confirm(shown, fileOf(one, SEAT));
}

const sumOf = (one, k) => one.coefficients.reduce((sum, row) => Fn.add(sum, BigInt(row[k])), 0n);

test("a last dealer who aims at infinity or at two equal shares is found", async () => {
  const quadratic = ceremonies[1];
  const [a0, a1, a2] = [0, 1, 2].map((k) => sumOf(quadratic, k));
  for (const [reason, over] of [
    ["key_infinite", [Fn.neg(a0), 0n, 0n]],
    ["degree_too_low", [0n, 0n, Fn.neg(a2)]],
    ["share_key_infinite", [Fn.neg(Fn.add(a0, Fn.add(Fn.mul(a1, 2n), Fn.mul(a2, 4n)))), 0n, 0n]],
    // a1 + a2 (1 + 2) = 0: the values at places 1 and 2 are the same.
    ["share_key_twice", [0n, Fn.neg(Fn.add(a1, Fn.mul(a2, 3n))), 0n]],
  ]) {
    await assert.rejects(rogue(quadratic, over), refusedFor(reason), reason);
  }
  const { sealKey } = await rogue(quadratic, [0n, 0n, 1n]);
  assert.equal(sealKey.x, quadratic.key.x, "an honest change of a coefficient is none of these");
});

test("a share of the order or above is refused, though signed by its dealer", async () => {
  const [one, dealer] = [FIRST, 1];
  const shown = shownOf(one);
  const made = shown.dealings[dealer];
  const numbers = [BigInt(made.shares[SEAT]), BigInt(one.dealt[dealer][SEAT]), 2n ** 256n - 1n];
  made.shares[SEAT] = toHex(word(numbers[0] ^ numbers[1] ^ numbers[2]));
  const parts = [utf8("LenderVote/1/dealing"), fromHex(one.roll_hash), word(dealer)];
  const digest = keccak(join(...parts, ...[...made.commitments, ...made.shares].map(fromHex)));
  made.signature = sign(digest, fromHex(one.sign_secrets[dealer]));
  await assert.rejects(confirmation.confirm(shown, fileOf(one, SEAT)), refusedFor("share_too_large", dealer));
});

test("another transcript has other words", async () => {
  const honest = await confirmed(() => {});
  const shown = shownOf(FIRST);
  shown.dealings[complaint.complaint.dealer] = complaint.dealing;
  const other = await confirmation.confirm(shown, fileOf(FIRST, SEAT));
  assert.notDeepEqual(other.words, honest.words);
  assert.equal(other.words.length, 12);
});

test("a passkey's signature is judged as the contract judges it", async () => {
  const { signatures } = vectors("passkeys");
  for (const { signer, proof_digest: digest, encoded } of signatures) {
    const judged = (signature, by = signer) => identitySigned(by, fromHex(digest), signature);
    assert.equal(await judged(encoded), true);
    assert.equal(await judged(encoded + "00".repeat(64)), true, "something behind it");
    const bytes = fromHex(encoded);
    for (const [at, value] of [
      [63, bytes[63] ^ 1],
      [31, bytes[31] ^ 1],
      [0xc0 + 32 + 32, 0x04],
      [0x7f, 2],
      [0x9f, 0xff],
    ]) {
      const changed = Uint8Array.from(bytes);
      changed[at] = value;
      assert.equal(await judged(toHex(changed)), false, String(at));
    }
    assert.equal(await judged(encoded.slice(0, 300)), false);
    assert.equal(await identitySigned(signer, fromHex(FIRST.digest), encoded), false);
    assert.equal(await judged(encoded, signer.slice(0, 42) + "11".repeat(64)), false, "a key off the curve");
    assert.equal(await judged(encoded, signer.slice(0, 42)), false, "not a plain key's");
  }
});

test("canonical JSON has one text for one content", () => {
  assert.equal(canonical({ b: [1, true, '\u4e2d\n"'], a: {} }), '{"a":{},"b":[1,true,"\u4e2d\\n\\""]}');
  for (const wrong of [null, 1.5, undefined, [null], { a: undefined }, 2 ** 60]) assert.throws(() => canonical(wrong), RangeError);
});
