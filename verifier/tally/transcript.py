"""seal.json: the dealings of a ceremony, and the key that follows from them (protocol §22). Nothing in it is secret."""

from collections.abc import Sequence
from dataclasses import dataclass

from coincurve import PublicKey

from verifier.tally import curve
from verifier.tally.findings import Wrong
from verifier.tally.keccak import keccak, word
from verifier.tally.published import FINDINGS, Published, Record, canonical, is_canonical, parse

NAME = "seal.json"
FORM, SIZES = FINDINGS[NAME], "seal.dealing"
KEYS = "ceremony dealings rollHash threshold trustees"
SEAT_KEYS = "key seat transport"
DEALING_KEYS = "commitments possession shares signature"
POINT_BYTES, SIGNATURE_BYTES = 33, 65
LEAST_SEATS, MOST_SEATS = 2, 32  # sums over more of them would take long


@dataclass(frozen=True)
class Seat:
    """A seat of the roll: the address that signs its dealing, and its transport key."""

    key: bytes
    transport: bytes


@dataclass(frozen=True)
class Dealing:
    """One seat's part: points of 33 bytes, encrypted shares, and two signatures."""

    commitments: list[bytes]
    words: list[bytes]
    possession: bytes
    signature: bytes


@dataclass(frozen=True)
class Transcript:
    """The whole file, read; `hash` is that of its bytes."""

    hash: bytes
    roll_hash: bytes
    stated_roll_hash: bytes
    threshold: int
    seats: list[Seat]
    dealings: list[Dealing]


def read(published: Published, case: bytes, chain_id: int) -> Transcript:
    """Raises Wrong."""
    content = published.bytes_of(NAME)
    value = parse(content, NAME, FORM)
    if not is_canonical(content, value):
        raise Wrong(FORM, NAME, "is not canonical JSON")
    record = Record.of(value, NAME, KEYS, FORM)
    if not LEAST_SEATS <= len(record.rows("trustees")) <= MOST_SEATS:
        raise Wrong(
            FORM, NAME, "has a number of seats that no ceremony has", f"{LEAST_SEATS} to {MOST_SEATS}", len(record.rows("trustees"))
        )
    seats = [_seat(Record.of(one, f"{NAME} seat {i}", SEAT_KEYS, FORM), i) for i, one in enumerate(record.rows("trustees"))]
    dealings = [_dealing(Record.of(one, f"{NAME} dealing {i}", DEALING_KEYS, FORM)) for i, one in enumerate(record.rows("dealings"))]
    roll = {
        "case": "0x" + case.hex(),
        "ceremony": "0x" + record.raw("ceremony", 32).hex(),
        "chain_id": chain_id,
        "threshold": record.whole("threshold", 2**8),
        "trustees": record.rows("trustees"),
    }
    threshold, stated = record.whole("threshold", 2**8), record.raw("rollHash", 32)
    return Transcript(keccak(content), keccak(canonical(roll)), stated, threshold, seats, dealings)


def _seat(record: Record, number: int) -> Seat:
    if record.whole("seat", 2**8) != number:
        raise Wrong(FORM, record.place, "is out of its order", number, record.fields["seat"])
    return Seat(record.raw("key", 20), record.raw("transport", POINT_BYTES))


def _dealing(record: Record) -> Dealing:
    points = [one.raw("commitments", POINT_BYTES) for one in record.each("commitments")]
    words = [one.raw("shares", 32) for one in record.each("shares")]
    return Dealing(points, words, record.raw("possession", SIGNATURE_BYTES), record.raw("signature", SIGNATURE_BYTES))


def fault(transcript: Transcript, seat: int) -> str:
    """What is wrong with a seat's dealing; empty when nothing is."""
    dealing, roll_hash = transcript.dealings[seat], transcript.roll_hash
    if (len(dealing.commitments), len(dealing.words)) != (transcript.threshold, len(transcript.seats)) or transcript.threshold == 0:
        return "has another number of commitments or shares"
    if any(_point(one) is None for one in dealing.commitments):
        return "a commitment is no point"
    said = b"".join(dealing.commitments) + b"".join(dealing.words)
    whole = keccak(b"LenderVote/1/dealing" + roll_hash + word(seat) + said)
    if not _is_by(transcript.seats[seat].key, whole, dealing.signature):
        return "is not signed by its seat's key"
    constant = dealing.commitments[0]
    possessed = keccak(b"LenderVote/1/possession" + roll_hash + word(seat) + constant)
    return "" if _is_by(_address(constant), possessed, dealing.possession) else "does not prove that its first number is known"


def key_of(transcript: Transcript) -> tuple[bytes, list[bytes]] | None:
    """X as 64 bytes and the address of every seat's share key, from the commitments; nothing where a sum is infinity."""
    seats = range(len(transcript.seats))
    sums = [curve.add([_plain(dealing.commitments[k]) for dealing in transcript.dealings]) for k in range(transcript.threshold)]
    shares = [curve.add([_times(point, pow(seat + 1, k, curve.N)) for k, point in enumerate(sums)]) for seat in seats]
    if curve.INFINITY in (sums[0], sums[-1], *shares):
        return None
    return sums[0], [curve.address_of(one) for one in shares]


def _point(compressed: bytes) -> PublicKey | None:
    try:
        return PublicKey(compressed)
    except ValueError:
        return None


def _plain(compressed: bytes) -> bytes:
    """64 bytes x, y."""
    return bytes(PublicKey(compressed).format(compressed=False)[1:])


def _address(compressed: bytes) -> bytes:
    return curve.address_of(_plain(compressed))


def _times(point: bytes, factor: int) -> bytes:
    if point == curve.INFINITY:
        return point
    return bytes(PublicKey(b"\x04" + point).multiply(word(factor)).format(compressed=False)[1:])


def _is_by(address: bytes, digest: bytes, signature: bytes) -> bool:
    try:
        return curve.recover_65(digest, signature) == address
    except curve.SignatureWrong:
        return False


def interpolated(shares: Sequence[tuple[int, int]]) -> int:
    """The number at 0 of the polynomial through (seat, share), by Lagrange."""
    total = 0
    for seat, share in shares:
        above = below = 1
        for other, _ in shares:
            if other != seat:
                above, below = above * (other + 1) % curve.N, below * (other - seat) % curve.N
        total += share * above * pow(below, -1, curve.N)
    return total % curve.N
