// Ballots as they are in transactions: cast and castBatch (protocol, section 8.2).
import { join, number, sized, word } from "../bytes.mjs";
import { Wrong } from "../findings.mjs";

const [ENTRY, BALLOT, SEALED, LEAF] = [24, 65, 105, 65]; // bytes

/** How ballots of one kind are written and signed: what a poll's domain, plan and seal key make of them. */
const kindOf = ({ pollDomain, isSealed }, planHash, keyHash) =>
  isSealed
    ? {
        domain: pollDomain,
        size: SEALED,
        digest: (one) =>
          pollDomain.digest(
            "SealedBallot",
            one.index,
            one.sequence,
            one.sealed.subarray(0, 32),
            one.sealed.subarray(32),
            planHash,
            keyHash,
          ),
        said: ([index, sequence, seal, sealedChoice]) => ({
          index,
          choice: 0n,
          sequence,
          sealed: join(word(seal), sized(sealedChoice, 8)),
        }),
        marked: (mark) => ({ choice: 0n, sequence: BigInt(mark[0]), sealed: mark.subarray(1, 41) }),
      }
    : {
        domain: pollDomain,
        size: BALLOT,
        digest: ({ index, choice, sequence }) => pollDomain.digest("Ballot", index, choice, sequence, planHash),
        said: ([index, choice, sequence]) => ({ index, choice, sequence }),
        marked: (mark) => ({ choice: BigInt(mark[0] & 3), sequence: BigInt(mark[0] >> 2) }),
      };

/**
 * A transaction's ballots { index, choice, sequence, key, votingClass, point, digest, signature }, the credential { digest, signature } over
 * all of them and its end, and the siblings of the proof. Throws Wrong when it is no casting of ballots.
 */
export function sendingOf(transaction, scene, planHash, keyHash) {
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
  const kind = kindOf(scene, planHash, keyHash);
  return name === "cast" ? single(inputs, kind) : batch(inputs, kind, transaction.where);
}

function single([ballot, [votingClass, x, y], siblings], kind) {
  const [key, signature, expiresAt, credential] = ballot.slice(-4);
  const one = { ...kind.said(ballot.slice(0, -4)), key, votingClass, point: join(word(x), word(y)), signature: join(...signature) };
  one.digest = kind.digest(one);
  const digest = kind.domain.digest("Credential", one.index, key, expiresAt);
  return { ballots: [one], credential: { digest, signature: join(...credential) }, expiresAt, siblings, isSingle: true };
}

function batch([[entries, expiresAt, credential], marks, leaves, siblings], kind, where) {
  const count = Math.floor(entries.length / ENTRY);
  const lengths = [entries.length, marks.length, leaves.length];
  if (count === 0 || [ENTRY, kind.size, LEAF].some((size, i) => lengths[i] !== size * count)) {
    throw new Wrong("ballots.call", where, "batch lengths differ", `${count} times (24, ${kind.size}, 65)`, lengths.map(BigInt));
  }
  const ballots = Array.from({ length: count }, (_, i) => {
    const piece = (bytes, size) => bytes.subarray(size * i, size * i + size);
    const one = ballotOf(piece(entries, ENTRY), piece(marks, kind.size), piece(leaves, LEAF), kind);
    one.digest = kind.digest(one);
    return one;
  });
  const digest = kind.domain.digest("CredentialList", entries, expiresAt);
  return { ballots, credential: { digest, signature: join(...credential) }, expiresAt, siblings, isSingle: false };
}

function ballotOf(entry, mark, leaf, kind) {
  return {
    index: number(entry.subarray(0, 4)),
    key: entry.subarray(4),
    ...kind.marked(mark),
    signature: mark.subarray(-64),
    votingClass: BigInt(leaf[0]),
    point: leaf.subarray(1),
  };
}
