"""Who was in office when: the generations of a case, one following from the other (protocol §24)."""

from dataclasses import dataclass

from verifier.tally import abi
from verifier.tally.contracts import PEOPLE
from verifier.tally.keccak import keccak
from verifier.tally.signers import Panel
from verifier.tally.typed_data import domain_separator, salted_separator

People = tuple[list[bytes], int, bytes]


def generation_hash(before: bytes, people: People) -> bytes:
    """Of officials, threshold and institution, and of the hash of the generation before them; of the first one 32 zero bytes."""
    return keccak(abi.encode(f"(bytes32,{PEOPLE})", before, people))


@dataclass(frozen=True)
class Generation:
    """Who decides and who submits from one place in the chain's order on, and the domain under which they sign."""

    number: int
    panel: Panel
    institution: bytes
    hash: bytes
    separator: bytes
    since: tuple[int, int] = (-1, -1)

    @property
    def signers(self) -> list[bytes]:
        return [*self.panel.officials, self.institution]


def first(chain_id: int, case: bytes, people: People) -> Generation:
    """Those with whom the case was created."""
    officials, threshold, institution = people
    return Generation(
        0, Panel(tuple(officials), threshold), institution, generation_hash(bytes(32), people), domain_separator(chain_id, case)
    )


def next_one(chain_id: int, case: bytes, number: int, before: Generation, people: People) -> Generation:
    """Those whom a succession names; their domain has their hash as salt. They are not in office by that."""
    officials, threshold, institution = people
    found = generation_hash(before.hash, people)
    return Generation(number, Panel(tuple(officials), threshold), institution, found, salted_separator(chain_id, case, found))
