// Vectors of stamps and of witnesses' files: stamps.json, witness.json (protocol, sections 26 and 27).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { hex, raw } from "../bytes.mjs";
import { stampsIn } from "../files/stamps.mjs";
import { Roots } from "../files/tokens.mjs";
import { readWitness } from "../files/witness.mjs";
import { Wrong } from "../findings.mjs";
import { Domain } from "../math/typed.mjs";

/** What `work` comes to with a folder of its own. */
function within(work) {
  const folder = mkdtempSync(path(tmpdir(), "vectors-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const write = (folder, name, text) => {
  writeFileSync(path(folder, name), text);
  return path(folder, name);
};

/** The name of what is wrong; null where nothing is. */
function wrongOf(work) {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof Wrong) return error.name;
    throw error;
  }
}

export const stamps = (vector, equal) =>
  within((folder) => {
    const roots = Roots.of(vector.roots.map((text, i) => write(folder, `${i}.pem`, text)));
    const domains = Object.fromEntries(["case", "poll"].map((one) => [one, new Domain(BigInt(vector.chain_id), raw(vector[one]), 5)]));
    for (const { name, finding, line, digest } of vector.stamps) {
      const found = wrongOf(() => {
        const [stamp] = stampsIn(Buffer.from(`${JSON.stringify(line)}\n`), "stamps.jsonl");
        if (stamp instanceof Wrong) throw stamp;
        const signed = stamp.digest(domains);
        if (!stamp.isSignedBy(raw(vector.receipt_signer), signed)) throw new Wrong("stamps.signature", name, "");
        equal(`${name}: at`, roots.stamped(stamp, stamp.imprint(signed)).at, BigInt(vector.at));
        equal(`${name}: digest`, hex(signed), digest);
      });
      equal(name, found, finding);
    }
    equal(
      "a signer's certificate is no root",
      wrongOf(() => Roots.of([write(folder, "none.pem", "nothing")])),
      "authority",
    );
  });

export const witness = (vector, equal) =>
  within((folder) => {
    const scene = { chainId: BigInt(vector.chain_id), case: raw(vector.case) };
    const all = { ...scene, caseDomain: new Domain(scene.chainId, scene.case, 5) };
    for (const name of ["right", "cut"]) {
      const found = readWitness(write(folder, name, vector[name]), all, [raw(vector.address)]);
      equal(`${name}: digests`, found.entries.map((one) => hex(one.digest)).join(), vector.digests.join());
      equal(`${name}: cut`, found.isCut, name === "cut");
    }
    for (const { name, text } of vector.wrong)
      equal(
        name,
        wrongOf(() => readWitness(write(folder, "wrong", text), all, [])),
        "void.witness",
      );
    const others = [Buffer.alloc(20, 1)];
    equal(
      "another key",
      wrongOf(() => readWitness(write(folder, "right", vector.right), all, others)),
      "void.witness",
    );
  });
