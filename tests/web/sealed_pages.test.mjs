// Sealed polls at booth and desk: what is checked before sealing, recomputed before signing, and read from trustees' files.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isPlanOf } from "../../backend/web/src/crypto/motions.js";
import * as protocol from "../../backend/web/src/crypto/protocol.js";
import { isDealtKey } from "../../backend/web/src/crypto/transcripts.js";
import * as recomputed from "../../backend/web/src/office/recomputed.js";

globalThis.document = { documentElement: { lang: "en" } }; // pages ask it for their language
const { papersOf, placeOf } = await import("../../backend/web/src/office/ceremonies.js");
const { progressWords, shareIn } = await import("../../backend/web/src/office/unsealing.js");
const { seatsIn } = await import("../../backend/web/src/office/trustees.js");

const { ceremonies } = JSON.parse(readFileSync(new URL("../vectors/ceremony.json", import.meta.url), "utf8"));
const keyOf = ({ key, threshold, share_keys, roll_hash, transcript_hash }) => ({
  ...{ x: key.x, y: key.y, threshold, share_keys, roll_hash, transcript_hash },
});
const [FIRST] = ceremonies;
const KEY = keyOf(FIRST);
const KEY_HASH = protocol.sealKeyHash(KEY);
const hash = (byte) => "0x" + byte.repeat(32);

test("a key is the dealt one by every number of its transcript, or it is not", () => {
  for (const one of ceremonies) {
    const key = keyOf(one);
    assert.ok(isDealtKey(key, protocol.sealKeyHash(key), one.transcript), "the key of the vectors");
  }
  const other = keyOf(ceremonies[1]);
  const [first, second, ...rest] = KEY.share_keys;
  for (const lie of [
    { ...KEY, x: other.x, y: other.y },
    { ...KEY, y: hash("01") },
    { ...KEY, threshold: KEY.threshold + 1 },
    { ...KEY, share_keys: [second, first, ...rest] },
    { ...KEY, share_keys: rest },
    { ...KEY, roll_hash: hash("02") },
    { ...KEY, transcript_hash: hash("03") },
  ]) {
    assert.ok(!isDealtKey(lie, KEY_HASH, FIRST.transcript), JSON.stringify(lie));
    assert.ok(!isDealtKey(lie, protocol.sealKeyHash(lie), FIRST.transcript), "announced as such");
  }
  assert.ok(!isDealtKey(KEY, KEY_HASH, ceremonies[1].transcript));
  assert.ok(!isDealtKey(KEY, hash("04"), FIRST.transcript));
  assert.ok(!isDealtKey(KEY, KEY_HASH, FIRST.transcript + " "), "another text");
  assert.ok(!isDealtKey(KEY, KEY_HASH, "{"));
});

const CASE = "0x" + "ca".repeat(20);
const place = { chain_id: 31337, address: CASE };
const typed = (type, message, contract = CASE) => ({
  domain: { name: "LenderVote", version: "1", chainId: 31337, verifyingContract: contract },
  primaryType: type,
  message,
});
const holds = (work) => {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof RangeError, error);
    return false;
  }
};

const PLAN = new TextEncoder().encode('{"motions":["第一项","第二项"],"title":"plan"}');
const PLAN_HASH = protocol.toHex(protocol.keccak(PLAN));
const RULE = { conditions: [{ measure: "heads", numerator: "for", denominator: "admitted", num: 1, den: 2, strict: true }] };
const SIGNED_BEFORE = [
  { kind: "register_freeze", status: "done", number: 0, typed_data: { message: {} } },
  { kind: "plan_admission", status: "done", number: 2, typed_data: { message: { planHash: PLAN_HASH } } },
];
const announced = (changes = {}) => ({
  ...{ plan_id: "p", plan_hash: PLAN_HASH, register_number: 0, plan_number: 2, challenge_seconds: 86400 },
  ...{ opens_at: "2026-12-01T00:00:00Z", closes_at: "2026-12-08T00:00:00Z" },
  ...{ verifiers: ["0x" + "0e".repeat(20)], receipt_signer: "0x" + "0f".repeat(20) },
  ...{ titles: ["第一项", "第二项"], abandon_after_seconds: 2_592_000, seal_key_hash: KEY_HASH, threshold: KEY.threshold },
  ...{ transcript_hash: KEY.transcript_hash, seats: KEY.share_keys.map((_, seat) => ({ seat, name: "n" })) },
  ...changes,
});

test("a sealed announcement agrees in parameters, motions, key and mark, or not at all", () => {
  const messageOf = (summary, key = KEY, rehearsal = false, number = 5) =>
    recomputed.sealedAnnouncementMessage({ number, summary }, { rehearsal }, RULE, PLAN, SIGNED_BEFORE, key);
  const message = messageOf(announced());
  const signed = typed("SealedPollAnnouncement", message);
  const agrees = (...shown) => holds(() => recomputed.isExactly(signed, "SealedPollAnnouncement", place, messageOf(...shown)));
  assert.ok(agrees(announced()));
  for (const lie of [
    announced({ closes_at: "2026-12-09T00:00:00Z" }),
    announced({ abandon_after_seconds: 1 }),
    announced({ titles: ["第二项", "第一项"] }),
    announced({ titles: ["第一项"] }),
    announced({ seal_key_hash: hash("05") }),
    announced({ transcript_hash: hash("06") }),
    announced({ threshold: KEY.threshold + 1 }),
    announced({ seats: [] }),
    announced({ register_number: 1 }),
  ])
    assert.ok(!agrees(lie), JSON.stringify(lie));
  assert.ok(!agrees(announced(), keyOf(ceremonies[1])), "another ceremony's key");
  assert.ok(!agrees(announced(), KEY, true), "a rehearsal");
  assert.ok(!agrees(announced(), KEY, false, 6), "another number");
});

test("a ballot page that offers the plan's motions in another order, fewer or others is noticed", () => {
  const poll = (motions, planHash = PLAN_HASH) => ({ plan: { plan_hash: planHash }, sealing: motions && { motions } });
  assert.ok(isPlanOf(poll(["第一项", "第二项"]), PLAN));
  assert.ok(isPlanOf(poll(null), PLAN), "an open poll asks for one choice");
  for (const motions of [["第二项", "第一项"], ["第一项"], ["第一项", "第三项"], ["第一项", "第二项", "第三项"], ["plan"]])
    assert.ok(!isPlanOf(poll(motions), PLAN), motions.join());
  assert.ok(!isPlanOf(poll(["第一项", "第二项"], hash("07")), PLAN), "another plan");
  const whole = new TextEncoder().encode('{"title":"plan"}');
  assert.ok(isPlanOf(poll(["plan"], protocol.toHex(protocol.keccak(whole))), whole));
});

test("an appointment is of the seats shown, an abandonment of the poll and the reason shown", () => {
  const trustees = ["0x" + "01".repeat(20), "0x" + "02".repeat(84)].map((signer, seat) => ({ seat, name: "n", signer }));
  const message = recomputed.appointmentMessage({ number: 3, summary: { appointment_number: 3, trustees } });
  assert.equal(message.trusteesHash, protocol.trusteesHash(trustees.map(({ signer }) => signer)));
  const swapped = [trustees[1], trustees[0]];
  assert.throws(() => recomputed.appointmentMessage({ number: 3, summary: { trustees: swapped } }), RangeError);
  assert.throws(() => recomputed.appointmentMessage({ number: 4, summary: { appointment_number: 3, trustees } }), RangeError);
  const poll = { id: "a", number: 7 };
  const reason = "无人公布份额";
  const given = recomputed.abandonmentMessage({ summary: { poll_id: "a", reason } }, poll);
  assert.deepEqual(given, { pollNumber: 7, reasonHash: protocol.toHex(protocol.keccak(protocol.utf8(reason))) });
  assert.throws(() => recomputed.abandonmentMessage({ summary: { poll_id: "b", reason } }, poll), RangeError);
  assert.throws(() => recomputed.abandonmentMessage({ summary: { poll_id: "a", reason: "" } }, poll), RangeError);
});

test("an attestation of motions names every figure of each, and which of them passed", () => {
  const figures = (heads) => ({ heads_for: heads, heads_against: 1, heads_abstain: 0, fen_for: 5, fen_against: 7, fen_abstain: 0 });
  const poll = { protocol: 4, case_address: CASE, number: 1, address: protocol.pollAddress(CASE, 1), sealing: {} };
  const result = (first, second) => ({ motions: [first, second].map((passed, at) => ({ passed, classes: [figures(at)] })) });
  const hashed = (shown) => recomputed.attestationMessage(poll, shown, true).resultHash;
  const all = [result(true, false), result(false, true), result(true, true), result(false, false)].map(hashed);
  assert.equal(new Set(all).size, 4);
  const single = { motions: [{ passed: true, classes: [figures(3)] }], classes: [figures(3)], passed: true };
  assert.equal(
    hashed(single),
    recomputed.attestationMessage({ ...poll, sealing: null }, single, true).resultHash,
    "one motion is one truth value",
  );
});

test("papers of trustees find their place, and nothing else has one", () => {
  assert.deepEqual(placeOf({ seat: 2, key: "k", transport: "t", signature: "s", to_sign: "x", ceremony: "c" }), [
    "/seats/2/entry",
    { key: "k", transport: "t", signature: "s" },
  ]);
  assert.deepEqual(placeOf({ seat: 0, dealing: { shares: [] }, rollHash: "r" }), ["/seats/0/dealing", { shares: [] }]);
  assert.deepEqual(placeOf({ seat: 1, share: "a", identity: "b", to_sign: "x" }), ["/seats/1/confirmation", { share: "a", identity: "b" }]);
  const complaint = { dealer: 0, receiver: 1, transport_secret: "z" };
  assert.deepEqual(placeOf({ ...complaint, rollHash: "r" }), ["/complaint", complaint]);
  for (const nothing of [
    null,
    {},
    { seat: "1", dealing: {} },
    { seat: -1, dealing: {} },
    { seat: 1, share: "a" },
    [],
    { private_key: "0x01" },
  ])
    assert.equal(placeOf(nothing), null, JSON.stringify(nothing));
});

test("papers for trustees are the opening, who is appointed, and the roll once it is closed", () => {
  const paper = { case: CASE, ceremony: hash("07"), chain_id: 1, number: 0, random: hash("08"), seats: 2, threshold: 2 };
  assert.deepEqual(
    papersOf({ paper, joins: [null, null], roll_hash: null }, ["0x01"]).map(([name]) => name),
    ["opening.json", "appointed.json"],
  );
  const joins = [0, 1].map((seat) => ({ seat, key: "k" + seat, transport: "t" + seat, signature: "s" + seat }));
  const roll = JSON.parse(papersOf({ paper, joins, roll_hash: hash("09") }, [])[2][1]);
  assert.deepEqual(roll.signatures, ["s0", "s1"]);
  assert.deepEqual(roll.trustees[1], { key: "k1", seat: 1, transport: "t1" });
});

test("shares and seats are read as they are written, or refused in words", () => {
  assert.deepEqual(shareIn(`{"seat":3,"share":"${hash("0a")}","case":"x"}`), { seat: 3, share: hash("0a") });
  for (const text of ["", "3", '{"seat":3}', `{"seat":"3","share":"${hash("0a")}"}`, `{"seat":3,"share":"${hash("0a").slice(2)}"}`])
    assert.throws(() => shareIn(text), /share file/, text);
  assert.deepEqual(seatsIn("公证处 甲 0xABCD\n\n lawyer，0x01 \n"), [
    { name: "公证处 甲", signer: "0xabcd" },
    { name: "lawyer", signer: "0x01" },
  ]);
  assert.throws(() => seatsIn("a 0x01\nb"), /Line 2/);
});

test("before the count a box is sealed, however many ballots are in it, and no word is a count of choices", () => {
  const seal = { seats: [{}, {}, {}], opened: 1, threshold: 2 };
  assert.match(progressWords({ ...seal, stage: "open", progress: null }), /^Sealed$/);
  const progress = { ballots: 0, lenders: 0, counted: 0, invalid: [] };
  assert.match(
    progressWords({ ...seal, stage: "closed", progress }),
    /^By confirmed blocks, 0 sealed ballots of 0 lenders .* 1 shares are published; 2 of 3/,
  );
  const counting = { ballots: 5, lenders: 4, counted: 3, invalid: [] };
  assert.match(progressWords({ ...seal, stage: "unsealed", progress: counting }), /3 of 4 lenders \(5 ballots/);
});

test("a lender's check file of a sealed ballot has what the offline page and a recount take", async () => {
  const { checkFile } = await import("../../backend/web/src/booth/check_file.js");
  const { sealed } = JSON.parse(readFileSync(new URL("../vectors/check_files.json", import.meta.url), "utf8"));
  const { file: wanted } = sealed;
  const { book, number, previous, seal, sealed_choice, sequence, ballot_key, ballot_digest, signature } = wanted;
  const receipt = { book, book_number: number, previous, seal, sealed_choice, sequence, ballot_key, ballot_digest, signature };
  const poll = { protocol: 4, number: wanted.poll_number, case_address: wanted.case, chain_id: wanted.chain_id, address: wanted.poll };
  const motions = Array.from({ length: wanted.motions }, (_, place) => "motion " + place);
  const text = checkFile({ ...poll, sealing: { motions } }, { title: wanted.plan_title }, wanted, {
    ...receipt,
    received_at: new Date(1000 * wanted.received_at).toISOString(),
  });
  const { plan_title: _, ...made } = JSON.parse(text);
  assert.deepEqual(made, wanted);
});
