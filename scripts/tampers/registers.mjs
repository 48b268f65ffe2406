// Honest registers before the second recount's code: node scripts/tampers/registers.mjs FILE, a JSON list of { context, points, file } in hex.
// Its last line is a list: how many chunks of each register were called wrong.
import { readFileSync } from "node:fs";
import { chunksOf, headerOf } from "../../verifier/second/math/range_proof.mjs";
import { RegisterProofs } from "../../verifier/second/ranges/register.mjs";

const LEAF = 64; // bytes of a commitment

async function wrongIn({ context: its, points: all, file: whole }) {
  const [context, points, file] = [its, all, whole].map((one) => Buffer.from(one, "hex"));
  const commitments = Array.from({ length: points.length / LEAF }, (_, i) => points.subarray(LEAF * i, LEAF * (i + 1)));
  const [chunks, header] = [chunksOf(commitments.length), headerOf(context, commitments.length)];
  const isWhole = file.length === chunks.reduce((sum, { bytes }) => sum + bytes, header.length);
  if (!isWhole || !file.subarray(0, header.length).equals(header)) return chunks.length;
  return (await new RegisterProofs({ context, commitments, chunks, proofs: file.subarray(header.length) }).wrong()).length;
}

const found = [];
for (const one of JSON.parse(readFileSync(process.argv[2], "utf8"))) found.push(await wrongIn(one));
console.log(JSON.stringify(found));
