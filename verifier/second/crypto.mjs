// Hashes, the curve, typed data and the tree, after docs/protocol.md sections 1 to 5. Written apart from verifier/tally.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

export const Point = secp256k1.Point;
export const ORDER = Point.Fn.ORDER;

export const hex = (bytes) => "0x" + Buffer.from(bytes).toString("hex");
export const raw = (text) => {
  if (!/^0x([0-9a-f]{2})*$/i.test(text)) throw new Error(`${text} is no hex`);
  return Uint8Array.from(Buffer.from(text.slice(2), "hex"));
};
export const join = (...parts) => Uint8Array.from(Buffer.concat(parts));
export const number = (bytes) => (bytes.length ? BigInt(hex(bytes)) : 0n);
export const text = (words) => new TextEncoder().encode(words);
export const keccak = (...parts) => keccak_256(join(...parts));

/** A whole number, or bytes of at most 32, as one word of 32 bytes. */
export function word(value) {
  const digits = typeof value === "string" ? value.replace(/^0x/, "") : BigInt(value).toString(16);
  return raw("0x" + digits.padStart(64, "0"));
}

/** Section 2: the second generator. */
function secondGenerator() {
  for (let counter = 0; ; counter++) {
    const x = number(keccak(text("LenderVote/1/H"), word(counter).slice(28)));
    if (x === 0n || x >= ORDER) continue;
    try {
      return Point.fromBytes(join(Uint8Array.of(2), word(x)));
    } catch {
      // x^3 + 7 is no square: try the next one
    }
  }
}
export const H = secondGenerator();

/** A point from its coordinates; (0, 0) is infinity. Throws for what is not on the curve. */
export function point(x, y) {
  if (x === 0n && y === 0n) return Point.ZERO;
  const found = Point.fromAffine({ x, y });
  found.assertValidity();
  return found;
}

/** Section 3: amount * G + blind * H. */
export const commit = (amount, blind) => Point.BASE.multiplyUnsafe(amount % ORDER).add(H.multiplyUnsafe(blind % ORDER));

/** Section 1: the address that signed; "" when nobody did. 65 bytes r, s, v or 64 bytes r, vs. */
export function signer(digest, signature) {
  try {
    const r = number(signature.slice(0, 32));
    let s = number(signature.slice(32, 64));
    let v = signature[64];
    if (signature.length === 64) [v, s] = [27 + Number(s >> 255n), s & ((1n << 255n) - 1n)];
    if (![64, 65].includes(signature.length) || (v !== 27 && v !== 28) || s > ORDER / 2n) return "";
    const key = new secp256k1.Signature(r, s, v - 27).recoverPublicKey(digest);
    return hex(keccak(key.toBytes(false).slice(1)).slice(12));
  } catch {
    return "";
  }
}

const TYPES = {
  RegisterFreeze: "uint256 registerNumber,bytes32 root,uint256 leafCount,bytes32 classesHash",
  PlanSubmission: "uint256 planNumber,bytes32 planHash",
  PlanAdmission: "uint256 planNumber,bytes32 planHash",
  PollAnnouncement: "uint256 pollNumber,bytes32 parametersHash",
  Credential: "uint256 index,address ballotKey,uint64 expiresAt",
  CredentialList: "bytes entries,uint64 expiresAt",
  Ballot: "uint256 index,uint8 choice,uint8 sequence,bytes32 planHash",
  BallotReceipt: "bytes32 ballotDigest,address ballotKey,uint256 index,uint8 sequence,uint64 receivedAt",
  Attestation: "bytes32 resultHash,bool approve",
};

/** Section 5: the domain separator of a contract. */
export function separator(chainId, contract) {
  const kind = keccak(text("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"));
  return keccak(kind, keccak(text("LenderVote")), keccak(text("1")), word(chainId), word(contract));
}

/** Section 5: what is signed. Bytes are given as Uint8Array, addresses and hashes as hex, the rest as numbers. */
export function digest(domain, kind, ...values) {
  const words = values.map((value) => (value instanceof Uint8Array ? keccak(value) : word(typeof value === "boolean" ? Number(value) : value)));
  return keccak(raw("0x1901"), domain, keccak(keccak(text(`${kind}(${TYPES[kind]})`)), ...words));
}

const parent = (a, b) => (Buffer.compare(a, b) < 0 ? keccak(a, b) : keccak(b, a));
export const leafHash = (index, votingClass, x, y) => keccak(keccak(word(index), word(votingClass), word(x), word(y)));
export const depthOf = (count) => Math.max(8, Math.ceil(Math.log2(count)));

/** Section 4: the root over the leaf hashes. */
export function rootOf(leaves) {
  let row = leaves;
  let empty = new Uint8Array(32);
  for (let level = depthOf(leaves.length); level > 0; level--) {
    const above = [];
    for (let i = 0; i < row.length; i += 2) above.push(parent(row[i], row[i + 1] ?? empty));
    [row, empty] = [above, parent(empty, empty)];
  }
  return row[0];
}

/** Section 4.1: whether siblings prove all [index, leaf hash] at once. A single proof is the same with one leaf. */
export function multiproves(root, depth, leaves, siblings) {
  let row = leaves;
  let used = 0;
  for (let level = 0; level < depth; level++) {
    const above = [];
    for (let i = 0; i < row.length; i++) {
      const [position, hash] = row[i];
      const beside = row[i + 1]?.[0] === (position ^ 1) ? row[++i][1] : siblings[used++];
      if (beside === undefined) return false;
      above.push([position >> 1, parent(hash, beside)]);
    }
    row = above;
  }
  return row.length === 1 && row[0][0] === 0 && used === siblings.length && Buffer.compare(row[0][1], root) === 0;
}
