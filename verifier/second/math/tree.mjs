// The register's tree, its proofs and multiproofs (protocol, section 4).
import { ZERO, keccak, word } from "../bytes.mjs";

/** The leaf: a double hash of index, class and commitment (64 bytes). */
export const leafHash = (index, votingClass, point) => keccak(keccak(word(index), word(votingClass), point));

const parent = (a, b) => (Buffer.compare(a, b) < 0 ? keccak(a, b) : keccak(b, a));

/** The tree's depth: at least 8. */
export function depthOf(leafCount) {
  let depth = 8;
  while (2 ** depth < leafCount) depth += 1;
  return depth;
}

/** The root over the leaf hashes, at least one; places without a leaf are zero. */
export function rootOf(leaves) {
  let [row, empty] = [leaves, ZERO];
  for (let level = depthOf(leaves.length); level > 0; level--) {
    const above = new Array(Math.ceil(row.length / 2));
    for (let i = 0; i < above.length; i++) above[i] = parent(row[2 * i], row[2 * i + 1] ?? empty);
    [row, empty] = [above, parent(empty, empty)];
  }
  return row[0];
}

/** Whether siblings lead from one leaf to the root; a proof of another length than the depth does not. */
export const proves = (root, depth, leaf, siblings) => siblings.length === depth && siblings.reduce(parent, leaf).equals(root);

/**
 * Whether siblings prove all leaves, pairs [index, hash], at once (section 4.1). Every row is a map from position to hash; Map keeps the
 * order in which they were put in, which is that of the batch.
 */
export function multiproves(root, depth, leaves, siblings) {
  let row = new Map(leaves);
  if (row.size !== leaves.length || leaves.length === 0) return false;
  let used = 0;
  for (let level = 0; level < depth; level++) {
    const above = new Map();
    const positions = [...row.keys()];
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i];
      const isPair = positions[i + 1] === (position ^ 1);
      const beside = isPair ? row.get(positions[++i]) : siblings[used++];
      if (beside === undefined) return false;
      above.set(position >>> 1, parent(row.get(position), beside));
    }
    row = above;
  }
  return used === siblings.length && row.size === 1 && row.get(0)?.equals(root) === true;
}
