"""A case whose officials and institution are succeeded on a test chain (protocol §24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.contracts.ballot_box import secret, sign, signer_of
from tests.contracts.typed import Domain
from tests.contracts.world import World

PEOPLE_ABI = "(bytes[],uint256,bytes)"
REASON = keccak(b"elected anew")
WEEK = 7 * 86_400


@dataclass(frozen=True)
class SaltedDomain(Domain):
    """The case's domain of a later generation."""

    salt: bytes = b""

    @property
    def separator(self) -> bytes:
        kind = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)")
        values = [kind, keccak(b"LenderVote"), keccak(b"1"), self.chain_id, self.contract, self.salt]
        return keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address", "bytes32"], values))


@dataclass(frozen=True)
class Named:
    """Whom a succession names: keys of officials, how many decide, key of the institution."""

    officials: Sequence[bytes]
    threshold: int
    institution: bytes

    @property
    def people(self) -> tuple[list[bytes], int, bytes]:
        return [signer_of(key) for key in self.officials], self.threshold, signer_of(self.institution)

    def hash_after(self, before: bytes) -> bytes:
        return keccak(encode(["bytes32", PEOPLE_ABI], [before, self.people]))


def people_named(name: str, count: int = 3, institution: str = "institution") -> Named:
    """Fresh officials of that name."""
    return Named([secret(name, i) for i in range(count)], count // 2 + 1, secret(institution))


@dataclass
class SuccessionWorld(World):
    """Announces, withdraws and completes successions; what it signs afterwards is signed by those in office."""

    hash: bytes = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.hash = Named(self.official_keys, self.threshold, self.institution_key).hash_after(bytes(32))

    def name_next(self, named: Named, notice: int = 0, **lie: Any) -> Any:
        """announceSuccession; `lie` replaces keys, number, before, reason or domain of what is signed."""
        number = lie.get("number", self.case.functions.successions().call()[0] + 1)
        before, reason = lie.get("before", self.hash), lie.get("reason", REASON)
        keys = lie.get("keys", self.official_keys[: self.threshold])
        domain = lie.get("domain", self.domain)
        digest = domain.digest("Succession", number, before, named.hash_after(self.hash), notice, reason)
        proofs = [signer_of(key) for key in keys], [sign(key, digest) for key in keys]
        return self.chain.send(self.case.functions.announceSuccession(named.people, notice, reason, *proofs), at=lie.get("at"))

    def withdraw(self, keys: Sequence[bytes] | None = None) -> Any:
        number = self.case.functions.successions().call()[1]
        return self.chain.send(self.case.functions.withdrawSuccession(*self.signed("SuccessionWithdrawal", number, keys=keys)))

    def complete(self, named: Named) -> Any:
        """From now on those who were named sign."""
        receipt = self.chain.send(self.case.functions.completeSuccession())
        self.hash = named.hash_after(self.hash)
        self.official_keys, self.threshold, self.institution_key = list(named.officials), named.threshold, named.institution
        self.domain = SaltedDomain(self.chain.chain_id, self.case.address, self.hash)
        return receipt

    def succeed(self, named: Named) -> None:
        """A whole succession, in a rehearsal."""
        self.name_next(named)
        self.complete(named)
