// Leaves, trees and typed data as strangers' packages see them: OpenZeppelin's merkle-tree and viem.
// Reads {registers, typed} from standard input, prints what they find as JSON; test_strangers.py compares it with the vectors.
import { readFileSync } from "node:fs";
import { SimpleMerkleTree, StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { hashDomain, hashTypedData, recoverAddress } from "viem";

const { registers, typed } = JSON.parse(readFileSync(0, "utf8"));
const KINDS = ["uint256", "uint256", "uint256", "uint256"];

const trees = registers.map(({ root, places, leaves }) => ({
  root: SimpleMerkleTree.of(places, { sortLeaves: false }).root,
  proofs: leaves.map(({ value, proof }) => StandardMerkleTree.verify(root, KINDS, value, proof)),
  wrong: leaves.map(({ value, proof }) =>
    StandardMerkleTree.verify(root, KINDS, [String(BigInt(value[0]) + 1n), ...value.slice(1)], proof),
  ),
}));

const hashes = [];
for (const { domain, domainTypes, types, primaryType, message, signature } of typed) {
  const hash = hashTypedData({ domain, types, primaryType, message });
  const separator = hashDomain({ domain, types: { EIP712Domain: domainTypes } });
  hashes.push({ hash, separator, signer: (await recoverAddress({ hash, signature })).toLowerCase() });
}
console.log(JSON.stringify({ trees, hashes }));
