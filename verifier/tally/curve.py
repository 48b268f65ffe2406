"""secp256k1: commitments, their sums, and who signed (protocol §1 to §3, §5).

A point is 64 bytes x ‖ y; infinity is 64 zero bytes. The arithmetic is libsecp256k1's.
"""

from collections.abc import Sequence

from coincurve import PublicKey
from coincurve._libsecp256k1 import ffi, lib
from coincurve.context import GLOBAL_CONTEXT
from coincurve.flags import EC_UNCOMPRESSED

from verifier.tally.keccak import keccak, word

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HALF_N = N // 2
INFINITY = bytes(64)
KEY_BYTES = 65  # of an uncompressed key: 4 ‖ x ‖ y


class SignatureWrong(ValueError):
    """The bytes are no signature, or none that the protocol allows."""


def is_on_curve(point: bytes) -> bool:
    """Whether 64 bytes are an affine point of the curve; infinity is not."""
    x, y = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
    return len(point) == 64 and x < P and y < P and (y * y - x * x * x - 7) % P == 0


def _second_generator() -> bytes:
    counter = 0
    while True:
        x = int.from_bytes(keccak(b"LenderVote/1/H" + counter.to_bytes(4, "big")), "big")
        square = (x * x * x + 7) % P
        y = pow(square, (P + 1) // 4, P)
        if 0 < x < N and y * y % P == square:
            return word(x) + word(y if y % 2 == 0 else P - y)
        counter += 1


H = _second_generator()


def _key(point: bytes) -> PublicKey:
    return PublicKey(b"\x04" + point)


def _bytes(key: PublicKey) -> bytes:
    return bytes(key.format(compressed=False)[1:])


def add(points: Sequence[bytes]) -> bytes:
    """The sum of any number of points, infinity among them or as the result. Raises ValueError for what is no point."""
    keys = [_key(point) for point in points if point != INFINITY]
    if not keys:
        return INFINITY
    try:
        return _bytes(PublicKey.combine_keys(keys))
    except ValueError:  # every point was a valid key, so the only sum that is none is infinity
        return INFINITY


def negate(point: bytes) -> bytes:
    """The inverse point."""
    return point if point == INFINITY else point[:32] + word(P - int.from_bytes(point[32:], "big"))


def commit(amount_fen: int, blind: int) -> bytes:
    """The commitment amount*G + blind*H (protocol §3)."""
    amount, factor = amount_fen % N, blind % N
    return add(
        [
            _bytes(PublicKey.from_secret(word(amount))) if amount else INFINITY,
            _bytes(_key(H).multiply(word(factor))) if factor else INFINITY,
        ]
    )


def address_of(point: bytes) -> bytes:
    """The last 20 bytes of the keccak of 64 bytes x, y."""
    return keccak(point)[12:]


def multiple(factor: int) -> bytes | None:
    """factor*G; nothing for what is no number of 1 to n - 1."""
    return _bytes(PublicKey.from_secret(word(factor))) if 0 < factor < N else None


def times_even(seal: bytes, factor: bytes) -> bytes | None:
    """factor times the point with this x and an even y; nothing where there is none, or the x is n or more."""
    if int.from_bytes(seal, "big") >= N:
        return None
    key = ffi.new("secp256k1_pubkey *")
    context = GLOBAL_CONTEXT.ctx
    if not lib.secp256k1_ec_pubkey_parse(context, key, b"\x02" + seal, 33) or not lib.secp256k1_ec_pubkey_tweak_mul(context, key, factor):
        return None
    written, length = ffi.new("unsigned char[]", KEY_BYTES), ffi.new("size_t *", KEY_BYTES)
    lib.secp256k1_ec_pubkey_serialize(context, written, length, key, EC_UNCOMPRESSED)
    return bytes(ffi.buffer(written, KEY_BYTES)[1:])


def recover(digest: bytes, r: bytes, s: int, v: int) -> bytes:
    """The address whose key signed the digest; `v` is 27 or 28. Raises SignatureWrong, also for a high s (protocol §5)."""
    if not 0 < s <= HALF_N or v not in (27, 28) or len(r) != 32 or len(digest) != 32:
        raise SignatureWrong("s out of range, v not 27 or 28, or another length")
    return keccak(_recovered(digest, r + word(s), v - 27))[12:]


def _recovered(digest: bytes, compact: bytes, parity: int) -> bytes:
    """The key as x ‖ y. The library is called directly: the objects that coincurve makes on the way take a tenth of a recount's time."""
    signature, key = ffi.new("secp256k1_ecdsa_recoverable_signature *"), ffi.new("secp256k1_pubkey *")
    context = GLOBAL_CONTEXT.ctx
    parsed = lib.secp256k1_ecdsa_recoverable_signature_parse_compact(context, signature, compact, parity)
    if not parsed or not lib.secp256k1_ecdsa_recover(context, key, signature, digest):
        raise SignatureWrong("no key gives this signature")
    written, length = ffi.new("unsigned char[]", KEY_BYTES), ffi.new("size_t *", KEY_BYTES)
    lib.secp256k1_ec_pubkey_serialize(context, written, length, key, EC_UNCOMPRESSED)
    return bytes(ffi.buffer(written, KEY_BYTES)[1:])


def recover_65(digest: bytes, signature: bytes) -> bytes:
    """The signer of a 65-byte signature r ‖ s ‖ v."""
    if len(signature) != 65:
        raise SignatureWrong(f"{len(signature)} bytes instead of 65")
    return recover(digest, signature[:32], int.from_bytes(signature[32:64], "big"), signature[64])


def recover_64(digest: bytes, signature: bytes) -> bytes:
    """The signer of a 64-byte signature r ‖ vs (EIP-2098)."""
    if len(signature) != 64:
        raise SignatureWrong(f"{len(signature)} bytes instead of 64")
    vs = int.from_bytes(signature[32:], "big")
    return recover(digest, signature[:32], vs & (2**255 - 1), 27 + (vs >> 255))
