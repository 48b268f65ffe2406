"""Numbers, keys and addresses that all vectors share; drawn from sentences, so that nothing is random."""

from tests.vectors import reference as ref

CHAIN_ID = 31337
CASE = bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3")
POLL = bytes.fromhex("a16e02e87b7454126e5e10d957a927a7f5b5d2be")
TOP = 2**63 - 1


def hex_of(value: bytes) -> str:
    return "0x" + value.hex()


def hex_word(value: int) -> str:
    return hex_of(ref.word(value))


def xy(point: ref.Point) -> dict[str, str]:
    return {"x": hex_word(point[0]), "y": hex_word(point[1])}


def seeded(text: str) -> int:
    """A number drawn from a sentence, so that nothing here is random."""
    return int.from_bytes(ref.keccak(text.encode()), "big")


def key_of(name: str) -> int:
    return seeded(f"LenderVote/vector/key/{name}") % (ref.N - 1) + 1


def address_of_key(name: str) -> bytes:
    return ref.address_of(ref.multiply(key_of(name), ref.G))
