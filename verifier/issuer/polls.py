"""What a poll is held to, read from its contract at the newest block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

from verifier.issuer.errors import ChainSilent, PollOfAnotherVerifier, PollUnknown
from verifier.issuer.node import CallRefused, Node, call
from verifier.issuer.typed_data import PollDomain

_PARAMETERS = "(uint256,uint256,(uint8,uint8,uint8,uint32,uint32,bool)[],uint64,uint64,uint64,address[],address)"
_ERC7913_VERIFY = "verify(bytes,bytes32,bytes)"


def selector(signature: str) -> bytes:
    """The first four bytes of a function's hash."""
    return keccak(signature.encode())[:4]


@dataclass(frozen=True)
class PollFacts:
    """A poll as its contract states it; addresses 0x lower case, times in seconds since 1970, `now` the newest block's time."""

    address: str
    chain_id: int
    now: int
    closes_at: int
    leaf_count: int
    verifiers: frozenset[str]
    receipt_signer: str
    officials: frozenset[bytes]

    @property
    def domain(self) -> PollDomain:
        """Where signatures for this poll belong."""
        return PollDomain(self.chain_id, self.address)

    @property
    def closed(self) -> bool:
        """The window is over by the chain's clock."""
        return self.now >= self.closes_at


class PollReader:
    """Reads polls that name `verifier` (0x lower case) among their verifiers."""

    def __init__(self, node: Node, verifier: str) -> None:
        self._node = node
        self._verifier = verifier

    def read(self, poll: str) -> PollFacts:
        """Raises: PollUnknown, PollOfAnotherVerifier, ChainSilent."""
        try:
            facts = self._read(poll)
        except (CallRefused, DecodingError, ValueError, TypeError, OverflowError) as error:
            raise PollUnknown(poll=poll) from error
        if self._verifier not in facts.verifiers:
            raise PollOfAnotherVerifier(poll=poll)
        return facts

    def is_signed(self, signer: bytes, digest: bytes, signature: bytes) -> bool:
        """Whether a verifying contract accepts the signature (ERC-7913, signers longer than 20 bytes). Raises: ChainSilent."""
        question = selector(_ERC7913_VERIFY) + encode(["bytes", "bytes32", "bytes"], [signer[20:], digest, signature])
        try:
            (answer,) = self._node.ask([call("0x" + signer[:20].hex(), question)])
        except CallRefused:
            return False
        return bool(_bytes(answer) == selector(_ERC7913_VERIFY).ljust(32, b"\0"))

    def _read(self, poll: str) -> PollFacts:
        views = [call(poll, selector(f"{name}()")) for name in ("caseContract", "parameters", "leafCount")]
        chain_id, block, case, parameters, leaf_count = self._node.ask(
            [("eth_chainId", []), ("eth_getBlockByNumber", ["latest", False]), *views]
        )
        if not isinstance(block, dict):
            raise ChainSilent()
        (case_address,) = decode(["address"], _bytes(case))
        (terms,) = decode([_PARAMETERS], _bytes(parameters))
        (leaves,) = decode(["uint256"], _bytes(leaf_count))
        (officials,) = self._node.ask([call(case_address, selector("officials()"))])
        (signers,) = decode(["bytes[]"], _bytes(officials))
        return PollFacts(
            address=poll,
            chain_id=int(chain_id, 16),
            now=int(block["timestamp"], 16),
            closes_at=terms[4],
            leaf_count=leaves,
            verifiers=frozenset(verifier.lower() for verifier in terms[6]),
            receipt_signer=terms[7].lower(),
            officials=frozenset(signers),
        )


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str) or len(text) <= 2:
        raise ValueError("nothing answers under this address")
    return bytes.fromhex(text[2:])
