// Step 16: every leaf of the register holds an amount in range (protocol, section 4.2).
import { ZERO, hex, keccak } from "../bytes.mjs";
import { classesHash } from "../contracts.mjs";
import { Blocked, need } from "../findings.mjs";
import { chunksOf, contextOf, headerOf } from "../math/range_proof.mjs";
import { MOST_NAMED, RegisterProofs } from "../ranges/register.mjs";

const NAME = "range_proofs.bin";
const DEMANDED_SINCE = 5; // the protocol in which no register is without them
const UNPROVED = "nothing proves that every leaf of the register is in range / 登记表没有范围证明，不能证明每一份债权金额都在范围之内";

/** The file of proofs against what was frozen, and every proof against the published leaves. */
export async function checkRanges(recount, log) {
  const [scene, terms, register] = [need(recount.scene, 1), need(recount.terms, 2), need(recount.register, 3)];
  if (register.proofsHash.equals(ZERO)) return without(recount, scene, log);
  const leaves = need(register.leaves, 3);
  if (leaves.off.length || BigInt(leaves.count) !== register.leafCount) throw new Blocked(3);
  const file = await fileOf(recount, scene, terms, register, log);
  if (file !== null) await checkProofs(file, leaves, log);
}

/** A register without proofs: wrong since they are demanded, said aloud before. */
function without(recount, scene, log) {
  if (scene.protocol >= DEMANDED_SINCE) {
    log.wrong("ranges.missing", "frozen register", "was frozen without range proofs", "their hash", ZERO);
    return;
  }
  log.note("the register was frozen without range proofs");
  recount.beside.push(UNPROVED);
}

/** Context, chunks and proofs of the file that was frozen; null where it is not that file, or none about this register. Throws Wrong. */
async function fileOf(recount, scene, { registerNumber }, { root, leafCount, classes, proofsHash }, log) {
  const facts = { chainId: scene.chainId, caseAddress: scene.case, registerNumber, root, leafCount, classesHash: classesHash(classes) };
  const [context, chunks] = [contextOf(facts), chunksOf(Number(leafCount))];
  const header = headerOf(context, leafCount);
  const length = chunks.reduce((sum, { bytes }) => sum + bytes, header.length);
  const bytes = await recount.published.bytes(NAME, length);
  if (!log.equal("ranges.file", NAME, "has another hash than was frozen", proofsHash, keccak(bytes))) return null;
  const hasLength = log.equal("ranges.file", NAME, "has another length", BigInt(length), BigInt(bytes.length));
  const found = bytes.subarray(0, header.length);
  const isOurs = log.equal("ranges.file", NAME, "is in another form, or about another register", header, found);
  return hasLength && isOurs ? { context, chunks, proofs: bytes.subarray(header.length), hash: proofsHash } : null;
}

/** Every chunk's proof over the commitments of its leaves; the wrong ones are named. */
async function checkProofs({ context, chunks, proofs, hash }, { commitments, count }, log) {
  const wrong = await new RegisterProofs({ context, commitments, chunks, proofs }).wrong();
  for (const number of wrong.slice(0, MOST_NAMED)) {
    const { start, leaves } = chunks[number];
    const what = "the proof does not hold: a leaf of this chunk may hold an amount out of range";
    log.wrong("ranges.proof", `${NAME} chunk ${number}`, what, "0 to 2^64 - 1 fen", `leaves ${start} to ${start + leaves - 1}`);
  }
  if (wrong.length >= MOST_NAMED) log.wrong("ranges.proof", NAME, "has more such chunks, or chunks that were not looked for");
  if (!wrong.length)
    log.note(`${chunks.length} proofs over ${count} leaves hold: every amount is in range; keccak of the file ${hex(hash)}`);
}
