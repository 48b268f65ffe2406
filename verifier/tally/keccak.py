"""Keccak-256 as in Ethereum (protocol §1).

A recount hashes about nine times a ballot, so safe-pysha3 is used where it is installed; where no wheel of it fits the machine,
pycryptodome gives the same hashes in seven times the time.
"""

from collections.abc import Callable


def _fastest() -> Callable[[bytes], bytes]:
    try:
        from sha3 import keccak_256
    except ImportError:
        return portable
    return lambda data: keccak_256(data).digest()


def portable(data: bytes) -> bytes:
    """The same hash by pycryptodome."""
    from Crypto.Hash import keccak as library

    return library.new(digest_bits=256, data=data).digest()


#: The 32-byte hash of the data.
keccak: Callable[[bytes], bytes] = _fastest()


def word(value: int) -> bytes:
    """A 32-byte big-endian whole number."""
    return value.to_bytes(32, "big")
