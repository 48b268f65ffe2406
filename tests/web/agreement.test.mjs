// What officials sign is recomputed from what their page shows: changing any one thing, shown or signed, must not agree.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as protocol from "../../backend/web/src/crypto/protocol.js";
import { proofState } from "../../backend/web/src/crypto/ranges.js";
import * as recomputed from "../../backend/web/src/office/recomputed.js";

const CASE = "0x" + "ca".repeat(20);
const theCase = { address: CASE, chain_id: 31337, protocol: 3, rehearsal: false };
const hash = (byte) => "0x" + byte.repeat(32);

function typed(type, message, contract = CASE) {
  return { domain: { name: "LenderVote", version: "1", chainId: 31337, verifyingContract: contract }, primaryType: type, message };
}

/** Every message that differs in one field: numbers by one, hashes and addresses in one byte, flags turned over. */
function* changed(message) {
  for (const [name, value] of Object.entries(message)) {
    if (typeof value === "boolean") yield [name, { ...message, [name]: !value }];
    else if (typeof value === "number") yield [name, { ...message, [name]: value + 1 }];
    else yield [name, { ...message, [name]: value.slice(0, -2) + (value.endsWith("00") ? "01" : "00") }];
  }
}

function check(type, place, message, agrees) {
  assert.ok(agrees(typed(type, message, place.address)), type);
  for (const [name, other] of changed(message)) assert.ok(!agrees(typed(type, other, place.address)), `${type}.${name} was changed`);
  const good = typed(type, message, place.address);
  assert.ok(!agrees({ ...good, domain: { ...good.domain, chainId: 1 } }), "another chain");
  assert.ok(!agrees({ ...good, domain: { ...good.domain, verifyingContract: "0x" + "cb".repeat(20) } }), "another contract");
  assert.ok(!agrees({ ...good, primaryType: "Ballot" }), "another type");
}

/** False where the page finds what is shown to contradict itself. */
const holds = (work) => {
  try {
    return work();
  } catch (error) {
    assert.ok(error instanceof RangeError, error);
    return false;
  }
};

const freeze = (changes = {}) => ({
  register_number: 3,
  file_name: "claims.csv",
  lenders: 7,
  total_fen: "9007199254740995",
  with_related: false,
  root: hash("ab"),
  range_proofs_hash: hash("00"),
  classes: [
    { name: "普通组", lenders: 5, total_fen: "9007199254740993", blind: hash("11") },
    { name: "小额组", lenders: 2, total_fen: 2, blind: hash("12") },
  ],
  ...changes,
});

test("a freeze agrees in root, number, leaves, totals, blinds, names and range proofs, or not at all", () => {
  const shown = freeze();
  const agreesWith =
    (summary, of = theCase) =>
    (given) =>
      holds(() => recomputed.isExactly(given, "RegisterFreeze", of, recomputed.freezeMessage({ summary }, of)));
  const message = recomputed.freezeMessage({ summary: shown }, theCase);
  assert.deepEqual(Object.keys(message), ["registerNumber", "root", "leafCount", "classesHash", "classNamesHash", "rangeProofsHash"]);
  check("RegisterFreeze", theCase, message, agreesWith(shown));
  const signed = typed("RegisterFreeze", message);
  const [first, second] = shown.classes;
  for (const lie of [
    freeze({ register_number: 4 }),
    freeze({ root: hash("ac") }),
    freeze({ lenders: 8 }),
    freeze({ total_fen: 3 }),
    freeze({ range_proofs_hash: hash("01") }),
    freeze({ classes: [{ ...first, name: "普通" }, second] }),
    freeze({ classes: [{ ...first, blind: hash("13") }, second] }),
    freeze({
      classes: [
        { ...first, lenders: 4 },
        { ...second, lenders: 3 },
      ],
    }),
    freeze({
      classes: [
        { ...first, total_fen: "9007199254740992" },
        { ...second, total_fen: 3 },
      ],
    }),
    freeze({
      classes: [
        { ...first, name: second.name },
        { ...second, name: first.name },
      ],
    }),
    freeze({ classes: [second, first] }),
    freeze({ classes: [first] }),
  ])
    assert.ok(!agreesWith(lie)(signed), JSON.stringify(lie));
});

test("since protocol 5 no freeze without range proofs agrees, and the hash that is shown is the hash that is signed", () => {
  const now = { ...theCase, protocol: 5 };
  const shown = freeze({ range_proofs_hash: hash("5a") });
  const message = recomputed.freezeMessage({ summary: shown }, now);
  assert.equal(message.rangeProofsHash, hash("5a"));
  check("RegisterFreeze", now, message, (given) => recomputed.isExactly(given, "RegisterFreeze", now, message));
  const signed = typed("RegisterFreeze", message);
  const other = recomputed.freezeMessage({ summary: freeze({ range_proofs_hash: hash("5b") }) }, now);
  assert.ok(!recomputed.isExactly(signed, "RegisterFreeze", now, other));
  for (const none of [hash("00"), undefined, null, "", "0x", hash("5A"), hash("5a") + "00", hash("5a").slice(2), 7])
    assert.throws(() => recomputed.freezeMessage({ summary: freeze({ range_proofs_hash: none }) }, now), RangeError, String(none));
});

test("before, a register may have range proofs or a zero in their place, and nothing else", () => {
  for (const protocol of [2, 3]) {
    const old = { ...theCase, protocol };
    for (const given of [hash("00"), hash("5a")])
      assert.equal(recomputed.freezeMessage({ summary: freeze({ range_proofs_hash: given }) }, old).rangeProofsHash, given);
    assert.throws(() => recomputed.freezeMessage({ summary: freeze({ range_proofs_hash: undefined }) }, old), RangeError);
  }
});

test("an official reads of each freeze whether its leaves are proved to be in range", () => {
  const states = [1, 2, 4, 5].map((protocol) => [hash("5a"), hash("00"), undefined].map((given) => proofState(given, protocol)));
  assert.deepEqual(states, [
    ["", "", ""],
    ["proved", "unproved", "missing"],
    ["proved", "unproved", "missing"],
    ["proved", "missing", "missing"],
  ]);
});

test("a case of the first release signs its own form of a freeze", () => {
  const old = { ...theCase, protocol: 1 };
  const message = recomputed.freezeMessage({ summary: freeze({ range_proofs_hash: undefined }) }, old);
  assert.deepEqual(Object.keys(message), ["registerNumber", "root", "leafCount", "classesHash"]);
  check("RegisterFreeze", old, message, (given) => recomputed.isExactly(given, "RegisterFreeze", old, message));
});

const PLAN = new TextEncoder().encode('{"title":"plan"}');
const PLAN_HASH = protocol.toHex(protocol.keccak(PLAN));

test("an admission agrees in number and in the plan's own bytes", () => {
  const act = { number: 2, summary: { plan_number: 2, plan_hash: PLAN_HASH } };
  const message = recomputed.admissionMessage(act, PLAN);
  check("PlanAdmission", theCase, message, (given) => recomputed.isExactly(given, "PlanAdmission", theCase, message));
  assert.throws(() => recomputed.admissionMessage(act, PLAN.subarray(1)), RangeError);
  assert.throws(() => recomputed.admissionMessage({ ...act, number: 3 }, PLAN), RangeError);
});

const RULE = { conditions: [{ measure: "heads", numerator: "for", denominator: "admitted", num: 1, den: 2, strict: true }] };
const announced = (changes = {}) => ({
  plan_id: "p",
  plan_hash: PLAN_HASH,
  register_number: 0,
  plan_number: 2,
  opens_at: "2026-12-01T00:00:00Z",
  closes_at: "2026-12-08T00:00:00Z",
  challenge_seconds: 86400,
  verifiers: ["0x" + "0e".repeat(20)],
  receipt_signer: "0x" + "0f".repeat(20),
  ...changes,
});
const SIGNED_BEFORE = [
  { kind: "register_freeze", status: "done", number: 0, typed_data: { message: {} } },
  { kind: "plan_admission", status: "done", number: 2, typed_data: { message: { planHash: PLAN_HASH } } },
];

test("an announcement agrees in every parameter, and names a register and a plan that were signed before", () => {
  const message = recomputed.announcementMessage({ number: 5, summary: announced() }, theCase, RULE, PLAN, SIGNED_BEFORE);
  const agreesWith =
    (summary, rule = RULE, acts = SIGNED_BEFORE, number = 5, shown = theCase) =>
    (given) =>
      holds(() =>
        recomputed.isExactly(
          given,
          "PollAnnouncement",
          theCase,
          recomputed.announcementMessage({ number, summary }, shown, rule, PLAN, acts),
        ),
      );
  check("PollAnnouncement", theCase, message, agreesWith(announced()));
  const signed = typed("PollAnnouncement", message);
  for (const lie of [
    announced({ opens_at: "2026-12-01T00:00:01Z" }),
    announced({ closes_at: "2026-12-09T00:00:00Z" }),
    announced({ challenge_seconds: 1 }),
    announced({ verifiers: ["0x" + "0d".repeat(20)] }),
    announced({ verifiers: [] }),
    announced({ receipt_signer: "0x" + "0d".repeat(20) }),
    announced({ register_number: 1 }),
    announced({ plan_number: 1 }),
    announced({ plan_hash: hash("dd") }),
  ])
    assert.ok(!agreesWith(lie)(signed), JSON.stringify(lie));
  assert.ok(!agreesWith(announced(), RULE, SIGNED_BEFORE, 6)(signed), "another number");
  const marked = { ...theCase, rehearsal: true };
  assert.ok(!agreesWith(announced(), RULE, SIGNED_BEFORE, 5, marked)(signed), "a rehearsal signed as a vote that counts");
  const rehearsed = typed("PollAnnouncement", { ...message, rehearsal: true });
  assert.ok(agreesWith(announced(), RULE, SIGNED_BEFORE, 5, marked)(rehearsed), "a rehearsal");
  assert.ok(!agreesWith(announced())(rehearsed), "a vote that counts signed as a rehearsal");
  const { rehearsal, ...unmarked } = message;
  const before = { ...theCase, protocol: 2, rehearsal };
  assert.ok(agreesWith(announced(), RULE, SIGNED_BEFORE, 5, before)(typed("PollAnnouncement", unmarked)), "a case without a mark");
  assert.ok(!agreesWith(announced(), { conditions: [{ ...RULE.conditions[0], den: 3 }] })(signed), "another rule");
  assert.ok(!agreesWith(announced(), RULE, SIGNED_BEFORE.slice(1))(signed), "a register that nobody signed");
  assert.ok(
    !agreesWith(announced(), RULE, [SIGNED_BEFORE[0], { ...SIGNED_BEFORE[1], status: "open" }])(signed),
    "a plan that is not admitted",
  );
  const other = { ...SIGNED_BEFORE[1], typed_data: { message: { planHash: hash("dd") } } };
  assert.ok(!agreesWith(announced(), RULE, [SIGNED_BEFORE[0], other])(signed), "another plan under that number");
});

test("an attestation is about the figures shown, in the poll of that number of the case", () => {
  const figures = { heads_for: 3, heads_against: 1, heads_abstain: 0, fen_for: "9007199254740993", fen_against: 7, fen_abstain: 0 };
  const poll = { protocol: 2, case_address: CASE, chain_id: 31337, number: 1, address: protocol.pollAddress(CASE, 1) };
  const result = { classes: [figures], passed: true };
  const agreesWith =
    (shown, at = poll, approve = true) =>
    (given) =>
      holds(() => recomputed.isExactly(given, "Attestation", at, recomputed.attestationMessage(at, shown, approve)));
  const message = recomputed.attestationMessage(poll, result, true);
  check("Attestation", poll, message, agreesWith(result));
  const signed = typed("Attestation", message, poll.address);
  for (const name of Object.keys(figures)) {
    assert.ok(!agreesWith({ ...result, classes: [{ ...figures, [name]: 1000 }] })(signed), name);
  }
  assert.ok(!agreesWith({ ...result, passed: false })(signed));
  assert.ok(!agreesWith(result, poll, false)(signed), "approval signed in place of a refusal");
  const elsewhere = { ...poll, number: 2 };
  assert.ok(!agreesWith(result, elsewhere)(typed("Attestation", message, elsewhere.address)), "not where that poll stands");
});

test("a voucher is about the lender shown, and about now", () => {
  const poll = { chain_id: 31337, address: "0x" + "aa".repeat(20), chain_time: "2026-12-01T00:00:00Z" };
  const now = protocol.unixSeconds(poll.chain_time);
  const request = { index: 4, ballot_key: "0x" + "bb".repeat(20), method: 1 };
  const message = recomputed.voucherMessage(poll, request, now + 5);
  check("Voucher", poll, message, (given) => recomputed.isExactly(given, "Voucher", poll, message));
  assert.throws(() => recomputed.voucherMessage(poll, request, now + 7200), RangeError);
});
