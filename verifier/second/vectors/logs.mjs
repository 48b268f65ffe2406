// Vectors of verifiers' logs: issuer_log.json.
import { hex, raw } from "../bytes.mjs";
import { StepLog, Wrong } from "../findings.mjs";
import { Panel } from "../math/signers.mjs";
import { Domain } from "../math/typed.mjs";
import { Pool } from "../signatures/pool.mjs";
import { reconcile } from "../steps/issuer_log.mjs";

/** What the chain shows, as earlier steps would have established it. */
function factsOf(vector) {
  const [chainId, caseAddress, poll] = [BigInt(vector.chain_id), raw(vector.case), raw(vector.poll)];
  const panel = new Panel(vector.officials.map(raw), BigInt(vector.threshold));
  const generation = { panel, institution: raw(vector.institution), domain: new Domain(chainId, caseAddress, 2) };
  const scene = {
    chainId,
    case: caseAddress,
    poll,
    pollNumber: BigInt(vector.poll_number),
    generations: [generation],
    pollDomain: new Domain(chainId, poll, 2),
  };
  const announced = { transaction: raw(vector.announced) };
  const terms = { verifiers: vector.verifiers.map(raw), registerNumber: BigInt(vector.register_number), announced, generation };
  return { scene, terms, pool: new Pool() };
}

/** The recorded ballots; one that came in a list is signed by the verifier's own address. */
function credentialsOf({ recorded, verifier }) {
  const found = recorded.map((one) => ({
    index: BigInt(one.index),
    key: raw(one.ballot_key),
    verifier: one.signed_by ?? verifier.address,
    isSingle: one.signed_by !== null,
    at: BigInt(one.block_time),
  }));
  return new Map(found.map((one) => [`${one.index}/${hex(one.key)}`, one]));
}

export async function issuerLog(vector, equal) {
  const [facts, credentials] = [factsOf(vector), credentialsOf(vector)];
  for (const { name, finding = "", lines } of [...vector.good, ...vector.broken]) {
    const log = new StepLog(13);
    try {
      await reconcile([lines.map((line) => Buffer.from(line))], "log", facts, credentials, log);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      log.take(error);
    }
    equal(name, [...new Set([...log.findings, ...log.void].map((one) => one.name))].join(" "), finding);
    if (finding) continue;
    const [isNoted, hasOneNode] = ["not used for a ballot on the chain: 1 (9)", "single node"].map((part) =>
      log.notes.some((note) => note.includes(part)),
    );
    equal(`${name}: the credential that nobody used`, isNoted, true);
    equal(`${name}: one node`, hasOneNode, name.includes("one node"));
  }
}
