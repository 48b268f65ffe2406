// The check page, the ballot page and the desk's page, asked as a lender and an official ask them: node scripts/attacks/check_page.mjs WHAT. Prints one word:
// "agrees", or why the page refuses. It reads the pages' own scripts of the tree that it stands in.
import { readFileSync } from "node:fs";
import vm from "node:vm";
import { isPlanOf } from "../../backend/web/src/crypto/motions.js";
import * as protocol from "../../backend/web/src/crypto/protocol.js";
import { isDealtKey } from "../../backend/web/src/crypto/transcripts.js";
import * as recomputed from "../../backend/web/src/office/recomputed.js";

const text = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const script = (name) => text(`verifier/web/${name}.js`).replace('"use strict";', "");
const { Protocol, Check } = vm.runInNewContext(`${script("protocol")}\n${script("check")};({ Protocol, Check })`, { console });
const { chain, files, brought } = JSON.parse(text("tests/vectors/check_files.json"));

/** A node that knows the polls of the case of the vectors. */
function node(method, [call] = []) {
  const words = (...values) => "0x" + values.map(Protocol.word).join("");
  const ofCase = { "pollCount()": () => words(chain.polls.length), "poll(uint256)": (n) => words(chain.polls[n]) };
  const terms = () => words(32, 0, 0, 256, 1790000000, 1790600000, 0, 0, chain.receipt_signer);
  const ofPoll = {
    "registerRoot()": () => words(chain.register_root),
    "leafCount()": () => words(chain.leaf_count),
    "planHash()": () => words(chain.plan_hash),
    "parameters()": terms,
    "ballotOf(uint256)": () => words(chain.choice, chain.sequence),
  };
  if (method === "eth_chainId") return "0x" + chain.chain_id.toString(16);
  const views = Object.entries(call.to === brought.case ? ofCase : ofPoll);
  const view = views.find(([signature]) => Protocol.selector(signature) === call.data.slice(0, 10));
  return view ? view[1](Number("0x" + call.data.slice(10))) : "0x";
}

/** What the page says to a lender who brings `own` to a file that is in order, only another one than the lender's. */
async function checked(own) {
  const typed = { ...brought, ...own };
  const amount = (Number(typed.amount_fen) / 100).toFixed(2);
  const read = Check.readOwn({ case: typed.case, pollNumber: String(typed.poll_number), amount, keyCode: typed.key_code });
  const found = await Check.check(read.own, Check.read(JSON.stringify(files[2])), ["a", "b"], async (_, method, params) =>
    node(method, params),
  );
  return found.state === "agrees" ? "agrees" : found.why || found.state;
}

const CASE = "0x" + "ca".repeat(20);
const theCase = { address: CASE, chain_id: 31337, protocol: 2 };
const hash = (byte) => "0x" + byte.repeat(32);
const summary = {
  register_number: 3,
  lenders: 2,
  total_fen: 5,
  root: hash("ab"),
  range_proofs_hash: hash("00"),
  classes: [
    { name: "普通组", lenders: 1, total_fen: 3, blind: hash("11") },
    { name: "小额组", lenders: 1, total_fen: 2, blind: hash("12") },
  ],
};

/** What the desk's page says to an official who would sign something else than is shown. */
function signed(change) {
  const message = change(recomputed.freezeMessage({ summary }, theCase));
  const domain = { name: "LenderVote", version: "1", chainId: 31337, verifyingContract: CASE };
  const given = { domain, primaryType: "RegisterFreeze", message };
  return recomputed.isExactly(given, "RegisterFreeze", theCase, recomputed.freezeMessage({ summary }, theCase))
    ? "agrees"
    : "does not agree";
}

const otherTotals = protocol.classesHash([
  { heads: 1, amount_fen: 4, blind: hash("11") },
  { heads: 1, amount_fen: 1, blind: hash("12") },
]);

const [first, second] = JSON.parse(text("tests/vectors/ceremony.json")).ceremonies;
const said = (holds) => (holds ? "agrees" : "does not agree");
const keyOf = ({ key, threshold, share_keys, roll_hash, transcript_hash }, point = key) => ({
  ...{ x: point.x, y: point.y, threshold, share_keys, roll_hash, transcript_hash },
});

/** What the ballot page says of a seal key, announced under its own hash, beside a transcript. */
const dealt = (key, transcript) => said(isDealtKey(key, protocol.sealKeyHash(key), transcript));

/** What it says of a plan of two motions, of which it is told to offer the second one first. */
function swappedMotions() {
  const plan = protocol.utf8('{"motions":["第一项","第二项"],"title":"plan"}');
  const poll = { plan: { plan_hash: protocol.toHex(protocol.keccak(plan)) }, sealing: { motions: ["第二项", "第一项"] } };
  return said(isPlanOf(poll, plan));
}

const TRIALS = {
  "a neighbour's file": () => checked({ amount_fen: "40001", key_code: "0123 4567 89ab" }),
  "another poll": () => checked({ poll_number: 0 }),
  "a copied case": () => checked({ case: "0x" + "77".repeat(20) }),
  "other totals": () => signed((message) => ({ ...message, classesHash: otherTotals })),
  "other names": () => signed((message) => ({ ...message, classNamesHash: protocol.classNamesHash(["小额组", "普通组"]) })),
  "another seal key": () => dealt(keyOf(first, second.key), first.transcript),
  "another transcript": () => dealt(keyOf(first), first.transcript.replace(/"ceremony":"0x../, '"ceremony":"0x00')),
  "motions in another order": swappedMotions,
};
console.log(await TRIALS[process.argv[2]]());
