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

const isBranch = (node) => node.length === 17;

/** What a node holds of a child: nothing, a hash, or a whole node that is shorter than a hash. */
function checkChild(child) {
  if (Buffer.isBuffer(child) && (child.length === 0 || child.length === 32)) return;
  if (!Array.isArray(child) || encode(child).length >= 32) throw new NotProved("a child is neither a hash nor a short node");
  shaped(child);
}

/** A node in the one form that a trie gives it. Throws NotProved. */
function shaped(item) {
  if (!Array.isArray(item) || (item.length !== 17 && item.length !== 2)) throw new NotProved("a node has neither 2 nor 17 items");
  if (isBranch(item)) {
    item.slice(0, 16).forEach(checkChild);
    const ways = item.filter((one) => one.length).length;
    if (!Buffer.isBuffer(item[16]) || ways < 2) throw new NotProved("a branch with fewer than two ways, or a value that is a list");
    return item;
  }
  const [path, below] = item;
  if (!Buffer.isBuffer(path) || below.length === 0) throw new NotProved("a node leads to nothing");
  const { isLeaf } = pathOf(path);
  if (isLeaf ? !Buffer.isBuffer(below) : Array.isArray(below) && !isBranch(below)) throw new NotProved("a node leads to what it cannot");
  if (!isLeaf) checkChild(below);
  return item;
}

/** The node that a reference means: within the parent, or the next of the nodes. Below an extension stands a branch. */
function opened(wanted, nodes, { isRoot, behindExtension }) {
  if (Array.isArray(wanted)) return wanted; // its parent's form was looked at, and its own with it
  if (wanted.length !== 32 || nodes.length === 0) throw new NotProved("a node is missing");
  const encoded = nodes.shift();
  if (!keccak(encoded).equals(wanted)) throw new NotProved("a node is not the one that its parent names");
  if (!isRoot && encoded.length < 32) throw new NotProved("a short node stands by its hash");
  try {
    const node = shaped(decode(encoded));
    if (behindExtension && !isBranch(node)) throw new NotProved("an extension leads to no branch");
    return node;
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

/**
 * What stands under a key in the trie of that root; empty when the nodes prove that nothing does. `proof` are whole encoded nodes from the
 * root down, none left over; short ones within others are not listed. Throws NotProved.
 */
export function valueAt(root, key, proof) {
  const nodes = [...proof];
  if (root.equals(EMPTY_ROOT) && nodes.length === 0) return NOTHING;
  let [rest, wanted, found] = [key.toString("hex"), root, null];
  let from = { isRoot: true, behindExtension: false };
  while (found === null) {
    const node = opened(wanted, nodes, from);
    from = { isRoot: false, behindExtension: !isBranch(node) };
    if (isBranch(node)) {
      if (!rest) found = node[16];
      else [wanted, rest] = [node[parseInt(rest[0], 16)], rest.slice(1)];
      if (wanted.length === 0) found = NOTHING;
    } else {
      const { path, isLeaf } = pathOf(node[0]);
      if (isLeaf) found = rest === path ? node[1] : NOTHING;
      else if (rest.startsWith(path)) [wanted, rest] = [node[1], rest.slice(path.length)];
      else found = NOTHING;
    }
  }
  if (nodes.length) throw new NotProved(`${nodes.length} nodes are left over`);
  return found;
}

/** One of the numbered items by its proof; empty when there is none of that number. */
export const itemAt = (root, index, proof) => valueAt(root, keyOf(index), proof);
