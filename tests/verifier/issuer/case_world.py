"""A case of today's protocol on a test chain, and its fingerprint as the working group's paper has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.contracts.ballot_box import Register, classes_hash, sign, signer_of
from tests.contracts.world import World
from tests.vectors import reference as ref
from tests.vectors.papers import canonical

NO_NAMES, NO_PROOFS = ref.keccak(b"[]"), bytes(32)


@dataclass
class CaseWorld(World):
    """Freezes registers as protocol 2 does."""

    def case_digest(self, name: str, **message: object) -> bytes:
        """What officials sign together, by the vectors' reference."""
        separator = ref.domain_separator(self.chain.chain_id, bytes.fromhex(self.case.address[2:]))
        return ref.typed_digest(name, dict(message), separator)

    def officials_sign(self, digest: bytes, places: tuple[int, ...] = (0, 1)) -> tuple[list[bytes], list[bytes]]:
        """Signers and signatures of some officials."""
        keys = [self.official_keys[place] for place in places]
        return [signer_of(key) for key in keys], [sign(key, digest) for key in keys]

    def freeze(self, register: Register, classes: Sequence[tuple[int, int, int]] | None = None, proofs_hash: bytes = NO_PROOFS) -> int:
        number = int(self.case.functions.registerCount().call())
        totals = register.classes if classes is None else list(classes)
        facts = {"root": register.root, "leafCount": len(register.lenders), "classesHash": classes_hash(totals)}
        hashes = {"classNamesHash": NO_NAMES, "rangeProofsHash": proofs_hash}
        proofs = self.officials_sign(self.case_digest("RegisterFreeze", registerNumber=number, **facts, **hashes), self.everybody)
        frozen = (register.root, len(register.lenders), totals, NO_NAMES, proofs_hash)
        self.chain.send(self.case.functions.freezeRegister(*frozen, *proofs))
        return number

    @property
    def everybody(self) -> tuple[int, ...]:
        """As many officials as decide."""
        return tuple(range(self.threshold))


def fingerprint_of(world: World) -> str:
    """Eight groups of four digits, as on paper."""
    views = world.case.functions
    facts = {
        "case": world.case.address.lower(),
        "chain_id": world.chain.chain_id,
        "institution": "0x" + views.institution().call().hex(),
        "officials": ["0x" + official.hex() for official in views.officials().call()],
        "threshold": views.threshold().call(),
        **({"rehearsal": True} if views.rehearsal().call() else {}),
    }
    digits = ref.keccak(canonical(facts).encode())[:16].hex()
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))
