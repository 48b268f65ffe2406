// Runs the second recount's arithmetic over the shared vectors: node verifier/second/vectors.mjs tests/vectors
import { readFileSync } from "node:fs";
import { join as path } from "node:path";
import { classesHash, decode, CALLS, parametersHash, resultHash, ruleHash } from "./chain.mjs";
import { H, Point, commit, depthOf, digest, hex, join, keccak, leafHash, multiproves, point, raw, rootOf, separator, signer, text } from "./crypto.mjs";
import { asTuple, carries } from "./rule.mjs";

const load = (name) => JSON.parse(readFileSync(path(process.argv[2], name), "utf8"));
const wrong = [];
let count = 0;
const equal = (name, a, b) => ((count += 1), String(a) === String(b) || wrong.push(`${name}: ${a} is not ${b}`));
const at = (one) => point(BigInt(one.x), BigInt(one.y));

const points = load("points.json");
equal("H", H.equals(at(points.h)), true);
for (const one of points.commitments) equal("commitment", commit(BigInt(one.amount_fen), BigInt(one.blind)).equals(at(one)), true);
for (const one of points.sums) equal(one.name, one.terms.map(at).reduce((a, b) => a.add(b), Point.ZERO).equals(at(one)), true);

for (const one of load("register.json").registers) {
  const seed = (index, what) => BigInt(hex(keccak(text(`LenderVote/vector/register/${one.leaf_count}/${index}/${what}`))));
  const leaves = Array.from({ length: one.leaf_count }, (_, index) => {
    const place = commit(seed(index, "amount") % 10n ** 10n, (seed(index, "blind") % (Point.Fn.ORDER - 1n)) + 1n).toAffine();
    return leafHash(index, index % one.class_count, place.x, place.y);
  });
  equal("root", hex(rootOf(leaves)), one.root);
  equal("depth", depthOf(one.leaf_count), one.depth);
  equal("classes", hex(classesHash(one.classes.map((c) => [c.heads, c.amount_fen, c.blind].map(BigInt)))), one.classes_hash);
  for (const m of one.multiproofs) {
    const proves = (siblings) => multiproves(raw(one.root), one.depth, m.indexes.map((i) => [i, leaves[i]]), siblings);
    equal("multiproof", proves(m.siblings.map(raw)), true);
    equal("multiproof with a sibling more", proves([...m.siblings, one.root].map(raw)), false);
  }
}

const typed = load("typed_data.json");
const value = (kind, given) => (kind === "bytes" ? raw(given) : given);
for (const item of typed.items) {
  const fields = item.type_text.slice(item.type_text.indexOf("(") + 1, -1).split(",").map((one) => one.split(" "));
  if (item.type === "PhoneTicket" || item.type === "Voucher") continue; // neither is on the chain
  const domain = separator(typed.chain_id, typed[item.contract]);
  const found = digest(domain, item.type, ...fields.map(([kind, name]) => value(kind, item.message[name])));
  equal(item.type, hex(found), item.digest);
  equal(`${item.type} signer`, signer(found, raw(item.signature)), typed.keys[item.signer].address.toLowerCase());
  equal(`${item.type} compact`, signer(found, raw(item.compact_signature)), typed.keys[item.signer].address.toLowerCase());
}

const rules = load("rules.json");
for (const preset of Object.values(rules.presets)) equal("rule hash", hex(ruleHash(preset.conditions.map(asTuple))), preset.rule_hash);
for (const one of rules.cases) {
  const conditions = rules.presets[one.preset].conditions.map(asTuple);
  const all = one.classes.map((c) => {
    const three = (what) => ["for", "against", "abstain"].map((choice) => BigInt(c[`${what}_${choice}`]));
    const found = carries(conditions, [BigInt(c.admitted_heads), BigInt(c.admitted_fen)], three("heads"), three("fen"));
    equal(one.name, found, c.carries);
    return found;
  });
  equal(one.name, all.every(Boolean), one.passes);
}

for (const one of load("plan.json").plans) equal("plan hash", hex(keccak(text(one.canonical_json))), one.plan_hash);
const papers = load("parameters.json");
for (const { parameters: p, parameters_hash } of papers.parameters) {
  const given = [p.register_number, p.plan_number, p.conditions.map(asTuple), p.opens_at, p.closes_at, p.challenge_seconds, p.verifiers, p.receipt_signer];
  equal("parameters", hex(parametersHash(given)), parameters_hash);
}
const CELLS = ["heads", "fen"].flatMap((what) => ["for", "against", "abstain"].map((choice) => `${what}_${choice}`));
for (const one of papers.results) equal("result", hex(resultHash(one.poll, one.tallies.map((t) => CELLS.map((key) => BigInt(t[key]))), one.passed)), one.result_hash);

const batch = load("batch.json");
for (const one of batch.batches) {
  const [[entries, until, signature], ballots, leaves, siblings] = decode(CALLS.castBatch, raw(one.calldata).slice(4));
  equal("entries", hex(entries), one.entries);
  const signed = digest(separator(batch.chain_id, batch.poll), "CredentialList", entries, until);
  equal("list digest", hex(signed), one.list_digest);
  equal("list signer", signer(signed, join(...signature)), batch.keys.verifier.address.toLowerCase());
  equal("ballots", hex(ballots) + hex(leaves), one.ballots + one.leaves);
  equal("siblings", siblings.map(hex), one.siblings);
}

wrong.forEach((one) => console.log(one));
console.log(JSON.stringify({ checked: count, wrong: wrong.length }));
process.exit(wrong.length ? 1 : 0);
