// Vectors of range proofs: ranges.json and ranges_67.json.
import { hex, join, keccak, raw, sized, word } from "../bytes.mjs";
import { H, Point, bytesOf, commit } from "../math/curve.mjs";
import { GENERATORS_DIGEST, MOST_GENERATORS, generatorAt, generators } from "../math/generators.mjs";
import { chunksOf, contextOf, headerOf, statesOf } from "../math/range_proof.mjs";
import { RegisterProofs } from "../ranges/register.mjs";

const HEADER = 44; // bytes

const commitmentsOf = ({ leaves }) => leaves.map(({ x, y }) => join(raw(x), raw(y)));
const compressed = (x, y) => join(sized(2n + (y & 1n), 1), word(x));

export function generatorPoints({ generators: given }, equal) {
  for (const { kind, i, counter, x, y } of given.shown) {
    const found = generatorAt(kind, i);
    equal(`counter of ${kind}_${i}`, found.counter, counter);
    equal(`${kind}_${i}`, hex(join(...found.point.map(word))), hex(join(raw(x), raw(y))));
  }
  const first = [Point.BASE, H].map((one) => one.toAffine()).map(({ x, y }) => compressed(x, y));
  const others = ["G", "H"].flatMap((kind) => generators(kind, MOST_GENERATORS).map(([x, y]) => compressed(x, y)));
  equal("digest of the generators", hex(keccak(...first, ...others)), given.digest);
  equal("digest in contexts", hex(GENERATORS_DIGEST), given.digest);
}

/** What is wrong with a file about a register: "ranges.file", or the numbers of the wrong chunks. */
async function judged(register, file) {
  const chunks = chunksOf(register.leaf_count);
  const header = headerOf(raw(register.context), register.leaf_count);
  const isWhole = file.length === chunks.reduce((sum, { bytes }) => sum + bytes, header.length);
  if (!isWhole || !file.subarray(0, HEADER).equals(header)) return "ranges.file";
  const commitments = commitmentsOf(register);
  const wrong = await new RegisterProofs({ context: raw(register.context), commitments, chunks, proofs: file.subarray(HEADER) }).wrong();
  return wrong.join();
}

function checkRegister(register, equal) {
  const facts = { chainId: register.chain_id, caseAddress: raw(register.case), registerNumber: register.register_number };
  const frozen = { root: raw(register.root), leafCount: register.leaf_count, classesHash: raw(register.classes_hash) };
  equal(`context of ${register.name}`, hex(contextOf({ ...facts, ...frozen })), register.context);
  register.leaves.forEach(({ amount_fen: amount, blind }, i) =>
    equal(`leaf ${i}`, hex(bytesOf(commit(BigInt(amount), BigInt(blind)))), hex(commitmentsOf(register)[i])),
  );
}

async function checkFile(register, equal) {
  checkRegister(register, equal);
  const file = raw(register.file);
  equal("hash of the file", hex(keccak(file)), register.file_hash);
  equal("chunks", chunksOf(register.leaf_count).map(Object.values).join(";"), rowsOf(register).join(";"));
  for (const one of register.chunks) {
    const commitments = join(...commitmentsOf(register).slice(one.start, one.start + one.leaves));
    const states = statesOf(raw(register.context), one.start, commitments, file.subarray(one.at, one.at + one.bytes));
    const expected = [one.s_0, one.s_y, one.s_z, one.s_x, one.s_w, ...one.s_r];
    equal(`transcript of chunk ${one.chunk}`, states.map(hex).join(), expected.join());
  }
  equal(`proofs of ${register.name}`, await judged(register, file), "");
}

const rowsOf = ({ chunks }) => chunks.map(({ chunk, start, leaves, at, bytes }) => [chunk, start, leaves, at - HEADER, bytes]);

export async function ranges({ registers, false_registers: lies, wrong }, equal) {
  for (const register of registers) await checkFile(register, equal);
  for (const register of lies) checkRegister(register, equal);
  const named = new Map([...registers, ...lies].map((one) => [one.name, one]));
  for (const { name, register, finding, chunks, file } of wrong) {
    const expected = finding === "ranges.file" ? finding : chunks.join();
    equal(name, await judged(named.get(register), raw(file)), expected);
  }
}

export const largeRegister = checkFile;
