"""How an authority's answer is signed, as far as the library that checks it does not say: read from DER that it took (protocol §26)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MOST_CERTIFICATES = 16
_SHA2 = {bytes.fromhex(f"60864801650304020{number}"): number for number in (1, 2, 3)}  # SHA-256, -384, -512
#: Ways of signing by their object identifiers, and which of these hashes each names; 0 where the signer's own digest says it.
_WAYS = {
    **{bytes.fromhex("2a864886f70d010101"): 0, bytes.fromhex("2a8648ce3d0201"): 0},  # RSA (PKCS #1 v1.5), ECDSA
    **{bytes.fromhex(f"2a864886f70d01010{digit}"): number for number, digit in enumerate("bcd", start=1)},
    **{bytes.fromhex(f"2a8648ce3d04030{1 + number}"): number for number in (1, 2, 3)},
}
_CERTIFICATES = 0xA0  # tag [0]


@dataclass(frozen=True)
class Form:
    """How many certificates a token carries, and by which ways it says that it is signed."""

    certificates: int
    digests: tuple[bytes, ...]
    digest: bytes
    way: bytes

    @property
    def is_allowed(self) -> bool:
        """RSA or ECDSA over a hash of SHA-2, the same one wherever it is named, and not too many certificates."""
        number = _SHA2.get(self.digest)
        named = _WAYS.get(self.way)
        right = number is not None and named in (0, number) and all(one in _SHA2 for one in self.digests)
        return right and self.digest in self.digests and self.certificates <= MOST_CERTIFICATES


def form_of(response: bytes) -> Form:
    """Of a TimeStampResp with a token. Raises: ValueError."""
    try:
        ((_, answer),) = _items(response)
        _, (_, token) = _items(answer)
        _, (_, explicit) = _items(token)
        ((_, signed),) = _items(explicit)
        _, (_, digests), _, *rest = _items(signed)
        carried = [list(_items(content)) for tag, content in rest[:-1] if tag == _CERTIFICATES]
        ((_, signer),) = _items(rest[-1][1])
        _, _, (_, digest), _, (_, way), *_ = _items(signer)
        return Form(sum(map(len, carried)), tuple(_named(content) for _, content in _items(digests)), _named(digest), _named(way))
    except (IndexError, ValueError) as error:
        raise ValueError("no signed data of one signer") from error


def _named(algorithm: bytes) -> bytes:
    """The object identifier that it begins with."""
    return next(iter(_items(algorithm)), (0, b""))[1]


def _items(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tags and contents of what stands one behind the other."""
    at = 0
    while at < len(content):
        length, start = content[at + 1], at + 2
        if length & 128:
            start += length & 127
            length = int.from_bytes(content[at + 2 : start], "big")
        if start + length > len(content):
            raise ValueError("an item that is cut off")
        yield content[at], content[start : start + length]
        at = start + length
