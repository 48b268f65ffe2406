"""ECDSA on P-256 (FIPS 186-5), for the few signatures of passkeys: plain arithmetic, nothing is secret here."""

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
A = P - 3
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Point = tuple[int, int] | None  # None is infinity


def is_on_curve(x: int, y: int) -> bool:
    """Whether (x, y) is an affine point in coordinates below P."""
    return x < P and y < P and (y * y - x * x * x - A * x - B) % P == 0


def add(a: Point, b: Point) -> Point:
    """The sum of two points."""
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] + A) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(factor: int, point: Point) -> Point:
    """A point, so many times."""
    total: Point = None
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def verifies(digest: bytes, r: int, s: int, x: int, y: int) -> bool:
    """Whether (r, s) is the signature of the key (x, y) over a 32-byte digest; s has to be in the lower half (protocol §5.1)."""
    if not (0 < r < N and 0 < s <= N // 2 and is_on_curve(x, y)):
        return False
    inverse, number = pow(s, -1, N), int.from_bytes(digest, "big")
    found = add(multiply(number * inverse % N, G), multiply(r * inverse % N, (x, y)))
    return found is not None and found[0] % N == r
