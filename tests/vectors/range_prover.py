"""Range proofs once more, in whole numbers and bit by bit, sharing no code with `verifier/ranges` (protocol §4.2).

Nothing is random: every number that a prover draws comes from a sentence. A file made this way hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from coincurve import PublicKey

from tests.vectors import reference as ref

N = ref.N
BITS, MOST = 64, 4096


def product(terms: Iterable[tuple[int, ref.Point]]) -> ref.Point:
    """The sum of scalars times points, one after another by a library of strangers; `test_ranges.py` compares it with our whole numbers."""
    found = [key_of(point).multiply(ref.word(k % N)) for k, point in terms if k % N]
    try:
        data: bytes = PublicKey.combine_keys(found).format(compressed=False)
    except ValueError:
        return ref.INFINITY
    return int.from_bytes(data[1:33], "big"), int.from_bytes(data[33:], "big")


def key_of(point: ref.Point) -> PublicKey:
    return PublicKey(b"\x04" + ref.word(point[0]) + ref.word(point[1]))


def compressed(point: ref.Point) -> bytes:
    assert point != ref.INFINITY, "draw anew"
    return bytes([2 + point[1] % 2]) + ref.word(point[0])


def decompressed(data: bytes) -> ref.Point:
    """Raises: ValueError for what is no point."""
    found: bytes = PublicKey(data).format(compressed=False)
    return int.from_bytes(found[1:33], "big"), int.from_bytes(found[33:], "big")


# --- generators -----------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2 * MOST)
def generator(kind: str, i: int) -> tuple[int, ref.Point]:
    """The counter and the point G_i or H_i."""
    counter = 0
    while True:
        text = b"LenderVote/1/range " + kind.encode() + i.to_bytes(4, "big") + counter.to_bytes(4, "big")
        x = ref.keccak(text)
        if 0 < int.from_bytes(x, "big") < N:
            try:
                return counter, decompressed(b"\x02" + x)
            except ValueError:
                pass  # no point has this x
        counter += 1


def generators(kind: str, count: int) -> list[ref.Point]:
    return [generator(kind, i)[1] for i in range(count)]


@lru_cache(maxsize=1)
def generators_digest() -> bytes:
    every = [ref.G, ref.H, *generators("G", MOST), *generators("H", MOST)]
    return ref.keccak(b"".join(compressed(point) for point in every))


# --- one register ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ranged:
    """A register whose leaves are proved; `leaves` as (class, amount, blind), amounts modulo n so that lies can be written, too."""

    chain_id: int
    case: bytes
    register_number: int
    root: bytes
    classes_hash: bytes
    leaves: Sequence[tuple[int, int, int]] = field(repr=False)

    def points(self) -> list[ref.Point]:
        return [ref.commit(amount, blind) for _, amount, blind in self.leaves]

    def context(self) -> bytes:
        kinds = ["bytes32", "uint256", "uint256", "address", "uint256", "bytes32", "uint256", "bytes32", "uint256", "bytes32"]
        values = [ref.keccak(b"LenderVote/1/ranges"), 1, self.chain_id, self.case, self.register_number, self.root, len(self.leaves)]
        return ref.keccak(ref.encode(kinds, [*values, self.classes_hash, BITS, generators_digest()]))


def chunks(leaf_count: int) -> list[tuple[int, int]]:
    """(start, m) of every chunk."""
    found, start = [], 0
    for m in (64, 32, 16, 8, 4, 2, 1):
        while leaf_count - start >= m:
            found.append((start, m))
            start += m
    return found


def file_of(register: Ranged, proofs: Sequence[bytes]) -> bytes:
    return b"LVRANG01" + register.context() + len(register.leaves).to_bytes(4, "big") + b"".join(proofs)


# --- transcript -----------------------------------------------------------------------------------------------------------------------


class Transcript:
    """The running hash of one chunk; every challenge is kept under its name."""

    def __init__(self, context: bytes, start: int, points: Sequence[ref.Point]) -> None:
        every = b"".join(ref.word(x) + ref.word(y) for x, y in points)
        self.state = ref.keccak(context + start.to_bytes(4, "big") + len(points).to_bytes(4, "big") + every)
        self.states = [("0", self.state)]

    def challenge(self, letter: str, *parts: bytes) -> int:
        self.state = ref.keccak(self.state + letter.encode() + b"".join(parts))
        self.states.append((letter, self.state))
        value = int.from_bytes(self.state, "big") % N
        assert value, "draw anew"
        return value


# --- prover ---------------------------------------------------------------------------------------------------------------------------


def dot(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(p * q for p, q in zip(a, b, strict=True)) % N


def pairs(scalars: Sequence[int], points: Sequence[ref.Point]) -> list[tuple[int, ref.Point]]:
    return list(zip(scalars, points, strict=True))


class Bits:
    """What is committed to, bit by bit; a subclass that lies changes it."""

    def of(self, amounts: Sequence[int]) -> list[int]:
        return [amount >> bit & 1 for amount in amounts for bit in range(BITS)]


def prove(
    register: Ranged,
    start: int,
    m: int,
    drawn: Callable[[str], int],
    bits: Bits | None = None,
    transcript: Transcript | None = None,
) -> tuple[bytes, Transcript]:
    """The proof of one chunk; `drawn` gives the number for each name (α is `alpha`, ρ `rho`, the rest `e 0`, `f 0`, `tau 1`, `tau 2`)."""
    leaves, count = register.leaves[start : start + m], BITS * m
    told = transcript or Transcript(register.context(), start, register.points()[start : start + m])
    g, h = generators("G", count), generators("H", count)
    a = (bits or Bits()).of([amount for _, amount, _ in leaves])
    d = [bit - 1 for bit in a]
    e, f = [drawn(f"e {i}") for i in range(count)], [drawn(f"f {i}") for i in range(count)]
    alpha, rho, tau_1, tau_2 = (drawn(name) for name in ("alpha", "rho", "tau 1", "tau 2"))

    first = compressed(product([(alpha, ref.H), *pairs(a, g), *pairs(d, h)]))
    second = compressed(product([(rho, ref.H), *pairs(e, g), *pairs(f, h)]))
    y, z = told.challenge("y", first, second), told.challenge("z")
    powers = [pow(y, i, N) for i in range(count)]
    weights = [pow(z, 2 + i // BITS, N) * 2 ** (i % BITS) for i in range(count)]
    l_0 = [bit - z for bit in a]
    r_0 = [power * (one + z) + weight for power, one, weight in zip(powers, d, weights, strict=True)]
    r_1 = [power * one for power, one in zip(powers, f, strict=True)]
    t_1, t_2 = (dot(l_0, r_1) + dot(e, r_0)) % N, dot(e, r_1)
    third = compressed(product([(t_1, ref.G), (tau_1, ref.H)]))
    fourth = compressed(product([(t_2, ref.G), (tau_2, ref.H)]))
    x = told.challenge("x", third, fourth)
    left = [(p + q * x) % N for p, q in zip(l_0, e, strict=True)]
    right = [(p + q * x) % N for p, q in zip(r_0, r_1, strict=True)]
    t = dot(left, right)
    tau = (tau_2 * x * x + tau_1 * x + sum(pow(z, 2 + j, N) * blind for j, (_, _, blind) in enumerate(leaves))) % N
    mu = (alpha + rho * x) % N
    scalars = b"".join(ref.word(value) for value in (t, tau, mu))
    w = told.challenge("w", scalars)
    scaled = [product([(pow(y, -i, N), point)]) for i, point in enumerate(h)]
    return first + second + third + fourth + scalars + _folded(told, left, right, g, scaled, w), told


def _folded(told: Transcript, left: list[int], right: list[int], g: list[ref.Point], h: list[ref.Point], w: int) -> bytes:
    """The inner product, round by round; generators are really folded."""
    rounds = b""
    while len(left) > 1:
        half = len(left) // 2
        lo, hi = slice(None, half), slice(half, None)
        crossed = w * dot(left[lo], right[hi]), w * dot(left[hi], right[lo])
        one = compressed(product([*pairs(left[lo], g[hi]), *pairs(right[hi], h[lo]), (crossed[0], ref.G)]))
        two = compressed(product([*pairs(left[hi], g[lo]), *pairs(right[lo], h[hi]), (crossed[1], ref.G)]))
        rounds += one + two
        u = told.challenge("u", one, two)
        v = pow(u, -1, N)
        g = [product([(v, a), (u, b)]) for a, b in zip(g[lo], g[hi], strict=True)]
        h = [product([(u, a), (v, b)]) for a, b in zip(h[lo], h[hi], strict=True)]
        left, right = (
            [(u * a + v * b) % N for a, b in zip(left[lo], left[hi], strict=True)],
            [(v * a + u * b) % N for a, b in zip(right[lo], right[hi], strict=True)],
        )
    return rounds + ref.word(left[0]) + ref.word(right[0])


# --- verifier -------------------------------------------------------------------------------------------------------------------------


def holds(register: Ranged, start: int, m: int, proof: bytes) -> bool:
    """Both equations, each by itself, term by term."""
    count, rounds = BITS * m, (BITS * m).bit_length() - 1
    assert len(proof) == 33 * (4 + 2 * rounds) + 160
    head, tail = [proof[33 * i : 33 * i + 33] for i in range(4)], proof[228 : 228 + 66 * rounds]
    t, tau, mu = (int.from_bytes(proof[132 + 32 * i : 164 + 32 * i], "big") for i in range(3))
    a, b = (int.from_bytes(proof[len(proof) - 64 + 32 * i :][:32], "big") for i in range(2))
    assert max(t, tau, mu, a, b) < N
    commitments = register.points()[start : start + m]
    told = Transcript(register.context(), start, commitments)
    y, z = told.challenge("y", *head[:2]), told.challenge("z")
    x, w = told.challenge("x", *head[2:]), told.challenge("w", proof[132:228])
    edges = [(tail[66 * r : 66 * r + 33], tail[66 * r + 33 : 66 * r + 66]) for r in range(rounds)]
    u = [told.challenge("u", *edge) for edge in edges]
    first, second, third, fourth = map(decompressed, head)

    delta = (z - z * z) * sum(pow(y, i, N) for i in range(count)) - (2**64 - 1) * sum(pow(z, 3 + j, N) for j in range(m))
    named = [(pow(z, 2 + j, N), point) for j, point in enumerate(commitments)]
    of_sum = product([(t - delta, ref.G), (tau, ref.H), *((-k, point) for k, point in named), (-x, third), (-x * x, fourth)])

    terms = [(1, first), (x, second), (-mu, ref.H), (w * (t - a * b), ref.G)]
    for i, (p, q) in enumerate(zip(generators("G", count), generators("H", count), strict=True)):
        v = 1
        for r, one in enumerate(u, start=1):
            v = v * (one if i >> (rounds - r) & 1 else pow(one, -1, N)) % N
        back = pow(y, -i, N)
        terms += [(-z - a * v, p), (z + pow(z, 2 + i // BITS, N) * 2 ** (i % BITS) * back - b * pow(v, -1, N) * back, q)]
    for one, (low, high) in zip(u, edges, strict=True):
        terms += [(one * one, decompressed(low)), (pow(one, -2, N), decompressed(high))]
    return of_sum == ref.INFINITY and product(terms) == ref.INFINITY
