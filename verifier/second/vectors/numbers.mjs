// Vectors of what is computed and hashed: points.json, register.json, rules.json, plan.json, parameters.json, cases.json.
import { hex, join, keccak, raw, word } from "../bytes.mjs";
import {
  classNamesHash,
  classesHash,
  createdAddress,
  fingerprintOf,
  parametersHash,
  pollAddress,
  resultHash,
  ruleHash,
} from "../contracts.mjs";
import { canonical, parse } from "../json.mjs";
import { H, N, bytesOf, commit, opens, pointAt } from "../math/curve.mjs";
import { PRESETS, WORDS, carries, isAllowed } from "../math/rule.mjs";
import { depthOf, leafHash, multiproves, proves, rootOf } from "../math/tree.mjs";

const SUM_LIMIT = 2n ** 88n;
const at = (one) => join(raw(one.x), raw(one.y));
const tuple = (one) => [
  ...Object.entries(WORDS).map(([key, words]) => BigInt(words.indexOf(one[key]))),
  BigInt(one.num),
  BigInt(one.den),
  one.strict,
];

export function points({ h, commitments, sums, openings }, equal) {
  equal("H", hex(bytesOf(H)), hex(at(h)));
  for (const one of commitments) equal("commitment", hex(bytesOf(commit(BigInt(one.amount_fen), BigInt(one.blind)))), hex(at(one)));
  for (const one of sums) {
    const found = one.terms
      .map(at)
      .filter((bytes) => bytes.some((byte) => byte))
      .map(pointAt);
    equal(one.name, hex(bytesOf(found.reduce((a, b) => a.add(b), commit(0n, 0n)))), hex(at(one)));
  }
  for (const one of openings) {
    const amount = BigInt(one.amount_fen);
    equal(`opening: ${one.name}`, amount < SUM_LIMIT && opens(at(one), amount, BigInt(one.blind)), one.accepted);
  }
}

export function register({ registers }, equal) {
  for (const one of registers) {
    const seed = (index, what) => BigInt(hex(keccak(Buffer.from(`LenderVote/vector/register/${one.leaf_count}/${index}/${what}`))));
    const leaves = Array.from({ length: one.leaf_count }, (_, index) => {
      const point = bytesOf(commit(seed(index, "amount") % 10n ** 10n, (seed(index, "blind") % (N - 1n)) + 1n));
      return leafHash(index, index % one.class_count, point);
    });
    equal("root", hex(rootOf(leaves)), one.root);
    equal("depth", depthOf(one.leaf_count), one.depth);
    equal("classes", hex(classesHash(one.classes.map((c) => [c.heads, c.amount_fen, c.blind].map(BigInt)))), one.classes_hash);
    for (const leaf of one.leaves) {
      const siblings = leaf.proof.map(raw);
      equal("leaf", hex(leaves[leaf.index]), leaf.leaf);
      equal("proof", proves(raw(one.root), one.depth, raw(leaf.leaf), siblings), true);
      equal("proof without a sibling", proves(raw(one.root), one.depth, raw(leaf.leaf), siblings.slice(1)), false);
    }
    for (const many of one.multiproofs) checkMultiproof(one, many, leaves, equal);
  }
}

function checkMultiproof(one, { indexes, siblings }, leaves, equal) {
  const proof = siblings.map(raw);
  const holds = (shown, beside) => multiproves(raw(one.root), one.depth, shown, beside);
  const pairs = indexes.map((i) => [i, leaves[i]]);
  equal("multiproof", holds(pairs, proof), true);
  equal("multiproof with a sibling more", holds(pairs, [...proof, raw(one.root)]), false);
  equal("multiproof with a sibling less", holds(pairs, proof.slice(0, -1)), proof.length === 0);
  equal(
    "multiproof of an index beyond the tree",
    holds(
      pairs.map(([i, leaf]) => [i + 2 ** one.depth, leaf]),
      proof,
    ),
    false,
  );
  equal("multiproof of a leaf twice", holds([pairs[0], ...pairs], proof), false);
}

export function rules({ presets, cases }, equal) {
  equal("presets", Object.keys(PRESETS).sort().join(), Object.keys(presets).sort().join());
  for (const [name, one] of Object.entries(presets)) {
    const conditions = one.conditions.map(tuple);
    equal(name, String(PRESETS[name]), String(conditions));
    equal(`${name} is allowed`, conditions.every(isAllowed), true);
    equal(`${name} hash`, hex(ruleHash(conditions)), one.rule_hash);
  }
  for (const one of cases) {
    const all = one.classes.map((c) => {
      const three = (what) => ["for", "against", "abstain"].map((choice) => BigInt(c[`${what}_${choice}`]));
      const found = carries(PRESETS[one.preset], [BigInt(c.admitted_heads), BigInt(c.admitted_fen)], three("heads"), three("fen"));
      equal(one.name, found, c.carries);
      return found;
    });
    equal(one.name, all.every(Boolean), one.passes);
  }
}

export function plan({ plans }, equal) {
  for (const one of plans) {
    equal("plan", canonical(one.plan).toString("utf8"), one.canonical_json);
    equal("plan, read again", canonical(parse(Buffer.from(one.canonical_json))).toString("utf8"), one.canonical_json);
    equal("plan hash", hex(keccak(canonical(one.plan))), one.plan_hash);
  }
}

export function parameters({ parameters: all, results }, equal) {
  for (const { parameters: p, parameters_hash: hash } of all) {
    const numbers = [p.opens_at, p.closes_at, p.challenge_seconds].map(BigInt);
    const given = [
      BigInt(p.register_number),
      BigInt(p.plan_number),
      p.conditions.map(tuple),
      ...numbers,
      p.verifiers.map(raw),
      raw(p.receipt_signer),
    ];
    equal("parameters", hex(parametersHash(given)), hash);
  }
  const cells = ["heads", "fen"].flatMap((what) => ["for", "against", "abstain"].map((choice) => `${what}_${choice}`));
  for (const one of results) {
    const tallies = one.tallies.map((tally) => cells.map((key) => BigInt(tally[key])));
    equal("result", hex(resultHash(raw(one.poll), tallies, one.passed)), one.result_hash);
  }
}

export function cases({ fingerprints, factory, polls, class_names: names }, equal) {
  for (const one of fingerprints) {
    const people = [one.officials.map(raw), BigInt(one.threshold), raw(one.institution)];
    const found = fingerprintOf(BigInt(one.chain_id), raw(one.case), ...people, one.rehearsal);
    equal("fingerprint", found, one.fingerprint);
  }
  const caseAddress = raw(fingerprints[0].case);
  equal("factory", hex(createdAddress(caseAddress, 1n)), factory);
  for (const one of polls) equal(`poll ${one.number}`, hex(pollAddress(caseAddress, BigInt(one.number))), one.poll);
  for (const one of names) equal("names", hex(classNamesHash(one.names)), one.class_names_hash);
  equal("names that UTF-8 cannot carry", classNamesHash(["\ud800"]), null);
  equal("a word", hex(word(1n)), `0x${"1".padStart(64, "0")}`);
}
