// How long the second recount takes for the range proofs of a register: node scripts/bench/proofs_second.mjs FILE, where FILE is JSON with
// chain_id, case, register_number, root, leaf_count, classes_hash, and where leaves.csv and range_proofs.bin are. Prints one line of JSON.
//
// With `"copies": n` beside the leaves and file of tests/vectors/ranges_67.json, its first chunk of 64 leaves is checked n times instead:
// for whoever has no time to prove a large register first.
import { readFileSync } from "node:fs";
import { dirname, join as path } from "node:path";
import { join, raw } from "../../verifier/second/bytes.mjs";
import { StepLog } from "../../verifier/second/findings.mjs";
import { readLeaves } from "../../verifier/second/files/leaves.mjs";
import { Folder, Published } from "../../verifier/second/files/published.mjs";
import { chunksOf, contextOf, headerOf } from "../../verifier/second/math/range_proof.mjs";
import { RegisterProofs } from "../../verifier/second/ranges/register.mjs";

const KIB_A_MB = 1e6 / 1024;
const [file] = process.argv.slice(2);
const given = JSON.parse(readFileSync(file, "utf8"));

/** The first chunk of the vectors' large register, so many times. */
function copied({ context, leaves, chunks: [{ at, bytes, leaves: count }], file: proofs }, copies) {
  const commitments = leaves.slice(0, count).map(({ x, y }) => join(raw(x), raw(y)));
  const chunks = Array.from({ length: copies }, (_, number) => ({ number, start: 0, leaves: count, at: 0, bytes }));
  return { leaves: copies * count, proofs: { context: raw(context), commitments, chunks, proofs: raw(proofs).subarray(at, at + bytes) } };
}

/** A published register and its proofs. */
async function published({ chain_id, case: address, register_number, root, leaf_count, classes_hash }, folder) {
  const { commitments } = await readLeaves(new Published(new Folder(folder)), new StepLog(3));
  const frozen = { root: raw(root), leafCount: leaf_count, classesHash: raw(classes_hash) };
  const context = contextOf({ chainId: chain_id, caseAddress: raw(address), registerNumber: register_number, ...frozen });
  const bytes = readFileSync(path(folder, "range_proofs.bin"));
  const header = headerOf(context, leaf_count);
  if (!bytes.subarray(0, header.length).equals(header)) throw new Error("proofs of another register");
  return { leaves: leaf_count, proofs: { context, commitments, chunks: chunksOf(leaf_count), proofs: bytes.subarray(header.length) } };
}

const { leaves, proofs } = given.copies ? copied(given, given.copies) : await published(given, given.folder ?? dirname(file));
const [began, before] = [performance.now(), process.cpuUsage()];
const wrong = await new RegisterProofs(proofs).wrong();
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    leaves,
    second_verify_s: Number(((performance.now() - began) / 1000).toFixed(1)),
    second_cpu_s: Number(((user + system) / 1e6).toFixed(1)),
    second_peak_mb: Math.round(process.resourceUsage().maxRSS / KIB_A_MB),
    wrong: wrong.length,
  }),
);
process.exitCode = wrong.length ? 1 : 0;
