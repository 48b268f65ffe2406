// The second recount's range proofs against proofs made slowly and bit by bit, and against lies; run by test_ranges.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ZERO, hex, join, keccak, raw, sized, word } from "../../../verifier/second/bytes.mjs";
import { Blocked, StepLog, Wrong } from "../../../verifier/second/findings.mjs";
import { classesHash } from "../../../verifier/second/contracts.mjs";
import { multiproduct } from "../../../verifier/second/math/multiproduct.mjs";
import { challengesIn, chunksOf, contextOf, headerOf, pointIn, proofBytes, readProof } from "../../../verifier/second/math/range_proof.mjs";
import { N, P } from "../../../verifier/second/math/recovery.mjs";
import { demandOf } from "../../../verifier/second/ranges/part.mjs";
import { MOST_NAMED, RegisterProofs } from "../../../verifier/second/ranges/register.mjs";
import { checkRanges } from "../../../verifier/second/steps/ranges.mjs";
import { chunkOf, generatorsOf, sequenceOf } from "./slow_prover.mjs";

const { Point } = secp256k1;
const MUTATIONS = Number(process.env.LENDERVOTE_RANGE_MUTATIONS ?? 100);
const LARGEST = 2n ** 64n - 1n;
const context = Buffer.alloc(32, 7);
const generators = generatorsOf(128);
const chance = sequenceOf("ranges.test.mjs");
const made = (start, amounts, more = {}) => chunkOf({ context, start, amounts, generators, chance, ...more });

/** A register that is nothing but these chunks, [{ start, commitments, proof }]; commitments stand at their places. */
function registerOf(parts, its = context) {
  const commitments = [];
  let at = 0;
  const chunks = parts.map(({ start, commitments: own, proof }, number) => {
    own.forEach((one, j) => {
      commitments[start + j] = one;
    });
    const chunk = { number, start, leaves: own.length, at, bytes: proof.length };
    at += proof.length;
    return chunk;
  });
  return new RegisterProofs({ context: its, commitments, chunks, proofs: join(...parts.map(({ proof }) => proof)) });
}
const wrongOf = (parts, most) => registerOf(parts).wrong(most);
const placed = (start, chunk) => ({ start, ...chunk });
const changed = (proof, at, bytes) => join(proof.subarray(0, at), bytes, proof.subarray(at + bytes.length));

const [honest, second] = [placed(0, made(0, [5n])), placed(1, made(1, [7n]))];

// --- sums ---

test("a product of many factors and points is the sum of the single ones", () => {
  const affine = (point) => (point.is0() ? null : [point.toAffine().x, point.toAffine().y]);
  const kinds = [() => chance() % 4n, () => N - 1n - (chance() % 4n), chance, () => 0n];
  const few = Array.from({ length: 40 }, () => Point.BASE.multiply(chance()));
  for (const count of [0, 1, 2, 3, 9, 40])
    for (const factor of kinds)
      for (const spread of [1n, 2n, 40n]) {
        // few different points, their opposites and infinity: sums that double, cancel and vanish
        const points = Array.from({ length: count }, () => {
          const one = few[Number(chance() % spread)];
          return chance() % 7n === 0n ? Point.ZERO : chance() % 3n === 0n ? one.negate() : one;
        });
        const factors = points.map(factor);
        const expected = points.reduce((sum, one, i) => sum.add(one.multiplyUnsafe(factors[i])), Point.ZERO);
        assert.deepEqual(multiproduct(factors, points.map(affine)), affine(expected));
      }
});

test("a product of hundreds of points has wider digits and the same answer", () => {
  const points = Array.from({ length: 700 }, (_, i) => Point.BASE.multiply(BigInt(i + 1)));
  const factors = points.map(chance);
  const total = factors.reduce((sum, one, i) => (sum + one * BigInt(i + 1)) % N, 0n);
  const { x, y } = Point.BASE.multiply(total).toAffine();
  const affine = points.map((one) => [one.toAffine().x, one.toAffine().y]);
  assert.deepEqual(multiproduct(factors, affine), [x, y]);
  assert.equal(multiproduct([...factors, N - total], [...affine, affine[0]]), null);
});

test("factors out of range, and others than there are points, are refused", () => {
  const point = [Point.BASE.toAffine().x, Point.BASE.toAffine().y];
  for (const factors of [[-1n], [N], [1n, 1n], []]) assert.throws(() => multiproduct(factors, [point]), RangeError);
});

// --- completeness ---

test("proofs of amounts at the edges and in between hold, alone and together", async () => {
  const amounts = [[0n], [LARGEST], [chance() % 2n ** 64n, chance() % 2n ** 40n]];
  let start = 0;
  const parts = amounts.map((own) => {
    const part = placed(start, made(start, own));
    start += own.length;
    return part;
  });
  assert.deepEqual(await wrongOf(parts), []);
  for (const part of parts) assert.deepEqual(await wrongOf([part]), []);
});

// --- soundness ---

test("amounts out of range are refused, whatever is told about their bits", async () => {
  const wrapped = (amount) => (bits) => [bits[0].map((_, k) => (BigInt.asUintN(64, amount) >> BigInt(k)) & 1n)];
  const lies = [-1n, 2n ** 64n];
  const parts = lies.map((amount, i) => placed(i, made(i, [amount])));
  const told = lies.map((amount, i) => placed(lies.length + i, made(lies.length + i, [amount], { tell: wrapped(amount) })));
  assert.deepEqual(await wrongOf([honest]), []);
  for (const part of [...parts, ...told]) assert.deepEqual(await wrongOf([part]), [0]);
});

test("one leaf too large and one too small by the same amount are refused in one chunk and in two", async () => {
  const [large, small] = [2n ** 64n + 3n, -3n];
  assert.deepEqual(await wrongOf([placed(0, made(0, [large, small]))]), [0]);
  assert.deepEqual(await wrongOf([placed(0, made(0, [large])), placed(1, made(1, [small]))]), [0, 1]);
});

test("faults that would cancel each other under equal weights do not cancel", async () => {
  const d = chance();
  const both = placed(0, made(0, [5n], { shift: [d, d] })); // the two equations of one proof
  assert.deepEqual(await wrongOf([both]), [0]);
  const [up, down] = [made(0, [5n], { shift: [d, 0n] }), made(1, [7n], { shift: [N - d, 0n] })]; // two proofs of one register
  assert.deepEqual(await wrongOf([placed(0, up), placed(1, down)]), [0, 1]);
  const [more, less] = [made(0, [5n], { shift: [0n, d] }), made(1, [7n], { shift: [0n, N - d] })];
  assert.deepEqual(await wrongOf([placed(0, more), placed(1, less)]), [0, 1]);
});

test("weights are drawn anew each time", () => {
  const part = registerOf([honest]).partOf(registerOf([honest]).chunks);
  const [one, other] = [demandOf(part), demandOf(part)];
  assert.notEqual(one.g, other.g);
  assert.notEqual(one.h, other.h);
  assert.deepEqual([one.unreadable, one.left.length], [[], 64]);
});

test("a proof holds for its own context, place, leaves and generators only", async () => {
  const again = placed(1, { commitments: honest.commitments, proof: honest.proof });
  assert.deepEqual(await wrongOf([again]), [0], "another start");
  assert.deepEqual(await registerOf([honest], Buffer.alloc(32, 8)).wrong(), [0], "another register, chain or case");
  assert.deepEqual(await wrongOf([{ ...honest, commitments: second.commitments }]), [0], "another lender");
  const two = made(0, [5n, 7n]);
  assert.deepEqual(await wrongOf([{ ...placed(0, two), commitments: two.commitments.toReversed() }]), [0], "another order");
  const turned = { ...generators, left: [...generators.left.slice(1), generators.left[0]] };
  assert.deepEqual(await wrongOf([placed(0, made(0, [5n], { generators: turned }))]), [0], "other generators");
});

test("whoever knew a relation between generators could prove anything: those of the protocol have none that is known", async () => {
  // G_1 = 2 G_0: bit 0 and bit 1 can be shifted into each other, so a prover who made such generators writes any bits it likes
  const known = { ...generators, left: [generators.left[0], generators.left[0].multiply(2n), ...generators.left.slice(2)] };
  assert.deepEqual(await wrongOf([placed(0, made(0, [5n], { generators: known }))]), [0]);
});

test("exchanged chunks of the same leaves and amounts are both refused", async () => {
  const blinds = [chance()];
  const [one, other] = [made(0, [5n], { blinds }), made(1, [5n], { blinds })];
  assert.deepEqual(await wrongOf([placed(0, one), placed(1, other)]), []);
  assert.deepEqual(one.commitments, other.commitments);
  assert.deepEqual(await wrongOf([placed(0, other), placed(1, one)]), [0, 1]);
});

// --- bytes ---

test("every other byte of a proof makes it a wrong one", async () => {
  const random = () => Number(chance() % 2n ** 32n);
  const spared = [];
  for (let i = 0; i < MUTATIONS; i++) {
    const at = random() % honest.proof.length;
    const byte = honest.proof[at] ^ (1 + (random() % 255));
    const proof = changed(honest.proof, at, Buffer.of(byte));
    if (String(await wrongOf([{ ...honest, proof }])) !== "0") spared.push([at, byte]);
  }
  assert.deepEqual(spared, []);
});

test("a point has one way to be written", () => {
  const one = sized(1n, 32); // 1 + 7 is a square: there is a point
  assert.equal(pointIn(join(Buffer.of(2), one))[0], 1n);
  assert.equal(pointIn(join(Buffer.of(2), one))[1] % 2n, 0n);
  assert.equal(pointIn(join(Buffer.of(3), one))[1] % 2n, 1n);
  const others = [join(Buffer.of(2), word(P + 1n)), join(Buffer.of(4), one), join(Buffer.of(0), one), Buffer.alloc(33)];
  for (const bytes of [...others, join(Buffer.of(2), sized(0n, 32)), join(Buffer.of(2), sized(5n, 32))]) assert.equal(pointIn(bytes), null);
});

test("a proof is read whole or not at all", () => {
  const places = { t: 132, tau: 164, mu: 196, a: 688 - 64, b: 688 - 32 };
  assert.equal(proofBytes(1), 688);
  for (const [name, at] of Object.entries(places)) {
    assert.equal(readProof(changed(honest.proof, at, word(N - 1n)), 1)[name], N - 1n);
    assert.equal(readProof(changed(honest.proof, at, word(0n)), 1)[name], 0n);
    for (const number of [N, 2n ** 256n - 1n]) assert.equal(readProof(changed(honest.proof, at, word(number)), 1), null, name);
  }
  for (let place = 0; place < 16; place++) {
    const at = 33 * place + (place < 4 ? 0 : 96);
    assert.equal(readProof(changed(honest.proof, at, Buffer.alloc(33)), 1), null, `point ${place}`);
    assert.notEqual(readProof(changed(honest.proof, at, honest.proof.subarray(0, 33)), 1), null, `point ${place}`);
  }
});

test("a challenge of zero is refused, each of them", () => {
  const states = Array.from({ length: 11 }, (_, i) => word(i + 1));
  assert.deepEqual(challengesIn(states), { y: 2n, z: 3n, x: 4n, w: 5n, us: [6n, 7n, 8n, 9n, 10n, 11n] });
  assert.notEqual(challengesIn([word(0n), ...states.slice(1)]), null, "the first state is no challenge");
  for (const zero of [0n, N])
    for (let i = 1; i < states.length; i++) assert.equal(challengesIn(states.with(i, word(zero))), null, `state ${i}`);
});

// --- registers ---

test("leaves are cut into chunks from the largest to the smallest", () => {
  const sizes = (count) => chunksOf(count).map(({ leaves }) => leaves);
  assert.deepEqual(sizes(1), [1]);
  assert.deepEqual(sizes(63), [32, 16, 8, 4, 2, 1]);
  assert.deepEqual(sizes(64), [64]);
  assert.deepEqual(sizes(200), [64, 64, 64, 8]);
  assert.deepEqual(chunksOf(67).at(-1), { number: 2, start: 66, leaves: 1, at: 1084 + 754, bytes: 688 });
});

test("wrong chunks among many are found by halves, also by workers, and at most so many", async () => {
  const lie = { ...honest, proof: changed(honest.proof, 132, word(1n)) };
  const none = { ...honest, proof: changed(honest.proof, 0, Buffer.of(4)) };
  const parts = [honest, honest, lie, honest, honest, lie, none, honest, honest];
  assert.deepEqual(await wrongOf(parts), [2, 5, 6]);
  assert.deepEqual(await wrongOf(parts, 1), [2, 6]);
  assert.deepEqual(await wrongOf([none, none, none, none, none]), [0, 1, 2, 3, 4]);
  assert.deepEqual(await wrongOf([lie, honest]), [0]);
  assert.deepEqual(await wrongOf([honest, lie]), [1]);
});

test("the register of 67 leaves of the vectors, whose chunks are exchanged with others", async () => {
  const { leaves, chunks, file, context: its } = JSON.parse(readFileSync(new URL("../../vectors/ranges_67.json", import.meta.url), "utf8"));
  const parts = chunks.slice(1).map(({ start, leaves: count, at, bytes }) => ({
    start,
    commitments: leaves.slice(start, start + count).map(({ x, y }) => join(raw(x), raw(y))),
    proof: raw(file).subarray(at, at + bytes),
  }));
  assert.deepEqual(await registerOf(parts, raw(its)).wrong(), []);
  const [two, one] = parts;
  assert.deepEqual(await registerOf([{ ...one, start: two.start }, two], raw(its)).wrong(), [0]);
});

// --- the step ---

const vectors = JSON.parse(readFileSync(new URL("../../vectors/ranges.json", import.meta.url), "utf8"));
const [ONE] = vectors.registers;
const [{ amount_fen: fen, blind, x, y }] = ONE.leaves;
const rightFile = raw(ONE.file);

/** A recount that has come as far as this step, over the vectors' register of one leaf. */
function recountOf({ protocol = 5, file = rightFile, proofsHash = keccak(file), leaves = {}, leafCount = 1n, asked = [] } = {}) {
  const frozen = { root: raw(ONE.root), leafCount, classes: [[1n, BigInt(fen), BigInt(blind)]], proofsHash };
  const read = leaves && { commitments: [join(raw(x), raw(y))], off: [], count: 1, ...leaves };
  const bytes = async (name, most) => {
    asked.push([name, most]);
    if (file === null) throw new Wrong("ranges.file", name, "cannot be read");
    return file;
  };
  const scene = { protocol, chainId: BigInt(ONE.chain_id), case: raw(ONE.case) };
  const terms = { registerNumber: BigInt(ONE.register_number) };
  return { scene, terms, register: { ...frozen, leaves: read }, published: { bytes }, beside: [] };
}

async function said(recount) {
  const log = new StepLog(16);
  await checkRanges(recount, log);
  return { names: log.findings.map(({ name }) => name), findings: log.findings, notes: log.notes, beside: recount.beside };
}

test("the frozen file is taken, no more of it than belongs to so many leaves", async () => {
  const asked = [];
  const { names, notes, beside } = await said(recountOf({ asked }));
  assert.deepEqual([names, beside, asked], [[], [], [["range_proofs.bin", 44 + 688]]]);
  assert.match(notes[0], /1 proofs over 1 leaves hold/);
});

test("a register without proofs is wrong since protocol 5, and before it is said beside the verdict", async () => {
  assert.deepEqual((await said(recountOf({ proofsHash: ZERO }))).names, ["ranges.missing"]);
  for (const protocol of [1, 2, 3, 4]) {
    const { names, beside } = await said(recountOf({ proofsHash: ZERO, protocol }));
    assert.deepEqual([names, beside.length], [[], 1]);
    assert.match(beside[0], /nothing proves that every leaf of the register is in range \/ 登记表没有范围证明/);
  }
});

test("where a hash was frozen the file is demanded, in any protocol", async () => {
  const other = changed(rightFile, 200, Buffer.of(rightFile[200] ^ 1));
  for (const protocol of [2, 3, 4, 5]) {
    const { names, findings } = await said(recountOf({ protocol, file: other, proofsHash: keccak(rightFile) }));
    assert.deepEqual(names, ["ranges.file"]);
    assert.match(findings[0].what, /another hash/);
    await assert.rejects(said(recountOf({ protocol, file: null, proofsHash: keccak(rightFile) })), Wrong);
  }
});

test("a signed file of another length, form or register is named, and its proofs are not looked at", async () => {
  const files = [join(rightFile, Buffer.of(0)), rightFile.subarray(0, -1), changed(rightFile, 0, Buffer.of(0)), Buffer.alloc(0)];
  for (const place of [8, 39, 43]) files.push(changed(rightFile, place, Buffer.of(rightFile[place] ^ 1)));
  for (const file of files)
    assert.ok(
      (await said(recountOf({ file }))).names.every((name) => name === "ranges.file"),
      hex(file.subarray(0, 50)),
    );
  for (const file of files) assert.notEqual((await said(recountOf({ file }))).names.length, 0);
});

test("wrong leaves block the step: there is nothing that proofs could be held against", async () => {
  for (const leaves of [null, { off: [0] }, { count: 2 }]) await assert.rejects(said(recountOf({ leaves })), Blocked);
  await assert.rejects(said(recountOf({ leafCount: 2n })), Blocked);
});

test("a proof that does not hold is named with its chunk and leaves", async () => {
  const { names, findings } = await said(recountOf({ file: changed(rightFile, 44 + 132, word(0n)) }));
  assert.deepEqual(names, ["ranges.proof"]);
  assert.deepEqual([findings[0].place, findings[0].found], ["range_proofs.bin chunk 0", "leaves 0 to 0"]);
});

test("of very many wrong proofs some are named, and that there are more", async () => {
  const count = 64 * (MOST_NAMED + 1);
  const given = recountOf({ leafCount: BigInt(count), leaves: { count, commitments: Array(count).fill(join(raw(x), raw(y))) } });
  const { root, leafCount, classes } = given.register;
  const facts = { chainId: given.scene.chainId, caseAddress: given.scene.case, registerNumber: 3n, root, leafCount };
  const header = headerOf(contextOf({ ...facts, classesHash: classesHash(classes) }), leafCount);
  const file = join(header, Buffer.alloc(1084 * (MOST_NAMED + 1)));
  given.published.bytes = async () => file;
  given.register.proofsHash = keccak(file);
  const { names, findings } = await said(given);
  assert.deepEqual([names.length, new Set(names)], [MOST_NAMED + 1, new Set(["ranges.proof"])]);
  assert.match(findings.at(-1).what, /more such chunks/);
});
