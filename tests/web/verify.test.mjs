// The offline check page's arithmetic against the protocol's vectors, and each of its answers; run by test_protocol_js.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const script = (name) => readFileSync(new URL(`../../verifier/web/${name}.js`, import.meta.url), "utf8").replace('"use strict";', "");
const { Protocol, Check, WORDS } = vm.runInNewContext(
  `${script("protocol")}\n${script("check")}\n${script("words")};({ Protocol, Check, WORDS })`,
  { console, URL },
);
const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
const { chain, files, brought, cases, sealed } = vectors("check_files");
const plain = (value) => JSON.parse(JSON.stringify(value));

test("ballots and receipts have the digests and signers of the vectors", () => {
  const data = vectors("typed_data");
  for (const [protocol, list] of [
    [2, data.items],
    [1, data.items_of_protocol_1],
  ]) {
    const items = list.filter(({ type }) => type === "Ballot" || type === "BallotReceipt");
    assert.ok(items.length >= 1);
    for (const { type, message, digest, signer, signature, compact_signature: compact } of items) {
      assert.equal(Protocol.digest(data.chain_id, data.poll, type, Object.values(message), protocol), digest);
      for (const signed of [signature, compact]) assert.equal(Protocol.signerOf(digest, signed), data.keys[signer].address);
      assert.notEqual(Protocol.signerOf("0x" + "12".repeat(32), signature), data.keys[signer].address);
    }
  }
});

test("leaves, proofs, commitments and addresses of polls are those of the vectors", () => {
  let amounts = 0;
  for (const register of vectors("register").registers) {
    assert.equal(Protocol.depthOf(register.leaf_count), register.depth);
    for (const { index, voting_class: votingClass, amount_fen: amount, blind, x, y, leaf, proof } of (register.leaves ?? []).slice(0, 3)) {
      if (!leaf || !proof) continue;
      assert.equal(Protocol.leaf(index, votingClass, x, y), leaf);
      assert.equal(Protocol.rootFrom(leaf, proof), register.root);
      if (amount === undefined || !blind) continue;
      assert.ok(Protocol.opens(amount, blind, x, y));
      assert.ok(!Protocol.opens(BigInt(amount) + 1n, blind, x, y));
      amounts += 1;
    }
  }
  assert.ok(amounts > 0);
  const { polls, fingerprints } = vectors("cases");
  for (const { number, poll } of polls) assert.equal(Protocol.pollOf(fingerprints[0].case, number), poll);
});

test("an address with a digit mistyped is no address", () => {
  const right = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"; // of EIP-55
  assert.equal(Protocol.address(right), right.toLowerCase());
  assert.equal(Protocol.address(right.toLowerCase()), right.toLowerCase());
  assert.throws(() => Protocol.address(right.replace("F3E", "f3E")), { name: "RangeError" });
  assert.throws(() => Protocol.address(right.slice(0, -1)), { name: "RangeError" });
});

/** A node that knows the polls of a case, as the vectors say it; anything else it has never heard of. */
function node(known) {
  const words = (...values) => "0x" + values.map(Protocol.word).join("");
  const marked = ({ rehearsal }) => (rehearsal === undefined ? {} : { "rehearsal()": () => words(Number(rehearsal)) });
  const views = (to) =>
    to === brought.case
      ? { "pollCount()": () => words(known.polls.length), "poll(uint256)": (n) => words(known.polls[n]), ...marked(known) }
      : {
          "registerRoot()": () => words(known.register_root),
          "leafCount()": () => words(known.leaf_count),
          "planHash()": () => words(known.plan_hash),
          "parameters()": () => words(32, 0, 0, 256, 1790000000, 1790600000, 0, 0, known.receipt_signer),
          ...(known.seal_key_hash
            ? {
                "sealKeyHash()": () => words(known.seal_key_hash),
                "motions()": () => words(known.motions),
                "sequenceOf(uint256)": () => words(known.sequence),
                "secret()": () => words(known.secret),
                "choiceUnder(uint256,uint8,uint256,uint64)": () => words(known.choice_under),
              }
            : { "ballotOf(uint256)": () => words(known.choice, known.sequence) }),
        };
  return (method, [call] = []) => {
    if (method === "eth_chainId") return "0x" + known.chain_id.toString(16);
    const view = Object.entries(views(call.to)).find(([signature]) => Protocol.selector(signature) === call.data.slice(0, 10));
    return view ? view[1](Number("0x" + call.data.slice(10, 74))) : "0x";
  };
}

/** The check as the page runs it: file and typed words are read first. */
async function answer({ protocol, file = {}, brought: mine = {}, chain: seen = {} }) {
  const truth = node({ ...chain, ...(protocol === 1 && { polls: chain.polls_of_protocol_1 }), ...seen });
  const own = { ...brought, ...mine };
  const typed = {
    case: own.case,
    pollNumber: String(own.poll_number),
    amount: (Number(own.amount_fen) / 100).toFixed(2),
    keyCode: own.key_code,
  };
  const read = Check.readOwn(typed);
  assert.ok(read.own, "what was typed can be read");
  return Check.check(read.own, Check.read(JSON.stringify({ ...files[protocol], ...file })), ["a", "b"], async (_, method, params) =>
    truth(method, params),
  );
}

const failing = (result) =>
  plain(result.findings)
    .filter(([, good]) => !good)
    .map(([which]) => which);

for (const protocol of [1, 2]) {
  for (const { name, state, why, ...changed } of cases) {
    const newer = name === "another case than the published one" || name.startsWith("a node that calls");
    if (protocol === 1 && newer) continue; // a file of protocol 1 names no case, nor does its poll's address follow from it
    test(`protocol ${protocol}: ${name}`, async () => {
      const found = await answer({ protocol, ...changed });
      assert.equal(found.state, state);
      if (state === "refused") assert.deepEqual([found.why, failing(found)], [why, []]);
      else if (why) assert.ok(failing(found).includes(why), JSON.stringify(found.findings));
      else assert.deepEqual(failing(found), []);
    });
  }
}

for (const { name, state, why, choices, file = {}, brought: mine = {}, chain: seen = {} } of sealed.cases) {
  test(`a sealed poll: ${name}`, async () => {
    const truth = node({ ...sealed.chain, ...seen });
    const { case: address, poll_number: pollNumber, amount_fen: amount, key_code: keyCode } = { ...brought, ...mine };
    const typed = { case: address, pollNumber: String(pollNumber), amount: (Number(amount) / 100).toFixed(2), keyCode };
    const claim = Check.read(JSON.stringify({ ...sealed.file, ...file }));
    const found = await Check.check(Check.readOwn(typed).own, claim, ["a", "b"], async (_, method, params) => truth(method, params));
    assert.equal(found.state, state, JSON.stringify(found.findings));
    if (state === "refused") assert.equal(found.why, why);
    else if (why) assert.ok(failing(found).includes(why), JSON.stringify(found.findings));
    else assert.deepEqual(failing(found), []);
    if (choices) assert.deepEqual(plain(found.seen.choices), choices);
  });
}

test("a sealed poll's file without its seal is no check file", () => {
  for (const name of ["seal", "sealed_choice", "motions"])
    assert.throws(() => Check.read(JSON.stringify({ ...sealed.file, [name]: undefined })), { name: "RangeError" });
});

test("a rehearsal is told from a vote that counts, by all nodes alike; a case before there was a mark is none", async () => {
  for (const [rehearsal, mark] of [
    [true, true],
    [false, false],
    [undefined, false],
  ]) {
    const found = await answer({ protocol: 2, chain: { rehearsal } });
    assert.deepEqual([found.state, found.seen.rehearsal], ["agrees", mark]);
  }
  const [told, silent] = [node({ ...chain, rehearsal: true }), node({ ...chain, rehearsal: false })];
  const own = {
    case: brought.case,
    pollNumber: brought.poll_number,
    amountFen: brought.amount_fen,
    keyCode: brought.key_code.replaceAll(" ", ""),
  };
  const claim = Check.read(JSON.stringify(files[2]));
  const found = await Check.check(own, claim, ["a", "b"], async (url, method, params) => (url === "a" ? told : silent)(method, params));
  assert.deepEqual([found.state, failing(found)], ["differs", ["nodes"]]);
});

test("only a call that reverts says that a case has no mark: a node that refuses for another reason has not answered", async () => {
  const marked = node({ ...chain, rehearsal: true });
  const own = {
    case: brought.case,
    pollNumber: brought.poll_number,
    amountFen: brought.amount_fen,
    keyCode: brought.key_code.replaceAll(" ", ""),
  };
  const refusing = (error, view) => async (_, method, params) =>
    params[0]?.data.startsWith(Protocol.selector(view)) ? Check.answered({ error }) : Check.answered({ result: marked(method, params) });
  for (const view of ["rehearsal()", "pollCount()"])
    for (const error of [
      { code: -32005, message: "limit exceeded" },
      { code: -32000, message: "header not found" },
      { code: 429 },
      "busy",
      null,
    ]) {
      const found = await Check.check(own, Check.read(JSON.stringify(files[2])), ["a", "b"], refusing(error, view));
      assert.equal(found.state, "away", JSON.stringify(error));
    }
  for (const error of [
    { code: 3, message: "" },
    { code: -32000, message: "execution reverted" },
    { code: -32603, message: "Error: VM Exception: reverted" },
  ]) {
    const found = await Check.check(own, Check.read(JSON.stringify(files[2])), ["a", "b"], refusing(error, "rehearsal()"));
    assert.deepEqual([found.state, found.seen.rehearsal], ["agrees", false]);
  }
});

test("a receipt outside of any book is refused where receipts are numbered", async () => {
  const found = await answer({ protocol: "unnumbered" });
  assert.deepEqual([found.state, found.why], ["refused", "unnumbered"]);
});

test("one node, or none, is no answer; nodes that differ do not agree; a node that fails has not spoken", async () => {
  const truth = node(chain);
  const liar = node({ ...chain, choice: 2 });
  const ask = async (url, method, params) => {
    if (url === "gone") throw new Error("no network");
    if (url === "lame" && method !== "eth_chainId") throw new Error("no network");
    return (url === "liar" ? liar : truth)(method, params);
  };
  const { own } = Check.readOwn({ case: brought.case, pollNumber: "1", amount: "400", keyCode: brought.key_code });
  const claim = Check.read(JSON.stringify(files[2]));
  assert.equal((await Check.check(own, claim, ["a", " a ", ""], ask)).state, "away", "the same node twice is one");
  const spelled = ["https://one.example", "https://ONE.example/", "https://one.example:443/v1?key=2"];
  assert.equal((await Check.check(own, claim, spelled, ask)).state, "away", "whatever stands behind its name");
  for (const other of ["gone", "lame"]) assert.equal((await Check.check(own, claim, ["a", other], ask)).state, "away");
  const differing = await Check.check(own, claim, ["a", "liar"], ask);
  assert.deepEqual([differing.state, failing(differing)], ["differs", ["nodes"]]);
});

test("what a lender types is read as people write it, or the field is named", () => {
  const good = {
    case: "公告：lendervote:" + brought.case + "?poll=1",
    pollNumber: "１",
    amount: "12,500.5 元",
    keyCode: "0x1A2B-3c4d 5e6f",
  };
  assert.deepEqual(plain(Check.readOwn(good)), {
    own: { case: brought.case, pollNumber: 1, amountFen: "1250050", keyCode: "1a2b3c4d5e6f" },
  });
  const wrong = {
    case: ["", "0x12", brought.case + "0", brought.case + " " + brought.case],
    pollNumber: ["", "-1", "1.5"],
    amount: ["", "1.234", "1万", "-5", "0x5"],
    keyCode: ["", "1a2b", "1a2b3c4d5e6g"],
  };
  const names = { case: "case", pollNumber: "poll", amount: "amount", keyCode: "key" };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) assert.equal(Check.readOwn({ ...good, [field]: value }).wrong, names[field], value);
  }
});

test("amounts above 2^53 stay exact, and other files are not taken", () => {
  const text = JSON.stringify({ ...files[2], amount_fen: "X" }).replace('"X"', "9223372036854775807");
  assert.equal(Check.read(text).amount_fen, "9223372036854775807");
  const lacking = Object.keys(files[2]).map((name) => JSON.stringify({ ...files[2], [name]: undefined }));
  const needed = lacking.filter(
    (one) => !["x", "y", "blind", "signature", "class_name", "book", "previous"].some((name) => !one.includes(`"${name}"`)),
  );
  for (const wrong of ["", "{}", "null", "[1]", '{"format":"lendervote-check/1"}', ...needed])
    assert.throws(() => Check.read(wrong), { name: "RangeError" }, wrong);
});

test("every sentence is there in both languages", () => {
  for (const [name, both] of Object.entries(WORDS)) {
    assert.equal(both.length, 2, name);
    const holes = both.map((text) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort());
    assert.deepEqual(holes[0], holes[1], name);
  }
});
