// Ethereum's tries (Yellow Paper, appendix D): the root over numbered items, and what stands under a key by the nodes that lead there.
import { keccak } from "../bytes.mjs";
import { NotRlp, decode, digits, encode } from "./rlp.mjs";

const NOTHING = Buffer.alloc(0);
export const EMPTY_ROOT = keccak(encode(NOTHING));

/** Nodes that do not lead from the root to the key. */
export class NotProved extends Error {}

const keyOf = (index) => encode(digits(BigInt(index)));

/** Hex-prefix encoding of a path of hex digits. */
const packed = (path, isLeaf) => {
  const flag = (isLeaf ? 2 : 0) + (path.length % 2);
  return Buffer.from(path.length % 2 ? `${flag}${path}` : `${flag}0${path}`, "hex");
};

/** What a parent holds of a node: the node itself when it is short, else its hash. */
function reference(node) {
  const encoded = encode(node);
  return encoded.length < 32 ? node : keccak(encoded);
}

function sharedLength(pairs) {
  const [first] = pairs[0];
  let length = first.length;
  for (const [path] of pairs) while (!path.startsWith(first.slice(0, length))) length -= 1;
  return length;
}

/** The node over pairs [path, value], at least one; no path begins another. */
function nodeOver(pairs) {
  if (pairs.length === 1) return [packed(pairs[0][0], true), pairs[0][1]];
  const shared = sharedLength(pairs);
  if (shared) {
    const below = pairs.map(([path, value]) => [path.slice(shared), value]);
    return [packed(pairs[0][0].slice(0, shared), false), reference(nodeOver(below))];
  }
  const children = Array.from({ length: 16 }, () => []);
  for (const [path, value] of pairs) children[parseInt(path[0], 16)].push([path.slice(1), value]);
  return [...children.map((below) => (below.length ? reference(nodeOver(below)) : NOTHING)), NOTHING];
}

/** The root over numbered items: what a header has of its transactions and of its receipts. */
export function rootOf(values) {
  if (values.length === 0) return EMPTY_ROOT;
  return keccak(encode(nodeOver(values.map((value, index) => [keyOf(index).toString("hex"), value]))));
}

function shaped(item) {
  if (Array.isArray(item) && (item.length === 17 || (item.length === 2 && Buffer.isBuffer(item[0])))) return item;
  throw new NotProved("a node has neither 2 nor 17 items");
}

/** The node that a reference means: within the parent, or the next of the nodes. */
function opened(wanted, nodes) {
  if (Array.isArray(wanted)) return shaped(wanted);
  if (wanted.length !== 32 || nodes.length === 0) throw new NotProved("a node is missing");
  const encoded = nodes.shift();
  if (!keccak(encoded).equals(wanted)) throw new NotProved("a node is not the one that its parent names");
  try {
    return shaped(decode(encoded));
  } catch (error) {
    throw error instanceof NotRlp ? new NotProved(`a node is no RLP: ${error.message}`) : error;
  }
}

/** The own path of a node of two items, and whether it is a leaf. */
function pathOf(bytes) {
  const text = bytes.toString("hex");
  const flag = parseInt(text[0] ?? "f", 16);
  if (flag > 3 || (flag % 2 === 0 && text[1] !== "0")) throw new NotProved("a path has flags that there are not");
  const path = text.slice(flag % 2 ? 1 : 2);
  if (flag < 2 && !path) throw new NotProved("an extension leads nowhere");
  return { path, isLeaf: flag >= 2 };
}

function valueIn(item) {
  if (!Buffer.isBuffer(item)) throw new NotProved("a value is a list");
  return item;
}

/**
 * What stands under a key in the trie of that root; empty when the nodes prove that nothing does. `proof` are whole encoded nodes from the
 * root down, none left over; short ones within others are not listed. Throws NotProved.
 */
export function valueAt(root, key, proof) {
  const nodes = [...proof];
  let [rest, wanted, found] = [key.toString("hex"), root, null];
  while (found === null) {
    const node = opened(wanted, nodes);
    if (node.length === 17) {
      if (rest) [wanted, rest] = [node[parseInt(rest[0], 16)], rest.slice(1)];
      else found = valueIn(node[16]);
      if (found === null && Buffer.isBuffer(wanted) && wanted.length === 0) found = NOTHING;
    } else {
      const { path, isLeaf } = pathOf(node[0]);
      if (isLeaf) found = rest === path ? valueIn(node[1]) : NOTHING;
      else if (rest.startsWith(path)) [wanted, rest] = [node[1], rest.slice(path.length)];
      else found = NOTHING;
    }
  }
  if (nodes.length) throw new NotProved(`${nodes.length} nodes are left over`);
  return found;
}

/** One of the numbered items by its proof; empty when there is none of that number. */
export const itemAt = (root, index, proof) => valueAt(root, keyOf(index), proof);
