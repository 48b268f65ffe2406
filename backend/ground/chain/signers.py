"""ERC-7913 signers: a plain key's 20 bytes, or a verifying contract's address with a key behind it."""

from __future__ import annotations

from backend.ground.chain import signatures
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.codec import encode
from backend.ground.chain.errors import SignatureNotReadable, TransactionReverted
from backend.ground.chain.node import Node
from backend.ground.common.hashing import keccak

PLAIN_BYTES = 20
#: What a verifier answers for a right signature.
RIGHT = bytes.fromhex("024ad318")
_VERIFY = keccak(b"verify(bytes,bytes32,bytes)")[:4]


def is_signed_by(node: Node, signer: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the signer signed, as the contracts judge it. Raises: NodeNotAnswering where a verifying contract is asked."""
    if len(signer) < PLAIN_BYTES:
        return False
    if len(signer) == PLAIN_BYTES:
        try:
            # 65 bytes only, as in the contract: the short form is for batches of ballots.
            return len(signature) == 65 and signatures.recover(digest, signature) == "0x" + signer.hex()
        except SignatureNotReadable:
            return False
    data = _VERIFY + encode(["bytes", "bytes32", "bytes"], [signer[PLAIN_BYTES:], digest, signature])
    try:
        answer = node.call(ContractCall("0x" + signer[:PLAIN_BYTES].hex(), data))
    except TransactionReverted:
        return False
    return answer[:32] == RIGHT + bytes(28)
