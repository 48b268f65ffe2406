// Ballots as they are in transactions: cast and castBatch (protocol, section 8.2).
import { join, number, word } from "../bytes.mjs";
import { Wrong } from "../findings.mjs";

const [ENTRY, BALLOT, LEAF] = [24, 65, 65]; // bytes

/**
 * A transaction's ballots { index, choice, sequence, key, votingClass, point, digest, signature }, the credential { digest, signature } over
 * all of them and its end, and the siblings of the proof. Throws Wrong when it is no casting of ballots.
 */
export function sendingOf(transaction, scene, planHash) {
  const name = scene.dialect.nameOf(transaction);
  if (name !== "cast" && name !== "castBatch") {
    throw new Wrong(
      "ballots.call",
      transaction.where,
      "recorded ballots but is neither cast nor castBatch",
      "a casting",
      transaction.input.subarray(0, 4),
    );
  }
  const inputs = scene.dialect.inputs(name, transaction, scene.poll, "ballots.call");
  return name === "cast" ? single(inputs, scene.pollDomain, planHash) : batch(inputs, scene.pollDomain, planHash, transaction.where);
}

const ballotDigest = (domain, { index, choice, sequence }, planHash) => domain.digest("Ballot", index, choice, sequence, planHash);

function single([[index, choice, sequence, key, signature, expiresAt, credential], [votingClass, x, y], siblings], domain, planHash) {
  const one = { index, choice, sequence, key, votingClass, point: join(word(x), word(y)), signature: join(...signature) };
  one.digest = ballotDigest(domain, one, planHash);
  const digest = domain.digest("Credential", index, key, expiresAt);
  return { ballots: [one], credential: { digest, signature: join(...credential) }, expiresAt, siblings, isSingle: true };
}

function batch([[entries, expiresAt, credential], marks, leaves, siblings], domain, planHash, where) {
  const count = Math.floor(entries.length / ENTRY);
  const lengths = [entries.length, marks.length, leaves.length];
  if (count === 0 || [ENTRY, BALLOT, LEAF].some((size, i) => lengths[i] !== size * count)) {
    throw new Wrong("ballots.call", where, "batch lengths differ", `${count} times (24, 65, 65)`, lengths.map(BigInt));
  }
  const ballots = Array.from({ length: count }, (_, i) => {
    const piece = (bytes, size) => bytes.subarray(size * i, size * i + size);
    const one = ballotOf(piece(entries, ENTRY), piece(marks, BALLOT), piece(leaves, LEAF));
    one.digest = ballotDigest(domain, one, planHash);
    return one;
  });
  const digest = domain.digest("CredentialList", entries, expiresAt);
  return { ballots, credential: { digest, signature: join(...credential) }, expiresAt, siblings, isSingle: false };
}

function ballotOf(entry, mark, leaf) {
  return {
    index: number(entry.subarray(0, 4)),
    key: entry.subarray(4),
    choice: BigInt(mark[0] & 3),
    sequence: BigInt(mark[0] >> 2),
    signature: mark.subarray(1),
    votingClass: BigInt(leaf[0]),
    point: leaf.subarray(1),
  };
}
